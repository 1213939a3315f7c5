"""The one request that each kind of send makes of WhatCounts, and what of its answer people are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.errors import Refused
from bot.sends import Due, Kind, Send
from bot.whatcounts import AlreadySubscribed, Contact, Created, Submitted, Subscription
from bot.wiring import Bot


@dataclass(frozen=True)
class Took:
    """WhatCounts took it: its answer, redacted; a remark for the card, and a note for its thread."""

    answer: dict[str, Any]
    remark: str | None = None
    note: str | None = None


async def turn(bot: Bot, due: Due) -> timedelta:
    """Wait for the throttle's turn, before the claim: a claim is followed by its request at once.

    Returns how long the throttle made it wait, which is not lateness. Raises NoTurn.
    """
    if due.kind is Kind.BULK:
        return timedelta(0)  # each of its rows waits for a turn
    if due.kind in (Kind.SEND, Kind.TEST):
        return timedelta(seconds=await bot.whatcounts.turn_to_text(due.sender, due.id))
    return timedelta(seconds=await bot.whatcounts.turn(due.id))


def turn_unused(bot: Bot, due: Due, since: float) -> None:
    """Its turn came, and it was another process' already, or may not leave: the next may have it."""
    if due.kind is Kind.BULK:
        return
    if due.kind in (Kind.SEND, Kind.TEST):
        bot.whatcounts.text_turn_unused(due.sender, since)
    else:
        bot.whatcounts.turn_unused(since)


async def ask_whatcounts(bot: Bot, send: Send) -> Took:
    """The request, once. Raises Refused, Unavailable, Uncertain."""
    return await REQUESTS[send.kind](bot, send)


async def _text(bot: Bot, send: Send) -> Took:
    if not send.phone or not send.text:
        raise _incomplete()
    return Took((await bot.whatcounts.send_to_phone(send.phone, send.sender, send.text)).model_dump())


async def _campaign(bot: Bot, send: Send) -> Took:
    if not send.message or not send.audience:
        raise _incomplete()
    said = await bot.whatcounts.send_to_group(
        send.message, send.sender, send.audience, send.wire_campaign, send.description or ""
    )
    return Took(said.model_dump(), note=_group_alarm(send, said))


def _group_alarm(send: Send, said: Submitted) -> str | None:
    """The answer names the group by id; else it was not understood (seed page, Send To Sender Code)."""
    if said.sms_group_id is not None:
        return None
    return (
        f"<@{send.asked_by}> WhatCounts took {send.id}, but its answer names no group:"
        f" it may have gone to EVERYONE on {send.sender}. Look in WhatCounts now."
    )


async def _everyone(bot: Bot, send: Send) -> Took:
    """The one request without a group; a send that names one does not come here."""
    if send.kind is not Kind.EVERYONE or not send.message or send.audience is not None:
        raise _incomplete()
    said = await bot.whatcounts.send_to_everyone_without_a_group(
        send.message, send.sender, send.wire_campaign, send.description or ""
    )
    return Took(said.model_dump(), note=_everyone_alarm(send, said))


def _everyone_alarm(send: Send, said: Submitted) -> str | None:
    """Where no group was asked for, the answer must not name one."""
    if said.sms_group_id is None:
        return None
    return (
        f"<@{send.asked_by}> WhatCounts took {send.id}, but its answer names a group ({said.sms_group_id}):"
        f" it may not have gone to everyone on {send.sender}. Look in WhatCounts now."
    )


async def _create(bot: Bot, send: Send) -> Took:
    if not send.message or not send.text:
        raise _incomplete()
    said = await bot.whatcounts.create_message(send.message, send.text, send.label or "")
    bot.stored.forget()
    return Took({"id": said.message.id, "raw": _created_raw(said)}, _created_remark(send, said))


def _created_raw(said: Created) -> str:
    return f"WhatCounts has it as message {said.message.id}."


def _created_remark(send: Send, said: Created) -> str | None:
    remarks = []
    if said.is_changed:
        remarks += [f"But WhatCounts stored another text: “{said.message.text}”. Mend it there."]
    if said.label_missing:
        remarks += [f"But WhatCounts does not show the label {send.label} with it. Look there."]
    return " ".join(remarks) or None


async def _subscribe(bot: Bot, send: Send) -> Took:
    if not send.phone:
        raise _incomplete()
    return _subscribed(send, await bot.whatcounts.add_phone(send.phone, send.sender, send.audience))


async def _contact(bot: Bot, send: Send) -> Took:
    if not send.phone or not send.email:
        raise _incomplete()
    said = await bot.whatcounts.add_contact(
        send.email, send.phone, send.sender, country=send.country or "us", group=send.audience,
        first=send.first_name, customer_key=send.customer_key,
    )  # fmt: skip
    return _subscribed(send, said)


def _subscribed(send: Send, said: Subscription | Contact | AlreadySubscribed) -> Took:
    """A group that WhatCounts does not know is ignored by it, without a word."""
    if isinstance(said, AlreadySubscribed):
        group = f" Whether it is in the group {send.audience}, it does not tell." if send.audience else ""
        return Took({"raw": said.raw}, f"WhatCounts says that it was subscribed already.{group}")
    answer = said.model_dump(exclude={"phone"}, exclude_none=True)
    if isinstance(said, Contact) and said.group_unproven:
        return Took(answer, f"Whether it is in the group {send.audience}, WhatCounts does not tell.")
    if not said.group_missing:
        return Took(answer)
    remark = f"But its answer does not name the group {send.audience}: it may be in no group."
    return Took(answer, remark, f"<@{send.asked_by}> {send.id}: {remark} Look in WhatCounts.")


async def _stop(bot: Bot, send: Send) -> Took:
    if not send.phone:
        raise _incomplete()
    said = await bot.whatcounts.stop(send.phone, send.sender)
    return Took(said.model_dump(exclude={"phone"}, exclude_none=True))


def _incomplete() -> Refused:
    return Refused("The record of this is not complete, so WhatCounts was not asked.")


REQUESTS: dict[Kind, Callable[[Bot, Send], Awaitable[Took]]] = {
    Kind.SEND: _text,
    Kind.TEST: _text,
    Kind.CAMPAIGN: _campaign,
    Kind.EVERYONE: _everyone,
    Kind.CREATE: _create,
    Kind.SUBSCRIBE: _subscribe,
    Kind.CONTACT: _contact,
    Kind.STOP: _stop,
}
