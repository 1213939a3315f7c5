"""What was decided before a restart is asked again after it; nothing is lost, nothing leaves that may not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.registry import What
from bot.sends import State
from bot.settings import Group
from tests.steps import GROUP_DELAY, press, scheduled_campaign, scheduled_text, sends_asked
from tests.world import MAX, World, inside, outside

NOT_REGISTERED: dict[What, tuple[str, str]] = {
    "group": ("weekly", "The group “weekly” is not registered."),
    "sender": ("2065551212", "The sender code 2065551212 is not registered."),
}


@asynccontextmanager
async def restarted(
    database_url: str, before: Callable[[World], Awaitable[object]], **settings: str
) -> AsyncIterator[World]:
    """The bot, stopped after something happened and started again with these settings."""
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, database_url) as world:
            await before(world)
        async with inside(slack, whatcounts, database_url, **settings) as world:
            yield world


async def looked_at_text(world: World) -> None:
    await scheduled_text(world)
    while (await world.row()).looked_at is None:
        await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile


async def removed(world: World, what: What, name: str) -> None:
    assert await world.bot.register.remove(MAX, world.bot.now(), None, what, name)


@pytest.mark.parametrize("what", NOT_REGISTERED)
async def test_what_is_not_registered_any_more_never_leaves(database_url: str, what: What) -> None:
    name, sentence = NOT_REGISTERED[what]
    async with restarted(database_url, scheduled_campaign) as world:
        await removed(world, what, name)
        world.pass_time(GROUP_DELAY)
        await world.state(State.HELD)
        card = await world.card("Held: nothing was sent.")
        assert sentence in card.read()
        assert card.buttons() == ["Edit", "Cancel"]
        assert sends_asked(world) == 0


async def test_a_near_miss_of_a_group_is_a_miss(database_url: str) -> None:
    async with restarted(database_url, scheduled_campaign) as world:
        for near in ("Weekly", "weekly2"):
            await world.bot.register.add(MAX, world.bot.now(), None, Group(near))
        await removed(world, "group", "weekly")
        world.pass_time(GROUP_DELAY)
        await world.state(State.HELD)
        assert sends_asked(world) == 0


async def test_a_text_by_a_sender_that_is_gone_never_leaves(database_url: str) -> None:
    """It was looked at before the restart, and a look holds for 30 s; yet the registry of now decides."""
    async with restarted(database_url, looked_at_text) as world:
        await removed(world, "sender", "2065551212")
        world.pass_time(5)
        await world.state(State.HELD)
        assert sends_asked(world) == 0


async def test_what_fell_due_while_nobody_was_there_asks(database_url: str) -> None:
    async with restarted(database_url, scheduled_text) as world:
        world.pass_time(600)
        await world.state(State.HELD)
        card = await world.card("Held: nothing was sent.")
        await press(world, card, "Send Now")
        world.pass_time(5)
        await world.state(State.SUBMITTED)
        assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


async def test_what_was_scheduled_leaves_at_its_time_after_a_restart(database_url: str) -> None:
    async with restarted(database_url, scheduled_campaign) as world:
        world.pass_time(GROUP_DELAY)
        row = await world.state(State.SUBMITTED)
        assert (await world.card("Submitted")).ts == row.card_ts
        assert (len(world.texts()), sends_asked(world)) == (3, 1)
        assert len(world.slack.messages("C0SMS")) == 1


async def test_a_draft_is_confirmed_after_a_restart_on_the_card_of_before(database_url: str) -> None:
    async with restarted(database_url, World.draft_text) as world:
        await press(world, await world.card(), "Send")
        await world.card("Scheduled.")
        world.pass_time(5)
        await world.state(State.SUBMITTED)
        assert (world.texts(), sends_asked(world)) == (["Hello"], 1)
