"""`/sms`: a private menu of what this person may do."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import actions, context, section
from bot.card.words import frozen_banner
from bot.command import Command, Reply
from bot.menu import offered, press
from bot.people import Person
from bot.wiring import Bot

command = Command("menu", summary="what you may do", in_menu=False, works_for_all=True, works_anywhere=True)


@command.run
async def menu(bot: Bot, person: Person, commands: Mapping[str, Command], reply: Reply) -> None:
    freeze = await bot.sends.frozen()
    shown = offered(commands, person, freeze.frozen)
    banner = frozen_banner(freeze)
    lines = [f"*{one.name.capitalize()}*: {one.summary}" for one in shown]
    blocks = [section(banner)] if freeze.frozen else []
    blocks += [section("\n".join(lines)), actions("menu", [press(one) for one in shown])]
    blocks += [context("`/sms help` shows what can be typed.")]
    await reply("\n".join([banner, *lines] if freeze.frozen else lines), blocks)
