"""`/sms stop <phone>`: asked once, privately, then done: on one sender code or on every one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sends import Ask, Content, Kind, State
from sandbox.slack import dm
from tests.delivery.stops import (
    AVA,
    BEN,
    DONE,
    MAIN,
    SHORT,
    ask_to_stop,
    is_stopped,
    round_trip,
    stop_that_fails,
    stops_asked,
)
from tests.steps import everything_shown, form, press, submit, told, typed
from tests.world import ANA, MAX, OLIVE, SMS, World

CANNOT_BE_UNDONE = "Nothing in its API takes that back"


async def test_a_stop_goes_the_whole_way(world: World) -> None:
    assert await typed(world, "stop 206 555 0100") == ""
    view = form(world)
    assert view.title == "Stop texting"
    assert CANNOT_BE_UNDONE in view.read()
    assert (view.value("phone"), view.value("sender")) == ("206 555 0100", "*")
    assert stops_asked(world) == []
    assert await world.rows() == []
    assert (await submit(world, {"sender": MAIN})).closed
    card = await world.card(DONE)
    assert "Stop texting •••••••0100" in card.read()
    assert "WhatCounts keeps the opt-out, and nothing in its API takes it back." in card.read()
    assert "2065551212 (Main line): stopped" in card.read()
    assert card.buttons() == []
    assert (is_stopped(world), is_stopped(world, sender=SHORT)) == (True, False)
    assert stops_asked(world) == [(AVA, MAIN)]
    row = await world.row()
    assert (row.kind, row.state, row.asked_by, row.card_ts) == (Kind.STOP, State.SUBMITTED, OLIVE, card.ts)
    await round_trip(world)
    assert world.slack.messages(SMS) == [card]  # nothing in its thread either
    facts = await world.timeline()
    assert [one.what for one in facts] == ["asked to stop", "sending", "submitted"]
    assert [one.who for one in facts] == [OLIVE, "smsops", "smsops"]


async def test_on_every_sender_code_each_is_asked_once(world: World) -> None:
    await ask_to_stop(world, sender="*")
    card = await world.card(DONE)
    assert "2065551212 (Main line): stopped\n12345 (Short code): stopped" in card.read()
    assert stops_asked(world) == [(AVA, MAIN), (AVA, SHORT)]
    assert is_stopped(world)
    assert is_stopped(world, sender=SHORT)
    row = await world.row()
    assert [(leg.sender, leg.came, leg.tries) for leg in row.legs] == [(MAIN, "done", 1), (SHORT, "done", 1)]


async def test_nobody_else_sees_the_question_nor_the_whole_number(sqlite_world: World) -> None:
    await typed(sqlite_world, "stop 206 555 0100")
    assert sqlite_world.slack.messages(SMS) == []
    assert sqlite_world.slack.view(MAX) is None
    await submit(sqlite_world, {})
    await sqlite_world.card(DONE)
    assert "555 0100" not in everything_shown(sqlite_world)


async def test_without_a_number_the_form_asks_for_it(sqlite_world: World) -> None:
    world = sqlite_world
    assert await typed(world, "stop") == ""
    assert form(world).value("phone") is None
    assert (await submit(world, {"phone": "(206) 555-0101", "sender": MAIN})).closed
    await world.card(DONE)
    assert stops_asked(world) == [(BEN, MAIN)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("stop 206555", "not a US or Canadian phone number"),
        ("stop Ava", "not a phone number"),
        ("stop +44 20 7946 0958", "Only US and Canadian"),
        ("stop 206 555 0100 206 555 0101", "not a phone number"),
    ],
)
async def test_what_is_no_number_is_refused(sqlite_world: World, words: str, said: str) -> None:
    read = await typed(sqlite_world, words)
    assert said in read
    assert "Nothing was stopped." in read
    assert "Usage: /sms stop <phone>" in read
    assert f"You typed:\n/sms {words}" in read
    assert sqlite_world.slack.view(OLIVE) is None


async def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "stop")
    view = form(world)
    gone = {"text": {"type": "plain_text", "text": "Old line"}, "value": "99999"}
    view.values["sender"]["sender"]["selected_option"] = gone  # as from a form of before it was removed
    view = await submit(world, {"phone": "206 555"})
    assert not view.closed
    assert "Give ten digits" in view.errors["phone"]
    assert view.errors["sender"] == "Choose a registered sender code."
    assert view.value("phone") == "206 555"
    assert await world.rows() == []


async def test_with_one_sender_code_there_is_no_every(bare_world: World) -> None:
    world = bare_world
    await round_trip(world)  # it has seeded the registry
    assert await world.bot.register.remove(MAX, world.bot.now(), None, "sender", SHORT)
    await typed(world, "stop 2065550100", MAX)
    assert form(world, MAX).value("sender") == MAIN
    assert "Every sender code" not in form(world, MAX).read()


async def test_a_phone_that_is_stopped_already_is_stopped_again_without_harm(sqlite_world: World) -> None:
    world = sqlite_world
    await ask_to_stop(world)
    await world.card(DONE)
    await ask_to_stop(world)
    await world.slack.wait_for(lambda: len(world.slack.messages(SMS)) == 2)
    await world.slack.wait_for(lambda: all(DONE in one.read() for one in world.slack.messages(SMS)))
    assert [row.state for row in await world.rows()] == [State.SUBMITTED] * 2


async def test_who_is_no_operator_is_refused(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "stop 2065550100", ANA)
    assert "You may not use /sms stop, so nothing was done." in read
    assert sqlite_world.slack.view(ANA) is None


async def test_the_same_submit_again_stops_once(world: World) -> None:
    await typed(world, "stop 2065550100")
    await submit(world, {"sender": MAIN})
    assert "This was answered already" in (await world.slack.replay()).text
    await world.card(DONE)
    assert len(await world.rows()) == 1
    assert stops_asked(world) == [(AVA, MAIN)]


async def test_in_a_direct_message_the_card_stands_there(sqlite_world: World) -> None:
    await ask_to_stop(sqlite_world, channel=dm(OLIVE))
    await sqlite_world.card(DONE, dm(OLIVE))
    assert sqlite_world.slack.messages(SMS) == []


@pytest.mark.parametrize("channel", ["C0RANDOM", "C0SHARED"])
async def test_where_no_card_may_stand_it_is_done_and_the_card_comes_to_the_asker(
    world: World, channel: str
) -> None:
    await ask_to_stop(world, channel=channel)
    card = await world.card(DONE, dm(OLIVE))
    assert world.slack.messages(channel) == []
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "The card came here instead." in note.read()
    assert is_stopped(world)


async def test_outside_the_channels_of_the_settings_it_works_and_the_card_comes_to_the_asker(
    channels_world: World,
) -> None:
    world = channels_world
    await ask_to_stop(world, channel="C0RANDOM")
    await world.card(DONE, dm(OLIVE))
    assert world.slack.messages("C0RANDOM") == []
    assert is_stopped(world)


async def test_once_whatcounts_was_asked_it_is_not_cancelled_any_more(world: World) -> None:
    """It may be done there, and a phone that is stopped there would look like one that may be texted."""
    card = await stop_that_fails(world)
    assert card.buttons() == ["It Was Stopped"]
    assert await world.bot.sends.cancel(Ask(OLIVE, world.bot.now()), (await world.row()).id) is None
    world.whatcounts.faults.clear()
    world.pass_time(16)
    await world.card(DONE)


async def test_before_whatcounts_is_asked_a_cancel_lifts_our_own_brake(world: World) -> None:
    content = Content(Kind.STOP, phone=AVA, senders=(MAIN,))
    later = Ask(OLIVE, world.bot.now() + timedelta(hours=1))  # so that nobody has asked for it yet
    (send_id,) = await world.bot.sends.stop(later, [content], SMS)
    world.bot.wake.set()
    card = await world.card("Stopping.")
    assert card.buttons() == ["Cancel"]
    await press(world, card, "Cancel")
    await world.card("Cancelled by @Olive Park")
    await world.draft_text()  # it may be texted
    assert stops_asked(world) == []
    assert not is_stopped(world)
    stop = await world.bot.sends.get(send_id)
    assert stop
    assert stop.state is State.CANCELLED


async def test_it_was_stopped_settles_it(world: World) -> None:
    card = await stop_that_fails(world)
    await press(world, card, "It Was Stopped", MAX)
    card = await world.card("Stopped, says @Max Weber, who looked in WhatCounts.")
    assert "2065551212 (Main line): stopped" in card.read()
    assert card.buttons() == []
    asked = len(stops_asked(world))
    world.pass_time(3600)
    await typed(world, "send 2065550100 Hello")
    await world.card("Somebody stopped this phone on 2065551212")  # our own brake stays
    assert len(stops_asked(world)) == asked
    assert (await world.timeline())[-1].what == "drafted"


async def test_it_was_stopped_is_for_operators(sqlite_world: World) -> None:
    card = await stop_that_fails(sqlite_world)
    await press(sqlite_world, card, "It Was Stopped", ANA)
    await told(sqlite_world, ANA, "You may not press It Was Stopped")
    assert (await sqlite_world.row()).state is State.SCHEDULED
