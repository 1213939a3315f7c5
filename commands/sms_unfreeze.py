"""`/sms unfreeze`: lift the freeze; what was held in it stays held."""

from __future__ import annotations

from bot.command import Command, Reply
from bot.errors import Objected
from bot.people import ADMIN
from bot.sends import Ask
from bot.wiring import Bot

command = Command(
    "unfreeze",
    summary="lift the freeze; what was held in it waits for somebody",
    order=80,
    roles=ADMIN,
    works_anywhere=True,
    confirm="Sends leave again. What was held stays held.",
)


@command.run
async def unfreeze(bot: Bot, ask: Ask, reply: Reply) -> None:
    if not await bot.sends.unfreeze(ask):
        raise Objected("Sends are not frozen, so nothing was changed.")
    bot.wake.set()
    await reply(
        f"*The freeze is lifted* by <@{ask.who}>. What fell due in it is held,"
        " and waits for somebody to press Send Now.",
        in_channel=True,
    )
