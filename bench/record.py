"""The record's own cost: processor time of the claim of 500 at once, and of outcomes written together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TypeVar

from sqlalchemy import update

from bench.measures import Row
from bench.rows import schedule
from bench.slack import QuickSlack
from bot.database import Database
from bot.migrations import migrate
from bot.registry import seed
from bot.sends import Send, Sends, State
from bot.sends.table import send
from bot.settings import Sender
from tests.databases import database as postgres_database
from tests.postgres import cluster

T = TypeVar("T")
AT_ONCE = 500
ROUNDS = 5


async def record(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """Of this process, so on PostgreSQL without the server's share."""
    rows = await _measured("SQLite", f"sqlite:///{folder / 'record.db'}")
    with cluster() as server:
        assert server, "no PostgreSQL"
        with postgres_database(server) as url:
            return rows + await _measured("PostgreSQL", url)


async def _measured(name: str, url: str) -> list[Row]:
    database = Database(url)
    await database.on_engine(migrate)
    now = datetime.now(UTC)
    await database.write(seed, now, [Sender("2065551212", "Main line")], [])
    spent = [await _round(database, now) for _ in range(ROUNDS)]
    await database.close()
    goals = {"claim": 250.0, "outcome": 2000.0}  # µs
    medians = [median(one) for one in zip(*spent, strict=True)]
    costs = zip(goals.items(), medians, strict=True)
    return [
        Row(f"{what} in the record, {name}", f"{cost:.0f} µs", "", "", f"under {goal:.0f} µs", cost < goal)
        for (what, goal), cost in costs
    ]


async def _round(database: Database, now: datetime) -> tuple[float, float]:
    """Microseconds a row: claimed 500 at once, and their outcomes."""
    sends = Sends(database)
    await schedule(database, AT_ONCE, datetime.now(UTC) + timedelta(hours=1))
    looked = {"looked_at": now, "looked_print": send.c.confirmed_print, "due_at": now}
    await database.write(
        lambda c: c.execute(update(send).where(send.c.state == State.SCHEDULED).values(looked)) and None
    )
    ids = [one.id for one in (await sends.waiting(None, AT_ONCE)).sends]
    claims, claiming = await _spent(lambda: sends.claim_all(now + timedelta(seconds=1), ids, "bench"))
    assert len(claims.sends) == AT_ONCE

    async def outcomes() -> None:
        await asyncio.gather(*(_outcome(sends, now, one) for one in claims.sends))

    _, ending = await _spent(outcomes)
    return claiming, ending


async def _outcome(sends: Sends, now: datetime, claimed: Send) -> None:
    assert await sends.outcome(now, claimed, State.SUBMITTED, None, {"raw": "SUCCESS"})


async def _spent(work: Callable[[], Awaitable[T]]) -> tuple[T, float]:
    before = time.process_time()
    done = await work()
    return done, (time.process_time() - before) / AT_ONCE * 1e6
