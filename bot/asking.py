"""Asking the brakes: the row and the record behind it, and the settings, made into facts; for every asker.

Prepare and look read the text anew; a press asks about the text that the card shows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from bot.rules import Facts, Objection, Terms, objections, of_times
from bot.sends import Kind, Seen, Send, State
from bot.sends.history import Back
from bot.sends.leaving import LOOK_HOLDS, NOT_AT_ALL
from bot.sends.series import first_time
from bot.wiring import Bot


async def see(bot: Bot, send_id: str, *, unlooked: bool = False) -> Seen | None:
    """The row with all that the record says to the brakes, from one moment. Raises DatabaseError.

    `unlooked`: None too where it was looked at so lately that it may leave by that.
    """
    settings, now = bot.settings, bot.now()
    back = Back(now, bot.delay, settings.timezone, settings.caps)
    return await bot.sends.see(send_id, back, now - LOOK_HOLDS if unlooked else None)


def facts(
    bot: Bot, seen: Seen, text: str, now: datetime, *, at_look: bool,
    waited: timedelta = NOT_AT_ALL, names: frozenset[str] = frozenset(),
) -> Facts:  # fmt: skip
    """All that the rules ask about; `text` is what would leave.

    Of a repeating campaign: of the first of its times.
    """
    about = first_time(seen.send, now, bot.delay(seen.send))
    return Facts(
        about, text, now, bot.registry, seen.freeze, at_look, seen.stopped, waited, names, seen.history,
        Terms.of(bot.settings), bot.delay(seen.send),
    )  # fmt: skip


async def at_press(bot: Bot, send: Send, now: datetime) -> list[Objection]:
    """What the brakes say to a send that somebody confirms or releases now. Raises DatabaseError.

    Its text, and the names that are taken, are those of its prepare; the look reads them anew. What was held
    is released for now, whenever it was to leave, unless it was held before its hour.
    """
    seen = await see(bot, send.id)
    if seen is None:
        return []
    if seen.send.state is State.HELD and not seen.send.keeps_time(now):
        seen = replace(seen, send=replace(seen.send, chosen_at=None))
    return asked(seen, facts(bot, seen, send.text or "", now, at_look=False))


def asked(seen: Seen, facts: Facts) -> list[Objection]:
    """What the brakes say; of a repeating campaign what the clock says is asked about its next times."""
    found = objections(facts)
    if seen.send.kind is not Kind.REPEAT:
        return found
    times = list(islice(seen.send.rule.after(facts.now + facts.delay), TIMES))
    return [one for one in found if one.rule not in BY_THE_CLOCK] + of_times(facts, times)


async def at_time(bot: Bot, send: Send, chosen: datetime, now: datetime) -> Objection | None:
    """What objects to this send's leaving at another time, by the clock alone. Raises DatabaseError."""
    seen = await see(bot, send.id)
    if seen is None:
        return None
    moved = replace(seen, send=replace(seen.send, state=State.DRAFT, chosen_at=chosen, due_at=None))
    found = objections(facts(bot, moved, send.text or "", now, at_look=False))
    return next((one for one in found if one.rule in BY_THE_CLOCK), None)


BY_THE_CLOCK = ("hours", "blackout")
TIMES = 7  # of a repeating campaign: a week, of one that leaves daily
