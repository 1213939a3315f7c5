"""A digest a day: the last row of every chain that grew, under one hash that is told outside the database.

A chain proves that nothing in its middle was changed; that nothing was cut off its end, only who knows its
end can tell. Each digest holds the hash of the one before, so the newest one that somebody has proves all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.chain import BEFORE, Head, hash_of_json, next_row
from bot.database import Utc, metadata
from bot.evidence import evidence

digest = Table(
    "digest",
    metadata,
    Column("day", String(10), primary_key=True),  # the day (UTC) that was over when it was made
    Column("at", Utc, nullable=False),
    Column("upto", Integer, nullable=False),  # evidence ids that no later digest need look at
    Column("heads", JSON, nullable=False),  # chain -> [place, hash] of its last row
    Column("prev", String(64), nullable=False),  # the hash of the digest before, "" of the first
    Column("hash", String(64), nullable=False),
    Column("taken_at", Utc, nullable=True),  # a process is posting it since
    Column("posted_at", Utc, nullable=True),
)

LINK = ("chain", "place", "prev", "hash")
SEALED = 2_000  # rows in one transaction
UNDER_WAY = timedelta(minutes=10)  # no transaction is open for longer (10 s idle, 5 s a statement)
TRIED = timedelta(minutes=1)  # after this a digest whose poster did not report is posted by another


@dataclass(frozen=True)
class Digest:
    """What is told of one: how many chains grew, how many rows they have in all, and the hash over it."""

    day: str
    chains: int
    rows: int
    hash: str


def make(connection: Connection, now: datetime) -> bool:
    """Make the digest of the day before, if it is due; whether there is more to do at once.

    Rows of a version without chains are taken into one first, a part at a time: what they say is proven from
    then on, not before. Called by one process; the day is the key, so two cannot both make it.
    """
    newest = select(digest.c.day, digest.c.upto, digest.c.hash).order_by(digest.c.day.desc()).limit(1)
    last = connection.execute(newest).first()
    begun = last.day if last else _first_day(connection)
    if begun is None or begun >= _day_before(now):
        return False
    if last is None and _seal(connection):
        return True
    after = last.upto if last else 0
    if heads := _heads(connection, after):
        row: dict[str, Any] = {"day": _day_before(now), "upto": _settled(connection, now, after)}
        row |= {"heads": heads, "prev": last.hash if last else ""}
        connection.execute(insert(digest), row | {"at": now, "hash": hash_of_digest(row)})
    return False


def hash_of_digest(row: dict[str, Any]) -> str:
    """Over its day, what it covers, its heads, and the digest before."""
    return hash_of_json([row["day"], row["upto"], row["heads"], row["prev"]])


def _day_before(now: datetime) -> str:
    return f"{now.astimezone(UTC) - timedelta(days=1):%Y-%m-%d}"


def _first_day(connection: Connection) -> str | None:
    """The day before the first row that has a chain: of that day there is no digest, and of the next one."""
    first = select(evidence.c.at).where(evidence.c.hash.is_not(None)).order_by(evidence.c.id).limit(1)
    at = connection.execute(first).scalar()
    return None if at is None else _day_before(at)


def _seal(connection: Connection) -> bool:
    """Take the next rows without a chain into the one of what was before; whether there were any."""
    bare = select(evidence).where(evidence.c.chain.is_(None)).order_by(evidence.c.id).limit(SEALED)
    rows = connection.execute(bare).mappings().all()
    last = select(evidence.c.place, evidence.c.hash).where(evidence.c.chain == BEFORE)
    found = connection.execute(last.order_by(evidence.c.place.desc()).limit(1)).first()
    head = Head(BEFORE, found.place, found.hash) if found else Head(BEFORE)
    linked = []
    for row in rows:
        new = next_row(head, {key: row[key] for key in row})
        head = Head(BEFORE, new["place"], new["hash"])
        linked.append({f"new_{key}": new[key] for key in LINK} | {"of": row["id"]})
    if linked:
        values: dict[str, Any] = {key: bindparam(f"new_{key}") for key in LINK}
        connection.execute(update(evidence).where(evidence.c.id == bindparam("of")).values(values), linked)
    return bool(linked)


def _heads(connection: Connection, after: int) -> dict[str, list[Any]]:
    """The last row of each chain that has a row behind this id."""
    grown = select(evidence.c.chain).where(evidence.c.id > after, evidence.c.chain.is_not(None)).distinct()
    ends = select(evidence.c.chain, func.max(evidence.c.place).label("place"))
    last = ends.where(evidence.c.chain.in_(grown)).group_by(evidence.c.chain).subquery()
    at_end = and_(evidence.c.chain == last.c.chain, evidence.c.place == last.c.place)
    rows = connection.execute(select(evidence.c.chain, evidence.c.place, evidence.c.hash).join(last, at_end))
    return {row.chain: [row.place, row.hash] for row in rows}


def _settled(connection: Connection, now: datetime, after: int) -> int:
    """The id up to which every row is there: ids are given before the commit, and not in its order."""
    old = select(func.max(evidence.c.id)).where(evidence.c.id > after, evidence.c.at <= now - UNDER_WAY)
    return connection.execute(old).scalar() or after


def take(connection: Connection, now: datetime) -> Digest | None:
    """The newest digest, if it has still to be posted and nobody is at it; it is taken then."""
    newest = select(func.max(digest.c.day)).scalar_subquery()
    free = or_(digest.c.taken_at.is_(None), digest.c.taken_at < now - TRIED)
    mine = update(digest).where(digest.c.day == newest, digest.c.posted_at.is_(None), free)
    row = connection.execute(
        mine.values(taken_at=now).returning(digest.c.day, digest.c.heads, digest.c.hash)
    ).first()
    if row is None:
        return None
    return Digest(row.day, len(row.heads), sum(place for place, _ in row.heads.values()), row.hash)


def posted(connection: Connection, now: datetime, day: str) -> None:
    """It stands in the channel."""
    connection.execute(update(digest).where(digest.c.day == day).values(posted_at=now))
