"""Notes: what a card's thread, or one person, is told; written with the move that causes it."""

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
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.database import Utc, metadata
from bot.sends.row import Send
from bot.sends.table import send

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
    Column("person", String(32), nullable=True),  # told in their direct messages, not in the thread
    Index("ix_note_posted", "posted_at"),
)


@dataclass(frozen=True)
class Note:
    """One message for a thread, and the card that it belongs to; to a person it is no thread's."""

    id: int
    send_id: str
    text: str
    channel: str
    thread_ts: str | None


def add_note(connection: Connection, at: datetime, about: Send, text: str | None) -> None:
    """Keep a note for the thread; None adds nothing."""
    if text is not None:
        connection.execute(insert(note), {"send_id": about.id, "text": text, "at": at})


def tell(connection: Connection, at: datetime, about: Send, person: str, text: str) -> None:
    """Keep a note for one person's direct messages."""
    connection.execute(insert(note), {"send_id": about.id, "text": text, "at": at, "person": person})


ANY_NOTE = select(note.c.id).where(note.c.posted_at.is_(None)).exists()  # still to be posted


def take_notes(connection: Connection, now: datetime, stale: datetime) -> list[Note]:
    """The next note of each thread's channel that nobody is posting; each is taken by one process."""
    free = note.c.taken_at.is_(None) | (note.c.taken_at < stale)
    shown = send.c.card_revision >= send.c.revision  # its card says what caused the note, and is there
    here = or_(note.c.person.is_not(None), and_(send.c.card_ts.is_not(None), shown))
    place = func.coalesce(note.c.person, send.c.card_channel)
    joined = select(func.min(note.c.id)).join(send, send.c.id == note.c.send_id)
    wanted = joined.where(note.c.posted_at.is_(None), free, here)
    firsts = connection.execute(wanted.group_by(place).limit(AT_ONCE)).scalars().all()
    claim = update(note).where(note.c.id.in_(firsts), note.c.posted_at.is_(None), free).values(taken_at=now)
    taken = connection.execute(claim.returning(note.c.id)).scalars().all()
    found = select(
        note.c.id, note.c.send_id, note.c.text, note.c.person, send.c.card_channel, send.c.card_ts
    )
    rows = connection.execute(found.join(send, send.c.id == note.c.send_id).where(note.c.id.in_(taken)))
    return [
        Note(
            row.id, row.send_id, row.text, row.person or row.card_channel,
            None if row.person else row.card_ts,
        )
        for row in rows
    ]  # fmt: skip


def note_posted(connection: Connection, now: datetime, note_id: int) -> None:
    """It stands in the thread."""
    connection.execute(update(note).where(note.c.id == note_id).values(posted_at=now))
