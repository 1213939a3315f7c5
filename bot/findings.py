"""What was found out about this account and holds until it is found out anew; kept in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Utc, metadata

finding = Table(
    "finding",
    metadata,
    Column("what", String(32), primary_key=True),
    Column("found", JSON, nullable=False),
    Column("at", Utc, nullable=False),
)


def keep(connection: Connection, now: datetime, what: str, found: dict[str, Any]) -> None:
    """Write it, over what was found before."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"found": found, "at": now}
    statement = insert(finding).values(what=what, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["what"], set_=row))


def read(connection: Connection, what: str) -> dict[str, Any] | None:
    """What was found last; None where nobody looked."""
    found = select(finding.c.found).where(finding.c.what == what)
    row: dict[str, Any] | None = connection.execute(found).scalar_one_or_none()
    return row


def keep_first(connection: Connection, now: datetime, what: str, found: dict[str, Any]) -> dict[str, Any]:
    """Write it unless there is one; what there is then, whoever was first."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(finding).values(what=what, found=found, at=now).on_conflict_do_nothing())
    return read(connection, what) or found
