"""What holds one time of a repeating campaign, before its hour or at it; the others go on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.registry import What
from bot.sends import State
from sandbox.slack import Message
from tests.delivery.test_restart import NOT_REGISTERED, removed
from tests.repeat.steps import left, local, made, running, time_in, times
from tests.steps import SALE, draft_campaign, form, press, sends_asked, submit, told, typed
from tests.world import OLIVE, World, open_world

NEW_TEXT = SALE.replace("20 percent", "50 percent")
CHANGED = "The text in WhatCounts is not the one that was confirmed"
TO_MAKING = 2.1 * 3600  # from the start of one, whose first time is some 26 hours ahead
SEND = "sendMessageToSenderCode"


def change_the_text(world: World) -> None:
    """Somebody rewrites the stored message in WhatCounts."""
    world.whatcounts.realm.message("Spring sale").text = NEW_TEXT
    world.pass_time(3)  # the list that was read serves nobody any more


async def shows(world: World, card: Message, saying: str) -> str:
    """What a card says, as soon as it says this."""
    return str(await world.slack.wait_for(lambda: card.read() if saying in card.read() else None))


async def test_a_text_that_is_put_back_lets_the_next_time_leave(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    change_the_text(world)
    await left(world, one)
    await time_in(world, State.HELD, 0)
    world.whatcounts.realm.message("Spring sale").text = SALE
    world.pass_time(3)
    await time_in(world, State.HELD, 1)  # it was made while the text was another
    second = (await times(world))[1]
    assert second.chosen_at is not None
    world.pass_time((second.chosen_at - world.time.now()).total_seconds() + 1)
    third = await time_in(world, State.SCHEDULED, 2)
    await left(world, third)
    await time_in(world, State.SUBMITTED, 2)
    assert set(world.texts()) == {SALE}


async def test_while_one_may_have_been_sent_the_next_is_held_until_somebody_has_looked(world: World) -> None:
    one = await made(world)
    world.whatcounts.faults.next("close_after", operation=SEND)
    await left(world, one)
    await time_in(world, State.MAYBE_SENT, 0)
    first = await world.card("May have been sent")
    two = await time_in(world, State.SCHEDULED, 1)
    second = await world.card(f", for {two.on_day:%a %d %b %Y}")
    await left(world, two)
    held = await time_in(world, State.HELD, 1)
    assert held.held_by == "in doubt"
    assert sends_asked(world) == 1
    await shows(world, second, "Settle that first, on its card.")
    await press(world, second, "Send Now")
    await told(world, OLIVE, "Settle that first, on its card.")
    await press(world, first, "It Was Sent")
    await time_in(world, State.SUBMITTED, 0)
    await press(world, second, "Send Now")
    await time_in(world, State.SCHEDULED, 1)
    world.pass_time(61)
    await time_in(world, State.SUBMITTED, 1)
    assert sends_asked(world) == 2


@pytest.mark.parametrize("what", NOT_REGISTERED)
async def test_a_time_to_what_is_not_registered_any_more_never_leaves(world: World, what: What) -> None:
    name, sentence = NOT_REGISTERED[what]
    one = await made(world)
    card = await world.card("One time of")
    await removed(world, what, name)
    await left(world, one)
    await time_in(world, State.HELD, 0)
    await shows(world, card, sentence)
    await time_in(world, State.HELD, 1)  # and the next, as soon as it is made
    assert sends_asked(world) == 0


async def test_a_time_on_a_blackout_day_is_held_and_the_others_leave(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        second = (local(world, timedelta(hours=26)) + timedelta(days=1)).date()
    async with open_world(sqlite_url, SMS_BLACKOUT=second.isoformat()) as world:
        one = await made(world)
        said = f"Of its next 7 times these would be held: {second:%a %d %b}."
        assert said in await every_version(world), "before it was started"
        await left(world, one)
        await time_in(world, State.SUBMITTED, 0)
        held = await time_in(world, State.HELD, 1)
        assert (held.held_by, held.on_day) == ("blackout", second)


async def test_what_was_held_before_its_hour_keeps_it_and_after_it_asks_for_another(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        day = local(world, timedelta(hours=26)).date()
    async with open_world(sqlite_url, SMS_BLACKOUT=day.isoformat()) as world:
        await running(world)
        world.pass_time(TO_MAKING)
        one = await time_in(world, State.HELD)
        card = await world.card("One time of")
        assert card.buttons() == ["Schedule", "Move", "Skip This One"]
        await press(world, card, "Schedule")
        await told(world, OLIVE, "Nothing was done.")
        assert one.chosen_at is not None
        world.pass_time((one.chosen_at - world.time.now()).total_seconds() + 1)
        await world.slack.click(OLIVE, card, "Schedule")
        await told(world, OLIVE, "Its hour has passed, so nothing was done.")
        assert sends_asked(world) == 0


async def test_a_second_look_that_comes_back_after_the_hour_releases_nothing(world: World) -> None:
    """Held a day before as somebody else sent the same meanwhile; the form is open while the hour passes."""
    await running(world)
    await press(world, await draft_campaign(world), "Send")
    world.pass_time(61)
    await sent(world, 1)
    world.pass_time(TO_MAKING)
    one = await time_in(world, State.HELD)
    assert one.held_by == "same text"
    card = await world.card("One time of")
    await press(world, card, "Schedule")
    assert one.chosen_at is not None
    world.pass_time((one.chosen_at - world.time.now()).total_seconds() + 1)
    await world.slack.submit(OLIVE)
    await time_in(world, State.HELD, 1)  # the loop has gone round: the next day's is made
    assert (await times(world))[0].state is State.HELD
    assert sends_asked(world) == 1


async def sent(world: World, count: int) -> None:
    """As soon as WhatCounts was asked to send so often."""
    async with asyncio.timeout(15):
        while sends_asked(world) < count:
            await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile


async def every_version(world: World) -> str:
    """All that the rule's card ever said."""
    card = await world.card("Running")
    return "\n".join(card.was(number).read() for number in range(len(card.history)))


async def repeats_daily(world: World) -> None:
    """In the form that is open; it asks for a first day and a time then."""
    await world.slack.fill(OLIVE, {"group": "weekly", "repeats": "daily"})
    await world.slack.wait_for(lambda: "The next five times" in form(world).read())


async def test_one_that_could_leave_at_no_hour_cannot_be_started(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_QUIET_HOURS="20:00-09:00") as world:
        await typed(world, "campaign Spring sale")
        await repeats_daily(world)
        day = (local(world) + timedelta(days=2)).date()
        assert (await submit(world, {"first": day.isoformat(), "at": "03:00"})).closed
        card = await world.card("None of its next 7 times could leave.")
        assert card.buttons() == ["Edit", "Cancel"]


async def test_a_pause_that_is_over_holds_nothing_any_more(world: World) -> None:
    one = await made(world)
    paused = {"rule": "paused", "sentence": "Its repeating campaign is paused."}
    hold = world.bot.sends.hold
    assert await hold(world.time.now(), one.id, one.revision, paused, None) is None
    await press(world, await world.card("Running"), "Pause")
    await time_in(world, State.HELD)
    await press(world, await world.card("Paused by"), "Resume")
    await time_in(world, State.SCHEDULED)
