"""Opening a CSV: all that can be wrong with the file is found here, before any row is given out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from bot.sheet.cells import read_cell
from bot.sheet.column import choose, nothing_under
from bot.sheet.dialect import Dialect, find_dialect, phones_with
from bot.sheet.encoding import likely, look_through
from bot.sheet.limits import HEAD_BYTES, LOOKED_AT, MOST_BYTES, MOST_ROWS, SAMPLE_CHARACTERS
from bot.sheet.nature import refuse_other
from bot.sheet.records import Record, records, too_many
from bot.sheet.unreadable import Unreadable


@dataclass(frozen=True)
class Found:
    """One row: `line` is its number as a spreadsheet shows it, and either `phone` or `why` is None.

    `phone` is in the normal form of `bot.phones`; `why` is a sentence with nothing of the row in it.
    """

    line: int
    phone: str | None
    why: str | None


@dataclass(frozen=True)
class Sheet:
    """A CSV that can be read to its end, any number of times; its file stays open as long as it is read.

    `rows`: how many Founds it gives. `column`: where the phones are, as `column B (“Phone”)`; of the file's
    own words, to be escaped. `note`: a sentence where another column could have been meant, else ''.
    """

    rows: int
    column: str
    note: str
    _file: BinaryIO = field(repr=False)
    _encoding: str = field(repr=False)
    _dialect: Dialect = field(repr=False)
    _index: int = field(repr=False)
    _heading: int = field(repr=False)

    def __iter__(self) -> Iterator[Found]:
        """Each row below the heading that is not blank, in its order; one reader of the file at a time."""
        for line, cells in records(self._file, self._encoding, self._dialect):
            if line > self._heading:
                cell = cells[self._index] if self._index < len(cells) else ""
                yield Found(line, *read_cell(cell))


def open_sheet(file: BinaryIO) -> Sheet:
    """Read `file` (binary, seekable) once to its end: what comes back will not raise for what is in it.

    Raises Unreadable, also for more than MOST_BYTES or MOST_ROWS. Memory: a few rows, however long the file.
    """
    if file.seek(0, 2) > MOST_BYTES:
        raise too_large()
    file.seek(0)
    refuse_other(file.read(HEAD_BYTES))
    encoding, dialect = _read_as(file)
    looked, total = _look(records(file, encoding, dialect))
    if not looked:
        raise Unreadable("The file is empty.", "Give a CSV with one phone number a row.")
    chosen = choose(looked)
    above = sum(line <= chosen.heading for line, _ in looked)
    if total == above:
        raise nothing_under()
    if total - above > MOST_ROWS:
        raise too_many()
    return Sheet(
        total - above, chosen.column.said, chosen.note, file, encoding, dialect, chosen.column.index,
        chosen.heading,
    )  # fmt: skip


def too_large() -> Unreadable:
    return Unreadable(
        f"The file has more than {MOST_BYTES // 1_000_000} MB.",
        "Keep the column of phone numbers alone, or split it into several files.",
    )


def _look(rows: Iterator[Record]) -> tuple[list[Record], int]:
    """The first rows, with their cells cut short, and how many there are in all."""
    looked: list[Record] = []
    total = 0
    for line, cells in rows:
        total += 1
        if total <= LOOKED_AT:
            looked.append((line, [cell[:200] for cell in cells]))
    return looked, total


def _read_as(file: BinaryIO) -> tuple[str, Dialect]:
    looked = look_through(file)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if looked.encoding is not None:
        return looked.encoding, find_dialect(head.decode(looked.encoding, "replace"))
    dialect = find_dialect(head.decode("cp1252", "replace"))  # delimiters and digits are ASCII in all of them
    sample = b"\n".join([*looked.odd.splitlines()[:ODD_LINES], head[:SAMPLE_CHARACTERS]])
    return max(
        likely(looked.odd), key=lambda name: phones_with(sample.decode(name, "replace"), dialect)
    ), dialect


ODD_LINES = 100  # with other than ASCII, by which the encoding is chosen
