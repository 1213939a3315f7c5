"""What App Home asks of the record: what waits for somebody, what the coming days bring, what came last.

Each list is short and ends at an index: a home is looked at again whenever something was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, select

from bot import freeze
from bot.database import Utc
from bot.freeze import Freeze
from bot.sends.kinds import OPEN, TEXTS, Kind, State
from bot.sends.questions import leaving_at, open_stops
from bot.sends.repeating import Coming, coming
from bot.sends.row import WITH_PEOPLE, Send
from bot.sends.table import IS_TO_MANY, TO_WATCH, send

LISTED = 100  # of each list: more than are shown, as not all of them are for whoever looks
COUNTED = 1000  # further than this nothing is counted
DAYS_LISTED = 200  # campaigns in the days of the calendar


@dataclass(frozen=True)
class Several:
    """The first of a list, and how many there are; counted up to COUNTED."""

    sends: Sequence[Send] = ()
    total: int = 0


@dataclass(frozen=True)
class Ahead:
    """The record as one moment shows it to one person; times are aware, UTC.

    `mine`: drafts of this person that nobody has confirmed. `corrections`: those that an admin may let
    through a freeze. `runs`: bulk runs under way or paused, the oldest first. `campaigns`: what goes to many
    until the last day asked for, by time. `texts`: when texts to single phones leave until then, COUNTED at
    most. `last`: what was tried last, the newest first.
    """

    freeze: Freeze
    awaiting: Several = Several()
    held: Several = Several()
    runs: Sequence[Send] = ()
    doubtful: Several = Several()
    mine: Several = Several()
    corrections: Sequence[Send] = ()
    campaigns: Sequence[Send] = ()
    times: Sequence[Coming] = ()
    texts: Sequence[datetime] = ()
    last: Sequence[Send] = ()
    open_stops: int = 0
    channel: str | None = None  # of what this person sent last


def ahead(connection: Connection, who: str, now: datetime, until: datetime) -> Ahead:
    """What there is for this person from `now` until before `until`."""
    asked = {"who": who, "now": now, "until": until}
    return Ahead(
        freeze.read(connection),
        awaiting=_several(connection, _AWAITING, asked),
        held=_several(connection, _HELD, asked),
        runs=_sends(connection, _RUNS, asked),
        doubtful=_several(connection, _DOUBTFUL, asked),
        mine=_several(connection, _MINE, asked),
        corrections=_sends(connection, _CORRECTIONS, asked),
        campaigns=sorted((one for q in _CAMPAIGNS for one in _sends(connection, q, asked)), key=leaving_at),
        times=[one for one in coming(connection, until) if one.made is None and one.due_at >= now],
        texts=list(connection.execute(_TEXTS, asked).scalars()),
        last=_sends(connection, _LAST, asked),
        open_stops=open_stops(connection),
        channel=connection.execute(_CHANNEL, asked).scalar(),
    )


def _several(connection: Connection, question: tuple[Select[Any], Select[Any]], asked: Any) -> Several:
    page, count = question
    sends = _sends(connection, page, asked)
    if len(sends) < LISTED:
        return Several(sends, len(sends))
    return Several(sends, connection.execute(count, asked).scalar_one())


def _sends(connection: Connection, question: Select[Any], asked: Any) -> list[Send]:
    return [Send.of(row) for row in connection.execute(question, asked)]


# The questions, made once: to make them takes longer than to ask.
def _time(name: str) -> Any:
    return bindparam(name, type_=Utc)


def _first(where: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """The page, in the order of ix_send_due, and the count."""
    found = select(send.c.id).where(where).limit(COUNTED).subquery()
    page = WITH_PEOPLE.where(where).order_by(send.c.due_at).limit(LISTED)
    return page, select(func.count()).select_from(found)


_AWAITING = _first(send.c.state == State.AWAITING)
_HELD = _first(send.c.state == State.HELD)
_RUNS = (
    WITH_PEOPLE.where(send.c.state == State.SENDING, send.c.kind == Kind.BULK)
    .order_by(send.c.due_at)
    .limit(LISTED)
)
_DOUBTFUL = _first(send.c.state == State.MAYBE_SENT)
# Whose it is as no index has it: of one person there may be many, and of drafts there are few.
_MINE = _first(and_(send.c.state == State.DRAFT, (send.c.asked_by + "") == bindparam("who")))
_correction = and_(send.c.corrects.is_not(None), send.c.state.in_(OPEN))
_CORRECTIONS = WITH_PEOPLE.where(_correction).order_by(send.c.asked_at).limit(LISTED)
_due = and_(send.c.due_at >= _time("now"), send.c.due_at < _time("until"))
_chosen = and_(send.c.chosen_at >= _time("now"), send.c.chosen_at < _time("until"))
_undecided = and_(send.c.state.in_((State.DRAFT, State.AWAITING)), _chosen)
_held = and_(send.c.state == State.HELD, _due)
_CAMPAIGNS = (
    WITH_PEOPLE.where(TO_WATCH, _due).order_by(send.c.due_at).limit(DAYS_LISTED),
    WITH_PEOPLE.where(_undecided, IS_TO_MANY).limit(DAYS_LISTED),
    WITH_PEOPLE.where(_held, IS_TO_MANY).limit(DAYS_LISTED),
)
_ONE_BY_ONE = tuple(sorted(TEXTS & {Kind.SEND, Kind.TEST}))
_TEXTS = (
    select(send.c.due_at)
    .where(send.c.state == State.SCHEDULED, send.c.kind.in_(_ONE_BY_ONE), _due)
    .order_by(send.c.due_at)
    .limit(COUNTED)
)
# The state as no index has it: most rows are over, and SQLite would sort them all.
_over = (send.c.state + "").in_((State.SUBMITTED, State.REFUSED))
_LAST = (
    WITH_PEOPLE.where(send.c.claimed_at.is_not(None), _over)
    .order_by(send.c.claimed_at.desc())
    .limit(5)
)
_CHANNEL = (
    select(send.c.channel)
    .where(send.c.asked_by == bindparam("who"), send.c.claimed_at.is_not(None), send.c.channel.like("C%"))
    .order_by(send.c.claimed_at.desc())
    .limit(1)
)
