"""`/sms campaign`: the stored text at the draft and at the look, and what WhatCounts says to the send."""

from __future__ import annotations

import pytest

from bot.sends import State
from tests.steps import GROUP_DELAY, draft_campaign, press, scheduled_campaign, sends_asked, submit, typed
from tests.world import OLIVE, World

FREE = "Tidewater Coffee: Everything is free! Reply STOP to end"


async def test_a_text_that_was_changed_after_the_confirm_is_held_with_what_changed(world: World) -> None:
    card = await scheduled_campaign(world)
    world.whatcounts.realm.message("Spring sale").text = "Tidewater Coffee: Everything is free!"
    world.pass_time(GROUP_DELAY)
    row = await world.state(State.HELD)
    card = await world.card("Held: nothing was sent.")
    assert row.held_by == "content"
    assert "The text in WhatCounts is not the one that was confirmed any more." in card.read()
    assert card.buttons() == ["Edit", "Cancel"]
    note = (await world.slack.wait_for(lambda: world.slack.replies(card)))[0].read()
    assert "@Olive Park" in note
    assert "- Tidewater Coffee: Spring sale!" in note
    assert "+ Tidewater Coffee: Everything is free!" in note
    assert sends_asked(world) == 0


async def test_a_held_campaign_is_edited_and_goes_with_the_new_text(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    world.whatcounts.realm.message("Spring sale").text = FREE
    world.pass_time(GROUP_DELAY)
    await press(world, await world.card("Held: nothing was sent."), "Edit")
    await submit(world, {})
    world.pass_time(3)  # the stored messages are read anew
    card = await world.card("Nothing is sent until someone presses Send.")
    assert "Everything is free!" in card.read()
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    assert set(world.texts()) == {FREE}


async def test_a_message_that_was_deleted_after_the_confirm_is_held(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    world.whatcounts.realm.messages.remove(world.whatcounts.realm.message("Spring sale"))
    world.pass_time(GROUP_DELAY)
    card = await world.card("Held: nothing was sent.")
    assert "There is no message “Spring sale” in WhatCounts." in card.read()
    assert sends_asked(world) == 0


async def test_two_messages_of_one_name_cannot_be_sent(sqlite_world: World) -> None:
    sqlite_world.whatcounts.realm.add_message("Spring sale", "Another text")
    await typed(sqlite_world, "campaign Spring sale")
    await submit(sqlite_world, {"group": "weekly"})
    card = await sqlite_world.card("cannot be sent yet")
    assert "WhatCounts has 2 messages of the name “Spring sale”" in card.read()
    assert "Send" not in card.buttons()


async def test_an_empty_stored_text_cannot_be_sent(sqlite_world: World) -> None:
    sqlite_world.whatcounts.realm.add_message("Blank", "  ")
    await typed(sqlite_world, "campaign Blank")
    await submit(sqlite_world, {"group": "weekly"})
    card = await sqlite_world.card("The stored text is empty.")
    assert card.buttons() == ["Edit", "Cancel"]


async def test_what_makes_a_text_dearer_is_named(sqlite_world: World) -> None:
    card = await draft_campaign(sqlite_world, "Flash sale")
    assert "1 part, UCS-2 because of “☕”" in card.read()


async def test_whatcounts_that_is_down_at_the_draft_is_asked_again_by_itself(sqlite_world: World) -> None:
    world = sqlite_world
    world.whatcounts.faults.always("error_503", operation="messages")
    await typed(world, "campaign Spring sale")
    await submit(world, {"group": "weekly"})
    card = await world.card("It is tried again by itself. Nothing was sent.")
    assert card.buttons() == ["Edit", "Cancel"]
    world.whatcounts.faults.clear()
    world.pass_time(15)
    card = await world.card("Nothing is sent until someone presses Send.")
    assert card.buttons() == ["Send", "Edit", "Cancel"]


async def test_a_wrong_password_is_told_on_the_card_and_not_tried_again(sqlite_world: World) -> None:
    sqlite_world.whatcounts.realm.password = "another"
    await typed(sqlite_world, "campaign Spring sale")
    await submit(sqlite_world, {"group": "weekly"})
    card = await sqlite_world.card("WhatCounts refused the login")
    assert "It is tried again by itself" not in card.read()
    assert (await sqlite_world.row()).prepare_at is None


async def test_whatcounts_that_is_down_at_the_look_holds_it_once_it_is_late(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    world.whatcounts.faults.always("error_503", operation="messages")
    world.pass_time(GROUP_DELAY + 180)
    row = await world.state(State.HELD)
    card = await world.card("Held: nothing was sent.")
    assert row.held_by == "unreachable"
    assert "It could not be checked: WhatCounts answered" in card.read()
    assert card.buttons() == ["Send Now", "Move", "Cancel"]


async def test_a_refusal_is_told_in_words_and_nothing_was_sent(world: World) -> None:
    await scheduled_campaign(world)
    world.whatcounts.faults.next("error_500_known", operation="sendMessageToSenderCode")
    world.pass_time(GROUP_DELAY)
    await world.state(State.REFUSED)
    card = await world.card("Not sent.")
    assert "it may have been renamed or deleted" in card.read()
    assert card.buttons() == ["Draft Again"]
    assert world.texts() == []


async def test_a_lost_answer_is_in_doubt_and_says_where_to_look(world: World) -> None:
    await scheduled_campaign(world, name="Spring")
    world.whatcounts.faults.next("close_after", operation="sendMessageToSenderCode")
    world.pass_time(GROUP_DELAY)
    row = await world.state(State.MAYBE_SENT)
    card = await world.card("May have been sent: nobody knows.")
    assert card.buttons() == ["It Was Sent", "It Was Not Sent"]
    note = (await world.slack.wait_for(lambda: world.slack.replies(card)))[0].read()
    assert "@Olive Park" in note
    assert f"Look in WhatCounts for a campaign whose name ends in {row.id}." in note
    world.pass_time(3600)
    await world.slack.command(OLIVE, "status")
    assert sends_asked(world) == 1


async def test_an_answer_that_names_no_group_is_an_alarm_in_the_thread(world: World) -> None:
    await scheduled_campaign(world)
    world.whatcounts.faults.next("drop_group", operation="sendMessageToSenderCode")
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    card = await world.card("Submitted")
    note = (await world.slack.wait_for(lambda: world.slack.replies(card)))[0].read()
    assert (
        "its answer names no group: it may have gone to EVERYONE on 2065551212. Look in WhatCounts now."
        in note
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [("a\x00b", "NUL character"), ("Sale ends \u202e05\u202c% off", "U+202E"), ("a\x07b", "U+0007")],
)
async def test_a_stored_text_that_reads_otherwise_than_it_looks_cannot_be_sent(
    world: World, text: str, names: str
) -> None:
    next(one for one in world.whatcounts.realm.messages if one.name == "Spring sale").text = text
    await typed(world, "campaign Spring sale")
    await submit(world, {"group": "weekly"})
    card = await world.card("cannot be sent yet")
    assert names in card.read()
    assert card.buttons() == ["Edit", "Cancel"]


async def test_a_stored_text_may_have_tabs_and_lines(sqlite_world: World) -> None:
    message = next(one for one in sqlite_world.whatcounts.realm.messages if one.name == "Spring sale")
    message.text = "One\ttwo\r\nthree"
    assert "Send" in (await draft_campaign(sqlite_world)).buttons()


@pytest.mark.parametrize("description", ["a\tb", "a\u202eb", "a\x07b"])
async def test_a_description_that_would_be_refused_at_its_hour_is_refused_in_the_form(
    sqlite_world: World, description: str
) -> None:
    await typed(sqlite_world, "campaign Spring sale")
    view = await submit(sqlite_world, {"group": "weekly", "description": description})
    assert "The description has a control character in it" in view.errors["description"]
    assert await sqlite_world.rows() == []
