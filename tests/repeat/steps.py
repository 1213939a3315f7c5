"""Steps of a repeating campaign: asked for, started, its times made."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.sends import Kind, Send, State
from sandbox.slack import Message
from tests.steps import READY, form, press, submit, typed
from tests.world import OLIVE, World

ZONE = ZoneInfo("America/Los_Angeles")
DAY = 86_400


def local(world: Any, ahead: timedelta = timedelta(0)) -> datetime:
    """The account's time."""
    now: datetime = world.time.now()
    return (now + ahead).astimezone(ZONE)


async def draft_repeating(world: Any, every: str = "daily", user: str = OLIVE, **values: Any) -> Message:
    """Somebody asks for a campaign that repeats, its first time 25 to 26 hours ahead; ready to be started."""
    await typed(world, "campaign Spring sale", user)
    await world.slack.fill(user, {"group": "weekly", "repeats": every})
    await world.slack.wait_for(lambda: "The next five times" in form(world, user).read())
    first = local(world, timedelta(hours=26)).replace(minute=0)
    times = {"first": first.date().isoformat(), "at": f"{first:%H:%M}"}
    view = await submit(world, times | values, user)
    assert view.closed, view.errors
    card: Message = await world.card(READY)
    return card


async def running(world: Any, every: str = "daily", **values: Any) -> Send:
    """Started by Olive; nothing is made yet."""
    card = await draft_repeating(world, every, **values)
    await press(world, card, "Start")
    await world.card("Running")
    return await rule(world)


async def rule(world: Any, state: State | None = None) -> Send:
    """The repeating campaign, as soon as it is in this state."""
    async with asyncio.timeout(15):
        while True:
            found = [one for one in await world.rows() if one.kind is Kind.REPEAT]
            if found and state in (None, found[-1].state):
                return found[-1]
            await asyncio.sleep(0.01)


async def times(world: Any) -> list[Send]:
    """What was made of it, by their days."""
    made = [one for one in await world.rows() if one.series]
    return sorted(made, key=lambda one: one.on_day or date.min)


async def time_in(world: Any, state: State, place: int = -1) -> Send:
    """One of its times, as soon as it is in this state."""
    async with asyncio.timeout(15):
        while True:
            made = await times(world)
            if len(made) > max(place, -1 - place) and made[place].state is state:
                return made[place]
            await asyncio.sleep(0.01)


async def made(world: World, **values: Any) -> Send:
    """Its first time, made and scheduled, about a day before it leaves."""
    await running(world, **values)
    world.pass_time(2.1 * 3600)
    return await time_in(world, State.SCHEDULED)


async def left(world: World, one: Send, seconds: float = 1) -> None:
    """Its hour has come."""
    assert one.due_at is not None
    world.pass_time((one.due_at - world.time.now()).total_seconds() + seconds)
