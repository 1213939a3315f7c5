"""Prepare and look: read the text that would leave, ask all brakes, write what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from difflib import get_close_matches

from bot.card.words import held_note
from bot.errors import BotError, Unavailable
from bot.rules import Facts, Objection, difference, objections, stops
from bot.sends import Kind, Send, State
from bot.sends.leaving import LATE
from bot.whatcounts import Message, path_problem
from bot.wiring import Bot

READ_SECONDS = 20.0  # for all pages of the list
READ_AGE = 2.0  # a list that was asked for this long ago serves all sends that want it now
RETRY = timedelta(seconds=15)


class Unfit(BotError):
    """The stored message is not there, or its name cannot travel; nothing was sent."""


async def prepare(bot: Bot, send_id: str) -> bool:
    """Make a draft ready to be confirmed, or say on its card why not; returns whether the card changes."""
    send = await bot.sends.get(send_id)
    if send is None or send.state is not State.DRAFT or send.prepared_at:
        return False
    try:
        text = await read_text(bot, send)
    except Unavailable as error:
        return await _unprepared(bot, send, error, retry=True)
    except BotError as error:
        return await _unprepared(bot, send, error, retry=False)
    freeze = await bot.sends.frozen()
    found = objections(Facts(send, text, bot.now(), bot.registry, freeze, at_look=False))
    rows = [one.as_row() for one in found]
    return await bot.sends.prepared(bot.now(), send, text, rows, None) is not None


async def _unprepared(bot: Bot, send: Send, error: BotError, retry: bool) -> bool:
    now = bot.now()
    row = Objection("whatcounts", "stop", str(error)).as_row()
    return await bot.sends.prepared(now, send, None, [row], now + RETRY if retry else None) is not None


async def look(bot: Bot, send_id: str) -> bool:
    """The last questions, seconds before the claim; returns whether it may go on (looked) or was held.

    Where WhatCounts cannot be asked it stays as it is for the next try, until it is late; then it is held.
    """
    send = await bot.sends.get(send_id)
    if send is None or send.state is not State.SCHEDULED or send.due_at is None:
        return False
    try:
        text = await read_text(bot, send)
    except Unavailable as error:
        if bot.now() - send.due_at <= LATE:
            return False
        return await _hold(
            bot, send, Objection("unreachable", "stop", f"The text could not be checked: {error}")
        )
    except BotError as error:
        return await _hold(bot, send, Objection("whatcounts", "stop", str(error)))
    facts = Facts(send, text, bot.now(), bot.registry, await bot.sends.frozen(), at_look=True)
    stop = stops(objections(facts))
    if stop is None:
        return await bot.sends.looked(facts.now, send.id, send.revision, send.fingerprint(text))
    return await _hold(bot, send, stop, text)


async def _hold(bot: Bot, send: Send, stop: Objection, text: str | None = None) -> bool:
    note = held_note(send, stop.sentence)
    if stop.rule == "content" and send.text is not None and text is not None:
        note += f"\n```{_fenced(difference(send.text, text))}```"
    return await bot.sends.hold(bot.now(), send.id, send.revision, stop.rule, stop.sentence, note) is not None


def _fenced(text: str) -> str:
    return text.replace("`", "'").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def read_text(bot: Bot, send: Send) -> str:
    """The text as it would leave now. Raises Unavailable, Refused, Unfit."""
    if send.kind is Kind.SEND:
        return send.text or ""
    name = send.message or ""
    for what, value in (("message's name", name), ("campaign's name", send.wire_campaign)):
        if (problem := path_problem(what, value)) is not None:
            raise Unfit(problem)
    return _named(name, await bot.stored.list(READ_SECONDS, READ_AGE)).text


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
