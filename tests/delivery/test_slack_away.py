"""Slack goes away in the middle of fifty sends: afterwards every card is right, and stands once.

Once unless Slack posted it and its answer was lost. The minute is some seconds, or whole by SMSOPS_LONG=1.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from bot.allowance import Allowance
from bot.card.picture import picture
from bot.sends import Send, State
from sandbox.slack import Message
from sandbox.slack.world import Channel
from tests.delivery.test_draw import cards
from tests.steps import press, typed
from tests.world import World, open_world

LONG = bool(os.environ.get("SMSOPS_LONG"))
MINUTE = 60.0 if LONG else 6.0  # seconds
FAULTS = 5  # of equal length
CHANNELS = [f"C0TEAM{number}" for number in range(10)]
FAST = {"SMS_RATE": "send=50,other=50"}
PLENTY = Allowance({"chat.postMessage": (2000, 400), "chat.update": (1000, 400)}, channel=(600, 15))


@asynccontextmanager
async def a_team(database_url: str) -> AsyncIterator[World]:
    """Ten channels; the limits of Slack, and the time that it may take, a tenth of the real ones."""
    async with open_world(database_url, **FAST) as world:
        full = {"U0OLIVE", "U0ANA", "U0MAX", "U0BOT"}
        channels = world.slack.world.channels
        channels |= {one: Channel(one, one.lower(), set(full)) for one in CHANNELS}
        world.bot.slack.allowance, world.bot.slack.timeout = PLENTY, 1
        yield world


@asynccontextmanager
async def refused(world: World) -> AsyncIterator[None]:
    world.slack.unplug()
    yield
    await world.slack.plug_in()


@contextmanager
def ordered(world: World, fault: str) -> Iterator[None]:
    faults = world.slack.faults
    if fault == "500s":
        faults.down = True
    elif fault == "429s":
        faults.ratelimit("*", retry_after=1, times=None)
    elif fault == "time-outs":
        faults.delay = 3.0
    elif fault == "lost answers":
        faults.lose_answer("*", times=None)
    yield
    faults.clear()


async def asked(world: World, first: int, last: int) -> None:
    """Olive asks for texts, five in each channel."""
    for number in range(first, last):
        words = f"send 2065550{120 + number} Number {number:02}"
        assert await typed(world, words, channel=CHANNELS[number % 10]) == ""


def card_of(world: World, number: int) -> Message:
    found = [one for one in cards(world, CHANNELS[number % 10]) if f"Number {number:02}" in one.read()]
    return found[-1]


async def ready(world: World) -> None:
    """Until every draft can be confirmed."""
    async with asyncio.timeout(30):
        while not all(one.prepared_at for one in await settled(world)):  # noqa: ASYNC110 - a row
            await asyncio.sleep(0.2)  # tells nobody that it was prepared


async def settled(world: World) -> list[Send]:
    """All sends, once no card is behind."""
    async with asyncio.timeout(3 * MINUTE + 30):
        while any(one.card_revision < one.revision for one in await world.rows()):  # noqa: ASYNC110 - a row
            await asyncio.sleep(0.2)  # tells nobody that it was drawn
    return await world.rows()


def posted(world: World, send: Send) -> tuple[int, int]:
    """How often Slack posted its card, and how often the answer to that was lost."""
    posts = [one for one in world.slack.called("chat.postMessage") if one.answer["ok"]]
    ours = [one for one in posts if send.id in str(one.args.get("blocks"))]
    return len(ours), sum(one.lost for one in ours)


@pytest.mark.timeout(600 if LONG else 120)
async def test_after_a_minute_without_slack_every_card_is_right_and_stands_once(database_url: str) -> None:
    async with a_team(database_url) as world:
        await asked(world, 0, 30)
        await ready(world)
        for number in range(20):
            await press(world, card_of(world, number), "Send")
        await through_the_faults(world)
        rows = await settled(world)
        assert len(rows) == 50
        for row in rows:
            is_right(world, row, (await world.bot.sends.frozen()).frozen)
        assert sum(posted(world, row)[1] for row in rows) >= 3
        states = [row.state for row in rows]
        assert states.count(State.SUBMITTED) == len(world.texts()) == len(set(world.texts())) == 20
        assert (states.count(State.CANCELLED), states.count(State.HELD)) == (5, 5)


async def through_the_faults(world: World) -> None:
    """Each takes its part of the minute; the sends go on meanwhile, and people do."""
    part = MINUTE / FAULTS
    async with refused(world):
        world.pass_time(5)
        await asyncio.gather(asyncio.sleep(part), twenty_leave(world))
    for number, fault in enumerate(("500s", "429s", "time-outs", "lost answers")):
        with ordered(world, fault):
            await asked(world, 30 + 5 * number, 35 + 5 * number)
            if fault == "500s":
                for each in range(20, 25):
                    await press(world, card_of(world, each), "Cancel")
            if fault == "429s":
                for each in range(25, 30):
                    await press(world, card_of(world, each), "Send")
                world.pass_time(300)  # they are late, and held
            if fault == "lost answers":
                await world.slack.wait_for(lambda: lost_posts(world) >= 3, timeout=30)
            await asyncio.sleep(part)


def lost_posts(world: World) -> int:
    return sum(one.lost for one in world.slack.called("chat.postMessage"))


async def twenty_leave(world: World) -> None:
    await world.whatcounts.wait_for(lambda: len(world.texts()) == 20, timeout=30)


def is_right(world: World, row: Send, frozen: bool) -> None:
    text, _ = picture(row, world.settings, world.bot.registry, frozen)
    (card,) = [one for one in cards(world, row.channel) if one.ts == row.card_ts]
    assert card.text == text
    posts, lost = posted(world, row)
    assert posts - lost == 1, row
    copies = [one for one in cards(world, row.channel) if row.id in one.read()]
    assert len(copies) == posts
