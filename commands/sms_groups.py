"""`/sms groups`: the groups that may be sent to; admins add and remove."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot import registering
from bot.blocks import escape, field, modal, section, text_box, values
from bot.command import Command, Reply
from bot.errors import UsageError
from bot.forms import Form
from bot.people import Person
from bot.sends import Ask
from bot.settings import Group, group
from bot.wiring import Bot

command = Command(
    "groups",
    usage="[words]",
    summary="the groups that may be sent to, or those with these words",
    order=56,
)

NOTE = "WhatCounts ignores a group that it does not know, and the text goes to everyone on the sender code."


class GroupForm(Form):
    """What the modal asks."""

    name: str
    again: str
    zone: str

    def entry(self) -> Group:
        """The group. Raises FieldErrors, all at once."""
        if self.name != self.again:
            self.complain("again", "This is not the same name.")
        try:
            made = group(self.name, self.zone.strip())
        except ValueError as error:
            self.complain("zone" if self.zone and "zone" in str(error) else "name", str(error))
        self.raise_problems()
        return made


@command.run
async def groups(bot: Bot, words: str, person: Person, reply: Reply) -> None:
    await registering.show(command, reply, entries(bot), NOTE, person, words=words)


def entries(bot: Bot) -> list[registering.Entry]:
    """Each group, and its zone."""
    account = f"{bot.settings.timezone.key}, the account's zone"
    return [(one.name, f"*{escape(one.name)}* · {one.zone or account}") for one in bot.registry.groups]


@command.action("add")
async def add(bot: Bot, body: dict[str, Any], person: Person, ack: AsyncAck) -> None:
    await registering.open_add(bot, body, person, ack, group_view(bot))


@command.view("form")
async def added(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, reply: Reply) -> None:
    entry = GroupForm.read(values(view)).entry()
    if bot.registry.group(entry.name) is None and len(bot.registry.groups) >= 100:
        raise UsageError("There are 100 groups, as many as Slack's forms show. Remove one first.")
    await registering.add(bot, person, ask, reply, entry)


@command.action("remove")
async def remove(bot: Bot, words: str, person: Person, ask: Ask, reply: Reply) -> None:
    said = await registering.remove(bot, person, ask, "group", words)
    await registering.show(command, reply, entries(bot), f"{said} {NOTE}", person, replace=True)


def group_view(bot: Bot) -> dict[str, Any]:
    """The modal: the name twice, since a misspelt one goes to everyone; the zone of its people."""
    fields = [
        section(f"*Exactly as in WhatCounts.* {NOTE}"),
        field("name", "Group", text_box(limit=75, focus=True)),
        field("again", "The same name again", text_box(limit=75)),
        field(
            "zone", "Time zone of its people", text_box(placeholder=bot.settings.timezone.key, limit=60),
            "Empty: the account's.", optional=True,
        ),
    ]  # fmt: skip
    return modal(command.id("form"), "Register a group", fields, submit="Register")
