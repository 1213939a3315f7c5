"""Bulk runs for tests: a CSV given to Slack, drafted by the form, started by its card."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.sends import Send, State
from bot.sends.run import RunState
from sandbox.slack import Message
from tests.steps import submit, typed
from tests.world import OLIVE, World

TEXT = "Tidewater Coffee: We open at 8 today. Reply STOP to opt out"
FAST = {
    "SMS_RATE": "send=500,other=500",
    "SMS_DELAY_SECONDS": "phone=0,group=0,everyone=0",
    "SMS_BULK_LIMIT": "100000",
}
READY = "Nothing is"


def phones(count: int, first: int = 0) -> list[str]:
    """So many different ones, in the normal form."""
    return [f"1206{2000000 + first + n:07}" for n in range(count)]


def csv(numbers: list[str]) -> bytes:
    return ("phone\n" + "\n".join(number.removeprefix("1") for number in numbers) + "\n").encode()


async def draft(world: Any, data: bytes, words: str = f"send {TEXT}") -> Message:
    """Olive gives a list; its card, once the file is read and it can be started."""
    file = world.slack.give(OLIVE, "list.csv", data)
    assert await typed(world, f"bulk {words}") == ""
    view = await submit(world, {"file": file})
    assert view.closed, view.errors
    return await world.card("until someone presses")


async def start(world: Any, data: bytes, words: str = f"send {TEXT}", verb: str = "Send") -> Message:
    card = await draft(world, data, words)
    answer = await world.slack.click(OLIVE, card, verb)
    assert answer.ok, answer
    return card


async def over(world: World, *states: State) -> Send:
    """The run, as soon as it is over."""
    async with asyncio.timeout(40):
        while (row := await world.row()).run is None or row.run.ended_at is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # a row tells nobody that it has changed
    assert row.state in (states or (State.SUBMITTED,)), (row.state, row.run.counts)
    return row


async def in_state(world: World, state: RunState) -> Send:
    async with asyncio.timeout(20):
        while (row := await world.row()).run is None or row.run.state is not state:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return row
