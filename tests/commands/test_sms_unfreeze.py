"""`/sms unfreeze`: an admin lifts the freeze; what was held in it waits for a person."""

from __future__ import annotations

import pytest

from bot.sends import State
from tests.commands.test_sms_freeze import frozen_facts
from tests.steps import press, scheduled_text, typed
from tests.world import ANA, MAX, OLIVE, OTTO, World


async def test_after_the_freeze_a_held_send_goes_when_somebody_says_so(world: World) -> None:
    await scheduled_text(world)
    await typed(world, "freeze")
    world.pass_time(5)
    await world.state(State.HELD)
    read = await typed(world, "unfreeze", MAX)
    assert read == (
        "The freeze is lifted by @Max Weber."
        " What fell due in it is held, and waits for somebody to press Send Now."
    )
    world.pass_time(60)
    assert (await world.row()).state is State.HELD
    await press(world, await world.card("Held: nothing was sent."), "Send Now")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]
    assert await world.bot.database.read(frozen_facts) == ["U0OLIVE froze", "U0MAX unfroze"]


@pytest.mark.parametrize("user", [OLIVE, ANA, OTTO])
async def test_only_an_admin_lifts_it(sqlite_world: World, user: str) -> None:
    await typed(sqlite_world, "freeze")
    read = await typed(sqlite_world, "unfreeze", user)
    assert read == "You may not use /sms unfreeze, so nothing was done. Who can: @Max Weber."
    assert (await sqlite_world.bot.sends.frozen()).frozen


async def test_where_nothing_is_frozen_nothing_is_changed(world: World) -> None:
    assert await typed(world, "unfreeze", MAX) == "Sends are not frozen, so nothing was changed."
    assert await world.bot.database.read(frozen_facts) == ["U0MAX was refused"]


async def test_what_was_due_later_goes_by_itself_after_the_freeze(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_text(world)
    await typed(world, "freeze")
    await typed(world, "unfreeze", MAX)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]
