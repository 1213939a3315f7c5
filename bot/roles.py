"""The roles that admins gave in Slack (`/sms people`), beside those of the environment, which always hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Column, Connection, String, Table, and_, column, delete, or_, select, table, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Database, Utc, metadata
from bot.evidence import record

ROLES = ("operator", "approver", "admin")

given_role = Table(
    "given_role",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("who", String(32), primary_key=True),  # a person (U...) or a user group (S...)
    Column("by", String(32), nullable=False),
    Column("at", Utc, nullable=False),
)

_names = ("state", "revision", "looked_at", "needs_person", "through_freeze_by")
_send = table("send", *(column(name) for name in _names))  # sends stand above roles


@dataclass(frozen=True)
class Given:
    """One role that was given, and who gave it."""

    role: str
    who: str
    by: str


def read(connection: Connection) -> list[Given]:
    """All of them, by role and id."""
    rows = connection.execute(select(given_role).order_by(given_role.c.role, given_role.c.who))
    return [Given(row.role, row.who, row.by) for row in rows]


def give(connection: Connection, by: str, now: datetime, request: str | None, role: str, who: str) -> bool:
    """Give it; False where it was given before. Raises Replayed."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(given_role).values(role=role, who=who, by=by, at=now).on_conflict_do_nothing()
    if connection.execute(statement.returning(given_role.c.who)).first() is None:
        return False
    record(connection, at=now, who=by, what=f"made {role}", request=request, name=who)
    return True


def take(connection: Connection, by: str, now: datetime, request: str | None, role: str, who: str) -> bool:
    """Take it away; False where it was not given. Raises Replayed.

    What somebody approved, or let through a freeze, is looked at anew before it may leave: a look that found
    them in their role does not hold, also one that is under way.
    """
    here = and_(given_role.c.role == role, given_role.c.who == who)
    if not connection.execute(delete(given_role).where(here)).rowcount:
        return False
    by_another = or_(_send.c.needs_person, _send.c.through_freeze_by.is_not(None))
    anew = update(_send).where(_send.c.state == "scheduled", by_another)
    connection.execute(anew.values(looked_at=None, revision=_send.c.revision + 1))
    record(connection, at=now, who=by, what=f"removed {role}", request=request, name=who)
    return True


@dataclass
class Roles:
    """The given roles in the database, and how they were when this process last read them."""

    database: Database
    given: Sequence[Given] = ()
    by_role: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    async def refresh(self) -> None:
        """Read what another process, or an admin, changed. Raises DatabaseError, as all of these do."""
        self.given = await self.database.read(read)
        self.by_role = {
            role: frozenset(one.who for one in self.given if one.role == role) for role in ROLES
        }

    async def give(self, by: str, now: datetime, request: str | None, role: str, who: str) -> bool:
        is_new = await self.database.write(give, by, now, request, role, who)
        await self.refresh()
        return is_new

    async def take(self, by: str, now: datetime, request: str | None, role: str, who: str) -> bool:
        is_gone = await self.database.write(take, by, now, request, role, who)
        await self.refresh()
        return is_gone
