"""Which cards that are behind are begun at a wake-up: as many as Slack may take; no row is read for it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from bot.allowance import Allowance
from bot.delivery.draw import TOGETHER, Drawer
from bot.sends.cards import Undrawn


def drawer(**limits: tuple[float, int]) -> Drawer:
    """It knows Slack's allowance and nothing else: whatever it asks the record fails."""
    allowance = Allowance(limits={"chat." + name: limit for name, limit in limits.items()})
    bot: Any = SimpleNamespace(slack=SimpleNamespace(allowance=allowance), wake=asyncio.Event())
    return Drawer(bot)


def edits(count: int, *, urgent: bool = False) -> list[Undrawn]:
    return [Undrawn(f"{'U' if urgent else 'E'}{number}", "", urgent) for number in range(count)]


def posts(count: int, channel: str) -> list[Undrawn]:
    return [Undrawn(f"{channel}{number}", channel, False) for number in range(count)]


async def test_of_hundreds_no_more_are_begun_than_slack_takes_in_a_burst() -> None:
    begun = drawer(update=(50, 20), postMessage=(200, 40)).with_room(edits(500))
    assert begun == [one.id for one in edits(TOGETHER)]


async def test_what_slack_has_no_room_for_is_not_begun_and_the_loop_is_woken_when_it_has() -> None:
    one = drawer(update=(600, 4), postMessage=(200, 40))
    allowance = one.bot.slack.allowance
    while not allowance.ask("chat.update"):
        pass
    behind = [*edits(1, urgent=True), *posts(2, "C0SMS"), *edits(3)]
    assert one.with_room(behind) == ["U0", "C0SMS0", "C0SMS1"]  # some room is kept for what is urgent
    assert not one.bot.wake.is_set()
    await asyncio.wait_for(one.bot.wake.wait(), 5)  # one each 0.1 s
    assert one.with_room(behind) == ["U0", "C0SMS0", "C0SMS1", "E0", "E1", "E2"]


async def test_a_channel_that_is_full_holds_up_no_other() -> None:
    one = drawer(update=(50, 20), postMessage=(200, 40))
    while not one.bot.slack.allowance.ask("chat.postMessage", "C0SMS"):
        pass
    assert one.with_room([*posts(2, "C0SMS"), *posts(1, "C0ELSE")]) == ["C0ELSE0"]


async def test_as_many_more_are_looked_at_as_stand_before_the_edits() -> None:
    one = drawer(update=(50, 20), postMessage=(200, 40))
    one.with_room([*edits(2, urgent=True), *posts(3, "C0SMS"), *edits(200)])
    assert one.resting() == 5  # all other edits are behind these, and alike
