"""Prepare and look: read the text that would leave, ask all brakes, write what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import get_close_matches

from bot import asking
from bot.card.words import held_note
from bot.delivery.approval import is_sent_to_approve
from bot.delivery.reading import read_file
from bot.errors import BotError, Unavailable
from bot.people import ADMIN, Unknown
from bot.rules import Facts, Objection, difference, objections, second_looks, stops
from bot.sends import TO_MANY, Kind, Seen, Send, State
from bot.sends.leaving import LATE, NOT_AT_ALL
from bot.whatcounts import IN_STORED, Message
from bot.wiring import Bot

READ_SECONDS = 20.0  # for all pages of the list
READ_AGE = 2.0  # a list that was asked for this long ago serves all sends that want it now
RETRY = timedelta(seconds=15)
ANEW = "Once that is mended, press Edit, then Save: it is checked anew."
STORED = (Kind.CAMPAIGN, Kind.EVERYONE, Kind.TEST)  # their text is the one that lies in WhatCounts


class Unfit(BotError):
    """The stored message is not there, or its name cannot travel; nothing was sent."""


async def prepare(bot: Bot, send_id: str) -> bool:
    """Make a draft ready to be confirmed, or say on its card why not; returns whether the card changes."""
    seen = await asking.see(bot, send_id)
    if seen is None or seen.send.state is not State.DRAFT or seen.send.prepared_at:
        return False
    send = seen.send
    try:
        if send.run is not None and send.run.read_at is None:
            return await _read(bot, send)
        facts = await _facts(bot, seen, at_look=False)
    except Unavailable as error:
        return await _unprepared(bot, send, str(error), retry=True)
    except Unfit as error:
        return await _unprepared(bot, send, str(error))
    except BotError as error:
        return await _unprepared(bot, send, f"{error} {ANEW}")
    found = objections(facts)
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


async def _unprepared(bot: Bot, send: Send, sentence: str, retry: bool = False) -> bool:
    now = bot.now()
    row = Objection("whatcounts", "stop", sentence).as_row()
    return await bot.sends.prepared(now, send, None, [row], now + RETRY if retry else None) is not None


async def look(bot: Bot, send_id: str, waited: timedelta = NOT_AT_ALL) -> bool:
    """The last questions, seconds before the claim; returns whether it may go on (looked) or was held.

    Where WhatCounts cannot be asked it stays as it is for the next try, until it is late; then it is held.
    `waited` is how long our own throttle kept it, which is not lateness.
    """
    seen = await asking.see(bot, send_id)
    if seen is None or seen.send.state is not State.SCHEDULED or seen.send.due_at is None:
        return False
    send = seen.send
    try:
        if send.through_freeze_by and not await _lets_through(bot, send.through_freeze_by):
            seen = replace(seen, send=replace(send, through_freeze_by=None))
        facts = await _facts(bot, seen, at_look=True, waited=waited)
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


async def _facts(bot: Bot, seen: Seen, at_look: bool, waited: timedelta = NOT_AT_ALL) -> Facts:
    """All that the rules ask about. Raises Unavailable, Refused, Unfit."""
    now = bot.now()  # before the text is read: a look is as old as what it saw
    text, names = await read_text(bot, seen.send), await _names(bot, seen.send)
    return asking.facts(bot, seen, text, now, at_look=at_look, waited=waited, names=names)


async def _names(bot: Bot, send: Send) -> frozenset[str]:
    """The names that are taken, for a message that shall have one of its own."""
    if send.kind is not Kind.CREATE:
        return frozenset()
    return frozenset(one.name for one in await bot.stored.list(READ_SECONDS, READ_AGE))


async def _hold(bot: Bot, send: Send, stop: Objection, text: str | None = None) -> bool:
    note = held_note(send, stop.sentence)
    if stop.rule == "content" and send.text is not None and text is not None:
        note += f"\n```{_fenced(difference(send.text, text))}```"
    return await bot.sends.hold(bot.now(), send.id, send.revision, stop.as_row(), note) is not None


def _fenced(text: str) -> str:
    return text.replace("`", "'").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def read_text(bot: Bot, send: Send) -> str:
    """The text as it would leave now, "" where there is none. Raises Unavailable, Refused, Unfit."""
    if send.kind not in STORED:
        return send.text or ""
    if send.kind in TO_MANY:
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
