"""The banner of a freeze: over the menu, over every list, on every card that waits; gone at the thaw."""

from __future__ import annotations

import pytest

from bot.sends import State
from tests.steps import READY, held_text, press, scheduled_text, told, typed
from tests.world import MAX, World

BANNER = (
    "Sends are frozen by @Olive Park. Nothing leaves until an admin lifts it, or lets a correction through."
    " Why: wrong price"
)


@pytest.mark.parametrize("words", ["", "scheduled", "show"])
async def test_menu_and_lists_say_it(sqlite_world: World, words: str) -> None:
    world = sqlite_world
    await world.draft_text()
    assert "frozen" not in await typed(world, words)
    await typed(world, "freeze wrong price")
    assert BANNER in await typed(world, words)
    await typed(world, "unfreeze", MAX)
    assert "frozen" not in await typed(world, words)


async def test_an_empty_list_says_it_too(sqlite_world: World) -> None:
    await typed(sqlite_world, "freeze wrong price")
    assert await typed(sqlite_world, "scheduled") == f"{BANNER}\nNothing is waiting to be sent."


async def test_every_card_that_waits_says_it_until_the_thaw(world: World) -> None:
    held = await held_text(world, "Held one")
    draft = await world.draft_text("A draft")
    await typed(world, "freeze")
    await world.slack.wait_for(lambda: "Sends are still frozen; an admin lifts that first." in held.read())
    await world.slack.wait_for(lambda: "this is held unless an admin lifts the freeze first" in draft.read())
    await typed(world, "unfreeze", MAX)
    await world.slack.wait_for(lambda: "frozen;" not in held.read() and "frozen:" not in draft.read())


async def test_what_came_due_in_a_freeze_is_held_though_it_is_lifted_at_once(world: World) -> None:
    await scheduled_text(world)
    await typed(world, "freeze")
    due = (await world.row()).due_at
    assert due is not None
    world.time.ahead += due - world.time.now()  # and nobody is woken by it
    await typed(world, "unfreeze", MAX)
    await world.state(State.HELD)
    assert world.texts() == []
    card = await world.card("Held: nothing was sent.")
    await press(world, card, "Send Now")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]


async def test_send_now_waits_for_the_thaw(sqlite_world: World) -> None:
    world = sqlite_world
    card = await held_text(world)
    await typed(world, "freeze")
    await press(world, card, "Send Now")
    assert "An admin lifts it" in await told(world, "U0OLIVE", "Sends are still frozen")
    assert READY not in card.read()
