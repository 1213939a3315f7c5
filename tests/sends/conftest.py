"""The store of sends on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.database import Database
from bot.registry import seed
from bot.sends import Sends
from tests.sends.desk import REGISTERED, START, Desk


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    database = Database(database_url)
    await database.come_alive()
    await database.write(seed, START, *REGISTERED)
    yield Desk(database, Sends(database))
    await database.close()
