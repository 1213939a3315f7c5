"""How a file's cells are parted and quoted: as its first line declares, else as makes phones of most rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from bot.sheet.cells import is_phone
from bot.sheet.limits import MOST_COLUMNS, SAMPLE_CHARACTERS

DELIMITERS = (",", ";", "\t", "|")
LONG = 2_000  # characters of a line; clevercsv's time grows with the square of a cell's length
ENOUGH = 200  # rows of the sample that are compared
CUT = "unexpected end of data"  # csv's word for a quote that is open where the text ends, as a sample may
DECLARED = re.compile(r'"?sep=(.)"?[ \t]*\r?(\n|$)', re.IGNORECASE)  # Excel reads it, and shows no row for it


@dataclass(frozen=True)
class Dialect:
    """As the csv module has them; `is_declared`: the first line is `sep=`, and no row."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    is_declared: bool = False

    def read(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Strictly: where the quotes do not match, csv.Error, rather than two rows read as one."""
        return csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote, escapechar=self.escape,
            skipinitialspace=True, strict=True,
        )  # fmt: skip


def find_dialect(sample: str) -> Dialect:
    """The dialect of a text that begins so. Where nothing tells, commas and double quotes."""
    sample = _whole_rows(sample.removeprefix("\ufeff").replace("\0", " "))
    if declared := DECLARED.match(sample):
        return Dialect(declared[1], is_declared=True)
    return max(_possible(sample), key=lambda one: phones_with(sample, one))


def _whole_rows(sample: str) -> str:
    """At most so much, up to a line break if there is one."""
    sample = sample[:SAMPLE_CHARACTERS]
    if len(sample) < SAMPLE_CHARACTERS:
        return sample
    end = max(sample.rfind("\n"), sample.rfind("\r")) + 1
    return sample[:end] if end else sample


def _possible(sample: str) -> list[Dialect]:
    """clevercsv's first, which compares patterns and types of cells; then the plain ones."""
    from clevercsv.detect import Detector  # goes through all of Unicode: 0.4 s that no process starts with

    lines = sample.splitlines()
    found = (
        Detector().detect(sample, delimiters=DELIMITERS) if max(map(len, lines), default=0) < LONG else None
    )
    plain = [Dialect(one) for one in DELIMITERS]
    escaped = [Dialect(one, escape="\\") for one in DELIMITERS] if "\\" in sample else []
    if found is None:
        return [*plain, *escaped]
    guess = Dialect(found.delimiter or ",", found.quotechar or '"', found.escapechar or None)
    return list(dict.fromkeys([guess, *plain, *escaped]))


def phones_with(sample: str, dialect: Dialect) -> tuple[int, bool, int]:
    """Rows with a phone in the column that has most of them; where there are any, whether all can be told
    apart, and that there are few without: a quote that is none leaves rows in pieces."""
    phones: Counter[int] = Counter()
    rows, is_whole = 0, True
    try:
        for cells in islice(dialect.read(io.StringIO(sample, newline="")), ENOUGH):
            rows += 1
            phones.update(at for at, cell in enumerate(cells[:MOST_COLUMNS]) if is_phone(cell))
    except csv.Error as error:
        is_whole = str(error) == CUT
    most = max(phones.values(), default=0)
    return (most, is_whole, -rows) if most else (0, False, 0)
