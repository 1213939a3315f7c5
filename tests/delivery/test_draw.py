"""The card follows its row whatever happens to Slack, and stands once, where its people read it."""

from __future__ import annotations

import pytest

from bot.sends import State
from sandbox.slack import Message, dm
from tests.steps import (
    GROUP_DELAY,
    READY,
    press,
    scheduled_campaign,
    scheduled_text,
    sends_asked,
    submit,
    typed,
)
from tests.world import MAX, OLIVE, SMS, World

HOME = dm(OLIVE)
INVITE = ("smsops may not post", "Type /invite @smsops there to mend that.")
SHARED = ("Cards are not shown", "people of another company read there")
ELSEWHERE = {"C0RANDOM": ("#random", INVITE), "C0SHARED": ("#partners", SHARED)}


def cards(world: World, channel: str = SMS) -> list[Message]:
    """What stands in the channel itself, not in threads."""
    return [one for one in world.slack.messages(channel) if one.thread_ts in (None, one.ts)]


async def test_a_card_that_slack_could_not_take_is_right_as_soon_as_slack_is_back(world: World) -> None:
    card = await scheduled_text(world)
    world.slack.faults.down = True
    world.pass_time(5)
    await world.whatcounts.wait_for(world.texts)
    assert (await world.state(State.SUBMITTED)).why is None
    assert "Scheduled." in card.read()
    world.slack.faults.down = False
    await world.slack.wait_for(lambda: "Submitted" in card.read(), timeout=10)
    assert cards(world) == [card]
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


@pytest.mark.parametrize("down", [True, "closed"])
async def test_a_card_that_was_never_posted_is_posted_once(sqlite_world: World, down: bool) -> None:
    world = sqlite_world
    await typed(world, "help")  # Slack has said who Olive is
    world.slack.faults.down = down
    assert await typed(world, "send 2065550100 Hello") == ""
    row = await world.row()
    assert row.card_ts is None
    world.slack.faults.down = False
    card = await world.slack.wait_for(lambda: world._card(READY, SMS), timeout=10)
    assert cards(world) == [card]


async def test_a_lost_answer_to_an_edit_changes_nothing_for_the_reader(sqlite_world: World) -> None:
    world = sqlite_world
    card = await world.draft_text()
    world.slack.faults.lose_answer("chat.update")
    await press(world, card, "Send")
    await world.slack.wait_for(lambda: "Scheduled." in card.read())
    world.pass_time(5)
    await world.slack.wait_for(lambda: "Submitted" in card.read(), timeout=10)
    assert cards(world) == [card]


async def test_a_card_does_not_say_frozen_after_a_freeze_of_which_its_edit_was_never_recorded(
    world: World,
) -> None:
    card = await scheduled_campaign(world)
    world.slack.faults.lose_answer("chat.update")
    await typed(world, "freeze")
    await world.slack.wait_for(lambda: "frozen" in card.read())
    await typed(world, "unfreeze", MAX)
    read = await world.slack.wait_for(lambda: "frozen" not in card.read() and card.read(), timeout=10)
    assert "Scheduled." in read


@pytest.mark.parametrize("channel", ELSEWHERE)
async def test_the_card_of_a_text_goes_to_the_dm_where_it_may_not_stand_in_the_channel(
    world: World, channel: str
) -> None:
    name, reason = ELSEWHERE[channel]
    await typed(world, "send 2065550100 Hello", channel=channel)
    card = await world.card(READY, HOME)
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert all(words in note.read() for words in (name, *reason))
    assert "The card came here instead." in note.read()
    assert cards(world, channel) == []
    await press(world, card, "Send")
    await world.card("Scheduled.", HOME)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert (await world.card("Submitted", HOME)).ts == card.ts
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


@pytest.mark.parametrize("channel", ELSEWHERE)
async def test_a_campaign_is_cancelled_where_its_card_may_not_stand_in_the_channel(
    world: World, channel: str
) -> None:
    _, reason = ELSEWHERE[channel]
    await typed(world, "campaign Spring sale", channel=channel)
    assert (await submit(world, {"group": "weekly"})).closed
    row = await world.state(State.CANCELLED)
    card = await world.card("Cancelled. Nothing was sent.", HOME)
    assert all(words in card.read() for words in reason)
    assert card.buttons() == ["Draft Again"]
    assert cards(world, channel) == []
    world.pass_time(GROUP_DELAY)
    assert (await world.row()).revision == row.revision
    assert sends_asked(world) == 0


async def test_a_card_that_can_stand_nowhere_is_not_tried_for_ever(sqlite_world: World) -> None:
    world = sqlite_world
    world.slack.faults.refuse("chat.postMessage", "channel_not_found", times=None)
    await typed(world, "send 2065550100 Hello", channel="C0RANDOM")
    while not (await world.row()).card_lost:
        world.pass_time(0)
        await world.slack.raw(b"", {})
    asked = len(world.slack.called("chat.postMessage"))
    world.slack.faults.clear()
    world.pass_time(60)
    await typed(world, "show " + (await world.row()).id, channel="C0RANDOM")
    assert len(world.slack.called("chat.postMessage")) == asked == 2


async def test_a_deleted_card_comes_again_with_the_next_change(world: World) -> None:
    card = await scheduled_text(world)
    world.slack.workspace.delete(card)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    again = await world.card("Submitted")
    assert again.ts != card.ts
    assert cards(world) == [again]
    assert sends_asked(world) == 1


async def test_a_note_for_a_deleted_card_comes_under_the_new_one(world: World) -> None:
    card = await scheduled_campaign(world)
    world.slack.workspace.delete(card)
    world.pass_time(GROUP_DELAY + 300)
    await world.state(State.HELD)
    again = await world.card("Held: nothing was sent.")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(again), timeout=10)
    assert "is held: nothing was sent." in note.read()


async def test_a_note_that_slack_did_not_take_comes_later_and_once(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_text(world)
    world.slack.faults.refuse("chat.postMessage", "internal_error")
    card = await held_text_of(world)
    await world.slack.wait_for(lambda: world.slack.called("chat.postMessage")[-1].error)
    world.pass_time(31)
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card), timeout=10)
    assert "is held: nothing was sent." in note.read()


async def held_text_of(world: World) -> Message:
    """The text that is scheduled, held because it is late."""
    world.pass_time(300)
    await world.state(State.HELD)
    return await world.card("Held: nothing was sent.")


async def test_what_changes_while_it_is_drawn_is_drawn_again(sqlite_world: World) -> None:
    world = sqlite_world
    card = await world.draft_text()
    hold = world.slack.faults.hold("chat.update")
    await press(world, card, "Send")
    await hold.reached.wait()
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    hold.release()
    await world.slack.wait_for(lambda: "Submitted" in card.read())
    while (row := await world.row()).card_revision < row.revision:  # recorded just after Slack took it
        await world.slack.raw(b"", {})
