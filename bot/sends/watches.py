"""Watches: which campaigns want an alarm booked with Slack, in case they never report; and which do not.

The row of a watch is written before Slack is asked, so that whoever dies in between leaves a doubt that the
next one clears up by Slack's own list, not an alarm that nobody takes away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Utc, metadata
from bot.evidence import SMSOPS, record
from bot.sends.kinds import State
from bot.sends.notes import add_note
from bot.sends.row import Send, read_all
from bot.sends.table import TO_WATCH, send

AFTER = timedelta(minutes=5)  # the alarm comes this long after the send was due
TOO_NEAR = timedelta(seconds=60)  # nearer than this Slack takes none back (chat.deleteScheduledMessage)
AHEAD = timedelta(days=100)  # Slack takes 120 (chat.scheduleMessage)
HOLDS = timedelta(seconds=30)  # after this what did not report is tried by another
REFUSED_FOR = timedelta(minutes=10)  # until a booking that Slack refused is tried again
AT_ONCE = 20

watch = Table(
    "watch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("send_id", String(12), ForeignKey("send.id"), nullable=False),
    Column("due_at", Utc, nullable=False),  # of the send, when this was booked
    Column("channel", String(32), nullable=False),  # its card
    Column("thread_ts", String(32), nullable=False),
    Column("taken_at", Utc, nullable=True),  # Slack is asked about it since; what came of that is not known
    Column("booked", String(32), nullable=True),  # Slack's scheduled_message_id
    Column("why", String(64), nullable=True),  # Slack's word, where it books none
    Column("again_at", Utc, nullable=True),  # not before this
    Column("closed_at", Utc, nullable=True),  # nothing more is to be done
)
_open = watch.c.closed_at.is_(None)
_place = (watch.c.send_id, watch.c.due_at, watch.c.channel, watch.c.thread_ts)
Index("ix_watch_open", *_place, unique=True, sqlite_where=_open, postgresql_where=_open)


@dataclass(frozen=True)
class Watch:
    """One alarm, and the send as it is now; `in_doubt`: Slack was asked, and nobody knows what it did."""

    id: int
    send: Send
    due_at: datetime
    channel: str
    thread_ts: str
    booked: str | None
    in_doubt: bool
    is_wanted: bool

    @property
    def post_at(self) -> datetime:
        """When the alarm is posted; Slack counts whole seconds."""
        return (self.due_at + AFTER).replace(microsecond=0)


_same_card = and_(send.c.card_channel == watch.c.channel, send.c.card_ts == watch.c.thread_ts)
_same = and_(send.c.id == watch.c.send_id, send.c.due_at == watch.c.due_at, _same_card)
# What is on its way has not reported yet: whoever dies there leaves it to the alarm.
_unreported = send.c.state.in_((State.SCHEDULED, State.SENDING))
_is_wanted = exists(select(send.c.id).where(_same, _unreported))
_is_free = and_(
    or_(watch.c.taken_at.is_(None), watch.c.taken_at < bindparam("stale", type_=Utc)),
    or_(watch.c.again_at.is_(None), watch.c.again_at <= bindparam("now", type_=Utc)),
)
_to_do = and_(_open, _is_free, or_(watch.c.booked.is_(None), ~_is_wanted))
_unwatched = and_(
    TO_WATCH,
    send.c.due_at > bindparam("watch_from", type_=Utc),
    send.c.due_at <= bindparam("watch_to", type_=Utc),
    send.c.card_ts.is_not(None),
    ~exists(select(watch.c.id).where(_same, _open)),
)
# Whether there is anything to watch, which is quickly asked; then whether anything is to be done about it.
IS_WATCHING = or_(select(send.c.id).where(TO_WATCH).exists(), select(watch.c.id).where(_open).exists())
ANY_WATCH = select(
    or_(select(send.c.id).where(_unwatched).exists(), select(watch.c.id).where(_to_do).exists())
)


def watch_times(now: datetime) -> dict[str, Any]:
    return {
        "now": now, "stale": now - HOLDS, "watch_from": now - AFTER + 2 * TOO_NEAR, "watch_to": now + AHEAD,
    }  # fmt: skip


def take_watches(connection: Connection, now: datetime) -> list[Watch]:
    """What Slack is to be asked about now; each is taken by one process."""
    times = watch_times(now)
    _write_missing(connection, times)
    columns = (*watch.c, _is_wanted.label("is_wanted"))
    wanting = select(*columns).where(_to_do).order_by(watch.c.due_at, watch.c.id).limit(AT_ONCE)
    rows = connection.execute(wanting.with_for_update(of=watch, skip_locked=True), times).all()
    connection.execute(update(watch).where(watch.c.id.in_([row.id for row in rows])).values(taken_at=now))
    return _watches(connection, rows)


def _write_missing(connection: Connection, times: dict[str, Any]) -> None:
    found = select(send.c.id, send.c.due_at, send.c.card_channel, send.c.card_ts).where(_unwatched)
    rows = connection.execute(found.order_by(send.c.due_at).limit(AT_ONCE), times).all()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = [
        {"send_id": row.id, "due_at": row.due_at, "channel": row.card_channel, "thread_ts": row.card_ts}
        for row in rows
    ]
    if values:
        connection.execute(insert(watch).on_conflict_do_nothing(), values)


def _watches(connection: Connection, rows: Sequence[Any]) -> list[Watch]:
    sends = {one.id: one for one in read_all(connection, list({row.send_id for row in rows}))}
    return [
        Watch(
            row.id, sends[row.send_id], row.due_at, row.channel, row.thread_ts, row.booked,
            row.taken_at is not None, row.is_wanted,
        )
        for row in rows
    ]  # fmt: skip


def booked(connection: Connection, watch_id: int, message_id: str) -> None:
    """Slack has it, under this id."""
    known = {"booked": message_id, "taken_at": None, "why": None, "again_at": None}
    connection.execute(update(watch).where(watch.c.id == watch_id).values(known))


def refused(connection: Connection, now: datetime, about: Watch, why: str, note: str) -> None:
    """Slack books none, for a reason of its own; the thread is told once."""
    first = update(watch).where(watch.c.id == about.id, watch.c.why.is_(None))
    later = {"why": why[:64], "taken_at": None, "again_at": now + REFUSED_FOR}
    if connection.execute(first.values(later)).rowcount:
        connection.execute(select(send.c.id).where(send.c.id == about.send.id).with_for_update())  # its chain
        record(connection, at=now, who=SMSOPS, what="has no alarm", send_id=about.send.id, why=why)
        add_note(connection, now, about.send, note)
    else:
        connection.execute(update(watch).where(watch.c.id == about.id).values(later))


def waits(connection: Connection, watch_id: int, until: datetime) -> None:
    """It is too late to take it away: it is answered once it is posted."""
    values = {"taken_at": None, "again_at": until}
    connection.execute(update(watch).where(watch.c.id == watch_id).values(values))


def closed(connection: Connection, now: datetime, about: Watch, note: str | None = None) -> None:
    """It is gone, or answered by this note in its thread."""
    ends = update(watch).where(watch.c.id == about.id, _open).values(closed_at=now, taken_at=None)
    if connection.execute(ends).rowcount:
        add_note(connection, now, about.send, note)


def standing(connection: Connection) -> list[Watch]:
    """Those that Slack should have, and that nobody is asking it about."""
    where = (_open, watch.c.booked.is_not(None), watch.c.taken_at.is_(None))
    rows = connection.execute(select(*watch.c, _is_wanted.label("is_wanted")).where(*where)).all()
    return _watches(connection, rows)


def lost(connection: Connection, about: Watch) -> None:
    """Slack does not have it although it was booked: it is booked anew."""
    same = (watch.c.id == about.id, watch.c.booked == about.booked, watch.c.taken_at.is_(None), _open)
    connection.execute(update(watch).where(*same).values(booked=None))


def is_stray(connection: Connection, send_id: str, message_id: str) -> bool:
    """Whether no watch stands for an alarm that Slack has for this send of ours."""
    mine = or_(watch.c.booked == message_id, watch.c.booked.is_(None))
    standing_for_it = select(watch.c.id).where(watch.c.send_id == send_id, _open, mine)
    is_ours = connection.execute(select(send.c.id).where(send.c.id == send_id)).first() is not None
    return is_ours and connection.execute(standing_for_it).first() is None
