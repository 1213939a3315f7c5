"""Whom a send's approval is asked of: computed from who holds the role, without whose send it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.approval import needs_person
from bot.errors import Objected
from bot.people import APPROVE, Unknown, mention
from bot.sends import Send, Wanted
from bot.wiring import Bot


async def wanted(
    bot: Bot, send: Send, *by: str, objections: Sequence[Mapping[str, str]] = ()
) -> Wanted | None:
    """Another person's approval, where this send needs one; `by` cannot give it. Raises as `another`.

    `objections`: what the brakes say now, beside what they said at prepare. A send that needed a person keeps
    needing one until it is edited.
    """
    said = (*send.objections, *objections)
    if not (send.needs_person or needs_person(send.kind, bot.settings.approval, said)):
        return None
    return await another(bot, send, *by)


async def another(bot: Bot, send: Send, *by: str) -> Wanted:
    """Those who may approve it, whether it needs that or not. Raises Objected for nobody, Unknown."""
    holders = await bot.people.holders(APPROVE)
    owners = {one for one in (send.asked_by, send.edited_by, *by) if one}
    people = sorted(holders.ids - owners)
    if not people and not holders.anyone and holders.unknown:
        groups = " and ".join(map(mention, sorted(holders.unknown)))
        raise Unknown(f"Slack did not say who is in {groups}, so nothing was done. Try again.")
    if not people and not holders.anyone:
        raise Objected(
            "This needs another person's approval, and nobody else may give it, so nothing was done."
            " An admin names somebody with `/sms people`."
        )
    return Wanted(bot.people.names(APPROVE, without=owners), people)
