"""The store of sends on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.database import Database
from bot.sends import Sends
from tests.sends.desk import REGISTERED, Desk


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    database = Database(database_url)
    await database.come_alive()
    yield Desk(database, Sends(database, REGISTERED))
    await database.close()
