"""The moves of a bulk run, from the claim of its send to its end; each in its send's chain, with counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, update

from bot.database import Utc
from bot.evidence import SMSOPS, record
from bot.sends.content import Ask
from bot.sends.kinds import Kind, State
from bot.sends.lines import count, digest
from bot.sends.moves import is_moved
from bot.sends.notes import add_note
from bot.sends.row import Send, read
from bot.sends.run import UNSEEN, Action, PausedBy, RowState, RunState, bulk_row, bulk_run
from bot.sends.table import send

GOING = (RunState.WAITING, RunState.RUNNING)
# When somebody was last at work on it; before it was seen to for the first time, when it was claimed.
_claimed_at = select(send.c.claimed_at).where(send.c.id == bulk_run.c.send_id).correlate(bulk_run)
SEEN_AT = func.coalesce(
    bulk_run.c.seen_at, bulk_run.c.counted_at, _claimed_at.scalar_subquery(), type_=Utc
)
STOPPABLE = (*GOING, RunState.PAUSED)

Note = Callable[[Send], str]


def is_seen(since: Any) -> Any:
    """Whether somebody was at work on a run after `since`. For opt-outs that is never too long ago."""
    return or_(bulk_run.c.action == Action.STOP, since <= SEEN_AT)


def _change(
    connection: Connection, now: datetime, send_id: str, found: Sequence[RunState], *,
    where: Any = None, **values: Any,
) -> Send | None:  # fmt: skip
    """The conditional UPDATE of a run and of its send, whose picture changes; None where it did not match."""
    mine = (bulk_run.c.send_id == send_id, bulk_run.c.state.in_(found), bulk_run.c.ended_at.is_(None))
    under_way = update(send).where(send.c.id == send_id, send.c.state == State.SENDING)
    if not connection.execute(under_way.values(revision=send.c.revision + 1)).rowcount:
        return None
    statement = update(bulk_run).where(*mine, *(() if where is None else (where,)))
    if not connection.execute(statement.values(values)).rowcount:
        under_way = update(send).where(send.c.id == send_id)
        connection.execute(under_way.values(revision=send.c.revision - 1))
        return None
    return read(connection, send_id)


def carry(connection: Connection, now: datetime, send_id: str, me: int, dead: set[int]) -> Send | None:
    """waiting -> running, by this process; also what a dead one carried.

    None where another has it, or where nobody was at work on it for so long that a person has to say so.
    """
    free = or_(bulk_run.c.state == RunState.WAITING, bulk_run.c.carried_by.in_({*dead, me}))
    free = and_(free, is_seen(now - UNSEEN))
    before = read(connection, send_id)
    if before is None or before.run is None:
        return None
    since = before.run.state_at or before.state_at
    values: dict[str, Any] = {"state": RunState.RUNNING, "carried_by": me, "seen_at": now}
    values |= {"state_at": since, "begun_at": before.run.begun_at or now}
    taken = _change(connection, now, send_id, GOING, where=free, **values)
    if taken:
        what = "taken up" if before.run.begun_at else "began"
        record(connection, at=now, who=SMSOPS, what=what, send_id=send_id, process=me)
    return taken


def see(connection: Connection, now: datetime, send_id: str) -> bool:
    """Somebody who lives is at work on it; False where it does not go, or nobody was for too long."""
    mine = (bulk_run.c.send_id == send_id, bulk_run.c.state.in_(GOING), is_seen(now - UNSEEN))
    return bool(connection.execute(update(bulk_run).where(*mine).values(seen_at=now)).rowcount)


def put_down(connection: Connection, now: datetime, send_id: str, carriers: set[int]) -> bool:
    """running -> waiting: these processes do not carry it any more (told to stop, or dead)."""
    theirs = bulk_run.c.carried_by.in_(carriers)
    values = {"state": RunState.WAITING, "carried_by": None, "counted_at": now, "pace": 0.0}
    return _change(connection, now, send_id, (RunState.RUNNING,), where=theirs, **values) is not None


def pause(
    connection: Connection, ask: Ask, send_id: str, by: PausedBy, why: str,
    next_at: datetime | None = None, note: Note | None = None,
) -> Send | None:  # fmt: skip
    """waiting, running -> paused: what is on its way is finished, and nothing more is taken."""
    _hold(connection, send_id)  # who takes a row now is counted
    who = ask.who if by is PausedBy.HAND else None
    paused = _change(
        connection, ask.at, send_id, GOING, state=RunState.PAUSED, paused_by=by, paused_who=who,
        why=why, next_at=next_at, carried_by=None, pace=0.0,
        counts=count(connection, send_id), counted_at=ask.at,
    )  # fmt: skip
    if paused:
        _record(connection, ask, send_id, "paused", rule=by, why=why)
        add_note(connection, ask.at, paused, note(paused) if note else None)
    return paused


def resume(connection: Connection, ask: Ask, send_id: str) -> Send | None:
    """paused -> waiting, for whoever carries it next."""
    nothing = dict.fromkeys(("paused_by", "paused_who", "why", "next_at"))
    moved = _change(
        connection, ask.at, send_id, (RunState.PAUSED,), state=RunState.WAITING, state_at=ask.at,
        counted_at=ask.at, seen_at=ask.at, **nothing,
    )  # fmt: skip
    if moved:
        _record(connection, ask, send_id, "resumed")
    return moved


def cancel(connection: Connection, ask: Ask, send_id: str) -> Send | None:
    """No more rows are taken; what is on its way is finished, and then the run is over (`end`)."""
    by = {"paused_who": ask.who, "state_at": ask.at, "pace": 0.0}
    moved = _change(connection, ask.at, send_id, STOPPABLE, state=RunState.CANCELLED, **by)
    if moved:
        connection.execute(update(send).where(send.c.id == send_id).values(settled_by=ask.who))
        _record(connection, ask, send_id, "cancelled")
    return moved


def _hold(connection: Connection, send_id: str) -> None:
    """Nobody changes the run or takes a row of it until this transaction ends."""
    for table, key in ((send, send.c.id), (bulk_run, bulk_run.c.send_id)):  # as `_change` locks them
        mine = select(key).where(key == send_id).with_for_update(of=table, key_share=True)
        connection.execute(mine)


def count_up(connection: Connection, now: datetime, send_id: str) -> Send | None:
    """Count what became of the rows, for the card; None where nothing has changed since."""
    _hold(connection, send_id)
    before = read(connection, send_id)
    if before is None or before.run is None:
        return None
    counts = count(connection, send_id)
    if counts == before.run.counts:
        return None
    pace = _pace(before, counts, now) if before.run.state in GOING else 0.0
    found = (*GOING, RunState.PAUSED, RunState.CANCELLED)
    return _change(connection, now, send_id, found, counts=counts, counted_at=now, pace=pace)


def _pace(before: Send, counts: dict[str, int], now: datetime) -> float:
    """Answers a second since the count before, smoothed."""
    run = before.run
    assert run is not None
    since = run.counted_at if run.counts else run.begun_at
    seconds = (now - since).total_seconds() if since else 0.0
    if seconds <= 0:
        return run.pace
    done = sum(counts.values()) - counts.get(RowState.WAITING, 0) - counts.get(RowState.SENDING, 0)
    was = run.lines - run.count(RowState.WAITING, RowState.SENDING) if run.counts else run.lines - run.valid
    pace = max(0.0, (done - was) / seconds)
    return pace if not run.pace else 0.5 * run.pace + 0.5 * pace


def end(connection: Connection, now: datetime, send_id: str, note: Note) -> Send | None:
    """The end, once no row is under way, and none waits or it was cancelled; None where that is not so yet.

    A doubt about one is a doubt about all; one that was taken makes the send submitted.
    """
    _hold(connection, send_id)  # an answer that came late is counted
    before = read(connection, send_id)
    if before is None or before.run is None or before.state is not State.SENDING:
        return None
    counts = count(connection, send_id)
    is_cancelled = before.run.state is RunState.CANCELLED
    if counts.get(RowState.SENDING, 0) or (counts.get(RowState.WAITING, 0) and not is_cancelled):
        return None
    values = {"counts": counts, "counted_at": now, "ended_at": now, "carried_by": None, "pace": 0.0}
    values |= {} if is_cancelled else {"state": RunState.DONE}
    ended = _change(connection, now, send_id, (*STOPPABLE, RunState.CANCELLED), **values)
    if ended is None:
        return None
    is_moved(connection, send_id, (State.SENDING,), _all_in_all(counts, is_cancelled), at=now)
    _record(connection, Ask(SMSOPS, now), send_id, "ended", hash=digest(connection, send_id))
    over = read(connection, send_id)
    if over:
        add_note(connection, now, over, note(over))
    return over


def _all_in_all(counts: dict[str, int], is_cancelled: bool) -> State:
    if counts.get(RowState.MAYBE_SENT):
        return State.MAYBE_SENT
    if is_cancelled:
        return State.CANCELLED
    return State.SUBMITTED if counts.get(RowState.SUBMITTED) else State.REFUSED


def answered_late(connection: Connection, now: datetime, send_id: str, line: int) -> None:
    """A row that was in doubt is known: so is the list where it was the last one, and its card says so.

    Where the run is over its record has a hash over its rows; the one of now holds from now on.
    """
    _hold(connection, send_id)
    counts = count(connection, send_id)
    mine = update(bulk_run).where(bulk_run.c.send_id == send_id).returning(bulk_run.c.ended_at)
    if connection.execute(mine.values(counts=counts)).scalar_one():
        what: dict[str, Any] = {"rows": counts, "hash": digest(connection, send_id), "line": line}
        record(connection, at=now, who=SMSOPS, what="answered late", send_id=send_id, **what)
    to = State.SUBMITTED if counts.get(RowState.SUBMITTED) else State.REFUSED
    in_doubt = counts.get(RowState.MAYBE_SENT, 0) > 0
    if in_doubt or not is_moved(connection, send_id, (State.MAYBE_SENT,), to, at=now):
        drawn = update(send).where(send.c.id == send_id).values(revision=send.c.revision + 1)
        connection.execute(drawn)


def _record(connection: Connection, ask: Ask, send_id: str, what: str, **detail: Any) -> None:
    counts = count(connection, send_id)
    record(
        connection, at=ask.at, who=ask.who, what=what, send_id=send_id, request=ask.request, rows=counts,
        **detail,
    )  # fmt: skip


@dataclass(frozen=True)
class Open:
    """A run that is not over: how far it is, who carries it.

    `is_counted`: none of its rows was under way when they were counted last. `seen_at` (UTC): when somebody
    who lived was last at work on it. `has_optouts`: of its phones, some are not kept as opted out yet.
    """

    id: str
    action: Action
    state: RunState
    carried_by: int | None
    is_counted: bool
    seen_at: datetime
    has_optouts: bool


_to_keep = and_(
    bulk_run.c.action == Action.STOP,
    exists().where(bulk_row.c.send_id == bulk_run.c.send_id, bulk_row.c.line > bulk_run.c.kept_to),
)
_OPEN = (
    select(
        bulk_run.c.send_id, bulk_run.c.action, bulk_run.c.state, bulk_run.c.carried_by, bulk_run.c.counts,
        SEEN_AT.label("seen_at"), _to_keep.label("has_optouts"),
    )
    .join(send, send.c.id == bulk_run.c.send_id)
    .where(send.c.state == State.SENDING, send.c.kind == Kind.BULK)
    .order_by(send.c.state_at, send.c.id)
)


ANY_RUN = select(send.c.id).where(send.c.state == State.SENDING, send.c.kind == Kind.BULK).exists()
REPORT_AGAIN = timedelta(minutes=2)  # after this a report that was not delivered is made anew
_taken = bulk_run.c.report_taken_at
_to_report = and_(
    bulk_run.c.ended_at.is_not(None), bulk_run.c.report_at.is_(None),
    or_(_taken.is_(None), _taken < bindparam("report_again", type_=Utc)),
)  # fmt: skip
ANY_REPORT = select(bulk_run.c.send_id).where(_to_report).exists()


def open_runs(connection: Connection) -> list[Open]:
    """Those that are not over, the oldest first."""
    return [
        Open(
            row.send_id, Action(row.action), RunState(row.state), row.carried_by,
            not row.counts.get(RowState.SENDING), row.seen_at, bool(row.has_optouts),
        )
        for row in connection.execute(_OPEN)
    ]


def take_report(connection: Connection, now: datetime, token: str, again: timedelta) -> Send | None:
    """A run that is over and whose report has still to be delivered, taken by one process; or None."""
    free = or_(bulk_run.c.report_taken_at.is_(None), bulk_run.c.report_taken_at < now - again)
    wanting = select(bulk_run.c.send_id)
    wanting = wanting.where(bulk_run.c.ended_at.is_not(None), bulk_run.c.report_at.is_(None))
    found = connection.execute(wanting.where(free).order_by(bulk_run.c.ended_at).limit(1)).scalar()
    if found is None:
        return None
    mine = update(bulk_run).where(bulk_run.c.send_id == found, bulk_run.c.report_at.is_(None), free)
    taken = connection.execute(mine.values(report_by=token, report_taken_at=now)).rowcount
    return read(connection, found) if taken else None


def reported(connection: Connection, now: datetime, send_id: str, token: str) -> None:
    """It is in the direct messages of who asked."""
    mine = (bulk_run.c.send_id == send_id, bulk_run.c.report_by == token)
    connection.execute(update(bulk_run).where(*mine).values(report_at=now))
