"""A time that was chosen: pressed after it, drafted again before it and after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sends import Ask, State
from sandbox.slack import Message
from tests.steps import GROUP_DELAY, draft_campaign, press, sends_asked, submit, told, typed
from tests.world import OLIVE, World

HOUR = 3600
DELAY = timedelta(seconds=GROUP_DELAY)


async def for_in_an_hour(world: World) -> Message:
    return await draft_campaign(world, when=int(world.time.now().timestamp()) + HOUR)


async def test_schedule_pressed_after_the_chosen_time_is_told_and_schedules_nothing(world: World) -> None:
    card = await for_in_an_hour(world)
    before = await world.row()
    world.pass_time(6 * HOUR)
    await press(world, card, "Schedule")
    await told(world, OLIVE, "The time that was chosen has passed, so nothing was done. Press Edit")
    for seconds in (GROUP_DELAY, HOUR):
        world.pass_time(seconds)
        await typed(world, "status")
    after = await world.row()
    assert (after.state, after.due_at, after.revision) == (State.DRAFT, None, before.revision)
    assert sends_asked(world) == 0


async def test_after_an_edit_to_no_time_it_may_be_sent(sqlite_world: World) -> None:
    world = sqlite_world
    card = await for_in_an_hour(world)
    world.pass_time(6 * HOUR)
    await press(world, card, "Edit")
    assert (await submit(world, {"when": None})).closed
    await world.slack.wait_for(lambda: "Send" in card.buttons())
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)


@pytest.mark.parametrize("passes", [0, HOUR - 60])
async def test_draft_again_keeps_a_time_that_is_still_ahead(sqlite_world: World, passes: int) -> None:
    world = sqlite_world
    card = await for_in_an_hour(world)
    chosen = (await world.row()).chosen_at
    await press(world, card, "Cancel")
    await world.card("Cancelled by")
    world.pass_time(passes)
    await press(world, card, "Draft Again")
    fresh = await world.card("Nothing is sent until someone presses Schedule.")
    assert (await world.row()).chosen_at == chosen
    assert fresh.buttons()[0] == "Schedule"


async def test_draft_again_after_the_time_cannot_be_scheduled_and_never_leaves_by_itself(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    card = await for_in_an_hour(world)
    await press(world, card, "Cancel")
    await world.card("Cancelled by")
    world.pass_time(HOUR)
    await press(world, card, "Draft Again")
    fresh = await world.card("The time that was chosen has passed.")
    row = await world.row()
    assert fresh.buttons() == ["Edit", "Cancel"]
    assert row.prepared_at is None
    assert await world.bot.sends.confirm(Ask(OLIVE, world.bot.now()), row.id, row.revision, DELAY) is None
