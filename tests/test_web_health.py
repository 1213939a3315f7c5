"""Whether the process is alive and ready, and what a person reads while its database is away."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import httpx

from bot.migrations import HEAD
from bot.scheduler import Clock
from bot.sends import State
from bot.web import not_ready
from bot.wiring import Pulse
from tests.steps import press
from tests.world import OLIVE, World


async def get(world: World, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{world.port}{path}")


async def test_it_says_that_it_is_alive_and_ready(world: World) -> None:
    alive, ready = await get(world, "/healthz"), await get(world, "/readyz")
    assert (alive.status_code, alive.text) == (200, "ok")
    assert (ready.status_code, ready.text) == (200, "ready")


async def test_it_is_alive_but_not_ready_without_its_database(world: World) -> None:
    await world.bot.database.write(lambda c: c.exec_driver_sql('ALTER TABLE "freeze" RENAME TO gone'))
    answer = await get(world, "/readyz")
    assert answer.status_code == 503
    assert answer.text.startswith("the database does not answer (")
    assert (await get(world, "/healthz")).status_code == 200


async def test_it_is_not_ready_on_a_database_that_wants_migrating(world: World) -> None:
    assert (await get(world, "/readyz")).text == "ready"  # its own migration is over
    step = "UPDATE alembic_version SET version_num = '0001'"
    await world.bot.database.write(lambda c: c.exec_driver_sql(step))
    answer = await get(world, "/readyz")
    assert answer.status_code == 503
    said = f"the database is at step 0001 and this version wants {HEAD}: python -m bot migrate"
    assert answer.text == said


async def test_it_is_not_ready_when_its_clock_has_stopped(sqlite_world: World) -> None:
    pulse = Pulse(at=time.monotonic() - 61)
    bot = replace(sqlite_world.bot, pulse=pulse)
    said = "the clock has not ticked for 61 s"
    assert await not_ready(bot, Clock(asyncio.Event(), pulse)) == said


async def test_nothing_else_is_there(sqlite_world: World) -> None:
    assert (await get(sqlite_world, "/slack/events")).status_code == 405
    assert (await get(sqlite_world, "/")).status_code == 404
    assert (await get(sqlite_world, "/metrics")).status_code == 404


async def test_a_database_that_is_away_is_told_and_nothing_is_lost_or_sent(world: World) -> None:
    card = await world.draft_text()
    await world.bot.database.write(lambda c: c.exec_driver_sql("ALTER TABLE send RENAME TO gone"))
    answer = await world.slack.command(OLIVE, "send 2065550100 Another")
    away = "The record could not be reached, so nothing was done. Try again in a moment."
    assert answer.shown is not None
    assert answer.shown.read().startswith(away)
    assert "You typed:\n/sms send 2065550100 Another" in answer.shown.read()
    await press(world, card, "Send")
    said = await world.slack.wait_for(lambda: world.slack.ephemerals(OLIVE, "C0SMS")[1:])
    assert said[0].read() == away
    await world.bot.database.write(lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO send"))
    await press(world, card, "Send")
    await world.state(State.SCHEDULED)
