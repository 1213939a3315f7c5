"""What comes in another order than usual: old lists, clocks set back, answers after a person, lost hands."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import update

from bot.delivery import Delivery
from bot.delivery.prepare import look, look_first
from bot.scheduler import Clock
from bot.sends import State
from bot.sends.table import send
from tests.delivery.test_held import change_the_text
from tests.steps import GROUP_DELAY, SALE, press, scheduled_campaign, scheduled_text, sends_asked, typed
from tests.world import MAX, World

NEW_TEXT = "Another sale"
LOOK = 15  # seconds before due


async def test_a_list_that_was_asked_for_earlier_is_not_taken_for_a_newer_one(sqlite_world: World) -> None:
    world = sqlite_world
    stored = world.bot.stored
    world.whatcounts.faults.next("delay_after", operation="messages", seconds=0.3)
    early = asyncio.create_task(stored.list(20))
    await world.whatcounts.wait_for(lambda: world.whatcounts.requests)
    world.pass_time(5)
    change_the_text(world, NEW_TEXT)
    found = await stored.list(20, 2.0)
    assert SALE in [one.text for one in await early]
    assert NEW_TEXT in [one.text for one in found]


async def test_a_list_that_is_asked_for_twice_at_once_is_read_once(sqlite_world: World) -> None:
    stored = sqlite_world.bot.stored
    first, second = await asyncio.gather(stored.list(20, 2.0), stored.list(20, 2.0))
    assert first == second
    assert len(sqlite_world.whatcounts.requests) == 1


async def test_a_clock_set_back_while_the_list_is_read_costs_one_more_reading(sqlite_world: World) -> None:
    world = sqlite_world
    world.whatcounts.faults.next("delay_after", operation="messages", seconds=0.3)
    asked = asyncio.create_task(world.bot.stored.list(5))
    await world.whatcounts.wait_for(lambda: world.whatcounts.requests)
    world.pass_time(-3600)
    assert SALE in [one.text for one in await asked]
    assert len(world.whatcounts.requests) == 2


async def looked(world: World) -> None:
    while (await world.row()).looked_at is None:
        await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile


async def test_a_look_of_before_the_clock_was_set_back_does_not_count_when_its_hour_comes_again(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    world.pass_time(GROUP_DELAY - LOOK + 5)
    await looked(world)
    world.pass_time(-1800)
    await typed(world, "status")
    change_the_text(world, NEW_TEXT)
    world.pass_time(1800)
    await typed(world, "status")
    world.pass_time(LOOK)
    while (await world.row()).state in (State.SCHEDULED, State.SENDING):
        await world.slack.raw(b"", {})
    assert (await world.row()).state is State.HELD
    assert "not the one that was confirmed" in (await world.card("Held: nothing was sent.")).read()
    assert sends_asked(world) == 0


async def test_what_another_process_has_looked_at_is_not_looked_at_again_but_for_a_claim(
    world: World,
) -> None:
    await scheduled_campaign(world)
    world.pass_time(GROUP_DELAY - LOOK + 5)
    await looked(world)
    first = await world.row()
    assert not await look_first(world.bot, first.id, timedelta(0))
    assert (await world.row()).looked_at == first.looked_at
    assert await look(world.bot, first.id)
    again = await world.row()
    assert again.looked_at and first.looked_at and again.looked_at > first.looked_at


async def test_a_freeze_that_is_lifted_before_it_is_due_holds_nothing(world: World) -> None:
    await scheduled_campaign(world)
    await typed(world, "freeze", MAX)
    world.pass_time(GROUP_DELAY - LOOK + 1)
    await looked(world)
    assert (await world.row()).state is State.SCHEDULED
    await typed(world, "unfreeze", MAX)
    world.pass_time(LOOK)
    await world.state(State.SUBMITTED)
    assert sends_asked(world) == 1


async def test_what_is_sent_in_our_name_and_nobody_carries_out_is_in_doubt(sqlite_world: World) -> None:
    """Its outcome could not be written for so long that the writer gave up."""
    world = sqlite_world
    await scheduled_text(world)
    row = await world.row()
    claimed = {"state": State.SENDING, "claimed_by": world.bot.database.me, "claim": "given up"}
    lost = update(send).where(send.c.id == row.id).values(claimed)

    def plant(connection: object) -> None:
        connection.execute(lost)  # type: ignore[attr-defined]

    await world.bot.database.write(plant)
    delivery = Delivery(world.bot, Clock(world.bot.wake, world.bot.pulse))  # its chores come first
    running = asyncio.create_task(delivery.run())
    world.pass_time(0)
    doubted = await world.state(State.MAYBE_SENT)
    card = await world.card("May have been sent")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    await delivery.stop()
    await running
    assert doubted.why == "smsops could not write down what came of it."
    assert card.buttons() == ["It Was Sent", "It Was Not Sent"]
    assert f"{row.id} may have been sent, and smsops will not send it again." in note.read()
    assert sends_asked(world) == 0


async def test_a_late_yes_after_it_was_not_sent_is_told_on_the_card_and_in_its_thread(world: World) -> None:
    """The process was taken for dead while WhatCounts thought; a person looked too early."""
    world.whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=1.5)
    card = await scheduled_text(world)
    world.pass_time(5)
    row = await world.state(State.SENDING)
    assert await world.bot.sends.abandon(world.bot.now(), lambda one: "Look in WhatCounts.", set)
    world.pass_time(0)
    await world.card("May have been sent")
    await press(world, card, "It Was Not Sent")
    await world.card("Not sent.")
    await world.state(State.SUBMITTED)
    await world.card("Submitted")
    notes = await world.slack.wait_for(
        lambda: [one for one in world.slack.replies(card) if "came late" in one.read()]
    )
    assert f"@Olive Park WhatCounts' answer came late: it took {row.id}." in notes[0].read()
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)
