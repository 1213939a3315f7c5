"""`/sms help [verb]`: how, made from the commands; shows what this person may do."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import context, escape, section
from bot.command import Command, Reply, may_use
from bot.errors import UsageError
from bot.people import READ, Person
from bot.wiring import Bot

command = Command("help", usage="[verb]", summary="How to use it.", works_for_all=True, works_anywhere=True)

RULES = (
    "Every send gets a card first. After Send there is a short time in which it can be cancelled;"
    " after that nothing can call it back."
)


@command.run
async def help_(bot: Bot, words: str, person: Person, commands: Mapping[str, Command], reply: Reply) -> None:
    if words:
        one = commands.get(words.lower())
        if one is None or one.name == "menu":
            raise UsageError("There is no such verb. `/sms help` lists what you can type.")
        text = f"`{escape(one.typed)}`\n{one.summary}"
        text += "" if may_use(one, person) else f"\nYou may not use it. {bot.people.who(one.roles)}"
        await reply(text, [section(text)])
        return
    lines = [f"`{escape(one.typed)}` {one.summary}" for one in usable(commands, person)]
    lines += (
        []
        if person.may(READ)
        else [f"You have no role here, so you can read cards, not make them. {bot.people.who(READ)}"]
    )
    await reply("\n".join([*lines, RULES]), [section("\n".join(lines)), context(RULES)])


def usable(commands: Mapping[str, Command], person: Person) -> list[Command]:
    """What this person may type, by name, without the menu."""
    return [one for _, one in sorted(commands.items()) if one.name != "menu" and may_use(one, person)]
