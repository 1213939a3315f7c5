"""Evidence: what happened to a send, who did it, when; append-only, in the transaction of what it records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, Integer, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Utc, metadata

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
    Index("ix_evidence_send_id", "send_id", "id"),
)

SMSOPS = "smsops"


class Replayed(Exception):
    """This request was answered, or this event heard, before; nothing was done now."""


@dataclass(frozen=True)
class Fact:
    """One row of a timeline; `at` is aware, UTC."""

    at: datetime
    who: str
    what: str
    detail: Mapping[str, Any]


def record(
    connection: Connection,
    *,
    at: datetime,
    who: str,
    what: str,
    send_id: str | None = None,
    request: str | None = None,
    **detail: Any,
) -> None:
    """Write one row. Raises Replayed when the request has one already (the transaction rolls back)."""
    row = {"send_id": send_id, "at": at, "who": who, "what": what, "detail": detail, "request": request}
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
    rows = [{"send_id": one, "at": at, "who": who, "what": what, "detail": detail} for one in send_ids]
    if rows:
        connection.execute(evidence.insert(), rows)


def refuse(connection: Connection, who: str, at: datetime, request: str | None, why: str) -> None:
    """Write that a request was refused; `why` is the error's name, never what was typed. Raises Replayed."""
    record(connection, at=at, who=who, what="was refused", request=request, why=why)


def timeline(connection: Connection, send_id: str) -> list[Fact]:
    """All that is recorded of a send, oldest first."""
    rows = connection.execute(select(evidence).where(evidence.c.send_id == send_id).order_by(evidence.c.id))
    return [Fact(row.at, row.who, row.what, row.detail) for row in rows]
