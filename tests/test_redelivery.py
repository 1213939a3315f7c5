"""Each payload of a campaign's way comes three times, in orders that Slack could bring: one card, one send.

A payload exists once its deed is done; its copies come then, or at any time after, byte for byte or signed
anew, while the next payload is on its way too. SMSOPS_LONG=1 tries two hundred orders of each way.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import cycle

import pytest

from bot.sends import State
from sandbox.slack.sending import Sent
from tests.delivery.test_draw import cards
from tests.steps import GROUP_DELAY, READY, press, sends_asked, typed
from tests.world import MAX, OLIVE, World

ORDERS = range(200 if os.environ.get("SMSOPS_LONG") else 2)
COPIES = 2  # of each payload, beside the first
SPENT = ("exchanged_trigger_id", "expired_trigger_id")  # a copy asks for the form with the first one's ticket
Step = Callable[[World], Awaitable[object]]


@dataclass
class Mail:
    """Brings the copies of what was sent, each after as many more steps as `order` says."""

    world: World
    order: Callable[[], int]
    anew: Callable[[], bool]
    _due: defaultdict[int, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    _known: set[bytes] = field(default_factory=set)
    _step: int = 0

    async def carry(self, steps: list[Step]) -> None:
        """The steps, one after the other, each while the copies come that are due with it."""
        for step in steps:
            copies = self._due.pop(self._step, [])
            await asyncio.gather(step(self.world), *map(self._bring, copies))
            self._step += 1
            self._keep()
        for late in sorted(self._due):
            await asyncio.gather(*map(self._bring, self._due[late]))

    def _keep(self) -> None:
        for sent in self.world.slack.sent():
            if sent.body not in self._known:
                self._known.add(sent.body)
                for _ in range(COPIES):
                    self._due[self._step + self.order()].append(sent)

    async def _bring(self, sent: Sent) -> None:
        assert await self.world.slack.again(sent, signed_anew=self.anew()) == 200


async def asks(world: World) -> None:
    await typed(world, "campaign")


async def searches(world: World) -> None:
    assert await world.slack.search(OLIVE, "message", "sale")


async def drafts(world: World) -> None:
    await world.slack.fill(OLIVE, {"message": "Spring sale", "name": "Sale", "group": "weekly"})
    assert (await world.slack.submit(OLIVE)).ok
    await world.card(READY)


async def opens_it_to_edit(world: World) -> None:
    await press(world, cards(world)[0], "Edit")


async def edits(world: World) -> None:
    await world.slack.fill(OLIVE, {"name": "Summer sale"})
    assert (await world.slack.submit(OLIVE)).ok
    await world.card("Summer sale")
    await world.card(READY)


async def confirms(world: World) -> None:
    card = cards(world)[0]
    await press(world, card, card.buttons()[0])
    await world.slack.wait_for(lambda: "Scheduled." in card.read(), timeout=10)


async def cancels(world: World) -> None:
    await press(world, cards(world)[0], "Cancel")
    await world.card("Cancelled by")


async def falls_due(world: World) -> None:
    world.pass_time(GROUP_DELAY)


async def leaves(world: World) -> None:
    await falls_due(world)
    await world.state(State.SUBMITTED)
    await world.card("Submitted")


async def comes_too_late(world: World) -> None:
    await press(world, cards(world)[0].was(0), "Cancel")


async def freezes(world: World) -> None:
    await typed(world, "freeze")


async def is_held(world: World) -> None:
    await falls_due(world)
    await world.state(State.HELD)
    await world.card("Held: nothing was sent.")


async def releases_in_vain(world: World) -> None:
    await press(world, cards(world)[0], "Send Now")
    assert (await world.row()).state is State.HELD


async def lifts(world: World) -> None:
    assert "The freeze is lifted" in await typed(world, "unfreeze", MAX)


async def rests(world: World) -> None:
    """A step in which only copies come: whatever was refused before stays refused."""
    await asyncio.sleep(0)


async def is_still_held(world: World) -> None:
    assert (await world.row()).state is State.HELD


async def releases(world: World) -> None:
    await press(world, cards(world)[0], "Send Now")
    await world.state(State.SCHEDULED)
    await world.card("Scheduled.")


async def slack_tells_that_it_is_gone(world: World) -> None:
    assert (await world.slack.event("app_uninstalled")).ok
    assert (await world.slack.event("tokens_revoked", tokens={"bot": ["U0BOT"]})).ok


DRAFT = [asks, searches, drafts]
TO_THE_END: list[Step] = [
    *DRAFT, opens_it_to_edit, edits, confirms, leaves, comes_too_late, slack_tells_that_it_is_gone, lifts,
    rests,
]  # fmt: skip
CANCELLED: list[Step] = [*DRAFT, confirms, cancels, falls_due, comes_too_late, rests]
FROZEN: list[Step] = [
    *DRAFT, confirms, freezes, is_held, releases_in_vain, lifts, rests, is_still_held, releases, leaves,
]  # fmt: skip


async def ends_well(world: World, state: State, said: str) -> None:
    (row,) = await world.rows()
    assert row.state is state
    await world.slack.wait_for(lambda: said in cards(world)[0].read(), timeout=10)
    assert len([one for one in cards(world) if one.blocks and row.id in one.read()]) == 1
    assert sends_asked(world) == (state is State.SUBMITTED)
    assert not (await world.bot.sends.frozen()).frozen
    world.slack.breaches[:] = [one for one in world.slack.breaches if not any(word in one for word in SPENT)]


WAYS = {
    "sent": (TO_THE_END, State.SUBMITTED, "Submitted"),
    "cancelled": (CANCELLED, State.CANCELLED, "Cancelled by"),
    "held in a freeze": (FROZEN, State.SUBMITTED, "Submitted"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", ORDERS)
async def test_copies_that_come_at_any_time_change_nothing(world: World, way: str, seed: int) -> None:
    steps, state, said = WAYS[way]
    order = random.Random(f"{way} {seed}")
    mail = Mail(world, lambda: order.randrange(len(steps)), lambda: order.random() < 0.5)
    await mail.carry(steps)
    await ends_well(world, state, said)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("later", [0, 1, 3, 99])
async def test_copies_that_come_so_many_steps_later_change_nothing(
    world: World, way: str, later: int
) -> None:
    steps, state, said = WAYS[way]
    anew = cycle([False, True])
    await Mail(world, lambda: later, lambda: next(anew)).carry(steps)
    await ends_well(world, state, said)
