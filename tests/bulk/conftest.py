"""Whose hands carry the runs of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from bot.serving import work
from tests.world import World, open_world

Open = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture(params=["serve on SQLite", "serve on PostgreSQL", "a worker"])
def hands(request: pytest.FixtureRequest) -> Open:
    """Opens a world whose runs are carried by who serves, or by a worker beside it: the test runs on each."""
    url = request.getfixturevalue("sqlite_url" if "SQLite" in request.param else "postgres_url")
    opened = worked if request.param == "a worker" else open_world
    return lambda **settings: opened(url, **settings)


@asynccontextmanager
async def worked(database_url: str, **settings: str) -> AsyncIterator[World]:
    """A world, and `python -m bot worker` on its database; who serves has to carry nothing."""
    async with open_world(database_url, **settings) as world, worker(world):
        yield world
        carriers = await world.bot.database.read(
            lambda c: c.exec_driver_sql("SELECT DISTINCT claimed_by FROM bulk_row").scalars().all()
        )
        assert world.bot.database.me not in carriers


@asynccontextmanager
async def worker(world: World) -> AsyncIterator[asyncio.Event]:
    """A worker that is at work, and stopped at the end; the event stops it before."""
    stop = asyncio.Event()
    working = asyncio.create_task(work(world.settings, stop, world.time.now))
    try:
        async with asyncio.timeout(20):
            while not await world.bot.runs.has_workers():
                assert not working.done(), working.exception()
                await asyncio.sleep(0.02)
        yield stop
    finally:
        stop.set()
        await working
