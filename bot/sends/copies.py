"""Copies of a card, in the direct messages of those who are asked to approve it; each follows its card.

Whatever draws the card counts `wanted` up; whoever draws a copy says which count it shows. So no change is
lost that comes while a copy is being drawn, and a tick reads an index of those that are behind, mostly empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Utc, metadata
from bot.sends.row import Send, read

COPY_HOLDS = timedelta(seconds=30)  # after this a drawing that did not report is tried anew

card_copy = Table(
    "card_copy",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("send_id", String(12), ForeignKey("send.id"), nullable=False),
    Column("who", String(32), nullable=False),  # in whose direct messages
    Column("channel", String(32), nullable=True),
    Column("ts", String(32), nullable=True),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),  # behind `wanted`: to be drawn
    Column("taken_at", Utc, nullable=True),  # a process is drawing it since
    UniqueConstraint("send_id", "who"),
)
_behind = card_copy.c.shown < card_copy.c.wanted
Index("ix_card_copy_behind", card_copy.c.wanted, sqlite_where=_behind, postgresql_where=_behind)


@dataclass(frozen=True)
class Copy:
    """One copy; `wanted` is the count that was asked for when it was taken."""

    id: int
    send_id: str
    who: str
    channel: str | None
    ts: str | None
    wanted: int
    shown: int
    taken_at: datetime | None


_free = or_(
    card_copy.c.taken_at.is_(None),
    card_copy.c.taken_at < bindparam("given_up", type_=Utc),
    card_copy.c.taken_at > bindparam("now", type_=Utc),  # a clock that was set back
)
# Ordered as the index is, since PostgreSQL takes "behind" for common and would read the whole table.
_undrawn = select(card_copy.c.id).where(_behind, _free).order_by(card_copy.c.wanted)
# Also of those that somebody is drawing: asked at every tick, so that it is short.
_first = select(card_copy.c.id).where(_behind).order_by(card_copy.c.wanted).limit(1)
ANY_COPY = _first.scalar_subquery().is_not(None)
UNDRAWN_COPIES = _undrawn.limit(50)


def open_copies(connection: Connection, send_id: str, people: Sequence[str]) -> None:
    """Each of these gets a copy; who has one keeps it."""
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for who in sorted(set(people)):
        statement = upsert(card_copy).values(send_id=send_id, who=who, wanted=1, shown=0)
        more = {"wanted": card_copy.c.wanted + 1}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["send_id", "who"], set_=more)
        )


def follow(connection: Connection, send_id: str) -> None:
    """The card changed: its copies are behind, also one that is being posted just now."""
    mine = card_copy.c.send_id == send_id
    connection.execute(update(card_copy).where(mine).values(wanted=card_copy.c.wanted + 1))


def take_copy(connection: Connection, now: datetime, copy_id: int) -> tuple[Copy, Send] | None:
    """The copy and its row, if nobody else is drawing it."""
    claim = update(card_copy).where(card_copy.c.id == copy_id, _behind, _free).values(taken_at=now)
    times = {"given_up": now - COPY_HOLDS, "now": now}
    row = connection.execute(claim.returning(card_copy), times).first()
    if row is None or (about := read(connection, row.send_id)) is None:
        return None
    return Copy(**row._asdict()), about


def copy_drawn(connection: Connection, taken: Copy, channel: str | None, ts: str | None) -> bool:
    """It shows what was asked for when it was taken; `ts` None: there is none, and none is wanted now.

    False where it got another message meanwhile: then this one is a copy too many.
    """
    ours = or_(card_copy.c.ts.is_(None), card_copy.c.ts == ts)
    shown = {"channel": channel, "ts": ts, "shown": taken.wanted, "taken_at": None}
    where = (card_copy.c.id == taken.id, ours if ts else card_copy.c.ts.is_not_distinct_from(taken.ts))
    if connection.execute(update(card_copy).where(*where).values(shown)).rowcount:
        return True
    mine = (card_copy.c.id == taken.id, card_copy.c.taken_at == taken.taken_at)
    connection.execute(update(card_copy).where(*mine).values(taken_at=None))
    return False


def is_copy(connection: Connection, send_id: str, who: str, channel: str, ts: str) -> bool:
    """Whether this message is this person's copy; one that a crash left without its message takes it."""
    mine = (card_copy.c.send_id == send_id, card_copy.c.who == who)
    # first: whoever is recording it at this moment is waited for
    connection.execute(
        update(card_copy).where(*mine, card_copy.c.ts.is_(None)).values(channel=channel, ts=ts)
    )
    found = connection.execute(select(card_copy.c.channel, card_copy.c.ts).where(*mine)).first()
    return found is not None and (found.channel, found.ts) == (channel, ts)
