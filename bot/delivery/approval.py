"""Another person's approval, as the clock sees it: asked again at the look, reminded of, expired."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from bot.approval import needs_person
from bot.approvers import another
from bot.card.words import approval_note, reminder
from bot.errors import Objected
from bot.people import APPROVE, Unknown
from bot.sends import Send, Wanted, is_own
from bot.wiring import Bot

log = logging.getLogger(__name__)

NOBODY = "nobody yet: an admin names somebody with `/sms people`"


async def is_sent_to_approve(bot: Bot, send: Send, objections: Sequence[Mapping[str, str]]) -> bool:
    """Whether it may not leave by itself any more: it needs an approval that it has not, or that is void.

    The approval of somebody who may not approve any more does not hold: who was removed may have been removed
    for it, and another person's look costs less than a wrong text. Raises Unknown.
    """
    why = await _doubt(bot, send, objections)
    if why is None:
        return False
    try:
        wanted = await another(bot, send, send.confirmed_by or "", send.moved_by or "")
    except (Objected, Unknown):
        wanted = Wanted(NOBODY)
    note = approval_note(send, why)
    await bot.sends.ask_anew(bot.now(), send, wanted, why, objections, note)
    return True


async def _doubt(bot: Bot, send: Send, objections: Sequence[Mapping[str, str]]) -> str | None:
    """Why it needs a person's approval now; None where it needs none, or the one it has holds."""
    if not (send.needs_person or needs_person(send.kind, bot.settings.approval, objections)):
        return None
    if send.approved_by is None or is_own(send, send.approved_by):
        return "It needs another person's approval now."
    new = [one for one in objections if one["severity"] == "person" and not _is_known(send, one)]
    if new:
        return f"Since it was approved there is more to look at: {new[0]['sentence']}"
    await bot.people.roles.refresh()
    if not await bot.people.still_holds(send.approved_by, APPROVE):
        return "Who approved it may not approve any more."
    return None


def _is_known(send: Send, objection: Mapping[str, str]) -> bool:
    """Whether who approved it read this objection on the card."""
    return objection["rule"] in {one["rule"] for one in send.objections}


async def remind(bot: Bot) -> None:
    """Ask once more those who have been asked for a while, each in their direct messages."""
    for send in await bot.sends.to_remind(bot.now()):
        holders = await bot.people.holders(APPROVE)
        people = [one for one in sorted(holders.ids) if not is_own(send, one)]
        if await bot.sends.remind(bot.now(), send, people, reminder(send)):
            log.info("%s: those who may approve it were reminded", send.id)
            bot.wake.set()
