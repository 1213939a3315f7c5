"""The text as it would leave, read from WhatCounts, and all that the brakes ask about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from difflib import get_close_matches

from bot import asking
from bot.errors import BotError
from bot.rules import Facts
from bot.sends import TO_MANY, Kind, Seen, Send
from bot.sends.leaving import NOT_AT_ALL
from bot.whatcounts import IN_STORED, Message
from bot.wiring import Bot

READ_SECONDS = 20.0  # for all pages of the list
READ_AGE = 2.0  # a list that was asked for this long ago serves all sends that want it now
CAMPAIGNS = TO_MANY | {Kind.REPEAT}
STORED = CAMPAIGNS | {Kind.TEST}  # their text is the one that lies in WhatCounts


class Unfit(BotError):
    """The stored message is not there, or its name cannot travel; nothing was sent."""


async def read_facts(bot: Bot, seen: Seen, at_look: bool, waited: timedelta = NOT_AT_ALL) -> Facts:
    """All that the rules ask about. Raises Unavailable, Refused, Unfit."""
    now = bot.now()  # before the text is read: a look is as old as what it saw
    text, names = await read_text(bot, seen.send), await _names(bot, seen.send)
    return asking.facts(bot, seen, text, now, at_look=at_look, waited=waited, names=names)


async def _names(bot: Bot, send: Send) -> frozenset[str]:
    """The names that are taken, for a message that shall have one of its own."""
    if send.kind is not Kind.CREATE:
        return frozenset()
    return frozenset(one.name for one in await bot.stored.list(READ_SECONDS, READ_AGE))


def fenced(text: str) -> str:
    """For a block of code in mrkdwn."""
    return text.replace("`", "'").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def read_text(bot: Bot, send: Send) -> str:
    """The text as it would leave now, "" where there is none. Raises Unavailable, Refused, Unfit."""
    if send.kind not in STORED:
        return send.text or ""
    if send.kind in CAMPAIGNS:
        for what, value in (("message's name", send.message), ("campaign's name", send.wire_campaign)):
            if (problem := bot.whatcounts.path_problem(what, value or "")) is not None:
                raise Unfit(f"{problem} Rename it in WhatCounts." if what.startswith("message") else problem)
    age = 0.0 if send.corrects else READ_AGE  # its text was stored a moment ago, perhaps by another process
    text = _named(send.message or "", await bot.stored.list(READ_SECONDS, age)).text
    wrong = bot.whatcounts.text_problem(text, IN_STORED) if send.kind is Kind.TEST else None
    if wrong is not None:
        raise Unfit(
            f"It cannot go to a single phone. {wrong} That is done in WhatCounts; or press Edit and choose"
            " another message."
        )
    return text


def _named(name: str, messages: Sequence[Message]) -> Message:
    found = [one for one in messages if one.name == name]
    if len(found) == 1 and "\0" in found[0].text:
        raise Unfit(f"The message “{name}” has a NUL character in its text. Remove it in WhatCounts.")
    if len(found) == 1:
        return found[0]
    if found:
        raise Unfit(
            f"WhatCounts has {len(found)} messages of the name “{name}”,"
            " so nobody can say which would go out."
        )
    near = get_close_matches(name, [one.name for one in messages], n=1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    raise Unfit(f"There is no message “{name}” in WhatCounts.{hint} Press Edit and choose one.")
