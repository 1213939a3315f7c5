"""The fuse, the caps and the firewall, by what WhatCounts received."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.freeze import BLOWN, FUSE
from bot.sends import Ask, Content, Kind, State
from bot.settings import Caps
from sandbox.slack import Message
from tests.sends.desk import BACK, DUE, Desk
from tests.sends.desk import CAMPAIGN as GROUP_CAMPAIGN
from tests.sends.desk import TEXT as ONE_TEXT
from tests.steps import READY, press, scheduled_text, told, typed
from tests.world import MAX, OLIVE, SMS, World, open_world

FROZE = "smsops froze all sends"



async def end(desk: Desk, state: State, number: int = 0, content: Content = ONE_TEXT) -> None:
    """One more text comes to this end."""
    claimed = await desk.sending(content)
    assert await desk.sends.outcome(DUE + timedelta(seconds=number), claimed, state, "why")


@pytest.mark.parametrize("state", [State.REFUSED, State.MAYBE_SENT])
async def test_five_failures_in_a_row_freeze_sends_and_smsops_did_it(desk: Desk, state: State) -> None:
    for number in range(FUSE - 1):
        await end(desk, state, number)
    assert not (await desk.sends.frozen()).frozen
    await end(desk, state)
    freeze = await desk.sends.frozen()
    assert (freeze.frozen, freeze.by, freeze.why) == (True, "smsops", BLOWN)
    (note,) = [row[2] for row in (await desk.all())[2] if "smsops froze" in row[2]]
    assert note.startswith(f"<@{OLIVE}> *smsops froze all sends*")
    rows = [row for row in (await desk.all())[1] if "froze" in row]
    assert len(rows) == 1


async def test_one_that_is_taken_begins_the_count_anew(desk: Desk) -> None:
    for state in [State.REFUSED] * 4 + [State.SUBMITTED] + [State.MAYBE_SENT] * 4:
        await end(desk, state)
    assert not (await desk.sends.frozen()).frozen


async def test_a_change_in_whatcounts_is_no_text(desk: Desk) -> None:
    create = Content(Kind.CREATE, message="Autumn", text="Autumn roast is here")
    for _ in range(FUSE + 1):
        await end(desk, State.REFUSED, content=create)
    assert not (await desk.sends.frozen()).frozen


async def test_lifting_the_freeze_begins_the_count_anew(desk: Desk) -> None:
    for _ in range(FUSE):
        await end(desk, State.REFUSED)
    assert await desk.sends.unfreeze(Ask(MAX, DUE - timedelta(seconds=1)))  # what was due before is held
    await end(desk, State.REFUSED)
    assert not (await desk.sends.frozen()).frozen


async def test_the_claim_takes_no_campaign_that_lost_its_group(desk: Desk) -> None:
    """Whatever went wrong before: without a group WhatCounts would send to everyone."""
    send = await desk.looked(GROUP_CAMPAIGN)
    await desk.change(send.id, audience=None)
    assert await desk.sends.claim(DUE, send.id) is None
    await desk.change(send.id, audience="weekly")
    assert await desk.sends.claim(DUE, send.id)


async def test_after_five_refusals_nothing_more_leaves_and_the_thread_says_why(sqlite_world: World) -> None:
    world = sqlite_world
    world.whatcounts.faults.next("unauthorized", times=FUSE, operation="smssendmessagetophone")
    for number in range(FUSE):
        await scheduled_text(world, f"Hello {number}")
        world.pass_time(5)
        await world.state(State.REFUSED)
    await world.slack.wait_for(lambda: any(FROZE in one.read() for one in world.slack.messages(SMS)) or None)
    said = await typed(world, "status")
    assert "Sends are frozen" in said and "by smsops" in said and BLOWN in said
    await scheduled_text(world, "Hello again")
    world.pass_time(5)
    assert (await world.state(State.HELD)).held_by == "freeze"
    await typed(world, "unfreeze", MAX)
    await press(world, await world.card("Held: nothing was sent."), "Send Now")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello again"]


async def test_more_than_the_caps_does_not_leave(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_CAPS="person=2,hour=3") as world:
        for number in range(2):
            await scheduled_text(world, f"Hello {number}")
            world.pass_time(5)
            await world.state(State.SUBMITTED)
        await typed(world, "send 2065550100 One more")
        card = await world.card("Stops it:")
        assert "may have no more" in card.read()
        await typed(world, "send 2065550100 From Max", MAX)
        card = await world.card("Nothing is sent until someone presses")
        await press(world, card, "Send", MAX)
        world.pass_time(5)
        await world.state(State.SUBMITTED)
        await typed(world, "send 2065550100 Max again", MAX)
        assert "the most in an hour" in (await world.card("In the hour before")).read()
        assert len(world.texts()) == 3


async def ready(world: World, text: str) -> Message:
    """A text that Olive typed: its card, ready to be sent."""
    await typed(world, f"send 2065550100 {text}")

    def card() -> Message | None:
        shown = world._card(text, SMS)
        return shown if shown and READY in shown.read() else None

    return await world.slack.wait_for(card)


async def test_what_is_scheduled_counts_for_the_caps(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_CAPS="hour=2", SMS_RATE="send=1000,other=1000") as world:
        cards = [await ready(world, text) for text in ("One", "Two", "Three")]
        for card in cards:
            await press(world, card, "Send")
        await told(world, OLIVE, "the most in an hour")
        world.pass_time(5)
        await world.slack.wait_for(lambda: len(world.texts()) == 2 or None)
        assert sorted(world.texts()) == ["One", "Two"]
        assert sorted(row.state for row in await world.rows()) == ["draft", "submitted", "submitted"]


async def test_the_look_counts_those_whose_turn_is_before(desk: Desk) -> None:
    """At one instant three are due, and two may leave: each look finds another number before it."""
    sends = [await desk.scheduled(replace(ONE_TEXT, text=f"Text {number}")) for number in range(3)]
    found = [await desk.sends.see(send.id, BACK) for send in sends]
    assert sorted(one.history.in_hour for one in found if one) == [0, 1, 2]
    assert sorted(one.history.of_person for one in found if one) == [0, 1, 2]
    least = replace(BACK, caps=Caps(person=1, hour=2))
    found = [await desk.sends.see(send.id, least) for send in sends]
    assert sorted(one.history.in_hour for one in found if one) == [0, 1, 2]
    assert sorted(one.history.of_person for one in found if one) == [0, 1, 1]  # counted no further
