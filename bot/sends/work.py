"""What wants doing now: the questions of a tick, made once, as to make them takes longer than to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select

from bot.database import Utc
from bot.homes import ANY_HOME, STALE_HOMES, home_times
from bot.sends.cards import ANY_BEHIND, ANY_WRONG, IS_FROZEN, Undrawn, draw_times, undrawn
from bot.sends.copies import ANY_COPY, UNDRAWN_COPIES
from bot.sends.kinds import Kind, State
from bot.sends.leaving import LOOK_HOLDS
from bot.sends.notes import ANY_NOTE
from bot.sends.running import ANY_REPORT, ANY_RUN, REPORT_AGAIN
from bot.sends.table import IS_STORED_CORRECTION, send
from bot.sends.watches import ANY_WATCH, IS_WATCHING, watch_times

DUE = 1000  # of each sender code and kind; what is behind them has to wait for another look
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
    """What wants doing now, oldest first; ids but for what is due, and cards."""

    prepare: Sequence[str]
    look: Sequence[str]
    due: Sequence[Due]
    draw: Sequence[Undrawn]
    copies: Sequence[str]
    make: Sequence[str]  # repeating campaigns that want a time made
    follow: Sequence[str]  # stored texts of corrections, whose campaign is to be drafted
    notes: bool  # whether there may be some to post
    runs: bool  # whether there is a bulk run that is not over
    reports: bool  # whether a report of one is to be delivered
    watch: bool  # whether Slack is to be asked about an alarm
    homes: Sequence[str]  # whose App Home is to be looked at: people's ids
    alarms: Sequence[datetime]  # when, within the next minutes, something falls due (UTC)
    frozen: bool  # whether all sends are


def work(
    connection: Connection, now: datetime, ahead: timedelta, limit: int, me: int, was_frozen: bool
) -> Work:
    """What wants doing `now`; `was_frozen`: what the last one said (`Work.frozen`); it may be wrong."""
    times = draw_times(now) | watch_times(now) | home_times(now) | {
        "now": now, "rested": now - RETRY_AFTER, "fresh": now - LOOK_HOLDS, "soon": now + LOOK_AHEAD,
        "horizon": now + max(ahead, LOOK_AHEAD), "report_again": now - REPORT_AGAIN, "most": limit,
        "place": 3 + me % 6, "wrongly": not was_frozen,
    }  # fmt: skip
    there_is = connection.execute(_ANY, times).one()
    wrong = there_is.wrong or there_is.frozen != was_frozen
    soon = connection.execute(_ANY_SOON, times).one() if there_is.soon else _NOTHING_SOON
    looks = (
        *(_ids(connection, _UNLOOKED, times) if soon.look else ()),
        *(_ids(connection, _LOOKED_IN_THE_FUTURE, times) if there_is.future else ()),
    )
    return Work(
        prepare=_ids(connection, _UNPREPARED, times) if there_is.prepare else [],
        look=list(dict.fromkeys(looks)),
        due=_dues(connection, times) if soon.due else [],
        draw=undrawn(connection, now, limit, behind=there_is.behind, wrong=wrong),
        copies=_copies(connection, times) if there_is.copies else [],
        make=_ids(connection, _UNMADE, times) if there_is.make else [],
        follow=_ids(connection, _STORED, times) if there_is.follow else [],
        notes=there_is.notes,
        runs=there_is.runs,
        reports=there_is.reports,
        watch=there_is.watching and connection.execute(ANY_WATCH, times).scalar_one(),
        homes=_ids(connection, STALE_HOMES, times) if there_is.homes else [],
        alarms=_alarms(connection, now, times) if soon.alarms else [],
        frozen=there_is.frozen,
    )


def _dues(connection: Connection, times: Mapping[str, Any]) -> list[Due]:
    return [Due(row.id, Kind(row.kind), row.sender) for row in connection.execute(_DUE, times)]


def _alarms(connection: Connection, now: datetime, times: Mapping[str, Any]) -> list[datetime]:
    dues = connection.execute(_ALARMS, times).scalars()
    return [when for due in dues for when in (due - LOOK_AHEAD, due) if when > now]


def _copies(connection: Connection, times: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in connection.execute(UNDRAWN_COPIES, times).scalars()]


def _ids(connection: Connection, question: Select[Any], times: Mapping[str, Any]) -> list[str]:
    return list(connection.execute(question, times).scalars())


def _time(name: str) -> Any:
    return bindparam(name, type_=Utc)


def _is_any(where: Any) -> Any:
    return select(send.c.id).where(where).exists()


def _first(where: Any, *order: Any) -> Select[Any]:
    return select(send.c.id).where(where).order_by(*order, send.c.id).limit(bindparam("most"))


# What is due at one instant comes in another order for another process, so that they do not all take up the
# same rows: by some of the six characters of the id.
_BY_PROCESS = func.substr(send.c.id, bindparam("place"))


# A request that never reached WhatCounts is not made again at once.
_rested = or_(send.c.claimed_at.is_(None), send.c.claimed_at < _time("rested"))
_is_scheduled = send.c.state == State.SCHEDULED
_scheduled = and_(_is_scheduled, _rested)
# The brakes were asked lately, and not before a clock was set back.
_looked = and_(send.c.looked_at >= _time("fresh"), send.c.looked_at <= _time("now"))

_unprepared = and_(
    send.c.state == State.DRAFT, send.c.prepared_at.is_(None), send.c.prepare_at <= _time("now")
)
_UNPREPARED = _first(_unprepared, send.c.prepare_at)
# Looked at in the future: the clock was set back, so when its hour comes again that look must be old. Two
# questions, each with an index of its own.
_stale = or_(send.c.looked_at.is_(None), ~_looked)
_unlooked = and_(_scheduled, send.c.due_at <= _time("soon"), _stale)
_in_the_future = and_(_scheduled, send.c.looked_at > _time("now"))
_UNLOOKED = _first(_unlooked, send.c.due_at, _BY_PROCESS)
_LOOKED_IN_THE_FUTURE = _first(_in_the_future, send.c.due_at)


# The state as no index has it: SQLite would go through all that is scheduled.
_unmade = and_(send.c.make_at <= _time("now"), send.c.state + "" == State.SCHEDULED)
_UNMADE = _first(_unmade, send.c.make_at)
# Ordered, since PostgreSQL takes it for common and would read the whole table.
_oldest = select(send.c.id).where(send.c.make_at <= _time("now")).order_by(send.c.make_at).limit(1)
_ANY_UNMADE = _oldest.scalar_subquery().is_not(None)
_STORED = _first(IS_STORED_CORRECTION, send.c.state_at)

_ready = and_(_scheduled, send.c.due_at <= _time("now"), _looked)


def _due() -> Select[Any]:
    """The first ones of each sender code and kind, so that one that waits long hides no other."""
    order = (send.c.due_at, _BY_PROCESS, send.c.id)
    place = func.row_number().over(partition_by=(send.c.sender, send.c.kind), order_by=order)
    columns = (send.c.id, send.c.kind, send.c.sender, send.c.due_at, place.label("turn"))
    ready = select(*columns).where(_ready).subquery()
    return select(ready).where(ready.c.turn <= DUE).order_by(ready.c.due_at, ready.c.turn)


_DUE = _due()
_coming = and_(_scheduled, send.c.due_at <= _time("horizon"), send.c.due_at > _time("now"))
_ALARMS = select(send.c.due_at).where(_coming).distinct().order_by(send.c.due_at).limit(bindparam("most"))

# Asked first, in one: mostly there is nothing. PostgreSQL plans each part for longer than it runs, so they
# are few, and short: what goes together is asked for together, and told apart where there may be any.
_ANY = select(
    _is_any(_unprepared).label("prepare"),
    _is_any(and_(_is_scheduled, send.c.due_at <= _time("horizon"))).label("soon"),
    _is_any(and_(_is_scheduled, send.c.looked_at > _time("now"))).label("future"),
    ANY_BEHIND.label("behind"),
    ANY_WRONG.label("wrong"),
    IS_FROZEN.label("frozen"),
    ANY_COPY.label("copies"),
    _ANY_UNMADE.label("make"),
    _is_any(IS_STORED_CORRECTION).label("follow"),
    ANY_NOTE.label("notes"),
    ANY_RUN.label("runs"),
    ANY_REPORT.label("reports"),
    IS_WATCHING.label("watching"),
    ANY_HOME.label("homes"),
)
_ANY_SOON = select(
    _is_any(_unlooked).label("look"), _is_any(_ready).label("due"), _is_any(_coming).label("alarms")
)


class _Soon(NamedTuple):
    look: bool
    due: bool
    alarms: bool


_NOTHING_SOON = _Soon(look=False, due=False, alarms=False)
