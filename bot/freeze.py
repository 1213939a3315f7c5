"""The freeze: nothing leaves until it is lifted (product.md 5.10); one row, read inside the claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Table,
    Text,
    column,
    literal,
    or_,
    select,
    table,
    update,
)

from bot.database import Utc, metadata
from bot.evidence import SMSOPS, record, record_each

freeze_row = Table(
    "freeze",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1, written by the migration
    Column("frozen", Boolean, nullable=False),
    Column("by", String(32), nullable=True),
    Column("why", Text, nullable=True),
    Column("at", Utc, nullable=True),
    Column("failures", Integer, nullable=False, server_default="0"),  # texts that failed, in a row
)

FUSE = 5  # so many in a row freeze all sends (product.md 5.8)
BLOWN = f"the last {FUSE} texts failed, one after the other"


_names = ("id", "state", "revision", "looked_at", "through_freeze_by", "through_freeze_print")
_send = table("send", *(column(name) for name in _names))  # sends stand above the freeze
_waits = _send.c.state.in_(("draft", "awaiting", "scheduled", "held"))
_STOP_LET_THROUGH = (
    update(_send)
    .where(_waits, _send.c.through_freeze_by.is_not(None))
    .values(
        through_freeze_by=None, through_freeze_print=None, looked_at=None, revision=_send.c.revision + 1
    )
    .returning(_send.c.id)
)


@dataclass(frozen=True)
class Freeze:
    """Whether nothing may leave; by whom, why, since when (UTC)."""

    frozen: bool
    by: str | None = None
    why: str | None = None
    at: datetime | None = None


def frozen_since(due: ColumnElement[datetime]) -> Select[int]:
    """A subselect that has a row while it is frozen, for the claim's WHERE.

    Also where the freeze was lifted after `due`: what came due in it does not leave at the thaw.
    """
    return select(literal(1)).where(or_(freeze_row.c.frozen, freeze_row.c.at >= due))


_ROW = select(freeze_row)
_STILL = select(freeze_row.c.id).with_for_update(read=True)


def hold_still(connection: Connection) -> None:
    """Nobody freezes or lifts until this transaction ends; on SQLite nobody else writes meanwhile anyway.

    PostgreSQL checks a row anew after waiting for its lock, but a subselect stays as it was before the wait.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_STILL)


def read(connection: Connection) -> Freeze:
    """How it stands."""
    row = connection.execute(_ROW).one()
    return Freeze(row.frozen, row.by, row.why, row.at)


def pull(connection: Connection, who: str, why: str, at: datetime, request: str | None) -> bool:
    """Freeze; False where it was frozen already (the first reason stays). Raises Replayed.

    What an admin had let through an earlier freeze is stopped by it, too.
    """
    statement = update(freeze_row).where(~freeze_row.c.frozen).values(frozen=True, by=who, why=why, at=at)
    if not connection.execute(statement).rowcount:
        return False
    record(connection, at=at, who=who, what="froze", request=request, why=why)
    _stop_let_through(connection, who, at)
    return True


def pull_again(connection: Connection, who: str, at: datetime, request: str | None) -> bool:
    """In a freeze: stop what was let through it; False where that is nothing. Raises Replayed."""
    stopped = _stop_let_through(connection, who, at)
    if stopped:
        record(connection, at=at, who=who, what="froze again", request=request)
    return stopped


def _stop_let_through(connection: Connection, who: str, at: datetime) -> bool:
    stopped = connection.execute(_STOP_LET_THROUGH).scalars().all()
    record_each(connection, stopped, at=at, who=who, what="not let through any more")
    return bool(stopped)


def hear(connection: Connection, event: str, why: str, at: datetime, request: str | None) -> bool:
    """Freeze for what Slack told of; False where it was frozen already. Raises Replayed where it told before.

    That it told is written either way: what was heard in a freeze must not freeze anew once it is lifted.
    """
    record(connection, at=at, who=SMSOPS, what="heard", request=request, event=event)
    return pull(connection, SMSOPS, why, at, None)


def count_failure(connection: Connection, at: datetime) -> bool:
    """One more text failed; whether that was the one which froze all. One that is taken begins anew."""
    counted = update(freeze_row).values(failures=freeze_row.c.failures + 1).returning(freeze_row.c.failures)
    if connection.execute(counted).scalar_one() < FUSE:
        return False
    return pull(connection, SMSOPS, BLOWN, at, None)


_FORGET = update(freeze_row).where(freeze_row.c.failures > 0).values(failures=0)


def forget_failures(connection: Connection) -> None:
    """A text was taken. Mostly there is nothing to forget, and then no row is locked."""
    connection.execute(_FORGET)


def lift(connection: Connection, who: str, at: datetime, request: str | None) -> bool:
    """Lift it; False where nothing was frozen. Raises Replayed."""
    lifted = {"frozen": False, "by": who, "why": None, "at": at, "failures": 0}
    statement = update(freeze_row).where(freeze_row.c.frozen).values(lifted)
    if not connection.execute(statement).rowcount:
        return False
    record(connection, at=at, who=who, what="unfroze", request=request)
    return True
