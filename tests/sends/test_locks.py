"""Two sessions at one row of PostgreSQL: a freeze waits for no send, and whoever waited looks again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import make_url

from bot.database import Database
from bot.registry import seed
from bot.sends import Sends, State
from tests.sends.desk import DUE, REGISTERED, START, Desk, ask

TOUCHED = "UPDATE send SET card_at = card_at WHERE id = %s"  # as a drawing or a look does
FREE = "SELECT id FROM send WHERE id = %s FOR UPDATE NOWAIT"  # raises where somebody has it
FROZEN = 'UPDATE "freeze" SET frozen = true'
A_DAY_LATER = START + timedelta(hours=24, minutes=1)


@pytest_asyncio.fixture
async def desk(postgres_url: str) -> AsyncIterator[Desk]:
    database = Database(postgres_url)
    await database.come_alive()
    await database.write(seed, START, *REGISTERED)
    yield Desk(database, Sends(database))
    await database.close()


@pytest.fixture
def address(postgres_url: str) -> str:
    return make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def held(address: str, statement: str, *values: Any) -> Iterator[None]:
    """Another session has made this change, and commits it at the end."""
    with psycopg.connect(address) as other:
        other.execute(statement.encode(), values)
        yield


async def waits_or_ends(address: str, task: asyncio.Task[Any]) -> None:
    """Until the task waits for a lock that another session has, or is done without."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with asyncio.timeout(5):
        with psycopg.connect(address, autocommit=True) as server:
            while not task.done() and server.execute(waiting.encode()).fetchone() == (0,):
                await asyncio.wait({task}, timeout=0.01)


async def test_a_freeze_does_not_wait_for_a_claim_that_meets_a_row_in_use(desk: Desk, address: str) -> None:
    send = await desk.looked()
    with held(address, TOUCHED, send.id):
        claiming = asyncio.create_task(desk.sends.claim(DUE, send.id))
        await waits_or_ends(address, claiming)
        freezing = asyncio.create_task(desk.sends.freeze(ask(), "wrong price"))
        done, _ = await asyncio.wait({freezing}, timeout=10)
    assert done and await freezing
    assert await claiming is None


async def test_a_claim_that_met_a_row_in_use_takes_nothing_in_a_freeze_made_meanwhile(
    desk: Desk, address: str
) -> None:
    send = await desk.looked()
    with held(address, TOUCHED, send.id):
        claiming = asyncio.create_task(desk.sends.claim(DUE, send.id))
        await waits_or_ends(address, claiming)
        assert await desk.sends.freeze(ask(), "wrong price")
    assert await claiming is None
    assert (await desk.get(send.id)).state is State.SCHEDULED
    assert await desk.sends.unfreeze(ask())
    assert await desk.sends.claim(DUE, send.id)


async def test_a_claim_waits_for_a_freeze_that_is_being_written_and_takes_nothing(
    desk: Desk, address: str
) -> None:
    send = await desk.looked()
    with held(address, FROZEN):
        claiming = asyncio.create_task(desk.sends.claim(DUE, send.id))
        await waits_or_ends(address, claiming)
        assert not claiming.done()
    assert await claiming is None
    assert (await desk.get(send.id)).state is State.SCHEDULED


async def test_a_claim_that_waits_for_a_freeze_keeps_no_row_from_it(desk: Desk, address: str) -> None:
    """A freeze stops what was let through after itself: in another order they would wait for each other."""
    send = await desk.looked()
    with held(address, FROZEN):
        claiming = asyncio.create_task(desk.sends.claim(DUE, send.id))
        await waits_or_ends(address, claiming)
        with held(address, FREE, send.id):
            assert not claiming.done()
    assert await claiming is None


async def test_what_was_edited_a_moment_ago_does_not_expire(desk: Desk, address: str) -> None:
    send = await desk.draft()
    edited = "UPDATE send SET state_at = %s, revision = revision + 1 WHERE id = %s"
    with held(address, edited, A_DAY_LATER, send.id):
        expiring = asyncio.create_task(desk.sends.expire(A_DAY_LATER))
        await waits_or_ends(address, expiring)
        assert not expiring.done()
    assert await expiring == 0
    assert (await desk.get(send.id)).state is State.DRAFT
    assert "expired" not in await desk.happened(send.id)
