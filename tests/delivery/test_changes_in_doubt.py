"""A subscription whose answer was lost: a doubt, which a person settles; nobody is subscribed twice."""

from __future__ import annotations

import pytest

from bot.sends import State
from sandbox.slack import Message
from tests.delivery.members import (
    ADD_CONTACT,
    ADD_PHONE,
    WEEKLY_ID,
    asked,
    confirm,
    draft_contact,
    draft_subscription,
    groups_of,
)
from tests.delivery.stops import round_trip
from tests.delivery.test_restart import restarted
from tests.steps import press, typed
from tests.world import MAX, World

LOST = {  # and whether it was carried out all the same
    "close_after": True,
    "close_before": False,
    "error_500_unknown": True,
    "error_502": True,
    "html_200": True,
    "empty_200": True,
    "truncate": True,
}
JON = "12065550177"


async def in_doubt(world: World, fault: str = "close_after") -> Message:
    """Confirmed, asked for, and nothing is known."""
    world.whatcounts.faults.next(fault, operation=ADD_PHONE)
    card = await confirm(world, await draft_subscription(world))
    await world.slack.wait_for(lambda: "May have been subscribed: nobody knows." in card.read())
    return card


@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_answer_is_a_doubt_and_a_person_looks(sqlite_world: World, fault: str) -> None:
    world = sqlite_world
    card = await in_doubt(world, fault)
    assert "Look in WhatCounts for this phone among the contacts of 2065551212" in card.read()
    assert card.buttons() == ["It Was Subscribed", "It Was Not Subscribed"]
    assert groups_of(world) == ([WEEKLY_ID] if LOST[fault] else [])
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    row = await world.row()
    told = f"@Olive Park {row.id} may have been subscribed, and smsops will not ask for it again."
    assert told in note.read()
    assert (row.state, row.attempts) == (State.MAYBE_SENT, 1)


async def test_it_is_not_asked_for_again_by_itself_and_a_person_settles_it(world: World) -> None:
    card = await in_doubt(world)
    world.pass_time(3600)
    await typed(world, "scheduled")
    await round_trip(world)
    assert asked(world, ADD_PHONE) == 1
    await press(world, card, "It Was Subscribed", MAX)
    await world.card("Subscribed, says @Max Weber, who looked in WhatCounts.")
    assert (await world.row()).state is State.SUBMITTED


async def test_drafted_again_after_a_no_it_agrees_with_whatcounts(world: World) -> None:
    """The person looked too early: a second one does nothing more."""
    card = await in_doubt(world)
    await press(world, card, "It Was Not Subscribed")
    await world.card("Not subscribed.")
    await press(world, card, "Draft Again")
    await confirm(world, await world.card("Nothing is changed until someone presses Subscribe."))
    await world.card("WhatCounts says that it was subscribed already.")
    assert groups_of(world) == [WEEKLY_ID]


async def test_a_contact_whose_answer_was_lost_is_a_doubt(world: World) -> None:
    world.whatcounts.faults.next("close_after", operation=ADD_CONTACT)
    card = await confirm(world, await draft_contact(world))
    await world.slack.wait_for(lambda: "May have been added: nobody knows." in card.read())
    assert card.buttons() == ["It Was Added", "It Was Not Added"]
    assert groups_of(world, JON) == [None]
    await press(world, card, "It Was Added")
    await world.card("Added, says @Olive Park, who looked in WhatCounts.")
    facts = [one.what for one in await world.timeline()]
    assert facts == ["drafted", "confirmed", "sending", "maybe_sent", "settled: it was done"]


async def test_a_phone_that_whatcounts_does_not_know_ends_in_doubt(sqlite_world: World) -> None:
    """Its words for that are on no page, so a 500 is no proof that nothing was done."""
    world = sqlite_world
    card = await draft_subscription(world)
    del world.whatcounts.realm.contacts["12065550110"]
    await confirm(world, card)
    await world.state(State.MAYBE_SENT)
    shown = await typed(world, f"show {(await world.row()).id}")
    assert "Error getting SMS subscriber with phone [•••••••0110]" in shown


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("unauthorized", "WhatCounts refused the login"),
        ("throttled_429", "was asked too often"),
        ("password_echo", "WhatCounts refused the login"),
    ],
)
async def test_what_was_refused_was_not_done_and_says_so(sqlite_world: World, fault: str, said: str) -> None:
    world = sqlite_world
    world.whatcounts.faults.next(fault, operation=ADD_PHONE)
    card = await confirm(world, await draft_subscription(world))
    await world.slack.wait_for(lambda: "Not subscribed." in card.read())
    assert said in card.read()
    assert card.buttons() == ["Draft Again"]
    assert (groups_of(world), asked(world, ADD_PHONE)) == ([], 1)


async def test_never_reached_it_is_tried_again_and_says_so(sqlite_world: World) -> None:
    world = sqlite_world
    port = int(world.whatcounts.url.rpartition(":")[2])
    card = await draft_subscription(world)
    await world.whatcounts.stop()
    await confirm(world, card)
    said = "WhatCounts could not be reached once; nothing was changed yet."
    await world.slack.wait_for(lambda: said in card.read())
    await world.whatcounts.start(port=port)
    world.pass_time(16)
    await world.state(State.SUBMITTED)
    assert groups_of(world) == [WEEKLY_ID]


async def test_a_doubt_is_still_there_after_a_restart_and_settled_then(database_url: str) -> None:
    async with restarted(database_url, in_doubt) as world:
        world.pass_time(30)
        card = await world.card("May have been subscribed: nobody knows.")
        await press(world, card, "It Was Subscribed")
        await world.state(State.SUBMITTED)
        assert asked(world, ADD_PHONE) == 1
