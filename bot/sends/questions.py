"""The questions to the record: what wants doing, what waits, what was; each reads, none writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, union

from bot import freeze
from bot.freeze import Freeze
from bot.registry import What
from bot.sends.cards import undrawn
from bot.sends.kinds import OPEN, Kind, State
from bot.sends.leaving import LOOK_HOLDS
from bot.sends.notes import has_notes
from bot.sends.optouts import OptOut, find_optout
from bot.sends.row import WITH_PEOPLE, Send, read, send

DUE = 500  # of each sender code and kind
RETRY_AFTER = timedelta(seconds=15)
LOOK_AHEAD = timedelta(seconds=15)  # the look comes this long before due


@dataclass(frozen=True)
class Due:
    """A send whose time has come, and what says in which queue it waits for its turn."""

    id: str
    kind: Kind
    sender: str


@dataclass(frozen=True)
class Work:
    """What wants doing now, oldest first; ids but for what is due."""

    prepare: Sequence[str]
    look: Sequence[str]
    due: Sequence[Due]
    draw: Sequence[str]
    notes: bool  # whether there may be some to post
    alarms: Sequence[datetime]  # when, within the next minutes, something falls due (UTC)


def work(connection: Connection, now: datetime, ahead: timedelta, limit: int) -> Work:
    # a request that never reached WhatCounts is not made again at once
    rested = or_(send.c.claimed_at.is_(None), send.c.claimed_at < now - RETRY_AFTER)
    scheduled = and_(send.c.state == State.SCHEDULED, rested)
    draft = and_(send.c.state == State.DRAFT, send.c.prepared_at.is_(None), send.c.prepare_at <= now)
    return Work(
        prepare=_ids(connection, draft, send.c.prepare_at, limit),
        look=_unlooked(connection, now, scheduled, limit),
        due=_due(connection, now, scheduled, DUE),
        draw=undrawn(connection, now, limit),
        notes=has_notes(connection),
        alarms=_alarms(connection, now, and_(scheduled, send.c.due_at <= now + ahead), limit),
    )


def _looked(now: datetime) -> ColumnElement[bool]:
    """The brakes were asked lately, and not before a clock was set back."""
    return and_(send.c.looked_at >= now - LOOK_HOLDS, send.c.looked_at <= now)


def _unlooked(
    connection: Connection, now: datetime, scheduled: ColumnElement[bool], limit: int
) -> list[str]:
    """Nearly due and not looked at, or looked at in the future: the clock was set back, so when its hour
    comes again that look must be old. Two questions, each with an index of its own."""
    stale = or_(send.c.looked_at.is_(None), ~_looked(now))
    soon = _ids(connection, and_(scheduled, send.c.due_at <= now + LOOK_AHEAD, stale), send.c.due_at, limit)
    ahead_of_us = _ids(connection, and_(scheduled, send.c.looked_at > now), send.c.due_at, limit)
    return list(dict.fromkeys((*soon, *ahead_of_us)))


def _due(
    connection: Connection, now: datetime, scheduled: ColumnElement[bool], limit: int
) -> list[Due]:
    """The first ones of each sender code and kind, so that one that waits long hides no other."""
    order = (send.c.due_at, send.c.id)
    place = func.row_number().over(partition_by=(send.c.sender, send.c.kind), order_by=order)
    columns = (send.c.id, send.c.kind, send.c.sender, send.c.due_at, place.label("place"))
    ready = select(*columns).where(scheduled, send.c.due_at <= now, _looked(now)).subquery()
    first = select(ready).where(ready.c.place <= limit).order_by(ready.c.due_at, ready.c.id)
    return [Due(row.id, Kind(row.kind), row.sender) for row in connection.execute(first)]


def _alarms(
    connection: Connection, now: datetime, soon: ColumnElement[bool], limit: int
) -> list[datetime]:
    times = select(send.c.due_at).where(soon, send.c.due_at > now).distinct()
    dues = connection.execute(times.order_by(send.c.due_at).limit(limit)).scalars()
    return [when for due in dues for when in (due - LOOK_AHEAD, due) if when > now]


def _ids(connection: Connection, where: Any, order: Any, limit: int) -> list[str]:
    return list(
        connection.execute(select(send.c.id).where(where).order_by(order, send.c.id).limit(limit)).scalars()
    )


def claimers(connection: Connection) -> set[int]:
    """The processes that are sending or drawing something, or were when they died."""
    sending = select(send.c.claimed_by).where(send.c.state == State.SENDING)
    drawing = select(send.c.card_by).where(send.c.card_by.is_not(None))
    return {one for one in connection.execute(union(sending, drawing)).scalars() if one is not None}


@dataclass(frozen=True)
class Seen:
    """A send, whether all is frozen, and the stop, if there was one, of anybody whom it is for."""

    send: Send
    freeze: Freeze
    stopped: OptOut | None


def see(connection: Connection, send_id: str) -> Seen | None:
    found = read(connection, send_id)
    return None if found is None else Seen(found, freeze.read(connection), _optout(connection, found))


def _optout(connection: Connection, about: Send) -> OptOut | None:
    """On its sender code."""
    people = [leg.person_id for leg in about.legs] or [about.person_id]
    wanted = [one for one in people if one is not None]
    return find_optout(connection, wanted, [about.sender]) if wanted else None


def waiting(connection: Connection, offset: int, limit: int) -> tuple[list[Send], int]:
    where = send.c.state.in_((*OPEN, State.SENDING, State.MAYBE_SENT))
    total = connection.execute(select(func.count()).select_from(send).where(where)).scalar_one()
    when = func.coalesce(send.c.due_at, send.c.chosen_at, send.c.asked_at)
    page = WITH_PEOPLE.where(where).order_by(when, send.c.id).offset(offset).limit(limit)
    return [Send.of(row) for row in connection.execute(page)], total


def of_card(connection: Connection, channel: str, ts: str) -> Send | None:
    here = (send.c.card_channel == channel, send.c.card_ts == ts)
    row = connection.execute(WITH_PEOPLE.where(*here)).first()
    return None if row is None else Send.of(row)


def waiting_for(connection: Connection, what: What, name: str) -> int:
    column = send.c.sender if what == "sender" else send.c.audience
    where = (send.c.state.in_(OPEN), column == name, send.c.kind != Kind.STOP)
    found = select(func.count()).select_from(send).where(*where)
    return connection.execute(found).scalar_one()


def recent(connection: Connection, limit: int) -> list[Send]:
    rows = connection.execute(WITH_PEOPLE.order_by(send.c.asked_at.desc(), send.c.id).limit(limit))
    return [Send.of(row) for row in rows]


def counts(connection: Connection) -> dict[State, int]:
    rows = connection.execute(select(send.c.state, func.count()).group_by(send.c.state))
    return {State(state): count for state, count in rows}


def open_stops(connection: Connection) -> int:
    failed = (send.c.kind == Kind.STOP, send.c.state == State.SCHEDULED, send.c.why.is_not(None))
    return connection.execute(select(func.count()).select_from(send).where(*failed)).scalar_one()
