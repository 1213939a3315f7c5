"""The lists of what is registered (`/sms groups`, `/sms senders`): all read, admins add and remove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import open_form
from bot.blocks import actions, button, context, escape, mrkdwn, plain, section
from bot.command import Command, Reply
from bot.errors import Objected
from bot.people import ADMIN, Person
from bot.registry import What
from bot.sends import Ask
from bot.settings import Group, Sender
from bot.wiring import Bot

Entry = tuple[str, str]  # its name, and what is said of it in mrkdwn
SHOWN = 40  # Slack's messages have 50 blocks
WORDS: dict[What, str] = {"group": "group", "sender": "sender code"}


def matching(entries: Sequence[Entry], words: str) -> list[Entry]:
    """Those that have every word; all, without words."""
    wanted = words.casefold().split()
    return [entry for entry in entries if all(word in " ".join(entry).casefold() for word in wanted)]


async def show(
    command: Command,
    reply: Reply,
    entries: Sequence[Entry],
    note: str,
    person: Person,
    *,
    words: str = "",
    replace: bool = False,
) -> None:
    """Those of the list that have every word; for an admin with the buttons that change it."""
    is_admin, entries = person.may(ADMIN), matching(entries, words)
    lines = [said for _, said in entries] or [_none(command, words)]
    blocks = [section(said, _remove(command, name) if is_admin else None) for name, said in entries[:SHOWN]]
    blocks = blocks or [section(lines[0])]
    blocks += [section("\n".join(lines[at : at + 10])) for at in range(SHOWN, len(entries), 10)]
    if is_admin and len(entries) > SHOWN:
        note = f"A part of the name brings the button of the others: `{command.typed}`. {note}"
    note += "" if is_admin else " An admin adds and removes them here."
    blocks += [context(note)]
    blocks += [actions("registry", [button("Add", command.id("add"))])] if is_admin else []
    await reply("\n".join([*lines, note]), blocks, replace=replace)


def _none(command: Command, words: str) -> str:
    if words:
        return f"None with “{escape(words)}” is registered. `{command.slash} {command.name}` lists all."
    return "None is registered."


def _remove(command: Command, name: str) -> dict[str, Any]:
    ask = {
        "title": plain("Remove it?"),
        "text": mrkdwn(f"Nothing is sent to or from *{escape(name)}* any more until it is added again."),
        "confirm": plain("Remove"),
        "deny": plain("Back"),
    }
    return button("Remove", command.id("remove"), name, confirm=ask)


async def open_add(
    bot: Bot, body: dict[str, Any], person: Person, ack: AsyncAck, view: dict[str, Any]
) -> None:
    """The form for a new one. Raises NotAllowed for who is no admin."""
    bot.people.require(person, ADMIN, "add to the registry")
    await open_form(bot, body, view)
    await ack()


async def add(bot: Bot, person: Person, ask: Ask, reply: Reply, entry: Sender | Group) -> None:
    """Register it and say so. Raises NotAllowed; Replayed."""
    bot.people.require(person, ADMIN, "add to the registry")
    is_new = await bot.register.add(ask.who, ask.at, ask.request, entry)
    name = entry.code if isinstance(entry, Sender) else entry.name
    await reply(f"*{escape(name)}* is registered." if is_new else f"*{escape(name)}* was registered just so.")


async def remove(bot: Bot, person: Person, ask: Ask, what: What, name: str) -> str:
    """Strike it out; returns what to say of the sends that wait for it. Raises NotAllowed, Objected."""
    bot.people.require(person, ADMIN, "remove from the registry")
    if what == "sender" and [one.code for one in bot.registry.senders] == [name]:
        raise Objected("It is the only sender code, so it stays. Add another one first.")
    if not await bot.register.remove(ask.who, ask.at, ask.request, what, name):
        raise Objected(f"“{escape(name)}” is not registered any more. Nothing was done.")
    waiting = await bot.sends.waiting_for(what, name)
    many = f" Sends that wait for it: {waiting}. What is scheduled is held when it is due." if waiting else ""
    return f"The {WORDS[what]} *{escape(name)}* is removed.{many}"
