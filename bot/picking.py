"""The fields by which forms pick what is known: a sender code, a group, a stored message; and its search."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.blocks import OPTION_VALUE, choice, field, option, search_box, shorten
from bot.errors import BotError
from bot.whatcounts import Message
from bot.wiring import Bot

SEARCH_SECONDS = 2.0  # of the 3 that Slack gives
FIND_SECONDS = 1.0
OPTIONS = 100  # Slack's most
RETRY_HINT = "-"  # the value of the option that says why there is nothing to choose

View = dict[str, Any]


def sender_field(bot: Bot, initial: str = "") -> View:
    """A select of the sender codes; the default one is chosen already."""
    senders = [option(f"{one.label} · {one.code}", one.code) for one in bot.registry.senders]
    return field("sender", "Sender code", choice(senders, initial or bot.registry.default_sender.code))


def sender_problem(bot: Bot, code: str) -> str | None:
    """Why this is not a sender code to send from."""
    return None if bot.registry.sender(code) else "Choose a registered sender code."


def group_field(bot: Bot, initial: str | None = None, optional: bool = False) -> list[View]:
    """A select of the groups; none where none is registered, which Slack's select could not show."""
    groups = [option(one.name, one.name) for one in bot.registry.groups]
    made = field("group", "Group", choice(groups, initial, "Choose a group"), optional=optional)
    return [made] if groups else []


def group_problem(bot: Bot, name: str) -> str | None:
    """Why this is not a group to send to."""
    return None if bot.registry.group(name) else "Choose a registered group."


def message_field(bot: Bot, initial: str, typed: str) -> View:
    """The search for a stored message; `typed` is what was looked for, `initial` what was found by it."""
    hint = "A text stored in WhatCounts."
    if typed and not initial:
        hint = f"There is no message “{shorten(typed, 60)}”. Type to search."
    return field("message", "Message", search_box(initial, focus=not initial), hint)


def message_problem(bot: Bot, name: str) -> str | None:
    """Why this is not a stored message, as far as is known without asking WhatCounts; prepare asks."""
    if name == RETRY_HINT:
        return "Choose a message."
    known = [one.name for one in bot.stored.known()]
    if known and name not in known:
        return f"There is no message “{name}” in WhatCounts. Choose one from the list."
    return None


def known_as(bot: Bot, typed: str) -> str:
    """The stored name that was typed, in whatever case; before any list was read it is taken as it is."""
    names = [one.name for one in bot.stored.known()]
    if not names or typed in names:
        return typed
    return next((name for name in names if name.casefold() == typed.casefold()), "")


async def find_message(bot: Bot, typed: str) -> str:
    """The stored name that was typed, in whatever case; as it was typed where none is known."""
    with suppress(BotError):
        await bot.stored.list(FIND_SECONDS)
    return known_as(bot, typed) or typed


async def offer_messages(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    """Answer the search of `message_field`."""
    try:
        messages = await bot.stored.list(SEARCH_SECONDS)
    except BotError:
        await ack(options=[option("WhatCounts did not answer. Type again in a moment.", RETRY_HINT)])
        return
    found = search_in(messages, body.get("value") or "")
    await ack(options=[option(one.name, one.name, one.text) for one in found[:OPTIONS]])


def search_in(messages: Sequence[Message], typed: str) -> list[Message]:
    """Those with every word in name or text: names that begin so first, then names, then texts."""
    typed = " ".join(typed.casefold().split())

    def rank(one: Message) -> tuple[int, str]:
        name = one.name.casefold()
        return (0 if name.startswith(typed) else 1 if typed in name else 2, name)

    hits = [one for one in messages if all(w in f"{one.name} {one.text}".casefold() for w in typed.split())]
    return sorted((one for one in hits if len(one.name) <= OPTION_VALUE), key=rank)
