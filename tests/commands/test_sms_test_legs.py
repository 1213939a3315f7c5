"""`/sms test` is a request a phone: one that fails, one in doubt, what happens between two of them."""

from __future__ import annotations

import pytest

from bot.card.alarming import matters
from bot.database import Database
from bot.sends import Sends, State
from bot.sends.asking import asking
from sandbox.slack import Message
from tests.steps import SALE, looked, press, sends_asked, submit, typed
from tests.world import MAX, World, inside, open_world, outside

READY = "Nothing is sent until someone presses Send."
PHONES = ["12065550111", "12065550112"]


async def confirmed(world: World) -> Message:
    """A test that Olive has confirmed, before its delay has passed."""
    assert await typed(world, "test Spring sale") == ""
    await press(world, await world.card(READY), "Send")
    return await world.card("Scheduled.")


def reached(world: World) -> list[str]:
    """The phones that got a text, in order."""
    return [one.phone for one in world.whatcounts.sent]


@pytest.mark.parametrize("place", [0, 1])
async def test_one_phone_that_is_refused_does_not_stop_the_other(world: World, place: int) -> None:
    await confirmed(world)
    if place:
        world.whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=0.3)
    else:
        world.whatcounts.faults.next("error_500_known", operation="smssendmessagetophone")
    world.pass_time(5)
    if place:
        await world.whatcounts.wait_for(lambda: world.whatcounts.sent)
        world.whatcounts.faults.next("error_500_known", operation="smssendmessagetophone")
    await world.state(State.SUBMITTED)
    card = await world.card("Submitted to 1 of 2 ")
    refused, taken = PHONES[place], PHONES[1 - place]
    assert f"•••••••{taken[-4:]}: submitted" in card.read()
    assert f"•••••••{refused[-4:]}: not sent (" in card.read()
    assert reached(world) == [taken]
    assert sends_asked(world) == 2


async def test_all_phones_refused_is_not_sent_and_can_be_drafted_again(sqlite_world: World) -> None:
    world = sqlite_world
    await confirmed(world)
    world.whatcounts.faults.next("error_500_known", times=2, operation="smssendmessagetophone")
    world.pass_time(5)
    await world.state(State.REFUSED)
    card = await world.card("Not sent.")
    await press(world, card, "Draft Again")
    await world.state(State.DRAFT)
    await press(world, await world.card(READY), "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert reached(world) == PHONES


@pytest.mark.parametrize("found", ["It Was Sent", "It Was Not Sent"])
async def test_a_doubt_about_one_phone_is_a_doubt_that_is_never_sent_again(world: World, found: str) -> None:
    await confirmed(world)
    world.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
    world.pass_time(5)
    await world.state(State.MAYBE_SENT)
    card = await world.card("May have been sent: nobody knows.")
    assert "•••••••0111: may have been sent" in card.read()
    assert "•••••••0112: submitted" in card.read()
    assert "Look in WhatCounts for this text in the phone's history" in card.read()
    assert "  " not in card.read()
    world.pass_time(3600)
    await press(world, card, found)
    many, came = (2, "submitted") if found == "It Was Sent" else (1, "not sent")
    settled = await world.card(f"Submitted to {many} of 2, says @Olive Park, who looked in WhatCounts.")
    assert f"•••••••0111: {came}" in settled.read()
    assert "•••••••0112: submitted" in settled.read()
    assert (reached(world), sends_asked(world)) == (PHONES, 2)


async def test_a_doubt_about_the_only_test_phone_that_was_not_sent_is_not_sent(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_TEST_PHONES="206 555 0111") as world:
        await confirmed(world)
        world.whatcounts.faults.next("close_before", operation="smssendmessagetophone")
        world.pass_time(5)
        await world.state(State.MAYBE_SENT)
        await press(world, await world.card("May have been sent: nobody knows."), "It Was Not Sent")
        card = await world.card("Not sent. A person looked in WhatCounts: it was not sent.")
        assert "•••••••0111: not sent" in card.read()
        assert card.buttons() == ["Draft Again"]


async def test_a_text_that_was_changed_after_the_confirm_is_held(world: World) -> None:
    await confirmed(world)
    await looked(world)
    world.whatcounts.realm.message("Spring sale").text = "Everything is free!"
    world.pass_time(60)  # the look of the confirm is too old by now
    row = await world.state(State.HELD)
    card = await world.card("Held: nothing was sent.")
    assert row.held_by == "content"
    assert card.buttons() == ["Edit", "Cancel"]
    note = (await world.slack.wait_for(lambda: world.slack.replies(card)))[0].read()
    assert "+ Everything is free!" in note
    assert sends_asked(world) == 0


async def test_what_is_held_between_two_phones_does_not_say_that_nothing_was_sent(world: World) -> None:
    await confirmed(world)
    world.whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=0.3)
    world.pass_time(5)
    await world.whatcounts.wait_for(lambda: world.whatcounts.sent)
    world.whatcounts.realm.message("Spring sale").text = "Everything is free!"
    world.pass_time(3)  # the stored messages are read anew
    await world.state(State.HELD)
    card = await world.card("Held.")
    note = (await world.slack.wait_for(lambda: world.slack.replies(card)))[0].read()
    assert "Held. 1 of 2 was submitted." in card.read()
    (alarm,) = matters(await world.bot.database.read(asking, world.bot.now()))
    assert alarm.said.startswith("*Held, 1 of 2 was submitted*: ")
    assert "nothing was sent" not in (card.read() + note).lower()
    assert "•••••••0111: submitted" in card.read()
    assert (world.texts(), sends_asked(world)) == ([SALE], 1)


async def between(world: World, words: str) -> None:
    """Something is typed while the first phone's answer is on its way; then the second one is held."""
    await confirmed(world)
    world.whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=0.5)
    world.pass_time(5)
    await world.whatcounts.wait_for(lambda: world.whatcounts.sent)
    await typed(world, words)


@pytest.mark.parametrize("then", ["Send Now", "Cancel"])
async def test_a_freeze_between_two_phones_holds_the_second_and_doubles_nothing(
    world: World, then: str
) -> None:
    await between(world, "freeze")
    await world.state(State.HELD)
    card = await world.card("Held. 1 of 2 was submitted. Sends were frozen when it was due.")
    await typed(world, "unfreeze", MAX)
    await press(world, card, then)
    world.pass_time(5)
    if then == "Send Now":
        await world.state(State.SUBMITTED)
        await world.card("Submitted")
        assert (reached(world), sends_asked(world)) == (PHONES, 2)
    else:
        await world.card("Cancelled by @Olive Park")
        assert "1 of 2 was submitted." in card.read()
        assert (reached(world), sends_asked(world)) == (PHONES[:1], 1)


async def test_a_stop_between_two_phones_is_obeyed_at_once(world: World) -> None:
    await between(world, "stop 206 555 0112")
    await submit(world, {})
    card = await world.card("Test · Spring sale")
    await world.slack.wait_for(lambda: "Held. 1 of 2 was submitted." in card.read())
    assert "Somebody stopped" in card.read()
    assert reached(world) == PHONES[:1]


async def test_a_test_phone_that_was_stopped_is_named_and_nothing_is_sent(world: World) -> None:
    await typed(world, "stop 206 555 0112")
    await submit(world, {})
    await world.state(State.SCHEDULED)
    stop = await world.row()
    await typed(world, "test spring sale")
    card = await world.card("cannot be sent yet")
    assert f"({stop.id}), so it is neither texted" in card.read()
    assert card.buttons() == ["Edit", "Cancel"]


async def test_a_restart_between_two_phones_doubles_nothing_and_loses_nothing(database_url: str) -> None:
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, database_url) as world:
            await confirmed(world)
            whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=0.3)
            world.pass_time(5)
            await whatcounts.wait_for(lambda: whatcounts.sent)
        assert await came_of_legs(database_url) == [("done", "open")]
        async with inside(slack, whatcounts, database_url) as world:
            world.pass_time(6)
            await world.state(State.SUBMITTED)
            await world.card("Submitted")
            assert (reached(world), sends_asked(world)) == (PHONES, 2)


async def came_of_legs(database_url: str) -> list[tuple[str, ...]]:
    """What came of the legs of each send, as the database has it while no bot runs."""
    database = Database(database_url)
    found = await Sends(database).recent(10)
    await database.close()
    return [tuple(leg.came for leg in one.legs) for one in found]
