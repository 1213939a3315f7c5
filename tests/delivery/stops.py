"""Steps around an opt-out: one asked for, what WhatCounts was asked and keeps, until it is asked again."""

from __future__ import annotations

from collections.abc import Callable

from bot.sends import Send
from sandbox.slack import Message
from tests.steps import submit, typed
from tests.world import SMS, World

AVA, BEN = "12065550100", "12065550101"  # Ava is on both sender codes, Ben on the main line alone
MAIN, SHORT = "2065551212", "12345"
ASKED = ("stopSubscriberSend", "stopSubcriberSend", "smsstopsubscribersend")
ONE_TRY = 3  # requests that the client itself makes where the answer leaves a doubt
DONE = "WhatCounts keeps the opt-out"


async def ask_to_stop(
    world: World, phone: str = "2065550100", sender: str = MAIN, channel: str = SMS
) -> None:
    """Olive types it and submits the modal."""
    await typed(world, f"stop {phone}", channel=channel)
    view = await submit(world, {"sender": sender})
    assert view.closed, view.errors


async def stop_that_fails(world: World, fault: str = "unauthorized", sender: str = MAIN) -> Message:
    """A stop that WhatCounts did not carry out, as its card shows it."""
    for operation in ("stopSubscriberSend", "smsstopsubscribersend"):
        world.whatcounts.faults.always(fault, operation=operation)
    await ask_to_stop(world, sender=sender)
    return await world.card("Not stopped in WhatCounts yet")


def stops_asked(world: World) -> list[tuple[str, str]]:
    """Phone and sender code of each request for an opt-out, in their order."""
    wanted = [one.values for one in world.whatcounts.requests if one.operation in ASKED]
    return [(f"1{one['phone'][-10:]}", one.get("senderCode") or one["sender_code"]) for one in wanted]


def is_stopped(world: World, phone: str = AVA, sender: str = MAIN) -> bool:
    """Whether WhatCounts keeps an opt-out."""
    realm = world.whatcounts.realm
    return realm.is_opted_out(phone, realm.senders[sender])


async def round_trip(world: World) -> None:
    """To the bot and back; it goes on with its work meanwhile."""
    await world.slack.raw(b"", {})


async def until(world: World, reached: Callable[[Send], bool], seconds: float) -> None:
    """Time goes on until the newest send is there.

    Only while it is not due: a throttle counts real seconds, and time that passes between a claim and its
    request makes the bot give it back.
    """
    while not reached(row := await world.row()):
        is_due = row.due_at is not None and row.due_at <= world.bot.now()
        world.pass_time(0 if is_due else seconds)
        await round_trip(world)


async def until_asked_again(world: World, times: int, seconds: float = 16) -> None:
    """Time goes on until the newest send was tried so often."""
    await until(world, lambda row: max(leg.tries for leg in row.legs) >= times, seconds)
