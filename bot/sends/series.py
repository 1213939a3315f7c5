"""Where a repeating campaign stands among its days; of which rule a send is one time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select

from bot.repeats import Moment, Repeat
from bot.sends.kinds import OPEN, Kind, State
from bot.sends.row import Send
from bot.sends.table import send

AHEAD = timedelta(hours=24)  # each time is made, with a card of its own, so long before it is due
STILL: dict[str, Any] = {"make_at": None}  # it does not run
PAUSED = "paused"  # the rule by which a time is held whose campaign is paused


def place(rule: Repeat, now: datetime, make_day: date) -> dict[str, Any]:
    """The columns that say where it stands, and when it wants to be seen to."""
    following = next(rule.after(now))
    make_at = min(following.at, rule.moment(make_day).at - AHEAD)
    return {"next_day": following.day, "make_day": make_day, "make_at": make_at}


def begin(row: Send, at: datetime, delay: timedelta) -> dict[str, Any]:
    """The columns of one that runs from now on: nothing is due before the delay has passed."""
    if row.kind is not Kind.REPEAT:
        return {}
    first = next(row.rule.after(at + delay))
    return place(row.rule, at + delay, first.day) | {"due_at": None}


def first_time(row: Send, now: datetime, delay: timedelta) -> Send:
    """A repeating campaign as the first of its times, which the brakes are asked about."""
    if row.kind is not Kind.REPEAT:
        return row
    first: Moment = next(row.rule.after(now + delay))
    return replace(row, kind=Kind.CAMPAIGN, state=State.DRAFT, chosen_at=first.at, due_at=None)


def open_times(connection: Connection, series: str) -> list[tuple[str, State]]:
    """Those of its times that are made and have not left: id and state, the next one first."""
    where = (send.c.series == series, send.c.state.in_(OPEN))
    rows = connection.execute(select(send.c.id, send.c.state).where(*where).order_by(send.c.on_day))
    return [(row.id, State(row.state)) for row in rows]


_rule = send.alias("rule")
_other = send.alias("other")
_runs = exists(select(_rule.c.id).where(_rule.c.id == send.c.series, _rule.c.state == State.SCHEDULED))
_doubted = exists(
    select(_other.c.id).where(
        _other.c.series == send.c.series, _other.c.state == State.MAYBE_SENT, _other.c.id != send.c.id
    )
)
# One time of a repeating campaign leaves while that runs, and while none of its other times is in doubt.
MAY_LEAVE = or_(send.c.series.is_(None), _runs & ~_doubted)

ITS_RULE_RUNS = or_(send.c.series.is_(None), _runs)

_STATE = select(send.c.state).where(send.c.id == bindparam("series"))
_DOUBT = (
    select(send.c.id)
    .where(
        send.c.series == bindparam("series"), send.c.state == State.MAYBE_SENT, send.c.id != bindparam("me")
    )
    .order_by(send.c.on_day)
    .limit(1)
)  # fmt: skip


def runs(connection: Connection, send_id: str) -> bool:
    """Whether the campaign runs of which this is one time; a pause or a resume waits for who asks."""
    series = select(send.c.series).where(send.c.id == send_id).scalar_subquery()
    found = select(_rule.c.state).where(_rule.c.id == series).with_for_update(read=True)
    return connection.execute(found).scalar() == State.SCHEDULED


def standing(connection: Connection, about: Send) -> tuple[State | None, str | None]:
    """Of one time: the state of its rule, and which other time may have been sent. Else (None, None)."""
    if about.series is None:
        return None, None
    values = {"series": about.series, "me": about.id}
    state = connection.execute(_STATE, values).scalar()
    return (State(state) if state else None), connection.execute(_DOUBT, values).scalar()
