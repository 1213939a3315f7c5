"""What needs somebody now, of the sends: held, in doubt, late, failing; and the freeze that smsops pulled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.evidence import SMSOPS
from bot.freeze import freeze_row
from bot.sends.kinds import Kind, State
from bot.sends.questions import open_stops
from bot.sends.row import WITH_PEOPLE, Send
from bot.sends.run import RowState
from bot.sends.series import PAUSED as BY_PAUSE
from bot.sends.table import IS_TO_MANY, send

MOST = 500
OVERDUE = timedelta(minutes=5)  # past its time, neither sent nor held; our throttle may keep it so
NEWS_FOR = timedelta(days=1)
PAUSED = timedelta(minutes=10)  # a run that paused itself; who asked is told in its thread at once
FAILING = 3  # texts in a row; at five the fuse blows


@dataclass(frozen=True)
class Asking:
    """`paused`: runs that paused themselves and that nobody resumes. `froze_at`: since when sends are frozen
    by smsops itself, `why`; `overdue`: how many, since when.
    """

    sends: Sequence[Send]  # held but for what a person paused, or in doubt; a run also while it goes on
    paused: Sequence[Send]
    refused: Sequence[Send]  # campaigns that were to leave, lately
    overdue: int
    overdue_since: datetime | None
    open_stops: int
    failures: int
    froze_at: datetime | None
    why: str


def asking(connection: Connection, now: datetime) -> Asking:
    """As it is at this moment."""
    waits = (send.c.state.in_((State.HELD, State.MAYBE_SENT)), send.c.held_by.is_distinct_from(BY_PAUSE))
    held = WITH_PEOPLE.where(*waits).order_by(send.c.state_at)
    lately = (IS_TO_MANY, send.c.state_at > now - NEWS_FOR, send.c.state == State.REFUSED)
    refused = WITH_PEOPLE.where(*lately, send.c.claimed_at.is_not(None), send.c.settled_by.is_(None))
    late = select(func.count(), func.min(send.c.due_at)).where(
        send.c.state == State.SCHEDULED, send.c.due_at < now - OVERDUE, send.c.kind != Kind.STOP
    )
    count, since = connection.execute(late).one()
    under_way = (send.c.state == State.SENDING, send.c.kind == Kind.BULK)
    runs = [Send.of(one) for one in connection.execute(WITH_PEOPLE.where(*under_way).limit(MOST))]
    row = connection.execute(select(freeze_row)).one()
    is_ours = row.frozen and row.by == SMSOPS
    return Asking(
        sends=[*(Send.of(one) for one in connection.execute(held.limit(MOST))), *filter(_is_in_doubt, runs)],
        paused=[one for one in runs if _waits(one, now)],
        refused=[Send.of(one) for one in connection.execute(refused.limit(MOST))],
        overdue=count, overdue_since=since, open_stops=open_stops(connection), failures=row.failures,
        froze_at=row.at if is_ours else None, why=row.why or "",
    )  # fmt: skip


def _is_in_doubt(one: Send) -> bool:
    return one.run is not None and one.run.count(RowState.MAYBE_SENT) > 0


def _waits(one: Send, now: datetime) -> bool:
    since = one.run.waits_since if one.run else None
    return since is not None and since < now - PAUSED
