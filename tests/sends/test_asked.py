"""What is asked outside a transaction leaves the connection as it was: a write stays whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from bot.database import Database
from bot.freeze import freeze_row
from bot.sends import Sends

NOW = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)


class Broken(Exception):
    """In the middle of a transaction."""


def broken_off(connection: Connection) -> None:
    connection.execute(update(freeze_row).values(frozen=True))
    raise Broken


async def test_a_write_after_a_tick_is_still_all_or_nothing(database_url: str) -> None:
    database = Database(database_url)
    sends = Sends(database)
    for _ in range(20):  # over all connections of the pool
        assert not (await sends.work(NOW, timedelta(minutes=5), 10)).frozen
        with pytest.raises(Broken):
            await database.write(broken_off)
    assert not (await sends.frozen()).frozen
    await database.close()
