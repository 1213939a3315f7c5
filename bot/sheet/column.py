"""Which column holds the phones, by what is in it; its heading decides where several could be meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from bot.masks import mask_words
from bot.sheet.cells import MISSING, bare, is_missing, is_number, is_phone, is_power, read_cell, visible
from bot.sheet.records import Record
from bot.sheet.unreadable import Unreadable

HEADING_WITHIN = 10  # rows: a title may stand above the heading
WORDS = frozenset({"tel", "cell", "sms", "mob", "ph", "fon", "gsm", "handy", "movil", "celular", "msisdn"})
STEMS = ("phone", "mobile", "telef", "telep")
NAME_SHOWN = 40


@dataclass
class Column:
    """What the rows that were looked at tell of one column."""

    index: int
    rows: int = 0
    filled: int = 0
    numbers: int = 0
    powers: int = 0
    phones: set[str] = field(default_factory=set)
    with_phone: int = 0
    heading: str = ""

    def look(self, cell: str) -> None:
        self.rows += 1
        if is_missing(cell):
            return
        self.filled += 1
        self.numbers += is_number(cell)
        self.powers += is_power(cell)
        if is_phone(cell):
            self.with_phone += 1
            self.phones.add(str(read_cell(cell)[0]))

    @property
    def holds_phones(self) -> bool:
        """Most of what stands in it is one."""
        return self.with_phone * 2 >= self.filled > 0 < self.with_phone

    @property
    def is_named(self) -> bool:
        """Its heading says phone, and numbers stand under it, though they may be few, or spoilt."""
        return self.numbers > 0 and says_phone(self.heading)

    @property
    def said(self) -> str:
        """`column B (“Phone”)`, as a spreadsheet names it."""
        name = mask_words(" ".join(visible(self.heading).split()))
        name = name[:NAME_SHOWN] + "…" * (len(name) > NAME_SHOWN)
        return f"column {letters(self.index)}" + (f" (“{name}”)" if name else "")


@dataclass(frozen=True)
class Choice:
    """The column, the number of the last row above the phones (0: there is no heading), and what to know."""

    column: Column
    heading: int
    note: str


def choose(rows: Sequence[Record]) -> Choice:
    """Where the phones are, by a file's first rows. Raises Unreadable where nobody can tell."""
    above = _above(rows)
    taken, note = _choose(_columns(rows, above))
    return Choice(taken, _heading(above, taken.index), note)


def nothing_under() -> Unreadable:
    return Unreadable("The file has a heading, and no rows under it.", "Give a file with rows.")


def _columns(rows: Sequence[Record], above: Sequence[Record]) -> list[Column]:
    columns = [Column(at) for at in range(max(len(cells) for _, cells in rows))]
    for _, cells in above:
        for column, cell in zip(columns, cells, strict=False):
            if cell.strip() and (says_phone(cell) or not column.heading):
                column.heading = cell
    for _, cells in rows[min(len(above), 1) :]:
        for column, cell in zip(columns, cells, strict=False):
            column.look(cell)
    return columns


def _choose(columns: Sequence[Column]) -> tuple[Column, str]:
    named = [one for one in columns if one.is_named]
    full = [one for one in columns if one.holds_phones]
    best = named or full or [one for one in columns if one.with_phone]
    if not best:
        raise _none(columns)
    unfilled = [one for one in columns if says_phone(one.heading) and not one.filled]
    if unfilled and not named:
        raise _unfilled(unfilled[0], best[0])
    if len({frozenset(one.phones) for one in best}) > 1:
        raise _several(best)
    others = [one for one in columns if one is not best[0] and (one.is_named or one.holds_phones)]
    return best[0], _note(best[0], others)


def _note(taken: Column, others: Sequence[Column]) -> str:
    if not others:
        return ""
    there = " and ".join(one.said for one in others[:3])
    return f"Read from {taken.said}; what looks like phone numbers in {there} was left alone."


def _unfilled(empty: Column, other: Column) -> Unreadable:
    return Unreadable(
        f"The first rows have no phone number in {empty.said}, and some in {other.said}.",
        "Delete the column that is not meant, or give it another heading, and give that file.",
    )


def _several(columns: Sequence[Column]) -> Unreadable:
    there = " and ".join(one.said for one in columns[:3])
    return Unreadable(
        f"There are phone numbers in {there}, and nothing says which to take.",
        "Delete all columns but one, save it as CSV, and give that file.",
    )


def _none(columns: Sequence[Column]) -> Unreadable:
    if any(says_phone(one.heading) for one in columns) and not any(one.rows for one in columns):
        return nothing_under()
    if spoilt := next((one for one in columns if one.powers * 2 >= one.filled > 0 < one.powers), None):
        return Unreadable(
            f"The spreadsheet has shortened the numbers of {spoilt.said} to powers of ten (E+), so their last"
            " digits are lost.",
            "Give the column the format Number without decimals, and save it as CSV anew from the workbook.",
        )
    return Unreadable(
        "No column of this file holds US or Canadian phone numbers.",
        "Put them into one column, with area code, under the heading phone, and save it as CSV UTF-8.",
    )


def _above(rows: Sequence[Record]) -> list[Record]:
    """The first rows before any with a number: a heading, perhaps a title over it."""
    return list(takewhile(lambda row: not any(map(is_number, row[1])), rows[:HEADING_WITHIN]))


def _heading(above: Sequence[Record], index: int) -> int:
    """The number of the heading's row: the last that says phone, else the first, if it has a word; or 0."""
    cells = {number: cells[index] if index < len(cells) else "" for number, cells in above}
    saying = [number for number, cell in cells.items() if says_phone(cell)]
    first = [number for number, cell in list(cells.items())[:1] if _is_word(cell)]
    return (saying or first or [0])[-1]


def _is_word(cell: str) -> bool:
    said = bare(cell)
    return not said or (any(c.isalpha() for c in said) and read_cell(cell)[1] != MISSING)


def says_phone(heading: str) -> bool:
    """Whether a heading is that of phones: `Mobile_Phone`, `Téléphone`, `SMS number`; a fax is none."""
    plain = unicodedata.normalize("NFKD", heading[:200])
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall("[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain).casefold())
    if "fax" in words:
        return False
    return any(word in WORDS or any(stem in word for stem in STEMS) for word in words)


def letters(index: int) -> str:
    """A spreadsheet's name of the column: 0 is A, 26 is AA."""
    made, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        made = chr(ord("A") + digit) + made
    return made
