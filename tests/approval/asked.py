"""Steps of a send that needs another person: asked for, awaiting, approved; what WhatCounts was asked."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import or_, select

from bot.sends import Send, State
from bot.sends.copies import card_copy
from sandbox.slack import Message
from tests.steps import READY, form, press, submit, typed
from tests.world import ANA, OLIVE, World

EVERYONE = "EVERYONE on 2065551212"
DELAY = 300  # seconds, of a send to everyone
AWAITING = "Awaiting approval."


def dm(user: str) -> str:
    """The conversation of this person with the bot."""
    return "D0" + user.removeprefix("U0")


async def draft_everyone(world: World, user: str = OLIVE, **values: Any) -> Message:
    """Somebody asks for a message to everyone; its card, ready to be confirmed."""
    await typed(world, "everyone Spring sale", user)
    view = await submit(world, {"everyone": "everyone"} | values, user)
    assert view.closed, view.errors
    return await world.card(READY)


async def awaiting_everyone(world: World, user: str = OLIVE, **values: Any) -> Message:
    """The same, confirmed: its card waits for another person."""
    card = await draft_everyone(world, user, **values)
    await press(world, card, card.buttons()[0], user)
    await world.state(State.AWAITING)
    return await world.card(AWAITING)


async def awaiting_campaign(world: World) -> Message:
    """A campaign where SMS_APPROVAL wants another person for it."""
    await typed(world, "campaign Spring sale")
    assert (await submit(world, {"group": "weekly"})).closed
    card = await world.card(READY)
    await press(world, card, "Send")
    return await world.card(AWAITING)


async def copy_for(world: World, user: str = ANA, saying: str = AWAITING) -> Message:
    """The card in somebody's direct messages, as soon as it says this."""
    return await world.card(saying, dm(user))


async def approve(world: World, card: Message, user: str = ANA, typing: str = EVERYONE) -> None:
    """Somebody presses Approve, and types the audience's name where it is asked for."""
    await press(world, card, "Approve", user)
    if world.slack.view(user) is not None:
        view = await submit(world, {"audience": typing}, user)
        assert view.closed, view.errors or form(world, user).read()


async def approved_everyone(world: World, **values: Any) -> Message:
    """Approved by Ana, before its delay has passed."""
    card = await awaiting_everyone(world, **values)
    await approve(world, card)
    await world.state(State.SCHEDULED)
    return await world.card("Scheduled.")


async def everyone_left(world: World, seconds: float = DELAY) -> Send:
    """When its time has come."""
    world.pass_time(seconds)
    return await world.state(State.SUBMITTED)


async def all_drawn(world: World) -> None:
    """Until the newest card and its copies show the row, and that is recorded."""
    is_behind = or_(card_copy.c.shown < card_copy.c.wanted, card_copy.c.taken_at.is_not(None))
    behind = select(card_copy.c.id).where(is_behind)
    async with asyncio.timeout(15):
        while True:
            row = await world.row()
            left = await world.bot.database.read(lambda c: c.execute(behind).all())
            if row.card_revision == row.revision and not left:
                return
            await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile


def copies(world: World, user: str) -> list[Message]:
    """Every message of the bot's in somebody's direct messages that is a card."""
    return [one for one in world.slack.messages(dm(user)) if "S-" in one.read() and one.blocks]
