"""Alarms: what needs somebody, each matter told once over all processes and restarts; and who still ticks.

A matter is open from the look that finds it to the first that does not. Who posts takes what is to be told by
one UPDATE, so that two processes do not both tell it; what Slack took without our knowing it comes once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Utc, metadata

TRIED = timedelta(minutes=1)  # after this what was taken and not reported is told by another
PAUSE = timedelta(minutes=1)  # between two messages: what comes meanwhile is in the next
ONCE = ("refused", "gone")  # have happened: told also when they are over, and no end is told

alarm = Table(
    "alarm",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("matter", String(64), nullable=False),  # "held S-7K3QXM"; open once
    Column("what", String(16), nullable=False),
    Column("said", Text, nullable=False),  # mrkdwn, masked
    Column("opened_at", Utc, nullable=False),
    Column("taken_at", Utc, nullable=True),  # a process is telling it since
    Column("told_at", Utc, nullable=True),
    Column("closed_at", Utc, nullable=True),
    Column("closing_told_at", Utc, nullable=True),
    Index("ix_alarm_closed_at", "closed_at"),
)
_open = alarm.c.closed_at.is_(None)
Index("ix_alarm_open", alarm.c.matter, unique=True, sqlite_where=_open, postgresql_where=_open)

beat = Table(
    "beat",
    metadata,
    Column("process", Integer, primary_key=True, autoincrement=False),  # as claims and locks name it
    Column("tick_at", Utc, nullable=False),  # when its clock last came round
    Column("is_chief", Boolean, nullable=False),
)


@dataclass(frozen=True)
class Matter:
    """Something that needs somebody; `said` is its line, mrkdwn."""

    key: str
    what: str
    said: str


@dataclass(frozen=True)
class Told:
    """One line of a message: a matter, or that it is over."""

    id: int
    matter: str  # its key
    said: str
    is_over: bool


@dataclass(frozen=True)
class Beat:
    """When a process last ticked (UTC, by its own clock)."""

    process: int
    tick_at: datetime
    is_chief: bool


def open_matters(connection: Connection) -> dict[str, str]:
    """Of every open one its key, and what it is."""
    rows = connection.execute(select(alarm.c.matter, alarm.c.what).where(_open))
    return {row.matter: row.what for row in rows}


def keep(connection: Connection, now: datetime, found: Sequence[Matter]) -> tuple[list[str], list[str]]:
    """Open what is new and close what is no more; the keys of both."""
    known, there = open_matters(connection), {one.key for one in found}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    opened = []
    for one in found:
        if one.key not in known:
            row = {"matter": one.key, "what": one.what, "said": one.said, "opened_at": now}
            new = insert(alarm).values(row).on_conflict_do_nothing().returning(alarm.c.id)
            opened += [one.key] if connection.execute(new).first() else []
    gone = sorted(set(known) - there)
    closing = update(alarm).where(_open, alarm.c.matter.in_(gone)).values(closed_at=now, taken_at=None)
    closed = connection.execute(closing.returning(alarm.c.matter)).scalars().all() if gone else []
    return opened, list(closed)


FRESH = timedelta(days=1)  # older than this what has happened is no news, as where a channel was set late
_untold_end = and_(
    alarm.c.told_at.is_not(None), alarm.c.closed_at.is_not(None), alarm.c.closing_told_at.is_(None),
    alarm.c.what.not_in(ONCE),
)  # fmt: skip


def take(connection: Connection, now: datetime) -> list[Told]:
    """What is to be told now, if anything, oldest first; nobody else tells it for a minute."""
    last = connection.execute(select(func.max(alarm.c.told_at), func.max(alarm.c.closing_told_at))).one()
    if any(at is not None and now - PAUSE < at <= now for at in last):
        return []
    free = or_(alarm.c.taken_at.is_(None), alarm.c.taken_at < now - TRIED)
    is_news = and_(alarm.c.what.in_(ONCE), alarm.c.opened_at > now - FRESH)
    untold = and_(alarm.c.told_at.is_(None), or_(_open, is_news))
    mine = update(alarm).where(or_(untold, _untold_end), free).values(taken_at=now)
    columns = (alarm.c.id, alarm.c.matter, alarm.c.said, alarm.c.told_at)
    rows = sorted(connection.execute(mine.returning(*columns)).all(), key=lambda row: row.id)
    return [Told(row.id, row.matter, row.said, row.told_at is not None) for row in rows]


def told(connection: Connection, now: datetime, lines: Sequence[Told]) -> None:
    """It stands in the channel."""
    for is_over, column in ((False, "told_at"), (True, "closing_told_at")):
        ids = [one.id for one in lines if one.is_over is is_over]
        if ids:
            changed = {column: now, "taken_at": None}
            connection.execute(update(alarm).where(alarm.c.id.in_(ids)).values(changed))


def beats(connection: Connection) -> list[Beat]:
    """Of every process that was not stopped in order."""
    return [Beat(row.process, row.tick_at, row.is_chief) for row in connection.execute(select(beat))]


def write_beat(connection: Connection, mine: Beat) -> None:
    """This process ticked then."""
    row = {"process": mine.process, "tick_at": mine.tick_at, "is_chief": mine.is_chief}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    again = {"tick_at": mine.tick_at, "is_chief": mine.is_chief}
    connection.execute(
        insert(beat).values(row).on_conflict_do_update(index_elements=["process"], set_=again)
    )


def forget_beats(connection: Connection, processes: Sequence[int]) -> None:
    """They were stopped, or are dead."""
    connection.execute(delete(beat).where(beat.c.process.in_(processes)))


def erase_alarms(connection: Connection, before: datetime) -> int:
    """Those that were over before then; returns how many."""
    return connection.execute(delete(alarm).where(alarm.c.closed_at < before)).rowcount
