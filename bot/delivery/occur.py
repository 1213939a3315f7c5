"""One time of a repeating campaign: made by its rule a day ahead, then prepared, and scheduled or held."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from bot import asking
from bot.card.repeating import missed_note
from bot.card.words import held_note
from bot.delivery.texts import fenced, read_facts
from bot.errors import BotError, Unavailable
from bot.rules import Facts, Objection, difference, second_looks, stops
from bot.sends import Seen, Send
from bot.sends.leaving import LATE
from bot.wiring import Bot

log = logging.getLogger(__name__)

Retry = Callable[[Bot, Send, str], Awaitable[bool]]


async def make(bot: Bot, series: str) -> bool:
    """Make what is due to be made of a repeating campaign; whether there is anything new."""
    made = await bot.sends.make(bot.now(), series, missed_note)
    for one in made:
        log.info("%s: made, one time of %s", one, series)
    return bool(made)


async def prepare_time(bot: Bot, seen: Seen, retry: Retry) -> bool:
    """Schedule it where its text is the one that was approved and no brake objects, else hold it.

    Where WhatCounts cannot be asked it is tried again until it is late; `retry` says so on the card.
    """
    send = seen.send
    try:
        facts = await read_facts(bot, seen, at_look=False)
    except Unavailable as error:
        if not _is_late(bot, send):
            return await retry(bot, send, str(error))
        return await _hold(bot, send, Objection("unreachable", "stop", f"It could not be checked: {error}"))
    except BotError as error:
        return await _hold(bot, send, Objection("whatcounts", "stop", str(error)))
    found = [one for one in asking.asked(seen, facts) if one.rule != "past"]  # a moment past is not late
    stop = _late(bot, send) or _changed(send, facts) or stops(found)
    stop = stop or next(iter(second_looks(found, send.accepted)), None)
    if stop is not None:
        return await _hold(bot, send, stop, facts.text)
    return await _occur(bot, send, found)


def _is_late(bot: Bot, send: Send) -> bool:
    return send.chosen_at is not None and bot.now() > send.chosen_at + LATE


def _late(bot: Bot, send: Send) -> Objection | None:
    if not _is_late(bot, send):
        return None
    return Objection("late", "stop", "smsops did not run at its hour, and nothing leaves late by itself.")


def _changed(send: Send, facts: Facts) -> Objection | None:
    """What was confirmed, and approved, of the campaign is one text."""
    if send.fingerprint(facts.text) == send.confirmed_print:
        return None
    said = "The text in WhatCounts is not the one that was confirmed for this repeating campaign."
    return Objection("content", "stop", said)


async def _occur(bot: Bot, send: Send, found: Sequence[Objection]) -> bool:
    return await bot.sends.occur(bot.now(), send, [one.as_row() for one in found], None, None) is not None


async def _hold(bot: Bot, send: Send, stop: Objection, text: str | None = None) -> bool:
    note = held_note(send, stop.sentence)
    if stop.rule == "content" and text is not None:
        note += f"\n```{fenced(difference(send.text or '', text))}```"
    return await bot.sends.occur(bot.now(), send, [], stop.as_row(), note) is not None
