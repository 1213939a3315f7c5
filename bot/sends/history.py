"""What the repeat guard and the caps ask of the record: what these people got, and how much left lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bot.sends.kinds import TEXTS, TO_MANY, Kind, State
from bot.sends.row import Send, send
from bot.settings import Caps

REPEAT = {False: timedelta(minutes=10), True: timedelta(hours=24)}  # one phone; to many (product.md 5.6)
HOUR = timedelta(hours=1)
LEFT = (State.SENDING, State.SUBMITTED, State.MAYBE_SENT)  # it left, or may have
AT_MOST = 20  # earlier ones, the newest


def leaves_at(one: Send, now: datetime, delay: timedelta) -> datetime:
    """When it would leave, were it confirmed (approved, released) now (UTC)."""
    if one.state is State.SCHEDULED:
        return max(one.due_at or now, now)
    chosen = one.chosen_at if one.state in (State.DRAFT, State.AWAITING) else None
    return max(chosen or now, now + delay)


@dataclass(frozen=True)
class Back:
    """From where to look back: now (UTC), the delay of each kind, the account's zone, the caps."""

    now: datetime
    delay: Callable[[Kind], timedelta]
    zone: ZoneInfo
    caps: Caps


@dataclass(frozen=True)
class Earlier:
    """Another text to the same people: when it left, or will (UTC)."""

    id: str
    state: State
    at: datetime
    message: str | None
    text: str | None


@dataclass(frozen=True)
class History:
    """Other texts to the same people in the time of the repeat guard, the nearest first.

    `of_person`: texts of who asks on the day on which it would leave, `in_hour`: of everybody in the hour
    before; those that left and those whose turn is before this one. Counted no further than the caps.
    """

    earlier: Sequence[Earlier] = ()
    of_person: int = 0
    in_hour: int = 0


def look_back(connection: Connection, about: Send, back: Back) -> History:
    """What the brakes want to know of the record; nothing of what is no text."""
    if about.kind not in TEXTS:
        return History()
    at = leaves_at(about, back.now, back.delay(about.kind))
    day = at.astimezone(back.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = send.c.asked_by == about.asked_by
    return History(
        earlier=_earlier(connection, about, at) if about.kind is not Kind.TEST else (),
        of_person=_count(connection, about, at, day, back.caps.person, mine),
        in_hour=_count(connection, about, at, at - HOUR, back.caps.hour),
    )


def _before(about: Send, at: datetime) -> ColumnElement[bool]:
    """Scheduled, and before this one: of two that wait for one instant the one is before the other."""
    first = send.c.due_at < at
    if about.state is State.SCHEDULED and about.due_at is not None:
        same = and_(send.c.due_at == about.due_at, send.c.id < about.id)
        first = or_(send.c.due_at < about.due_at, same)
    return and_(send.c.state == State.SCHEDULED, first)


def _earlier(connection: Connection, about: Send, at: datetime) -> list[Earlier]:
    is_to_many = about.kind in TO_MANY
    window = REPEAT[is_to_many]
    if is_to_many:  # who gets what goes to everybody gets what goes to a group, too
        everybody = [] if about.audience is None else [or_(send.c.audience == about.audience, _NOBODY_NAMED)]
        same = and_(send.c.sender == about.sender, send.c.kind.in_(TO_MANY), *everybody)
    else:
        same = and_(send.c.person_id == about.person_id, send.c.kind == about.kind)
    left = and_(send.c.state.in_(LEFT), send.c.claimed_at > at - window)
    # a draft is told also of what is to leave after it; of what is scheduled the first may go
    waits = and_(_before(about, at), send.c.due_at > at - window)
    if about.state is not State.SCHEDULED:
        near = send.c.due_at.between(at - window, at + window)
        waits = and_(send.c.state == State.SCHEDULED, near)
    when = func.coalesce(send.c.claimed_at, send.c.due_at)
    columns = (send.c.id, send.c.state, send.c.claimed_at, send.c.due_at, send.c.message, send.c.text)
    found = select(*columns).where(send.c.id != about.id, same, or_(left, waits)).order_by(when.desc())
    rows = connection.execute(found.limit(AT_MOST)).all()
    return [
        Earlier(row.id, State(row.state), row.claimed_at or row.due_at, row.message, row.text)
        for row in rows
    ]


_NOBODY_NAMED = send.c.audience.is_(None)


def _count(
    connection: Connection, about: Send, at: datetime, since: datetime, most: int, *where: Any
) -> int:
    """Texts that left since then, and those that leave before this one; `most` at most."""
    of_texts = (send.c.kind.in_(TEXTS), send.c.id != about.id, *where)
    left = select(send.c.id).where(send.c.claimed_at >= since, send.c.state.in_(LEFT), *of_texts)
    waits = select(send.c.id).where(send.c.due_at >= since, _before(about, at), *of_texts)
    found = 0
    for question in (left, waits):
        if found < most:
            rows = question.limit(most - found).subquery()
            found += connection.execute(select(func.count()).select_from(rows)).scalar_one()
    return found
