"""Presses that come twice, too late, or on an old or second picture of the card; Edit and Move."""

from __future__ import annotations

import asyncio

import pytest

from bot.sends import State
from tests.steps import (
    cancelled_text,
    form,
    held_text,
    press,
    scheduled_campaign,
    scheduled_text,
    sends_asked,
    submit,
    submitted_text,
    told,
)
from tests.world import MAX, OLIVE, OTTO, SMS, World


async def test_confirming_twice_sends_once(world: World) -> None:
    card = await world.draft_text()
    await asyncio.gather(press(world, card, "Send"), press(world, card, "Send", MAX))
    row = await world.state(State.SCHEDULED)
    loser = MAX if row.confirmed_by == OLIVE else OLIVE
    await told(world, loser, f"{row.id} is scheduled. Your press changed nothing.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    world.pass_time(60)
    assert [one.what for one in await world.timeline()].count("confirmed") == 1
    assert sends_asked(world) == 1


async def test_confirming_again_on_a_late_screen_sends_nothing_more(sqlite_world: World) -> None:
    world = sqlite_world
    card = await submitted_text(world)
    row = await world.row()
    await press(world, card.was(0), "Send")
    await told(world, OLIVE, f"{row.id} was submitted to WhatCounts, and cannot be called back.")
    assert sends_asked(world) == 1


@pytest.mark.parametrize("button", ["Cancel", "Move", "Edit"])
async def test_a_press_after_the_text_has_left_says_what_happened(sqlite_world: World, button: str) -> None:
    world = sqlite_world
    await scheduled_text(world)
    card = await world.card("Scheduled.")
    late = card.was(len(card.history) - 1)
    world.pass_time(5)
    row = await world.state(State.SUBMITTED)
    await press(world, late, button, OLIVE)
    await told(
        world, OLIVE,
        f"{row.id} was submitted to WhatCounts, and cannot be called back. Your press changed nothing.",
    )  # fmt: skip
    assert (await world.row()).revision == row.revision


async def test_a_cancel_while_it_is_being_sent_says_that_it_cannot_be_called_back(world: World) -> None:
    world.whatcounts.faults.next("delay_before", operation="smssendmessagetophone", seconds=0.5)
    card = await scheduled_text(world)
    late = card.was(len(card.history) - 1)
    world.pass_time(5)
    row = await world.state(State.SENDING)
    await press(world, late, "Cancel", OTTO)
    await told(world, OTTO, f"{row.id} is being sent right now, and cannot be called back.")
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]


async def test_cancelling_twice_says_that_it_was_cancelled(sqlite_world: World) -> None:
    card = await cancelled_text(sqlite_world)
    await press(sqlite_world, card.was(0), "Cancel", OTTO)
    row = await sqlite_world.row()
    await told(sqlite_world, OTTO, f"{row.id} was cancelled; nothing was sent. Your press changed nothing.")


async def test_a_confirm_and_a_cancel_at_once_end_in_one_of_the_two(world: World) -> None:
    card = await world.draft_text()
    await asyncio.gather(press(world, card, "Send"), press(world, card, "Cancel", OTTO))
    await world.state(State.CANCELLED)  # a cancel is obeyed before and after the confirm
    world.pass_time(10)
    await world.card("Cancelled by")
    assert sends_asked(world) == 0


async def test_a_press_on_an_older_picture_is_not_obeyed(world: World) -> None:
    card = await world.draft_text("Hello")
    old = card.was(len(card.history) - 1)
    await press(world, card, "Edit")
    await submit(world, {"text": "Goodbye"})
    await world.slack.wait_for(lambda: "Goodbye" in card.read() and "Send" in card.buttons())
    await press(world, old, "Send")
    await told(world, OLIVE, "has changed since you read it. Read it again, then press. Nothing was done.")
    assert (await world.row()).state is State.DRAFT
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Goodbye"]


async def test_a_cancel_on_an_older_picture_is_obeyed(sqlite_world: World) -> None:
    world = sqlite_world
    card = await world.draft_text("Hello")
    old = card.was(len(card.history) - 1)
    await press(world, card, "Edit")
    await submit(world, {"text": "Goodbye"})
    await world.card("Goodbye")
    await press(world, old, "Cancel")
    await world.state(State.CANCELLED)


async def test_a_press_on_a_copy_is_not_obeyed_and_the_copy_goes(world: World) -> None:
    card = await scheduled_text(world)
    copy = world.slack.workspace.post(SMS, text=card.text, blocks=card.blocks)
    row = await world.row()
    await press(world, copy, "Cancel")
    await told(world, OLIVE, f"That was a copy of the card of {row.id}, now removed.")
    await world.slack.wait_for(lambda: copy.deleted)
    assert (await world.row()).state is State.SCHEDULED
    assert not card.deleted


async def test_a_card_whose_answer_was_lost_is_taken_as_the_card_when_pressed(world: World) -> None:
    world.slack.faults.lose_answer("chat.postMessage")
    card = await world.draft_text()
    await press(world, card, "Send")
    row = await world.state(State.SCHEDULED)
    assert row.card_ts == card.ts
    await world.card("Scheduled.")
    assert len(world.slack.messages(SMS)) == 1


async def test_a_card_that_somebody_deleted_is_posted_anew(sqlite_world: World) -> None:
    world = sqlite_world
    card = await scheduled_text(world)
    world.slack.workspace.delete(card)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    fresh = await world.card("Submitted")
    assert fresh.ts != card.ts


async def test_an_edit_in_the_delay_makes_it_a_draft_again(world: World) -> None:
    card = await scheduled_text(world, "Hello")
    await press(world, card, "Edit")
    assert form(world).title == "Edit the text"
    assert form(world).value("text") == "Hello"
    assert form(world).value("phone") == "12065550100"
    await submit(world, {"text": "Goodbye", "phone": "2065550101"})
    world.pass_time(60)
    await world.slack.wait_for(lambda: "Goodbye" in card.read() and "Send" in card.buttons())
    row = await world.row()
    assert (row.state, row.confirmed_by, row.due_at) == (State.DRAFT, None, None)
    assert sends_asked(world) == 0
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert [(one.phone, one.text) for one in world.whatcounts.sent] == [("12065550101", "Goodbye")]


async def test_of_two_who_edit_at_once_the_second_is_told_and_loses_no_words(sqlite_world: World) -> None:
    world = sqlite_world
    card = await world.draft_text("Hello")
    await press(world, card, "Edit", OLIVE)
    await press(world, card, "Edit", MAX)
    await submit(world, {"text": "By Olive"}, OLIVE)
    mine = form(world, MAX)
    await submit(world, {"text": "By Max"}, MAX)
    assert "changed since you opened this" in form(world, MAX).read()
    assert mine.value("text") == "By Max"
    assert (await world.row()).text == "By Olive"


async def test_an_edit_that_comes_after_the_text_has_left_says_so(sqlite_world: World) -> None:
    world = sqlite_world
    card = await scheduled_text(world)
    await press(world, card, "Edit")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    await submit(world, {"text": "Too late"})
    assert "was submitted to WhatCounts, and cannot be called back." in form(world).read()
    assert world.texts() == ["Hello"]
    assert (await world.row()).text == "Hello"


async def test_a_move_gives_another_time(world: World) -> None:
    card = await scheduled_campaign(world)
    await press(world, card, "Move")
    at = int(world.time.now().timestamp()) + 3600
    assert (await submit(world, {"when": at})).closed
    row = await world.state(State.SCHEDULED)
    assert row.due_at is not None
    assert int(row.due_at.timestamp()) == at
    world.pass_time(3500)
    assert (await world.row()).state is State.SCHEDULED
    world.pass_time(100)
    await world.state(State.SUBMITTED)
    assert sends_asked(world) == 1


async def test_a_held_send_is_moved_and_goes_at_its_new_time(sqlite_world: World) -> None:
    world = sqlite_world
    card = await held_text(world)
    await press(world, card, "Move")
    await submit(world, {"when": int(world.time.now().timestamp()) + 600})
    await world.card("Scheduled.")
    world.pass_time(600)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]


async def test_a_move_into_the_past_is_refused_under_its_field(sqlite_world: World) -> None:
    await press(sqlite_world, await scheduled_text(sqlite_world), "Move")
    view = await submit(sqlite_world, {"when": int(sqlite_world.time.now().timestamp()) - 60})
    assert view.errors == {"when": "This time is past. Choose a later one."}


async def test_a_move_after_somebody_else_moved_it_is_told(sqlite_world: World) -> None:
    world = sqlite_world
    card = await scheduled_campaign(world)
    now = int(world.time.now().timestamp())
    await press(world, card, "Move", OLIVE)
    await press(world, card, "Move", MAX)
    await submit(world, {"when": now + 3600}, OLIVE)
    await submit(world, {"when": now + 7200}, MAX)
    assert "changed since you opened this" in form(world, MAX).read()
    row = await world.row()
    assert row.due_at is not None
    assert int(row.due_at.timestamp()) == now + 3600
