"""The cards of what is over or in doubt: Draft Again, It Was Sent, It Was Not Sent, what expired."""

from __future__ import annotations

import asyncio

from bot.sends import State
from tests.steps import (
    cancelled_text,
    doubtful_text,
    draft_campaign,
    press,
    scheduled_text,
    sends_asked,
    submit,
    told,
)
from tests.world import MAX, OLIVE, World


async def test_what_was_sent_says_who_looked(world: World) -> None:
    card = await doubtful_text(world)
    await press(world, card, "It Was Sent")
    row = await world.state(State.SUBMITTED)
    await world.card("Submitted, says @Olive Park, who looked in WhatCounts.")
    assert row.settled_by == OLIVE
    assert card.buttons() == ["Oops"]
    assert sends_asked(world) == 1


async def test_what_was_not_sent_can_be_drafted_again_and_goes_once_more_only_then(world: World) -> None:
    card = await doubtful_text(world)
    await press(world, card, "It Was Not Sent")
    await world.state(State.REFUSED)
    await world.card("A person looked in WhatCounts: it was not sent. Settled by @Olive Park.")
    world.pass_time(600)
    assert sends_asked(world) == 1
    await press(world, card, "Draft Again")
    await world.state(State.DRAFT)
    await press(world, await world.card("Nothing is sent until someone presses Send."), "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert sends_asked(world) == 2


async def test_two_who_settle_differently_settle_it_once(world: World) -> None:
    card = await doubtful_text(world)
    await asyncio.gather(press(world, card, "It Was Sent"), press(world, card, "It Was Not Sent", MAX))
    settled = [one for one in await world.timeline() if one.what.startswith("settled")]
    assert len(settled) == 1
    loser = MAX if settled[0].who == OLIVE else OLIVE
    await told(world, loser, "Your press changed nothing.")


async def test_a_doubt_is_never_shown_as_sent_or_failed(sqlite_world: World) -> None:
    card = await doubtful_text(sqlite_world)
    row = await sqlite_world.row()
    assert "May have been sent: nobody knows." in card.read()
    assert "Not sent" not in card.read()
    note = (await sqlite_world.slack.wait_for(lambda: sqlite_world.slack.replies(card)))[0].read()
    assert f"{row.id} may have been sent, and smsops will not send it again." in note


async def test_draft_again_makes_a_new_draft_of_the_same_on_a_card_of_its_own(world: World) -> None:
    old = await cancelled_text(world, "Hello again")
    await press(world, old, "Draft Again", MAX)
    await world.state(State.DRAFT)
    fresh = await world.card("Nothing is sent until someone presses Send.")
    first, second = await world.rows()
    await told(world, MAX, f"{second.id} is a new draft of the same. Its card comes to #sms.")
    assert fresh.ts != old.ts
    assert "Hello again" in fresh.read()
    assert (second.phone, second.sender, second.text) == (first.phone, first.sender, first.text)
    assert first.state is State.CANCELLED
    assert second.asked_by == MAX


async def test_a_campaign_drafted_again_keeps_what_was_decided(sqlite_world: World) -> None:
    world = sqlite_world
    card = await draft_campaign(world, when=int(world.time.now().timestamp()) + 3600)
    await press(world, card, "Cancel")
    await press(world, await world.card("Cancelled by"), "Draft Again")
    await world.card("Nothing is sent until someone presses Schedule.")
    first, second = await world.rows()
    kept = ("message", "audience", "campaign", "sender", "chosen_at")
    assert [getattr(second, name) for name in kept] == [getattr(first, name) for name in kept]


async def test_a_campaign_drafted_again_after_its_time_wants_another_time(sqlite_world: World) -> None:
    world = sqlite_world
    card = await draft_campaign(world, when=int(world.time.now().timestamp()) + 3600)
    await press(world, card, "Cancel")
    await world.card("Cancelled by")
    world.pass_time(7200)
    await press(world, card, "Draft Again")
    fresh = await world.card("The time that was chosen has passed.")
    assert fresh.buttons() == ["Edit", "Cancel"]
    await press(world, fresh, "Edit")
    await submit(world, {"when": None})
    await world.slack.wait_for(lambda: "Send" in fresh.buttons())


async def test_draft_again_pressed_twice_drafts_once(sqlite_world: World) -> None:
    world = sqlite_world
    card = await cancelled_text(world)
    await asyncio.gather(press(world, card, "Draft Again"), press(world, card, "Draft Again"))
    await world.card("Nothing is sent until someone presses Send.")
    assert len(await world.rows()) == 2


async def test_what_nobody_decided_expires_and_can_be_drafted_again(sqlite_world: World) -> None:
    world = sqlite_world
    await world.draft_text()
    world.pass_time(24 * 3600 + 1)
    assert await world.bot.sends.expire(world.bot.now()) == 1  # the chore that runs every few seconds
    world.bot.wake.set()
    card = await world.card("Expired. Nobody decided for 24 hours. Nothing was sent.")
    assert card.buttons() == ["Draft Again"]


async def test_what_never_reached_whatcounts_goes_a_quarter_of_a_minute_after_it_was_tried(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await scheduled_text(world)
    port = int(world.whatcounts.url.rpartition(":")[2])
    await world.whatcounts.stop()
    world.pass_time(5)
    card = await world.card("WhatCounts could not be reached once; nothing was sent yet.")
    assert "Cancel" in card.buttons()
    await world.whatcounts.start(port=port)
    world.pass_time(16)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]


async def test_what_never_reached_whatcounts_and_is_late_was_not_sent(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_text(world)
    await world.whatcounts.stop()
    world.pass_time(5)
    await world.card("WhatCounts could not be reached once")
    world.pass_time(180)
    row = await world.state(State.HELD)
    assert row.held_by == "late"
    assert sends_asked(world) == 0
