"""What holds a send at the last moment, and how a person lets it go: once, and as it was shown."""

from __future__ import annotations

from bot.sends import State
from sandbox.slack import Message
from tests.steps import (
    GROUP_DELAY,
    SALE,
    draft_campaign,
    press,
    scheduled_campaign,
    scheduled_text,
    sends_asked,
    submit,
    told,
    typed,
)
from tests.world import MAX, OLIVE, World

NEW_TEXT = SALE.replace("20 percent", "50 percent")
CHANGED = "The text in WhatCounts is not the one that was confirmed"


def change_the_text(world: World, text: str = NEW_TEXT) -> None:
    """Somebody rewrites the stored message in WhatCounts."""
    next(one for one in world.whatcounts.realm.messages if one.name == "Spring sale").text = text


async def draft_read_a_moment_ago(world: World) -> Message:
    """A draft whose text was read so long ago that the look reads it anew."""
    world.whatcounts.faults.next("delay_before", operation="messages", seconds=2.1)
    return await draft_campaign(world)


async def held_with_a_diff(world: World) -> Message:
    await world.state(State.HELD)
    card = await world.card("Held: nothing was sent.")
    assert CHANGED in card.read()
    assert SALE in card.read()  # what was confirmed; the thread has the other
    assert card.buttons() == ["Edit", "Cancel"]
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "@Olive Park" in note.read()
    assert f"- {SALE}\n+ {NEW_TEXT}" in note.read()
    assert sends_asked(world) == 0
    return card


async def test_a_text_that_was_changed_after_the_confirmation_is_held_with_the_difference(
    world: World,
) -> None:
    await press(world, await draft_read_a_moment_ago(world), "Send")
    await world.card("Scheduled.")
    change_the_text(world)
    world.pass_time(GROUP_DELAY)
    await held_with_a_diff(world)


async def test_a_text_that_was_changed_before_the_confirmation_is_held_too(sqlite_world: World) -> None:
    """The person confirmed what the card showed, and that is not what would leave."""
    world = sqlite_world
    card = await draft_read_a_moment_ago(world)
    change_the_text(world)
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(GROUP_DELAY)
    await held_with_a_diff(world)


async def test_a_text_that_was_changed_before_it_was_drafted_is_what_is_shown_and_sent(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    change_the_text(world)
    card = await scheduled_campaign(world)
    assert NEW_TEXT in card.read()
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    assert set(world.texts()) == {NEW_TEXT}


async def test_a_changed_text_goes_out_after_edit_and_another_confirmation(world: World) -> None:
    await press(world, await draft_read_a_moment_ago(world), "Send")
    await world.card("Scheduled.")
    change_the_text(world)
    world.pass_time(GROUP_DELAY)
    card = await held_with_a_diff(world)
    await press(world, card, "Edit")
    assert (await submit(world, {})).closed
    card = await world.card(NEW_TEXT)
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    assert set(world.texts()) == {NEW_TEXT}
    assert sends_asked(world) == 1


async def test_a_message_that_was_deleted_in_whatcounts_is_not_sent(sqlite_world: World) -> None:
    world = sqlite_world
    await press(world, await draft_read_a_moment_ago(world), "Send")
    await world.card("Scheduled.")
    world.whatcounts.realm.messages = [m for m in world.whatcounts.realm.messages if m.name != "Spring sale"]
    world.pass_time(GROUP_DELAY)
    await world.state(State.HELD)
    assert "There is no message “Spring sale” in WhatCounts." in (await world.card("Held:")).read()
    assert sends_asked(world) == 0


async def test_what_is_ten_minutes_late_is_held_and_send_now_sends_it_once(world: World) -> None:
    await scheduled_text(world)
    world.pass_time(605)
    await world.state(State.HELD)
    card = await world.card("Held: nothing was sent. It was due 10 minutes ago")
    assert card.buttons() == ["Send Now", "Move", "Cancel"]
    assert sends_asked(world) == 0
    stale = card.was(len(card.history) - 1)
    await press(world, card, "Send Now")
    await world.card("Scheduled.")
    await press(world, stale, "Send Now")
    await told(world, OLIVE, "Your press changed nothing.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    await world.card("Submitted")
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


async def test_what_is_two_minutes_late_still_goes(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_text(world)
    world.pass_time(5 + 110)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]


async def test_a_freeze_between_look_and_claim_stops_it(world: World) -> None:
    await scheduled_text(world)
    while (await world.row()).looked_at is None:
        await world.slack.raw(b"", {})
    await typed(world, "freeze wrong price")
    world.pass_time(5)
    await world.state(State.HELD)
    assert "Sends were frozen when it was due: wrong price." in (await world.card("Held:")).read()
    assert sends_asked(world) == 0


async def test_what_fell_due_in_a_freeze_does_not_leave_when_it_is_lifted(world: World) -> None:
    await scheduled_text(world)
    await typed(world, "freeze")
    world.pass_time(5)
    await world.state(State.HELD)
    card = await world.card("Held:")
    await press(world, card, "Send Now")
    await told(world, OLIVE, "Sends are still frozen, so nothing was done.")
    await typed(world, "unfreeze", MAX)
    for seconds in (5, 30, 60):
        world.pass_time(seconds)
        await world.draft_text("another")  # the loop has gone round
    assert (await world.rows())[0].state is State.HELD
    assert sends_asked(world) == 0
    await press(world, card, "Send Now")
    await world.slack.wait_for(lambda: "Scheduled." in card.read())
    world.pass_time(5)
    await world.slack.wait_for(lambda: "Submitted" in card.read())
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


async def test_what_is_due_after_the_freeze_leaves_at_its_time(world: World) -> None:
    await scheduled_campaign(world)
    await typed(world, "freeze")
    await typed(world, "unfreeze", MAX)
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    assert sends_asked(world) == 1


async def test_the_card_of_what_is_scheduled_says_that_sends_are_frozen_and_then_not_any_more(
    world: World,
) -> None:
    card = await scheduled_campaign(world)
    await typed(world, "freeze")
    await world.slack.wait_for(lambda: "Sends are frozen" in card.read())
    await typed(world, "unfreeze", MAX)
    await world.slack.wait_for(lambda: "Sends are frozen" not in card.read())
    assert (await world.row()).state is State.SCHEDULED
