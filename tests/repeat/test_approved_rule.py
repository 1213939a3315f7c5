"""A repeating campaign that another person approves: once, for its text and its audience, and no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.sends import Ask, State
from tests.approval.asked import AWAITING
from tests.approval.test_asking import LEADS
from tests.repeat.steps import draft_repeating, left, rule, time_in, times
from tests.steps import press, sends_asked, submit, told
from tests.world import ANA, OLIVE, World, open_world


@pytest.fixture
async def careful(database_url: str) -> AsyncIterator[World]:
    """Where a campaign wants another person."""
    async with open_world(database_url, SMS_APPROVAL="campaign") as world:
        yield world


async def awaiting(world: World) -> None:
    await press(world, await draft_repeating(world), "Start")
    await rule(world, State.AWAITING)


async def approved(world: World) -> None:
    await awaiting(world)
    card = await world.card(AWAITING)
    assert "The next five times, once it is started" in card.read(), "who approves reads when it leaves"
    await press(world, card, "Approve", ANA)
    assert world.slack.view(ANA) is None
    assert (await rule(world, State.SCHEDULED)).approved_by == ANA


async def approved_time(world: World) -> None:
    await approved(world)
    world.pass_time(2.1 * 3600)
    await time_in(world, State.SCHEDULED)


async def test_approved_once_its_times_leave_and_say_by_whom(careful: World) -> None:
    world = careful
    await approved_time(world)
    for place in range(2):
        one = await time_in(world, State.SCHEDULED, place)
        assert (one.needs_person, one.approved_by) == (True, ANA)
        await left(world, one)
        await time_in(world, State.SUBMITTED, place)
    assert sends_asked(world) == 2
    assert "Approved by" in (await world.card("Submitted")).read()


async def test_nobody_approves_their_own_and_until_then_nothing_is_made(careful: World) -> None:
    world = careful
    await awaiting(world)
    card = await world.card(AWAITING)
    await world.slack.click(OLIVE, card, "Approve")
    world.pass_time(3 * 3600)
    assert (await rule(world)).state is State.AWAITING
    assert await times(world) == []


async def test_a_time_that_is_moved_is_approved_anew(careful: World) -> None:
    world = careful
    await approved_time(world)
    one = (await times(world))[0]
    assert one.due_at is not None
    await press(world, await world.card("One time of"), "Move")
    later = int((one.due_at + timedelta(hours=2)).timestamp())
    assert (await submit(world, {"when": later})).closed
    moved = await time_in(world, State.AWAITING, 0)
    assert moved.approved_by is None
    await left(world, one)
    assert (await times(world))[0].state is State.AWAITING
    assert sends_asked(world) == 0


async def test_what_waits_for_approval_is_not_approved_while_its_campaign_is_paused(careful: World) -> None:
    world = careful
    await approved_time(world)
    one = (await times(world))[0]
    assert one.due_at is not None and one.series is not None
    await press(world, await world.card("One time of"), "Move")
    assert (await submit(world, {"when": int((one.due_at + timedelta(hours=2)).timestamp())})).closed
    await time_in(world, State.AWAITING, 0)
    card = await world.card(AWAITING)
    await press(world, await world.card("Running"), "Pause")
    await rule(world, State.HELD)
    await world.slack.click(ANA, card, "Approve")
    assert "nothing was approved" in await told(world, ANA, one.series)
    waiting = (await times(world))[0]
    ask = Ask(ANA, world.time.now())
    approve = world.bot.sends.approve
    assert await approve(ask, waiting.id, waiting.revision, timedelta(0), through_freeze=False) is None
    await press(world, await world.card("Paused by"), "Resume")
    await rule(world, State.SCHEDULED)
    await press(world, card, "Approve", ANA)
    assert (await time_in(world, State.SCHEDULED, 0)).approved_by == ANA


async def test_a_time_that_is_edited_is_approved_anew(careful: World) -> None:
    world = careful
    await approved_time(world)
    await press(world, await world.card("One time of"), "Edit")
    assert (await submit(world, {"group": "vip"})).closed
    await press(world, await world.card("Nothing is sent until someone presses Schedule"), "Schedule")
    edited = await time_in(world, State.AWAITING, 0)
    assert (edited.approved_by, edited.audience) == (None, "vip")


async def test_paused_and_resumed_it_needs_no_other_approval(careful: World) -> None:
    world = careful
    await approved_time(world)
    await press(world, await world.card("Running"), "Pause")
    await time_in(world, State.HELD)
    await press(world, await world.card("Paused by"), "Resume")
    one = await time_in(world, State.SCHEDULED)
    await left(world, one)
    await time_in(world, State.SUBMITTED, 0)
    assert (await times(world))[0].approved_by == ANA


async def test_the_approval_of_who_may_not_approve_any_more_does_not_hold(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_APPROVAL="campaign", SMS_APPROVERS=LEADS) as world:
        await approved_time(world)
        world.slack.world.groups[LEADS].users.remove(ANA)
        world.bot.people.groups._known.clear()  # a minute has passed
        await left(world, (await times(world))[0])
        await time_in(world, State.AWAITING, 0)
        await world.card("Who approved it may not approve any more.")
        assert sends_asked(world) == 0
