"""The rows of a bulk run: claim, outcome, doubt. Each is one conditional UPDATE, as the moves of a send are.

What is known of each is in its row, and the record's chain has how many of each there are (`running`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Utc
from bot.freeze import count_failure, forget_failures, frozen_since, hold_still
from bot.registry import is_registered
from bot.sends.kinds import State
from bot.sends.listed import has_just_had
from bot.sends.optouts import optout
from bot.sends.run import UNDER_WAY, UNSEEN, Action, RowState, RunState, Skipped, bulk_row, bulk_run
from bot.sends.running import answered_late, is_seen
from bot.sends.table import person, send

TRIES = 5  # of an opt-out, which does nothing more when it is asked for twice
AGAIN = timedelta(minutes=10)  # the same text to the same phone (product.md 5.6)
LOST = "smsops stopped in the middle of this."


@dataclass(frozen=True)
class Taken:
    """A row that is ours to ask WhatCounts for: the claim, and all that the request needs."""

    send_id: str
    line: int
    action: Action
    phone: str
    sender: str
    audience: str | None
    text: str
    claim: str
    claimed_at: datetime
    tries: int


_key = (bulk_row.c.send_id, bulk_row.c.line)


def _about() -> Any:
    """What is sent, where the run may go on: locked, so that a pause waits for the claims before it."""
    columns = (bulk_run.c.action, send.c.sender, send.c.audience, send.c.text, send.c.accepted)
    found = select(*columns).join(send, send.c.id == bulk_run.c.send_id)
    frozen = frozen_since(bulk_run.c.state_at)  # also one that was lifted since it began, or went on
    registered = exists(is_registered("sender", send.c.sender))
    group = or_(send.c.audience.is_(None), exists(is_registered("group", send.c.audience)))
    return found.where(
        bulk_run.c.send_id == bindparam("run"), bulk_run.c.carried_by == bindparam("me"),
        bulk_run.c.state == RunState.RUNNING, send.c.state == State.SENDING,
        is_seen(bindparam("seen_since", type_=Utc)),
        or_(bulk_run.c.action == Action.STOP, and_(registered, group, ~exists(frozen))),
    ).with_for_update(of=bulk_run, read=True)  # fmt: skip


def _next() -> Any:
    """The next row that waits, and whether its phone was stopped on the sender code since."""
    stopped = exists().where(optout.c.person_id == bulk_row.c.person_id, optout.c.sender == bindparam("on"))
    columns = (bulk_row.c.line, bulk_row.c.person_id, person.c.phone, stopped.label("stopped"))
    found = select(*columns).outerjoin(person, person.c.id == bulk_row.c.person_id)
    found = found.where(_key[0] == bindparam("run"), bulk_row.c.state == RowState.WAITING)
    found = found.order_by(bulk_row.c.tries, bulk_row.c.line).limit(1)
    return found.with_for_update(of=bulk_row, skip_locked=True)


# Made once: SQLAlchemy took longer to put these together for each row than the database to answer them.
_ABOUT, _NEXT = _about(), _next()
_WAITING = update(bulk_row).where(
    _key[0] == bindparam("run"), _key[1] == bindparam("row"), bulk_row.c.state == RowState.WAITING
)
_SKIP = _WAITING.values(state=RowState.SKIPPED, why=bindparam("because"))
_CLAIM = _WAITING.values(
    state=RowState.SENDING, tries=bulk_row.c.tries + 1, why=None,
    claimed_by=bindparam("me"), claim=bindparam("token"), claimed_at=bindparam("now"),
).returning(bulk_row.c.tries)  # fmt: skip
_ANSWERED = (
    update(bulk_row)
    .where(
        _key[0] == bindparam("run"), _key[1] == bindparam("row"),
        bulk_row.c.claim == bindparam("token"), bulk_row.c.state == bindparam("found"),
    )
    .values(state=bindparam("to"), why=bindparam("because"), answered_at=bindparam("now"))
)  # fmt: skip


def take(connection: Connection, now: datetime, send_id: str, me: int, token: str) -> Taken | None:
    """waiting -> sending for the next row, once over all processes; committed before the first byte leaves.

    None where there is none that may leave: the run is not running or another's, nobody was at work on it for
    minutes, all is frozen (the last two but for opt-outs), its sender code or group is not registered, or no
    row waits. A phone that was stopped on this sender code since its file was read is skipped here, and so is
    one whose number was erased, or that has had the same text in the last minutes, unless who confirmed the
    run confirmed a repeat.
    """
    hold_still(connection)
    about = connection.execute(_ABOUT, {"run": send_id, "me": me, "seen_since": now - UNSEEN}).first()
    if about is None:
        return None
    while row := connection.execute(_NEXT, {"run": send_id, "on": about.sender}).first():
        mine = {"run": send_id, "row": row.line}
        if why := _why_not(connection, now, send_id, row, about):
            connection.execute(_SKIP, mine | {"because": why})
            continue
        claimed = mine | {"me": me, "token": token, "now": now}
        tries = connection.execute(_CLAIM, claimed).scalar()
        if tries is None:
            return None
        return Taken(
            send_id, row.line, Action(about.action), row.phone, about.sender, about.audience,
            about.text or "", token, now, tries,
        )  # fmt: skip
    return None


def _why_not(connection: Connection, now: datetime, send_id: str, row: Any, about: Any) -> str | None:
    if row.phone is None:
        return Skipped.ERASED
    if about.action == Action.STOP:
        return None
    if row.stopped:
        return Skipped.STOPPED
    if about.action != Action.SEND or any(one["rule"] == "repeat" for one in about.accepted or ()):
        return None
    had = has_just_had(connection, row.person_id, send_id, about.text or "", now - AGAIN)
    return Skipped.REPEAT if had else None


def answered(
    connection: Connection, now: datetime, taken: Taken, to: RowState, why: str | None = None
) -> bool:
    """What is known after the request; whether it was written. A late answer beats a doubt.

    Texts that fail one after the other freeze all sends.
    """
    mine = {"run": taken.send_id, "row": taken.line, "token": taken.claim}
    known = mine | {"to": to, "because": why, "now": now}
    found = (RowState.SENDING, RowState.MAYBE_SENT)
    was = next((one for one in found if connection.execute(_ANSWERED, known | {"found": one}).rowcount), None)
    if was is None:
        return False
    if taken.action is Action.SEND:
        if to is RowState.SUBMITTED:
            forget_failures(connection)
        else:
            count_failure(connection, now)
    if was is RowState.MAYBE_SENT:  # after the freeze's row: who takes a row locks them in this order
        answered_late(connection, now, taken.send_id, taken.line)
    return True


def back(connection: Connection, taken: Taken, why: str | None, counts: bool = True) -> bool:
    """sending -> waiting: nothing left, or it is an opt-out; behind the others where the try `counts`."""
    mine = (_key[0] == taken.send_id, _key[1] == taken.line, bulk_row.c.claim == taken.claim)
    statement = update(bulk_row).where(*mine, bulk_row.c.state == RowState.SENDING)
    tries = bulk_row.c.tries if counts else bulk_row.c.tries - 1
    values = {"state": RowState.WAITING, "why": why, "tries": tries, "claim": None, "claimed_by": None}
    return connection.execute(statement.values(values)).rowcount == 1


def untake(connection: Connection, send_id: str, token: str) -> bool:
    """A claim whose commit was not confirmed, and under which no request was made: back to waiting."""
    mine = (_key[0] == send_id, bulk_row.c.claim == token, bulk_row.c.state == RowState.SENDING)
    values = {"state": RowState.WAITING, "tries": bulk_row.c.tries - 1, "claim": None, "claimed_by": None}
    connection.execute(update(bulk_row).where(*mine).values(values))
    return True


def claimers(connection: Connection, send_id: str) -> set[int]:
    """The processes that have rows of it under way; or had when they died."""
    mine = select(bulk_row.c.claimed_by).where(UNDER_WAY, bulk_row.c.send_id == send_id).distinct()
    return {one for one in connection.execute(mine).scalars() if one is not None}


def abandon(
    connection: Connection, now: datetime, send_id: str, lost_by: set[int]
) -> int:
    """Rows that nobody carries out any more: nobody can know whether they left; returns how many.

    An opt-out, which does nothing more when it is asked for twice, waits for its turn again.
    """
    lost = (UNDER_WAY, bulk_row.c.send_id == send_id, bulk_row.c.claimed_by.in_(lost_by))
    is_stop = select(bulk_run.c.send_id).where(
        bulk_run.c.send_id == send_id, bulk_run.c.action == Action.STOP
    )
    if connection.execute(is_stop).first():
        values: dict[str, Any] = {"state": RowState.WAITING, "why": LOST, "claim": None, "claimed_by": None}
    else:
        values = {"state": RowState.MAYBE_SENT, "why": LOST, "answered_at": now}
    return connection.execute(update(bulk_row).where(*lost).values(values)).rowcount


def keep_optouts(connection: Connection, now: datetime, send_id: str, limit: int) -> bool:
    """The phones of a run of opt-outs are texted no more, from its start on; whether there may be more."""
    run = connection.execute(
        select(bulk_run.c.kept_to, send.c.sender)
        .join(send, send.c.id == bulk_run.c.send_id)
        .where(bulk_run.c.send_id == send_id, bulk_run.c.action == Action.STOP)
        .with_for_update(of=bulk_run)
    ).first()
    if run is None:
        return False
    next_ones = select(bulk_row.c.line, bulk_row.c.person_id, bulk_row.c.state)
    next_ones = next_ones.where(_key[0] == send_id, _key[1] > run.kept_to).order_by(_key[1]).limit(limit)
    rows = connection.execute(next_ones).all()
    kept = [
        {"person_id": row.person_id, "sender": run.sender, "send_id": send_id, "at": now}
        for row in rows
        if row.state != RowState.SKIPPED and row.person_id is not None
    ]
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if kept:
        connection.execute(upsert(optout).on_conflict_do_nothing(), kept)
    if rows:
        to = update(bulk_run).where(bulk_run.c.send_id == send_id).values(kept_to=rows[-1].line)
        connection.execute(to)
    return bool(rows)
