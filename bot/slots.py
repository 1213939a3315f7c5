"""The slots of our throttle, shared by all processes on one PostgreSQL: a row a key, moved by whoever asks.

The server's clock counts, so that those of the machines may differ. On SQLite there is one process, which
counts for itself (`bot.pace`).
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Double, String, Table, text

from bot.database import Database, DatabaseError, metadata
from bot.pace import NoTurn

slot = Table(
    "slot",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("free_at", Double, nullable=False),  # seconds since 1970 by the server's clock: the next free one
)

FAR = 60.0  # seconds; a slot that is further away was reserved before the server's clock was set back

# A row is locked for one statement, so whoever waits for it finds what was reserved before.
_TAKE = text(
    """
    INSERT INTO slot AS mine (key, free_at)
    VALUES (:key, EXTRACT(EPOCH FROM clock_timestamp()) + :gap)
    ON CONFLICT (key) DO UPDATE SET free_at = :gap + CASE
        WHEN mine.free_at > EXTRACT(EPOCH FROM clock_timestamp()) + :far
        THEN EXTRACT(EPOCH FROM clock_timestamp())
        ELSE GREATEST(mine.free_at, EXTRACT(EPOCH FROM clock_timestamp())) END
    RETURNING free_at - :gap - EXTRACT(EPOCH FROM clock_timestamp())
    """
)


class SharedSlots:
    """Slots by the database; one that is reserved and not used is lost, and holds up nobody for long."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, key: str, gap: float) -> float:
        """Reserve the next slot of `key`, `gap` seconds after the one before; seconds until it comes.

        Raises NoTurn while the database is away.
        """
        try:
            return max(0.0, await self._database.write(take_slot, key, gap))
        except DatabaseError as error:
            raise NoTurn(str(error)) from None


def take_slot(connection: Connection, key: str, gap: float) -> float:
    """Seconds until the slot that is reserved now; committed before anybody relies on it."""
    return float(connection.execute(_TAKE, {"key": key, "gap": gap, "far": FAR}).scalar_one())
