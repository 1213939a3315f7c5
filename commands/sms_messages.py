"""`/sms messages [words]`: the stored messages, with text, parts and dates; words search name or text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import actions, button, context, divider, escape, exact, pager, section
from bot.command import Command, Reply, usable
from bot.people import Person
from bot.text import describe
from bot.whatcounts import Message
from bot.wiring import Bot

command = Command(
    "messages",
    usage="[words]",
    summary="the messages stored in WhatCounts, or those with these words",
    example="`/sms messages spring`",
    order=50,
)

WAIT = 2.0  # seconds, of the 3 that Slack gives
PAGE = 8


@command.run
async def messages(
    bot: Bot, words: str, person: Person, commands: Mapping[str, Command], reply: Reply
) -> None:
    text, blocks = page(await bot.stored.list(WAIT), words, 0, senders_of(commands, person))
    await reply(text, blocks)


@command.action("back")
@command.action("next")
async def turn(
    bot: Bot, words: str, person: Person, commands: Mapping[str, Command], reply: Reply
) -> None:
    wanted, start = json.loads(words)
    text, blocks = page(await bot.stored.list(WAIT), wanted, start, senders_of(commands, person))
    await reply(text, blocks, replace=True)


def senders_of(commands: Mapping[str, Command], person: Person) -> list[Command]:
    """The commands by which this person may send a stored message."""
    return [one for one in usable(commands, person) if one.takes_message]


def page(
    found: Sequence[Message], words: str, start: int, senders: Sequence[Command]
) -> tuple[str, list[dict[str, Any]]]:
    """One page of those that hold every word, newest first as WhatCounts numbers them; text and blocks."""
    wanted = words.casefold().split()
    hits = [one for one in found if all(word in f"{one.name} {one.text}".casefold() for word in wanted)]
    hits.sort(key=lambda one: one.id, reverse=True)
    about = f" with “{escape(words)}”" if words else ""
    if not hits:
        text = f"No stored message{about}. " + (
            "`/sms messages` lists all." if words else "`/sms create` makes one."
        )
        return text, [section(text)]
    shown = hits[start : start + PAGE]
    heading = f"Messages {start + 1} to {start + len(shown)} of {len(hits)}{about}"
    blocks = [section(f"*{heading}.* Dates are WhatCounts' own, without a zone.")]
    for one in shown:
        blocks += [divider()]
        blocks += [section(f"*{escape(one.name)}*"), exact(one.text), context(_facts(one))]
        presses = [button(each.name.capitalize(), each.id("run"), one.name) for each in senders]
        blocks += [actions(f"message.{one.id}", presses)] if presses else []
    blocks += pager(command.id, start, len(hits), PAGE, lambda to: json.dumps([words[:200], to]))
    return "\n".join([heading, *(f"{escape(one.name)}: {escape(one.text)}" for one in shown)]), blocks


def _facts(message: Message) -> str:
    created, changed = message.created_at_raw, message.updated_at_raw
    dates = [f"created {escape(created)}" if created else ""]
    dates += [f"changed {escape(changed)}" if changed and changed != created else ""]
    label = f"label {escape(message.label)}" if message.label else ""
    return " · ".join(filter(None, [escape(describe(message.text)), label, *dates]))
