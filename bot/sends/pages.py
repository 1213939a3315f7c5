"""A page of a list, found by the row where the one before it ended: a late page costs what the first does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, tuple_

from bot.database import Utc
from bot.sends.row import Send
from bot.sends.table import send

COUNTED = 1000  # further than this nothing is counted of what waits
PAST = 100  # and of what was, where a filter may make each row dear


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: beyond the row with this time (UTC) and id, of which `start` are before it.

    `is_back`: the page that ends before that row.
    """

    at: datetime
    id: str
    start: int
    is_back: bool = False
    total: int = 0  # as the first page counted it

    def write(self) -> list[Any]:
        """For a button's value."""
        return [self.at.isoformat(), self.id, self.start, self.is_back, self.total]

    @classmethod
    def read(cls, written: Sequence[Any]) -> Self:
        at, *rest = written
        return cls(datetime.fromisoformat(at), *rest)


Question = tuple[Select[Any], ColumnElement[Any]]  # rows, and the column by which they are in order


@dataclass(frozen=True)
class Page:
    """Some of a list: the first of them is number `start` + 1 of `total`, which is counted up to `most`."""

    sends: Sequence[Send]
    start: int
    total: int
    most: int
    back: Cursor | None = None
    next: Cursor | None = None

    def numbers(self) -> str:
        """`11 to 20 of 57`"""
        return f"{self.start + 1} to {self.start + len(self.sends)} of {self.many}"

    @property
    def many(self) -> str:
        """How many there are: of a long list its end alone knows."""
        shown = self.start + len(self.sends)
        if not self.next:
            return f"{shown}"
        return f"{max(self.total, shown + 1)}" if self.total <= self.most else f"more than {self.most}"


def page(
    connection: Connection, questions: Sequence[Question],
    key: Callable[[Send], datetime], cursor: Cursor | None, limit: int, *, newest_first: bool,
) -> tuple[list[Send], bool]:  # fmt: skip
    """The rows of the page in the list's order, and whether there are more beyond it.

    Each question has the column by which its rows are in order, which `key` reads; their rows are merged.
    """
    is_back = cursor is not None and cursor.is_back
    falls = newest_first != is_back
    found: dict[str, Send] = {}
    for question, column in questions:
        order = [column.desc(), send.c.id.desc()] if falls else [column, send.c.id]
        asked = question.order_by(*order).limit(limit + 1)
        if cursor is not None:
            place = tuple_(column, send.c.id)
            there = tuple_(bindparam("at", cursor.at, type_=Utc), bindparam("place", cursor.id))
            asked = asked.where(place < there if falls else place > there)
        found |= {row.id: Send.of(row) for row in connection.execute(asked)}
    rows = sorted(found.values(), key=lambda one: (key(one), one.id), reverse=falls)
    shown = rows[:limit]
    return (shown[::-1] if is_back else shown), len(rows) > limit


def paged(
    shown: list[Send], more: bool, key: Callable[[Send], datetime], cursor: Cursor | None, limit: int,
    total: int, most: int = COUNTED,
) -> Page:  # fmt: skip
    """The page with the ways to the ones before and after it."""
    is_back = cursor is not None and cursor.is_back
    start = cursor.start if cursor else 0
    if is_back:
        start = max(0, start - limit) if more else 0
    if not shown:
        return Page(shown, start, total, most)
    has_back, has_next = (more, True) if is_back else (cursor is not None, more)
    first, last = shown[0], shown[-1]
    back = Cursor(key(first), first.id, start, is_back=True, total=total) if has_back else None
    after = Cursor(key(last), last.id, start + len(shown), total=total) if has_next else None
    return Page(shown, start, total, most, back, after)


def counted(
    connection: Connection, wheres: Iterable[Sequence[ColumnElement[bool]]], *order: ColumnElement[Any],
    most: int = COUNTED,
) -> int:  # fmt: skip
    """How many rows there are in all of these, `most` + 1 at most.

    In the `order` of the page: PostgreSQL would begin to read the whole table, with helpers, for a hundred.
    """
    found = (select(send.c.id).where(*where).order_by(*order).limit(most + 1) for where in wheres)
    ids = (one.subquery() for one in found)
    counts = (connection.execute(select(func.count()).select_from(one)).scalar_one() for one in ids)
    return min(most + 1, sum(counts))
