"""Steps around a subscription: somebody whom WhatCounts knows, a draft of it, its card confirmed."""

from __future__ import annotations

from typing import Any

from sandbox.slack import Message
from tests.steps import press, submit, typed
from tests.world import World

GIL = "12065550110"  # a contact, on no sender code
JON = {"email": "jon@mydomain.com", "phone": "206 555 0177", "first_name": "Jon", "customer_key": "10442"}
ADD_PHONE, ADD_CONTACT = "addPhoneToSenderCode", "addSubscriberToSenderCode"
MAIN_ID, WEEKLY_ID = 3, 42


def know_gil(world: World) -> None:
    """WhatCounts has a contact that is on no sender code yet."""
    world.whatcounts.realm.add_contact(GIL, "Gil")


async def draft_subscription(world: World, words: str = "206 555 0110 weekly") -> Message:
    """Olive types it; its card, ready to be confirmed."""
    know_gil(world)
    assert await typed(world, f"subscribe {words}") == ""
    return await world.card("Nothing is changed until someone presses Subscribe.")


async def draft_contact(world: World, **values: Any) -> Message:
    """Olive fills in the form; its card, ready to be confirmed."""
    await typed(world, "contact")
    view = await submit(world, JON | values)
    assert view.closed, view.errors
    return await world.card("Nothing is changed until someone presses Add.")


async def confirm(world: World, card: Message) -> Message:
    """Confirmed, and its delay has passed."""
    await press(world, card, card.buttons()[0])
    await world.slack.wait_for(lambda: "Scheduled." in card.read())
    world.pass_time(5)
    return card


def asked(world: World, operation: str) -> int:
    """How many requests of this operation WhatCounts got."""
    return sum(one.operation == operation for one in world.whatcounts.requests)


def groups_of(world: World, phone: str = GIL, sender: str = "2065551212") -> list[int | None]:
    """The groups in which WhatCounts has the phone on this sender code; None for none."""
    realm = world.whatcounts.realm
    found = realm.contacts.get(phone)
    wanted = (found.id if found else 0, realm.senders[sender])
    return [group for *who, group in realm.subscriptions if tuple(who) == wanted]
