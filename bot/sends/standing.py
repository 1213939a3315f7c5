"""How the sends stand: how many are in each state, and since when the oldest of each waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from bot.sends.kinds import UNDECIDED, Kind, State
from bot.sends.run import RowState, RunState, bulk_run
from bot.sends.series import PAUSED
from bot.sends.table import send

WAITING = (*UNDECIDED, State.SCHEDULED, State.SENDING, State.MAYBE_SENT)  # somebody or something is awaited

OPEN_RUN = (RunState.WAITING, RunState.RUNNING, RunState.PAUSED, RunState.CANCELLED)

# By the index of states alone; PostgreSQL and SQLite read no row for it.
_COUNTS = select(send.c.state, func.count()).group_by(send.c.state)
_SINCE = (
    select(send.c.state, func.min(send.c.state_at))
    .where(send.c.state.in_([each for each in WAITING if each not in (State.SCHEDULED, State.SENDING)]))
    .where(send.c.held_by.is_distinct_from(PAUSED))  # somebody wanted that
    .group_by(send.c.state)
)
# A list takes hours, and nothing is wrong: it does not count as a request that hangs.
_ON_ITS_WAY = select(func.min(send.c.state_at)).where(
    send.c.state == State.SENDING, send.c.kind != Kind.BULK
)
_RUNS = (
    select(bulk_run.c.state, bulk_run.c.counts, bulk_run.c.valid)
    .join(send, send.c.id == bulk_run.c.send_id)
    .where(send.c.state == State.SENDING, send.c.kind == Kind.BULK)
)
# What is scheduled waits from the time when it is due on; an opt-out is asked for until it is done.
_OVERDUE = select(func.min(send.c.due_at)).where(
    send.c.state == State.SCHEDULED, send.c.due_at < bindparam("now", type_=send.c.due_at.type),
    send.c.kind != Kind.STOP,
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """`counts` has every state; `since` has those of WAITING in which there is one (UTC).

    A bulk run is one send. `runs`: how many of those that are not over are in each state; `rows`: their rows,
    as counted last.
    """

    counts: Mapping[State, int]
    since: Mapping[State, datetime]
    runs: Mapping[RunState, int]
    rows: Mapping[RowState, int]

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
    if (at := connection.execute(_ON_ITS_WAY).scalar()) is not None:
        since[State.SENDING] = at
    return Standing({state: counts.get(state, 0) for state in State}, since, *_runs(connection))


def _runs(connection: Connection) -> tuple[dict[RunState, int], dict[RowState, int]]:
    runs: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for run in connection.execute(_RUNS):
        runs[run.state] += 1
        rows.update(run.counts or {RowState.WAITING: run.valid})
    return {one: runs[one] for one in OPEN_RUN}, {one: rows[one] for one in RowState}
