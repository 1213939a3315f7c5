"""What became of the lines of a list: for its report, for one phone, for the record; only read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, func, select

from bot.sends.kinds import OPEN, State
from bot.sends.row import Send
from bot.sends.run import DID, Action, RowState, Run, RunState, bulk_row
from bot.sends.table import person

_row = bulk_row.c
_WITH_PHONE = select(bulk_row, person.c.phone).outerjoin(person, person.c.id == _row.person_id)


@dataclass(frozen=True)
class Outcome:
    """One line of the file; `at` (UTC): when its answer came, of a doubt when it was asked for.

    `phone` is whole, for who masks it; None where there is none, or it was erased.
    """

    line: int
    phone: str | None
    state: RowState
    why: str | None
    at: datetime | None

    @classmethod
    def of(cls, row: Any) -> Self:
        state = RowState(row.state)
        at = row.claimed_at if state is RowState.MAYBE_SENT else row.answered_at
        return cls(row.line, row.phone, state, row.why, at)


def became(of: Send, row: Outcome) -> str:
    """What became of a line of this list, in plain words, not masked: `left out: opted out`."""
    assert of.run is not None
    did, why = DID[of.run.action], f": {row.why}" if row.why else ""
    words = {
        RowState.WAITING: _waits(of, of.run, row, did),
        RowState.SENDING: "its request is on its way",
        RowState.SUBMITTED: f"{did}{why}",
        RowState.REFUSED: f"not {did}{why}",
        RowState.MAYBE_SENT: f"may have been {did}{why}",
        RowState.SKIPPED: f"left out{why}",
    }
    return words[row.state]


def _waits(of: Send, run: Run, row: Outcome, did: str) -> str:
    """Its turn is to come; or it has come, and was left open or never reached WhatCounts (`why`)."""
    if of.state in (*OPEN, State.SENDING) and run.state is not RunState.CANCELLED:
        return f"waits for another try: {row.why}" if row.why else "its turn has not come"
    if is_left_open(run, row):
        return f"may have been {did}: {row.why}"
    return f"not {did}: its list ended before"


def is_left_open(run: Run, row: Outcome) -> bool:
    """Whether it waits to be asked for again after an answer that did not say whether it was done.

    Only opt-outs do: twice does no harm.
    """
    return row.state is RowState.WAITING and row.why is not None and run.action is Action.STOP


def page(connection: Connection, send_id: str, after: int, limit: int) -> list[Outcome]:
    """The next lines behind `after`, in the order of the file."""
    found = _WITH_PHONE.where(_row.send_id == send_id, _row.line > after).order_by(_row.line).limit(limit)
    return [Outcome.of(row) for row in connection.execute(found)]


def of_person(connection: Connection, person_id: int, send_ids: Sequence[str]) -> dict[str, Outcome]:
    """What became of this person in each of these lists: of the first line, where several have the phone."""
    hers = _WITH_PHONE.where(_row.person_id == person_id, _row.send_id.in_(send_ids))
    last_first = connection.execute(hers.order_by(_row.line.desc()))
    return {row.send_id: Outcome.of(row) for row in last_first}


def count(connection: Connection, send_id: str) -> dict[str, int]:
    """How many rows are in each state."""
    counted = select(_row.state, func.count()).where(_row.send_id == send_id).group_by(_row.state)
    return {state: number for state, number in connection.execute(counted)}  # noqa: C416 - rows, no pairs


def digest(connection: Connection, send_id: str) -> str:
    """A hash over what became of each line, for the record: a later change of any of them shows."""
    columns = (_row.line, _row.person_id, _row.state)
    found = select(*columns).where(_row.send_id == send_id).order_by(_row.line)
    made = hashlib.sha256()
    for row in connection.execute(found.execution_options(yield_per=1000)):
        made.update(f"{row.line} {row.person_id} {row.state}\n".encode())
    return made.hexdigest()
