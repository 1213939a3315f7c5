"""Prepare and look: read the text that would leave, ask all brakes, write what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import asking
from bot.card.words import held_note
from bot.delivery.approval import is_sent_to_approve
from bot.delivery.occur import prepare_time
from bot.delivery.reading import read_file
from bot.delivery.texts import Unfit, fenced, read_facts
from bot.errors import BotError, Unavailable
from bot.people import ADMIN, Unknown
from bot.rules import Objection, difference, objections, second_looks, stops
from bot.sends import Seen, Send, State
from bot.sends.leaving import LATE, NOT_AT_ALL
from bot.wiring import Bot

RETRY = timedelta(seconds=15)
ANEW = "Once that is mended, press Edit, then Save: it is checked anew."


async def prepare(bot: Bot, send_id: str) -> bool:
    """Make a draft ready to be confirmed, or say on its card why not; returns whether the card changes."""
    seen = await asking.see(bot, send_id)
    if seen is None or seen.send.state is not State.DRAFT or seen.send.prepared_at:
        return False
    send = seen.send
    if send.is_made_by_rule:
        return await prepare_time(bot, seen, retry=_untold)
    try:
        if send.run is not None and send.run.read_at is None:
            return await _read(bot, send)
        facts = await read_facts(bot, seen, at_look=False)
    except Unavailable as error:
        return await _unprepared(bot, send, str(error), retry=True)
    except Unfit as error:
        return await _unprepared(bot, send, str(error))
    except BotError as error:
        return await _unprepared(bot, send, f"{error} {ANEW}")
    found = asking.asked(seen, facts)
    rows = [one.as_row() for one in found]
    again_at = _passes_at(found) if send.chosen_at is None else None
    return await bot.sends.prepared(bot.now(), send, facts.text, rows, again_at) is not None


async def _read(bot: Bot, send: Send) -> bool:
    """Its file, into rows; then it is prepared. Raises Unreadable, Unavailable."""
    return await read_file(bot, send) and await prepare(bot, send.id)


def _passes_at(found: Sequence[Objection]) -> datetime | None:
    """When all that stops it is over by itself, as the hours are; None where that is nothing, or never so."""
    times = [one.next_at for one in found if one.severity == "stop"]
    return max((at for at in times if at), default=None) if all(times) else None


async def _untold(bot: Bot, send: Send, sentence: str) -> bool:
    return await _unprepared(bot, send, sentence, retry=True)


async def _unprepared(bot: Bot, send: Send, sentence: str, retry: bool = False) -> bool:
    now = bot.now()
    row = Objection("whatcounts", "stop", sentence).as_row()
    return await bot.sends.prepared(now, send, None, [row], now + RETRY if retry else None) is not None


async def look_first(bot: Bot, send_id: str, waited: timedelta) -> bool:
    """The look of what nobody has looked at lately; another process may have meanwhile."""
    return await _look(bot, await asking.see(bot, send_id, unlooked=True), waited)


async def look(bot: Bot, send_id: str, waited: timedelta = NOT_AT_ALL) -> bool:
    """The last questions, seconds before the claim; returns whether it may go on (looked) or was held.

    Where WhatCounts cannot be asked it stays as it is for the next try, until it is late; then it is held.
    `waited` is how long our own throttle kept it, which is not lateness.
    """
    return await _look(bot, await asking.see(bot, send_id), waited)


async def _look(bot: Bot, seen: Seen | None, waited: timedelta) -> bool:
    if seen is None or seen.send.state is not State.SCHEDULED or seen.send.due_at is None:
        return False
    send = seen.send
    try:
        if send.through_freeze_by and not await _lets_through(bot, send.through_freeze_by):
            seen = replace(seen, send=replace(send, through_freeze_by=None))
        facts = await read_facts(bot, seen, at_look=True, waited=waited)
    except (Unavailable, Unknown) as error:
        return await _unchecked(bot, send, str(error), waited)
    except BotError as error:
        return await _hold(bot, send, Objection("whatcounts", "stop", str(error)))
    found = objections(facts)
    stop = stops(found) or next(iter(second_looks(found, send.accepted)), None)
    if stop is None:
        try:
            if await is_sent_to_approve(bot, send, [one.as_row() for one in found]):
                return True
        except Unknown as error:
            return await _unchecked(bot, send, str(error), waited)
        return await bot.sends.looked(facts.now, send.id, send.revision, send.fingerprint(facts.text))
    return await _hold(bot, send, stop, facts.text)


async def _lets_through(bot: Bot, who: str) -> bool:
    """Whether who let it through the freeze may do so still. Raises Unknown."""
    await bot.people.roles.refresh()
    return await bot.people.still_holds(who, ADMIN)


async def _unchecked(bot: Bot, send: Send, why: str, waited: timedelta) -> bool:
    """It is tried again until it is late; then it is held."""
    if send.due_at is not None and bot.now() - send.due_at - waited <= LATE:
        return False
    return await _hold(bot, send, Objection("unreachable", "stop", f"It could not be checked: {why}"))


async def _hold(bot: Bot, send: Send, stop: Objection, text: str | None = None) -> bool:
    note = held_note(send, stop.sentence)
    if stop.rule == "content" and send.text is not None and text is not None:
        note += f"\n```{fenced(difference(send.text, text))}```"
    return await bot.sends.hold(bot.now(), send.id, send.revision, stop.as_row(), note) is not None
