"""Somebody else keeps the SQLite file locked for longer than the bot waits for it, at each step of a send."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing

import pytest
from sqlalchemy import make_url

from bot.sends import State
from tests.steps import READY, looked, scheduled_text, sends_asked
from tests.world import OLIVE, SMS, World, open_world

LONG = bool(os.environ.get("SMSOPS_LONG"))
AWAY = 20.0 if LONG else 6.0  # seconds; the bot waits 5 (busy_timeout)
DELAY = 30  # seconds from the confirmation to the text; the look comes 15 s before it

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]

Step = Callable[[World], Awaitable[object]]


async def ready(world: World) -> None:
    assert (await world.slack.command(OLIVE, "status")).ok


async def draft(world: World) -> None:
    await world.slack.command(OLIVE, "send 2065550100 Hello")


async def confirm(world: World) -> None:
    await world.slack.click(OLIVE, await world.card(READY), "Send")


async def nearly_due(world: World) -> None:
    world.pass_time(DELAY - 14)


async def due(world: World) -> None:
    world.pass_time(15)


async def looked_at(world: World) -> None:
    await scheduled_text(world)
    await nearly_due(world)
    await looked(world)


async def asked(world: World) -> None:
    """WhatCounts has the request, and answers in a moment."""
    world.whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=1.0)
    await looked_at(world)
    await due(world)
    await world.whatcounts.wait_for(lambda: world.whatcounts.sent)


async def shown(world: World) -> None:
    """The text is out; Slack takes a second for the edit of its card."""
    await looked_at(world)
    await world.card("Scheduled.")
    world.slack.faults.delay = 1.0
    await due(world)
    await world.state(State.SUBMITTED)


async def nothing(world: World) -> None:
    pass


STEPS: dict[str, tuple[Step, Step]] = {
    "draft": (ready, draft),
    "confirm": (World.draft_text, confirm),
    "look": (scheduled_text, nearly_due),
    "claim": (looked_at, due),
    "outcome": (asked, nothing),
    "draw": (shown, nothing),
}


async def finish(world: World) -> None:
    """What a person does who was told that it was not done."""
    while not await world.rows():
        await draft(world)
    while (await world.row()).state is State.DRAFT:
        await confirm(world)
    world.pass_time(DELAY + 1)


@pytest.mark.parametrize("step", STEPS if LONG else ["claim", "outcome"])
async def test_the_file_locked_by_another_at_each_step(sqlite_url: str, step: str) -> None:
    before, act = STEPS[step]
    async with open_world(sqlite_url, SMS_DELAY_SECONDS=f"phone={DELAY}") as world:
        await before(world)
        with closing(sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await act(world)
            await asyncio.sleep(AWAY)  # so long it is locked
        await finish(world)
        card = await world.slack.wait_for(lambda: world._card("Submitted", SMS), timeout=45)
        row = await world.row()
        assert (row.state, row.card_ts) == (State.SUBMITTED, card.ts)
        assert sends_asked(world) == len(world.texts()) == 1
        assert [one for one in world.slack.messages(SMS) if one is not card] == []
        assert "reach" not in (await world.slack.command(OLIVE, "status")).body
