"""What every test may ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from sqlalchemy import create_engine

from bot.migrations import migrate as bring_up_to_date
from tests.world import World, open_world

pytest_plugins = ["tests.databases", "tests.skips", "tests.mutants.table"]


@pytest.fixture(scope="session")
def migrate() -> Callable[[str], None]:
    """How the database at a URL gets its tables."""

    def run(url: str) -> None:
        engine = create_engine(url)
        bring_up_to_date(engine)
        engine.dispose()

    return run


@pytest_asyncio.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """The bot between the strict Slack and the WhatCounts emulator, once on each database."""
    async with open_world(database_url) as opened:
        yield opened


@pytest_asyncio.fixture
async def sqlite_world(sqlite_url: str) -> AsyncIterator[World]:
    """The same on SQLite alone, for what a person reads and no row decides."""
    async with open_world(sqlite_url) as opened:
        yield opened


@pytest_asyncio.fixture
async def channels_world(sqlite_url: str) -> AsyncIterator[World]:
    """A bot that works in #sms alone."""
    async with open_world(sqlite_url, SMS_CHANNELS="C0SMS") as opened:
        yield opened


@pytest_asyncio.fixture
async def bare_world(sqlite_url: str) -> AsyncIterator[World]:
    """A bot as it is right after set-up: an admin, a sender code, nothing else."""
    async with open_world(sqlite_url, SMS_GROUPS="", SMS_APPROVERS="") as opened:
        yield opened
