"""`/sms freeze [why]`: the emergency brake; nothing leaves until an admin lifts it."""

from __future__ import annotations

from bot.blocks import escape, named, shorten
from bot.command import Command, Reply
from bot.errors import Objected
from bot.masks import mask_words
from bot.people import FREEZE
from bot.sends import Ask, State
from bot.wiring import Bot

command = Command(
    "freeze",
    usage="[why]",
    summary="nothing leaves until an admin lifts it: the emergency brake",
    example="`/sms freeze wrong price in the campaign`",
    order=70,
    roles=FREEZE,
    works_anywhere=True,
    confirm="Nothing leaves until an admin lifts it. What falls due is held.",
)


@command.run
async def freeze(bot: Bot, words: str, ask: Ask, reply: Reply) -> None:
    why = shorten(mask_words(words), 200)
    if not await bot.sends.freeze(ask, why):
        await _already(bot, ask, reply)
        return
    bot.wake.set()
    sending = (await bot.sends.counts()).get(State.SENDING, 0)
    under_way = f" Under way already, and not to be called back: {sending}." if sending else ""
    reason = f" Why: {escape(why)}" if why else ""
    await reply(
        f"*Sends are frozen* by <@{ask.who}>. Nothing leaves until an admin types `/sms unfreeze`;"
        f" what falls due is held.{under_way}{reason}",
        in_channel=True,
    )


async def _already(bot: Bot, ask: Ask, reply: Reply) -> None:
    """Frozen it is; what was let through is stopped. Raises Objected where that was nothing."""
    is_stopped = await bot.sends.freeze_again(ask)
    now = await bot.sends.frozen()
    said = f"Sends are frozen already{f' by {named(now.by)}' if now.by else ''}."
    if not is_stopped:
        raise Objected(f"{said} An admin lifts it with `/sms unfreeze`.")
    bot.wake.set()
    await reply(
        f"{said} <@{ask.who}> stopped what an admin had let through, too: nothing leaves until an admin types"
        " `/sms unfreeze`, or lets it through once more.",
        in_channel=True,
    )
