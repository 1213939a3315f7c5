"""Notes: what a card's thread is told; written with the move that causes it, posted when Slack takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from bot.database import Utc, metadata
from bot.sends.row import Send, send

AT_ONCE = 20  # channels

note = Table(
    "note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("send_id", String(12), ForeignKey("send.id"), nullable=False),
    Column("text", Text, nullable=False),  # Slack's mrkdwn, escaped
    Column("at", Utc, nullable=False),
    Column("taken_at", Utc, nullable=True),  # a process is posting it since
    Column("posted_at", Utc, nullable=True),
    Index("ix_note_posted", "posted_at"),
)


@dataclass(frozen=True)
class Note:
    """One message for a thread, and the card that it belongs to."""

    id: int
    send_id: str
    text: str
    channel: str
    thread_ts: str


def add_note(connection: Connection, at: datetime, about: Send, text: str | None) -> None:
    """Keep a note for the thread; None adds nothing."""
    if text is not None:
        connection.execute(insert(note), {"send_id": about.id, "text": text, "at": at})


ANY_NOTE = select(note.c.id).where(note.c.posted_at.is_(None)).exists()  # still to be posted


def take_notes(connection: Connection, now: datetime, stale: datetime) -> list[Note]:
    """The next note of each thread's channel that nobody is posting; each is taken by one process."""
    free = note.c.taken_at.is_(None) | (note.c.taken_at < stale)
    shown = send.c.card_revision >= send.c.revision  # its card says what caused the note, and is there
    wanted = (note.c.posted_at.is_(None), free, send.c.card_ts.is_not(None), shown)
    joined = select(func.min(note.c.id)).join(send, send.c.id == note.c.send_id).where(*wanted)
    firsts = connection.execute(joined.group_by(send.c.card_channel).limit(AT_ONCE)).scalars().all()
    claim = update(note).where(note.c.id.in_(firsts), note.c.posted_at.is_(None), free).values(taken_at=now)
    taken = connection.execute(claim.returning(note.c.id)).scalars().all()
    found = select(note.c.id, note.c.send_id, note.c.text, send.c.card_channel, send.c.card_ts)
    rows = connection.execute(found.join(send, send.c.id == note.c.send_id).where(note.c.id.in_(taken)))
    return [Note(row.id, row.send_id, row.text, row.card_channel, row.card_ts) for row in rows]


def note_posted(connection: Connection, now: datetime, note_id: int) -> None:
    """It stands in the thread."""
    connection.execute(update(note).where(note.c.id == note_id).values(posted_at=now))
