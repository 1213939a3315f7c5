"""`/sms help [verb]`: how, made from the commands; shows what this person may do."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from bot.blocks import context, escape, section
from bot.card.deeds import DEEDS
from bot.command import Command, Reply, usable
from bot.errors import UsageError
from bot.people import APPROVE, READ, SEND, Person
from bot.sends import Kind
from bot.wiring import Bot

command = Command(
    "help",
    usage="[verb]",
    summary="how to use it",
    example="`/sms help campaign`",
    order=90,
    works_for_all=True,
    works_anywhere=True,
)

RULES = (
    "{what} gets a card first. After {verb} there is a short time in which it can be cancelled;"
    " after that nothing can call it back."
)
STOP_RULES = "It asks once. Then it goes to WhatCounts at once, also in a freeze, and cannot be taken back."


@command.run
async def help_(bot: Bot, words: str, person: Person, commands: Mapping[str, Command], reply: Reply) -> None:
    text = about(bot, find(commands, words), person) if words else overview(bot, commands, person)
    rules = rules_of(find(commands, words)) if words else RULES.format(what="Every send", verb="Send")
    await reply(f"{text}\n{rules}".rstrip(), [section(text), *([context(rules)] if rules else [])])


def rules_of(one: Command) -> str:
    """How what it makes comes about, by the words on its card's button; "" where it makes nothing."""
    if one.kind is None:
        return ""
    return STOP_RULES if one.kind is Kind.STOP else RULES.format(what="It", verb=DEEDS[one.kind].verb)


def find(commands: Mapping[str, Command], verb: str) -> Command:
    """The command of this verb. Raises UsageError with a near miss."""
    found = commands.get(verb.lower())
    if found is not None and found.name != "menu":
        return found
    near = get_close_matches(verb.lower(), [name for name in commands if name != "menu"], n=1, cutoff=0.5)
    hint = f" Did you mean `/sms help {near[0]}`?" if near else ""
    raise UsageError(f"There is no such verb.{hint} `/sms help` lists what you can type.")


def about(bot: Bot, one: Command, person: Person) -> str:
    """One command: what to type, what it does, an example; mrkdwn."""
    lines = [f"`{escape(one.typed)}` {one.summary}"]
    lines += [f"For example: {one.example}"] if one.example else []
    lines += (
        [] if one in usable({one.name: one}, person) else [f"You may not use it. {bot.people.who(one.roles)}"]
    )
    return "\n".join(lines)


def overview(bot: Bot, commands: Mapping[str, Command], person: Person) -> str:
    """All that this person may type, by use; mrkdwn."""
    lines = [f"`{escape(one.typed)}` {one.summary}" for one in usable(commands, person) if one.name != "menu"]
    if person.may(APPROVE) and bot.settings.approval != "none":
        lines += ["You approve what another person asks for: its card comes to your direct messages."]
    if not person.may(READ):
        lines += ["You have no role here: you can read the cards, and as a full member press Cancel."]
        lines += [f"Who can send: {bot.people.names(SEND)}."]
    return "\n".join(lines)
