"""The registry: sender codes and groups that may be sent to, matched exactly (product.md 5.1).

The API lists neither sender codes nor groups (the vendor's overview page), and sends to everyone where it
does not know a group: so the team's own list decides. The settings seed it; afterwards admins change it in
Slack. What was removed stays as a row, so that a restart does not bring it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Column, Connection, Integer, Select, String, Table, and_, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Database, Utc, metadata
from bot.evidence import record
from bot.settings import Group, Sender, Settings

What = Literal["sender", "group"]

registered = Table(
    "registered",
    metadata,
    Column("what", String(8), primary_key=True),
    Column("name", String(80), primary_key=True),  # a sender code, or a group's name
    Column("label", String(80), nullable=True),  # what people call a sender code
    Column("zone", String(64), nullable=True),  # of a group's people; None: the account's
    Column("place", Integer, nullable=False),  # the first sender code is the default
    Column("at", Utc, nullable=False),
    Column("removed_at", Utc, nullable=True),
)


@dataclass(frozen=True)
class Registry:
    """What is registered, the default sender code first."""

    senders: Sequence[Sender] = ()
    groups: Sequence[Group] = ()

    @property
    def default_sender(self) -> Sender:
        return self.senders[0]

    def sender(self, code: str | None) -> Sender | None:
        """The registered sender code, or None."""
        return next((sender for sender in self.senders if sender.code == code), None)

    def group(self, name: str | None) -> Group | None:
        """The registered group of exactly this name, or None: a near miss is a miss."""
        return next((group for group in self.groups if group.name == name), None)


def is_registered(what: What, name: Column[str] | Column[str | None]) -> Select[int]:
    """A subselect that has a row while the name in that column is registered, for the claim's WHERE."""
    here = (registered.c.what == what, registered.c.name == name, registered.c.removed_at.is_(None))
    return select(literal(1)).where(*here)


def read(connection: Connection) -> Registry:
    """What is registered now."""
    rows = connection.execute(
        select(registered)
        .where(registered.c.removed_at.is_(None))
        .order_by(registered.c.place, registered.c.name)
    ).all()
    return Registry(
        [Sender(row.name, row.label or row.name) for row in rows if row.what == "sender"],
        [Group(row.name, row.zone) for row in rows if row.what == "group"],
    )


def seed(connection: Connection, now: datetime, senders: Sequence[Sender], groups: Sequence[Group]) -> None:
    """Write the settings' entries of a sort of which none was ever registered."""
    for what, entries in (("sender", senders), ("group", groups)):
        ever = connection.execute(select(func.count()).where(registered.c.what == what)).scalar_one()
        for entry in entries if not ever else ():
            _put(connection, now, entry)


def add(connection: Connection, who: str, now: datetime, request: str | None, entry: Sender | Group) -> bool:
    """Register it, or change its label or zone; False where it stood there just so. Raises Replayed."""
    if entry in (*(known := read(connection)).senders, *known.groups):
        return False
    _put(connection, now, entry)
    what, name = key(entry)
    record(connection, at=now, who=who, what=f"registered {what}", request=request, name=name)
    return True


def remove(
    connection: Connection, who: str, now: datetime, request: str | None, what: What, name: str
) -> bool:
    """Strike it out; False where it was not there, or is the only sender code. Raises Replayed."""
    # two admins at once: whoever waits here sees what the other one left
    connection.execute(select(registered.c.name).where(registered.c.what == what).with_for_update())
    known = read(connection)
    if what == "sender" and len(known.senders) < 2:
        return False
    here = and_(
        registered.c.what == what, registered.c.name == name, registered.c.removed_at.is_(None)
    )
    if not connection.execute(update(registered).where(here).values(removed_at=now)).rowcount:
        return False
    record(connection, at=now, who=who, what=f"removed {what}", request=request, name=name)
    return True


def key(entry: Sender | Group) -> tuple[What, str]:
    """Of which sort it is, and its name."""
    return ("sender", entry.code) if isinstance(entry, Sender) else ("group", entry.name)


def _put(connection: Connection, now: datetime, entry: Sender | Group) -> None:
    what, name = key(entry)
    last = connection.execute(select(func.coalesce(func.max(registered.c.place), 0))).scalar_one()
    said = {
        "label": entry.label if isinstance(entry, Sender) else None,
        "zone": entry.zone if isinstance(entry, Group) else None,
    }
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(registered).values(what=what, name=name, place=last + 1, at=now, **said)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["what", "name"], set_={**said, "removed_at": None})
    )


@dataclass
class Register:
    """The registry in the database, and how it was when this process last read it."""

    database: Database
    known: Registry = field(default_factory=Registry)

    async def open(self, settings: Settings, now: datetime) -> None:
        """Seed it where it is empty, and read it. Raises DatabaseError, as all of these do."""
        await self.database.write(seed, now, settings.senders, settings.groups)
        await self.refresh()

    async def refresh(self) -> None:
        """Read what another process, or an admin, changed."""
        self.known = await self.database.read(read)

    async def add(self, who: str, now: datetime, request: str | None, entry: Sender | Group) -> bool:
        is_new = await self.database.write(add, who, now, request, entry)
        await self.refresh()
        return is_new

    async def remove(self, who: str, now: datetime, request: str | None, what: What, name: str) -> bool:
        is_gone = await self.database.write(remove, who, now, request, what, name)
        await self.refresh()
        return is_gone


def unregistered(settings: Settings, registry: Registry) -> list[str]:
    """What the settings name and the registry does not (they seed it once): `SMS_GROUPS: vip`."""
    senders = [one.code for one in settings.senders if registry.sender(one.code) is None]
    groups = [one.name for one in settings.groups if registry.group(one.name) is None]
    found = {"SMS_SENDERS": senders, "SMS_GROUPS": groups}
    return [f"{name}: {', '.join(names)}" for name, names in found.items() if names]
