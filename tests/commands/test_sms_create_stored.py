"""`/sms create`: what WhatCounts makes of it, and what the card says then; nothing is stored twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.sends import State
from sandbox.slack import Message
from tests.steps import form, looked, press, submit, typed
from tests.world import OLIVE, World

TEXT = "Tidewater Coffee: The autumn roast is here. Reply STOP to opt out"
READY = "Nothing is changed until someone presses Create."


async def drafted(world: World, **values: Any) -> Message:
    """A message that Olive wants to store; its card."""
    await typed(world, "create Autumn")
    assert (await submit(world, {"text": TEXT} | values)).closed
    return await world.card(READY)


async def confirmed(world: World, **values: Any) -> Message:
    await press(world, await drafted(world, **values), "Create")
    return await world.card("Scheduled.")


def asked(world: World) -> list[str]:
    """The requests by which WhatCounts was asked to store something."""
    wanted = ("createMessage", "createsmsmessage")
    return [one.operation for one in world.whatcounts.requests if one.operation in wanted]


def stored(world: World) -> list[str]:
    """The texts of the messages that came to the eight of the sample account."""
    return [one.text for one in world.whatcounts.realm.messages[8:]]


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (TEXT, "createMessage"),
        ("Tidewater: see https://example.com/a?b=1&c=2#top", "createsmsmessage"),
        ("Tidewater: Café, olé, ñandú", None),
        ("Tidewater: ☕🎉 for two", None),
        ("50% off + 1 free; a/b \\ c\nsecond line", "createsmsmessage"),
        (" Tidewater:  two  spaces ", None),
    ],
)
async def test_a_text_is_stored_exactly(world: World, text: str, way: str | None) -> None:
    await confirmed(world, text=text)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert "But" not in (await world.card("Stored")).read()
    assert stored(world) == [text]
    assert len(asked(world)) == 1
    assert way is None or asked(world) == [way]


@pytest.mark.parametrize("fault", ["close_after", "error_500_unknown", "html_200", "truncate", "empty_200"])
async def test_an_answer_that_says_nothing_is_settled_by_the_list(sqlite_world: World, fault: str) -> None:
    await confirmed(sqlite_world)
    sqlite_world.whatcounts.faults.next(fault, operation="createMessage")
    sqlite_world.pass_time(5)
    await sqlite_world.state(State.SUBMITTED)
    await sqlite_world.card("It can be chosen in /sms campaign now.")
    assert (stored(sqlite_world), asked(sqlite_world)) == ([TEXT], ["createMessage"])


async def test_an_unknown_label_is_told_and_the_message_is_there(world: World) -> None:
    await confirmed(world, label="promo,autumn")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    card = await world.card("But WhatCounts does not show the label promo,autumn with it.")
    assert card.read().count("Stored") == 1
    assert (stored(world), asked(world)) == ([TEXT], ["createMessage"])


async def changed_while_it_is_answered(world: World, operation: str) -> None:
    """WhatCounts has stored it, and has another text by the time it can be looked at."""
    world.whatcounts.faults.next("delay_after", operation=operation, seconds=0.5)
    world.pass_time(5)
    await world.whatcounts.wait_for(lambda: stored(world))
    world.whatcounts.realm.message("Autumn").text = "Tidewater: caf? at the pier"


async def test_a_text_that_was_changed_on_the_way_is_told(sqlite_world: World) -> None:
    await confirmed(sqlite_world, text="Tidewater: café, see https://example.com/a?b")
    await changed_while_it_is_answered(sqlite_world, "createsmsmessage")
    await sqlite_world.state(State.SUBMITTED)
    card = await sqlite_world.card("But WhatCounts stored another text: “Tidewater: caf? at the pier”.")
    assert "Mend it there." in card.read()


async def test_a_lost_answer_and_another_text_under_the_name_is_in_doubt(world: World) -> None:
    await confirmed(world)
    world.whatcounts.faults.next("close_after", operation="createMessage")
    await changed_while_it_is_answered(world, "createMessage")
    await world.state(State.MAYBE_SENT)
    card = await world.card("A message of this name is there with another text")
    assert card.buttons() == ["It Was Stored", "It Was Not Stored"]
    assert len(asked(world)) == 1


async def test_a_name_taken_since_the_look_is_refused_by_whatcounts_and_not_stored(world: World) -> None:
    await confirmed(world)
    world.whatcounts.faults.next("delay_before", operation="createMessage", seconds=0.5)
    world.pass_time(5)
    await world.whatcounts.wait_for(lambda: asked(world))
    world.whatcounts.realm.add_message("Autumn", "Theirs")
    await world.state(State.REFUSED)
    card = await world.card("Not stored.")
    assert "A message of this name is stored already, with another text. Choose another name." in card.read()
    assert card.buttons() == ["Draft Again"]
    assert (stored(world), len(asked(world))) == (["Theirs"], 1)


async def test_a_name_taken_between_confirm_and_due_is_held_and_edited(sqlite_world: World) -> None:
    world = sqlite_world
    await confirmed(world)
    await looked(world)
    world.whatcounts.realm.add_message("Autumn", "Theirs")
    world.pass_time(60)  # the look of the confirm is too old by now
    await world.state(State.HELD)
    card = await world.card("Held: nothing was changed.")
    assert "There is a message “Autumn” in WhatCounts already." in card.read()
    assert card.buttons() == ["Edit", "Cancel"]
    await press(world, card, "Edit")
    await submit(world, {"name": "Autumn 2"})
    await press(world, await world.card(READY), "Create")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert stored(world) == ["Theirs", TEXT]


async def test_what_whatcounts_refuses_is_told_in_its_words_and_can_be_drafted_again(world: World) -> None:
    await confirmed(world, label="promo")
    world.whatcounts.faults.next("error_500_known", operation="createMessage")
    world.pass_time(5)
    await world.state(State.REFUSED)
    card = await world.card("Not stored.")
    assert stored(world) == []
    await press(world, card, "Draft Again")
    await world.state(State.DRAFT)
    first, second = await world.rows()
    kept = ("message", "text", "label", "kind")
    assert [getattr(second, name) for name in kept] == [getattr(first, name) for name in kept]
    await press(world, await world.card(READY), "Create")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert stored(world) == [TEXT]


async def test_a_lost_answer_that_no_list_can_settle_is_in_doubt(world: World) -> None:
    await confirmed(world)
    world.whatcounts.faults.next("close_after", operation="createMessage")
    world.whatcounts.faults.always("delay_before", operation="messages", seconds=0.2)
    world.pass_time(5)
    await world.whatcounts.wait_for(lambda: asked(world))
    world.whatcounts.faults.always("error_503", operation="read")
    await world.state(State.MAYBE_SENT)
    card = await world.card("May have been stored: nobody knows.")
    assert "Look in WhatCounts for a message named “Autumn”" in card.read()
    assert "smsops will not ask for it again." in card.read()
    assert card.buttons() == ["It Was Stored", "It Was Not Stored"]
    note = (await world.slack.wait_for(lambda: world.slack.replies(card)))[0].read()
    assert "may have been stored, and smsops will not ask for it again." in note
    world.whatcounts.faults.clear()
    world.pass_time(3600)
    await press(world, card, "It Was Stored")
    await world.card("Stored, says @Olive Park, who looked in WhatCounts.")
    assert len(asked(world)) == 1


async def test_whatcounts_that_cannot_be_reached_is_tried_again(sqlite_world: World) -> None:
    world = sqlite_world
    await confirmed(world)
    await looked(world)
    port = int(world.whatcounts.url.rpartition(":")[2])
    await world.whatcounts.stop()
    world.pass_time(5)
    card = await world.card("WhatCounts could not be reached once; nothing was changed yet.")
    assert "It was to be stored" in card.read()
    await world.whatcounts.start(port=port)
    world.pass_time(16)
    await world.state(State.SUBMITTED)
    assert stored(world) == [TEXT]


async def test_a_freeze_holds_it(world: World) -> None:
    card = await confirmed(world)
    await typed(world, "freeze wrong price")
    world.pass_time(5)
    await world.state(State.HELD)
    card = await world.card("Held: nothing was changed.")
    assert "Sends were frozen when it was due" in card.read()
    assert card.buttons() == ["Create Now", "Cancel"]
    assert asked(world) == []


async def test_a_cancel_stops_it(sqlite_world: World) -> None:
    await press(sqlite_world, await confirmed(sqlite_world), "Cancel")
    await sqlite_world.card("Nothing was changed.")
    sqlite_world.pass_time(60)
    await typed(sqlite_world, "status")
    assert (stored(sqlite_world), asked(sqlite_world)) == ([], [])


async def test_edit_keeps_what_was_typed_and_voids_the_confirm(sqlite_world: World) -> None:
    world = sqlite_world
    card = await confirmed(world, label="promo")
    await press(world, card, "Edit")
    view = form(world)
    assert view.title == "Edit the message"
    assert [view.value(one) for one in ("name", "text.0", "label")] == ["Autumn", TEXT, "promo"]
    assert (await submit(world, {"text": "Shorter", "label": ""})).closed
    row = await world.state(State.DRAFT)
    assert (row.text, row.label, row.confirmed_by) == ("Shorter", None, None)
    assert "Shorter" in (await world.card(READY)).read()
    world.pass_time(60)
    await typed(world, "status")
    assert asked(world) == []


async def test_two_who_confirm_store_it_once(world: World) -> None:
    card = await drafted(world)
    await asyncio.gather(press(world, card, "Create"), press(world, card, "Create"))
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert (stored(world), len(asked(world))) == ([TEXT], 1)
    assert (await world.row()).confirmed_by == OLIVE
