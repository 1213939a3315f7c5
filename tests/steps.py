"""Steps that many tests take: a send brought to where the test begins, what somebody was told."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.sends import State
from sandbox.slack import Message, View
from tests.world import OLIVE, SMS, World

GUEST, ALIEN = "U0GUEST", "U0ALIEN"  # a guest of this workspace, a person of another one
READY = "Nothing is sent until someone presses"
SALE = "Tidewater Coffee: Spring sale! 20 percent off all beans this week. Reply STOP to opt out"
GROUP_DELAY = 60


async def told(world: World, user: str, saying: str, channel: str = SMS) -> str:
    """The private message that says this to somebody, as soon as it is there."""

    def newest() -> str | None:
        said = [one.read() for one in world.slack.ephemerals(user, channel)]
        return next((one for one in reversed(said) if saying in one), None)

    return str(await world.slack.wait_for(newest))


async def typed(world: World, text: str, user: str = OLIVE, channel: str = SMS) -> str:
    """What somebody reads at once after typing `/sms <text>`; '' where nothing is said."""
    answer = await world.slack.command(user, text, channel)
    assert answer.ok, answer
    return answer.shown.read() if answer.shown else ""


def form(world: World, user: str = OLIVE) -> View:
    """The modal that somebody has before them."""
    view = world.slack.view(user)
    assert view is not None, world.slack.ephemerals(user, SMS)
    return view


async def press(world: World, message: Message, label: str, user: str = OLIVE) -> None:
    """Somebody presses a button, and Slack takes the answer."""
    answer = await world.slack.click(user, message, label)
    assert answer.ok, answer


def place_of(message: Message, value: str) -> str:
    """The block with the button that stands for this: in a list all of them say the same."""
    found = [one["block_id"] for one in message.blocks if (one.get("accessory") or {}).get("value") == value]
    assert len(found) == 1, message.read()
    return str(found[0])


async def submit(world: World, values: dict[str, Any], user: str = OLIVE) -> View:
    """Somebody fills in the modal and submits it; the modal as it is then, `.closed` where it was taken."""
    view = form(world, user)
    await world.slack.fill(user, values)
    answer = await world.slack.submit(user)
    assert answer.ok or view.errors, answer
    return view


async def draft_campaign(world: World, message: str = "Spring sale", **values: Any) -> Message:
    """Olive asks for a campaign to the group weekly; its card, ready to be confirmed."""
    await typed(world, f"campaign {message}")
    view = await submit(world, {"group": "weekly"} | values)
    assert view.closed, view.errors
    return await world.card(READY)


async def scheduled_text(world: World, text: str = "Hello") -> Message:
    """A text that Olive has confirmed, before its delay has passed."""
    card = await world.draft_text(text)
    await press(world, card, "Send")
    return await world.card("Scheduled.")


async def scheduled_campaign(world: World, message: str = "Spring sale", **values: Any) -> Message:
    """A campaign that Olive has confirmed, before its delay has passed."""
    card = await draft_campaign(world, message, **values)
    await press(world, card, card.buttons()[0])
    return await world.card("Scheduled.")


async def held_text(world: World, text: str = "Hello") -> Message:
    """A text that is held because it is late."""
    await scheduled_text(world, text)
    world.pass_time(5 + 180)
    await world.state(State.HELD)
    return await world.card("Held: nothing was sent.")


async def looked(world: World) -> None:
    """Until the brakes were asked about the newest send: from here on the claim decides."""
    async with asyncio.timeout(15):
        while (await world.row()).looked_at is None:
            await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile


async def doubtful_text(world: World, text: str = "Hello") -> Message:
    """A text of which nobody knows whether it left: it did, and the answer was lost."""
    world.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
    await scheduled_text(world, text)
    world.pass_time(5)
    await world.state(State.MAYBE_SENT)
    return await world.card("May have been sent")


async def cancelled_text(world: World, text: str = "Hello") -> Message:
    """A text that Olive drafted and cancelled."""
    await press(world, await world.draft_text(text), "Cancel")
    return await world.card("Cancelled by")


async def submitted_text(world: World, text: str = "Hello") -> Message:
    """A text that went out."""
    await scheduled_text(world, text)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    return await world.card("Submitted")


def sends_asked(world: World) -> int:
    """How many requests that send something WhatCounts got."""
    return sum(one.method == "POST" for one in world.whatcounts.requests)


def everything_shown(world: World) -> str:
    """All that Slack was ever given: every message in every version, aloud and seen, and every view."""
    messages = [
        one for each in world.slack.world.channels for one in world.slack.workspace.messages.get(each, [])
    ]
    versions = [one.was(n) for one in messages for n in range(len(one.history))]
    return "\n".join([*(one.read() for one in versions), *(one.read_aloud() for one in versions)])
