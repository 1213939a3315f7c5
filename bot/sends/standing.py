"""How the sends stand: how many are in each state, and since when the oldest of each waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from bot.sends.kinds import UNDECIDED, Kind, State
from bot.sends.row import send

WAITING = (*UNDECIDED, State.SCHEDULED, State.SENDING, State.MAYBE_SENT)  # somebody or something is awaited

# By the index of states alone; PostgreSQL and SQLite read no row for it.
_COUNTS = select(send.c.state, func.count()).group_by(send.c.state)
_SINCE = (
    select(send.c.state, func.min(send.c.state_at))
    .where(send.c.state.in_([each for each in WAITING if each is not State.SCHEDULED]))
    .group_by(send.c.state)
)
# What is scheduled waits from the time when it is due on; an opt-out is asked for until it is done.
_OVERDUE = select(func.min(send.c.due_at)).where(
    send.c.state == State.SCHEDULED, send.c.due_at < bindparam("now", type_=send.c.due_at.type),
    send.c.kind != Kind.STOP,
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """`counts` has every state; `since` has those of WAITING in which there is one (UTC)."""

    counts: Mapping[State, int]
    since: Mapping[State, datetime]

    def ages(self, now: datetime) -> dict[State, float]:
        """Seconds for which the oldest one waits, 0.0 where there is none."""
        return {
            state: max(0.0, (now - self.since[state]).total_seconds()) if state in self.since else 0.0
            for state in WAITING
        }


def standing(connection: Connection, now: datetime) -> Standing:
    """How it is at this moment."""
    counts = {State(state): count for state, count in connection.execute(_COUNTS)}
    since = {State(state): at for state, at in connection.execute(_SINCE)}
    overdue = connection.execute(_OVERDUE, {"now": now}).scalar()
    if overdue is not None:
        since[State.SCHEDULED] = overdue
    return Standing({state: counts.get(state, 0) for state in State}, since)
