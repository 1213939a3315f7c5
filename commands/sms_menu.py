"""`/sms`: a private menu of what this person may do."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import actions, button, context, section
from bot.command import Command, Reply, may_use
from bot.people import Person
from bot.wiring import Bot

command = Command("menu", summary="What you may do.", works_for_all=True, works_anywhere=True)

SHOWN = (
    "send",
    "campaign",
    "scheduled",
    "messages",
    "status",
    "help",
)  # those that do something without words


@command.run
async def menu(bot: Bot, person: Person, commands: Mapping[str, Command], reply: Reply) -> None:
    shown = [commands[name] for name in SHOWN if name in commands and may_use(commands[name], person)]
    freeze = await bot.sends.frozen()
    lines = [f"*{one.name.capitalize()}* {one.summary}" for one in shown]
    banner = [
        section(f"*Sends are frozen* by <@{freeze.by}>. Nothing leaves until an admin types `/sms unfreeze`.")
    ]
    blocks = banner if freeze.frozen else []
    blocks += [section("\n".join(lines))]
    blocks += [actions("menu", [button(one.name.capitalize(), one.id("run")) for one in shown])]
    blocks += [context("`/sms help` shows what can be typed.")]
    await reply("\n".join(lines), blocks)
