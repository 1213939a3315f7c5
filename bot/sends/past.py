"""The history: which sends somebody wants to see, and the questions for a page of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlalchemy import Column, ColumnElement, Connection, bindparam, func, select

from bot.evidence import record
from bot.masks import mask_words
from bot.sends.content import Ask
from bot.sends.kinds import Kind, State
from bot.sends.pages import PAST, Cursor, Page, counted, page, paged
from bot.sends.row import WITH_PEOPLE, Send
from bot.sends.run import bulk_row
from bot.sends.table import HAS_STAYED, IS_NO_TEXT, OTHER_HANDS, STAYS, person, send


@dataclass(frozen=True)
class Filter:
    """What a send must be; None: whatever. Times are aware, UTC: asked for from `since` until before `until`.

    `who` asked for it, confirmed, moved or settled it; `to` is the id of a person.
    """

    who: str | None = None
    kind: Kind | None = None
    state: State | None = None
    audience: str | None = None
    to: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def write(self) -> str:
        """For a button's value."""
        times = [at.isoformat() if at else None for at in (self.since, self.until)]
        return json.dumps([self.who, self.kind, self.state, self.audience, self.to, *times])

    @classmethod
    def read(cls, text: str) -> Self:
        who, kind, state, audience, to, since, until = json.loads(text)
        times = [datetime.fromisoformat(at) if at else None for at in (since, until)]
        return cls(who, Kind(kind) if kind else None, State(state) if state else None, audience, to, *times)


def _same(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
    """All but who, each so that an index in the list's order answers it."""
    where = [*_kind(connection, wanted.kind), *_state(connection, wanted.state)]
    where += [send.c.audience == wanted.audience] if wanted.audience is not None else []
    where += [send.c.asked_at >= wanted.since] if wanted.since else []
    return where + ([send.c.asked_at < wanted.until] if wanted.until else [])


def _kind(connection: Connection, kind: Kind | None) -> list[ColumnElement[bool]]:
    """Texts to one phone are the most by far: they are met soon in the list itself."""
    if kind is None:
        return []
    if kind is Kind.SEND:
        return _as_met(connection, send.c.kind, kind)
    return _with_index(connection, send.c.kind, kind, IS_NO_TEXT)


FEW = 2000  # so many are sorted in a moment


def _state(connection: Connection, state: State | None) -> list[ColumnElement[bool]]:
    """Of a state in which many are, some are met soon in the list itself; a few are sorted."""
    if state is None:
        return []
    if state in STAYS:
        return _with_index(connection, send.c.state, state, HAS_STAYED)
    some = select(send.c.id).where(send.c.state == state).limit(FEW).subquery()
    are_few = connection.execute(select(func.count()).select_from(some)).scalar_one() < FEW
    return [send.c.state == state] if are_few else _as_met(connection, send.c.state, state)


def _as_met(connection: Connection, column: Column[str], value: str) -> list[ColumnElement[bool]]:
    """Met on the way through the list. SQLite, which knows no numbers, would take the index and sort."""
    return [column == value if connection.dialect.name == "postgresql" else column + "" == value]


def _with_index(
    connection: Connection, column: Column[str], value: str, few: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """The value, written out, so that both see that an index of few rows answers it.

    SQLite wants to read the index's own condition for that; PostgreSQL would count it twice, and sort.
    """
    same = column == bindparam(f"is_{column.name}", value, literal_execute=True)
    return [same] if connection.dialect.name == "postgresql" else [same, few]


def _wheres(connection: Connection, wanted: Filter) -> list[list[ColumnElement[bool]]]:
    """What is wanted, as questions of which no row answers two: who asked for it, who else did
    something; to one phone, or with it in a list."""
    wheres = [[*_same(connection, wanted), *to] for to in _to(connection, wanted.to)]
    if wanted.who is None:
        return wheres
    return [[*where, *who] for where in wheres for who in _by(wanted.who)]


def _by(who: str) -> Iterator[list[ColumnElement[bool]]]:
    """What this person asked for; and what somebody else did, by the first thing that they did to it."""
    yield [send.c.asked_by == who]
    not_before: list[ColumnElement[bool]] = []
    for hand in OTHER_HANDS.values():
        yield [hand == who, hand.is_not(None), *not_before]
        not_before.append(func.coalesce(hand, "") != who)


def _to(connection: Connection, person_id: int | None) -> list[list[ColumnElement[bool]]]:
    """Sends to this person alone; and bulk runs, which are to no single one, with a row of theirs.

    The few runs are read first: SQLite would go through all sends in the list's order to find them.
    """
    if person_id is None:
        return [[]]
    listed = select(bulk_row.c.send_id).where(bulk_row.c.person_id == person_id)
    runs = connection.execute(listed).scalars().all()
    alone: list[ColumnElement[bool]] = [send.c.person_id == person_id]
    return [alone, [send.c.id.in_(runs)]] if runs else [alone]


def past(connection: Connection, wanted: Filter, cursor: Cursor | None, limit: int) -> Page:
    """The page, the newest first."""
    wheres = _wheres(connection, _within(wanted, cursor))
    questions = [(WITH_PEOPLE.where(*where), send.c.asked_at) for where in wheres]
    shown, more = page(connection, questions, _asked_at, cursor, limit, newest_first=True)
    order = (send.c.asked_at.desc(), send.c.id.desc())
    total = cursor.total if cursor else counted(connection, wheres, *order, most=PAST)
    return paged(shown, more, _asked_at, cursor, limit, total, PAST)


def _within(wanted: Filter, cursor: Cursor | None) -> Filter:
    """Without the day that the cursor is beyond already: PostgreSQL would go by that, row by row."""
    if cursor is None:
        return wanted
    return replace(wanted, since=None) if cursor.is_back else replace(wanted, until=None)


def _asked_at(one: Send) -> datetime:
    return one.asked_at


def write_exported(connection: Connection, ask: Ask, wanted: Filter) -> None:
    """Who took what out of the record; whom it is about by the id alone. Raises Replayed."""
    filters = json.loads(replace(wanted, audience=wanted.audience and mask_words(wanted.audience)).write())
    record(connection, at=ask.at, who=ask.who, what="exported", request=ask.request, filters=filters)


def id_of(connection: Connection, phone: str) -> int | None:
    """Under which id this number (normal form) is kept, if it is."""
    found: int | None = connection.execute(select(person.c.id).where(person.c.phone == phone)).scalar()
    return found
