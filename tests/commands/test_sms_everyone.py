"""`/sms everyone`: a form alone, which wants the word typed; its answer names no group."""

from __future__ import annotations

import pytest

from bot.sends import Kind, State
from tests.approval.asked import approved_everyone, awaiting_everyone, draft_everyone, everyone_left
from tests.steps import form, press, sends_asked, submit, typed
from tests.world import MAX, World


async def test_it_opens_a_form_and_sends_nothing_by_words_alone(sqlite_world: World) -> None:
    world = sqlite_world
    assert await typed(world, "everyone Spring sale") == ""
    view = form(world)
    assert view.title == "Text EVERYONE"
    assert "This goes to every contact of the sender code, not to a group." in view.read()
    assert view.value("message") == "Spring sale"
    assert "group" not in {one["block_id"] for one in view.to_dict()["blocks"]}
    assert await world.rows() == []


@pytest.mark.parametrize("word", ["weekly", "all", "every one"])
async def test_the_word_has_to_be_typed(sqlite_world: World, word: str) -> None:
    await typed(sqlite_world, "everyone Spring sale")
    view = await submit(sqlite_world, {"everyone": word})
    assert view.errors == {"everyone": "Type EVERYONE. For a group there is /sms campaign."}
    assert await sqlite_world.rows() == []


async def test_an_edit_asks_for_the_word_again(sqlite_world: World) -> None:
    card = await draft_everyone(sqlite_world)
    await press(sqlite_world, card, "Edit")
    view = form(sqlite_world)
    assert (view.title, view.value("everyone"), view.value("message")) == (
        "Edit: to everyone", None, "Spring sale",
    )  # fmt: skip


async def test_an_answer_that_names_a_group_is_an_alarm_in_the_thread(world: World) -> None:
    world.whatcounts.faults.next("add_group", operation="sendMessageToSenderCode")
    card = await approved_everyone(world)
    await everyone_left(world)
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "but its answer names a group (" in note.read()
    assert "it may not have gone to everyone on 2065551212. Look in WhatCounts now." in note.read()


async def test_it_goes_to_every_contact_of_the_sender_code_whatever_their_group(sqlite_world: World) -> None:
    world, realm = sqlite_world, sqlite_world.whatcounts.realm
    await approved_everyone(world)
    await everyone_left(world)
    everyone = realm.audience(realm.senders["2065551212"], None)
    assert len(everyone) > len(realm.audience(realm.senders["2065551212"], realm.groups["weekly"]))
    assert sorted(one.phone for one in world.whatcounts.sent) == sorted(everyone)


async def test_a_new_draft_of_it_is_asked_for_again(sqlite_world: World) -> None:
    world = sqlite_world
    card = await awaiting_everyone(world)
    await press(world, card, "Cancel")
    await world.card("Cancelled by")
    await press(world, card, "Draft Again", MAX)
    again = await world.card("Nothing is sent until someone presses Send.")
    await press(world, again, "Send", MAX)
    row = await world.state(State.AWAITING)
    assert (row.kind, row.asked_by, row.audience) == (Kind.EVERYONE, MAX, None)
    assert sends_asked(world) == 0
