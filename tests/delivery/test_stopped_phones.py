"""A phone that somebody stopped is not texted by that sender code any more, from the decision on."""

from __future__ import annotations

from bot.sends import State
from sandbox.slack import Message
from tests.delivery.stops import DONE, MAIN, SHORT, ask_to_stop, round_trip, stop_that_fails
from tests.steps import form, press, scheduled_text, sends_asked, submit, typed
from tests.world import World

STOPPED = "Somebody stopped this phone on 2065551212"


def texts_asked(world: World) -> int:
    """How many requests for a text WhatCounts got."""
    return sum(one.operation == "smssendmessagetophone" for one in world.whatcounts.requests)


async def text_by_form(world: World, sender: str) -> None:
    await typed(world, "send")
    view = await submit(world, {"phone": "2065550100", "text": "Hello", "sender": sender})
    assert view.closed, view.errors


async def stopped(world: World, sender: str = MAIN) -> Message:
    await ask_to_stop(world, sender=sender)
    return await world.card(DONE)


async def test_a_draft_to_it_says_so_and_has_no_send(world: World) -> None:
    await stopped(world)
    stop = await world.row()
    await typed(world, "send 2065550100 Hello")
    card = await world.card(f"{STOPPED} ({stop.id}), so it is neither texted nor subscribed there.")
    assert card.buttons() == ["Edit", "Cancel"]
    assert texts_asked(world) == 0


async def test_another_sender_code_still_texts_it(world: World) -> None:
    await stopped(world)
    await text_by_form(world, SHORT)
    await press(world, await world.card("Nothing is sent until someone presses Send."), "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert [(one.sender, one.text) for one in world.whatcounts.sent] == [(SHORT, "Hello")]


async def test_stopped_on_every_sender_code_none_texts_it(sqlite_world: World) -> None:
    world = sqlite_world
    await stopped(world, "*")
    await text_by_form(world, SHORT)
    await world.card("Somebody stopped this phone on 12345")


async def test_another_phone_is_texted_as_before(sqlite_world: World) -> None:
    world = sqlite_world
    await stopped(world)
    await press(world, await world.draft_text("Hello", "2065550101"), "Send")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]


async def test_a_draft_is_moved_to_another_sender_code_by_edit(sqlite_world: World) -> None:
    world = sqlite_world
    await stopped(world)
    await typed(world, "send 2065550100 Hello")
    await press(world, await world.card(STOPPED), "Edit")
    await submit(world, {"sender": SHORT})
    await world.card("Nothing is sent until someone presses Send.")


async def test_what_was_confirmed_before_the_stop_is_held(world: World) -> None:
    """The look comes after the stop."""
    at = int(world.time.now().timestamp()) + 3600
    await typed(world, "send")
    await submit(world, {"phone": "2065550100", "text": "Hello", "when": at})
    card = await world.card("Nothing is sent until someone presses Schedule.")
    await press(world, card, "Schedule")
    await world.slack.wait_for(lambda: "Scheduled." in card.read())
    await stopped(world)
    world.pass_time(3600)
    await world.slack.wait_for(lambda: f"Held: nothing was sent. {STOPPED}" in card.read())
    assert card.buttons() == ["Edit", "Cancel"]
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "is held: nothing was sent." in note.read()
    assert (texts_asked(world), world.texts()) == (0, [])


async def test_what_was_looked_at_before_the_stop_is_not_claimed(world: World) -> None:
    """A look holds for 30 seconds: the claim asks for itself."""
    card = await scheduled_text(world)
    while (await world.row()).looked_at is None:
        await round_trip(world)
    text = await world.row()
    await stopped(world)
    before = await world.bot.sends.get(text.id)
    assert before
    assert (before.state, before.revision, before.looked_at) == (text.state, text.revision, text.looked_at)
    world.pass_time(5)
    await world.slack.wait_for(lambda: STOPPED in card.read())
    assert [one.what for one in await world.bot.sends.timeline(text.id)][-1] == "held"
    assert "sending" not in [one.what for one in await world.bot.sends.timeline(text.id)]
    assert (texts_asked(world), world.texts()) == (0, [])


async def test_it_holds_while_whatcounts_has_not_taken_the_stop(world: World) -> None:
    await stop_that_fails(world)
    await typed(world, "send 2065550100 Hello")
    await world.card(STOPPED)
    await typed(world, "subscribe 2065550100")
    card = await world.card("Subscribe •••••••0100")
    await world.slack.wait_for(lambda: STOPPED in card.read())
    assert card.buttons() == ["Edit", "Cancel"]


async def test_a_subscription_that_was_confirmed_before_the_stop_is_held(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "subscribe 2065550104")
    card = await world.card("Nothing is changed until someone presses Subscribe.")
    await press(world, card, "Subscribe")
    await world.slack.wait_for(lambda: "Scheduled." in card.read())
    await ask_to_stop(world, "2065550104")
    await world.slack.wait_for(lambda: any(DONE in one.read() for one in world.slack.messages("C0SMS")))
    world.pass_time(5)
    await world.slack.wait_for(lambda: f"Held: nothing was changed. {STOPPED}" in card.read())
    assert sends_asked(world) == 1  # the stop


async def test_the_form_of_a_stopped_phone_keeps_what_was_typed(sqlite_world: World) -> None:
    world = sqlite_world
    await stopped(world)
    await typed(world, "send 2065550100 My own words")
    await press(world, await world.card(STOPPED), "Edit")
    assert form(world).value("text") == "My own words"
