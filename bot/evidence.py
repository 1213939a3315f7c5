"""Evidence: what happened to a send, who did it, when; append-only, in the transaction of what it records.

The rows of a send are one chain: each holds the hash of the row before. Whoever records something of a send
has moved its row in the same transaction, so nobody else can add to that chain meanwhile. What is about no
send (a freeze, the registry, a refusal) goes into a chain of the day and of the database session that writes
it: a session has one transaction at a time, so these wait for nobody either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    column,
    func,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.chain import Head, next_row
from bot.database import Utc, metadata
from bot.journal import note

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("send_id", String(12), ForeignKey("send.id"), nullable=True),
    Column("at", Utc, nullable=False),
    Column("who", String(32), nullable=False),  # a Slack user id, or 'smsops'
    Column("what", String(32), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("request", String(64), nullable=True, unique=True),  # the request or event that caused it
    Column("person_id", Integer, nullable=True),  # to whom
    # empty in rows of a version without chains, until the first digest takes them into one
    Column("chain", String(32), nullable=True),
    Column("place", Integer, nullable=True),  # in its chain, from 1
    Column("prev", String(64), nullable=True),  # the hash of the row before it there, "" of the first
    Column("hash", String(64), nullable=True),
    Index("ix_evidence_send_id", "send_id", "id"),
    Index("uq_evidence_place", "chain", "place", unique=True),  # no chain forks
)
_to_somebody = evidence.c.person_id.is_not(None)
Index(
    "ix_evidence_person_id", evidence.c.person_id, sqlite_where=_to_somebody, postgresql_where=_to_somebody
)

SMSOPS = "smsops"

_send = table("send", column("id"), column("person_id"))


class Replayed(Exception):
    """This request was answered, or this event heard, before; nothing was done now."""


@dataclass(frozen=True)
class Fact:
    """One row of a timeline; `at` is aware, UTC. `place` and `hash` are None in rows without a chain."""

    at: datetime
    who: str
    what: str
    detail: Mapping[str, Any]
    place: int | None = None
    hash: str | None = None


def record(
    connection: Connection,
    *,
    at: datetime,
    who: str,
    what: str,
    send_id: str | None = None,
    request: str | None = None,
    person_id: int | None = None,
    **detail: Any,
) -> None:
    """Write one row. Raises Replayed when the request has one already (the transaction rolls back).

    `person_id`: to whom, where it is not whom the send's row names now.
    """
    if send_id is None:
        head, to = _session_head(connection, at), person_id
    else:
        head, to = _send_head(connection, send_id)
        to = to if person_id is None else person_id
    said = {"send_id": send_id, "person_id": to, "at": at, "who": who, "what": what, "detail": detail}
    row = next_row(head, said | {"request": request})
    note(connection, what, send_id, detail)
    if request is None:
        connection.execute(evidence.insert(), row)
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(evidence).on_conflict_do_nothing(index_elements=["request"]).returning(evidence.c.id)
    if connection.execute(statement, row).first() is None:
        raise Replayed


def record_each(
    connection: Connection, send_ids: Sequence[str], *, at: datetime, who: str, what: str, **detail: Any
) -> None:
    """The same row for each of these sends; nobody asked for it by a request."""
    if not send_ids:
        return
    said = {"at": at, "who": who, "what": what, "detail": detail}
    rows = [
        next_row(_head_of(one), said | {"send_id": one.id, "person_id": one.person_id})
        for one in connection.execute(_HEADS, {"ids": list(send_ids)})
    ]
    connection.execute(evidence.insert(), rows)
    for row in rows:
        note(connection, what, row["send_id"], detail)


def refuse(connection: Connection, who: str, at: datetime, request: str | None, why: str) -> None:
    """Write that a request was refused; `why` is the error's name, never what was typed. Raises Replayed."""
    record(connection, at=at, who=who, what="was refused", request=request, why=why)


def timeline(connection: Connection, send_id: str) -> list[Fact]:
    """All that is recorded of a send, oldest first."""
    rows = connection.execute(select(evidence).where(evidence.c.send_id == send_id).order_by(evidence.c.id))
    return [Fact(row.at, row.who, row.what, row.detail, row.place, row.hash) for row in rows]


def _heads() -> Select[Any]:
    """Whom the sends are to, and the last row of each one's chain."""
    earlier = evidence.alias("earlier")
    last = select(func.max(earlier.c.place)).where(earlier.c.chain == _send.c.id).scalar_subquery()
    at_end = and_(evidence.c.chain == _send.c.id, evidence.c.place == last)
    columns = (_send.c.id, _send.c.person_id, evidence.c.place, evidence.c.hash)
    return select(*columns).select_from(_send).outerjoin(evidence, at_end)


# Made once: to make them takes longer than to ask them.
_HEADS = _heads().where(_send.c.id.in_(bindparam("ids", expanding=True)))
_TO = select(_send.c.person_id).where(_send.c.id == bindparam("one"))
# Of one it is asked without a join, which PostgreSQL would take twice as long to plan.
_LAST = (
    select(evidence.c.place, evidence.c.hash, _TO.scalar_subquery().label("person_id"))
    .where(evidence.c.chain == bindparam("one"))
    .order_by(evidence.c.place.desc())
    .limit(1)
)


def _send_head(connection: Connection, send_id: str) -> tuple[Head, int | None]:
    """The last row of its chain, and whom it is to."""
    last = connection.execute(_LAST, {"one": send_id}).first()
    if last is None:
        return Head(send_id), connection.execute(_TO, {"one": send_id}).scalar_one()
    return Head(send_id, last.place, last.hash), last.person_id


def _head_of(found: Any) -> Head:
    return Head(found.id, found.place or 0, found.hash or "")


def _session_head(connection: Connection, at: datetime) -> Head:
    """The last row of this day (UTC) and database session; SQLite has one writer at a time."""
    chain = f"{at.astimezone(UTC):%Y-%m-%d}"
    if connection.dialect.name == "postgresql":
        chain += f" {connection.execute(select(func.pg_backend_pid())).scalar_one()}"
    last = select(evidence.c.place, evidence.c.hash).where(evidence.c.chain == chain)
    row = connection.execute(last.order_by(evidence.c.place.desc()).limit(1)).first()
    return Head(chain, row.place, row.hash) if row else Head(chain)
