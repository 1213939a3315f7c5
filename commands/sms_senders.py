"""`/sms senders`: the sender codes that texts go out from; admins add and remove."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot import registering
from bot.blocks import escape, field, modal, text_box, values
from bot.command import Command, Reply
from bot.errors import UsageError
from bot.forms import Form
from bot.people import Person
from bot.sends import Ask
from bot.settings import Sender, sender
from bot.wiring import Bot

command = Command(
    "senders",
    usage="[words]",
    summary="the sender codes that texts go out from, or those with these words",
    order=58,
)

NOTE = "The first is the default."


class SenderForm(Form):
    """What the modal asks."""

    code: str
    label: str

    def entry(self) -> Sender:
        """The sender code. Raises FieldErrors."""
        try:
            made = sender(self.code.strip(), self.label.strip())
        except ValueError as error:
            self.complain("code", str(error))
        self.raise_problems()
        return made


@command.run
async def senders(bot: Bot, words: str, person: Person, reply: Reply) -> None:
    await registering.show(command, reply, entries(bot), NOTE, person, words=words)


def entries(bot: Bot) -> list[registering.Entry]:
    """Each sender code, and what people call it."""
    return [
        (one.code, f"*{escape(one.code)}*" + (f" · {escape(one.label)}" if one.label != one.code else ""))
        for one in bot.registry.senders
    ]


@command.action("add")
async def add(bot: Bot, body: dict[str, Any], person: Person, ack: AsyncAck) -> None:
    await registering.open_add(bot, body, person, ack, sender_view())


@command.view("form")
async def added(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, reply: Reply) -> None:
    entry = SenderForm.read(values(view)).entry()
    if bot.registry.sender(entry.code) is None and len(bot.registry.senders) >= 99:
        raise UsageError("There are 99 sender codes, as many as Slack's forms show. Remove one first.")
    await registering.add(bot, person, ask, reply, entry)


@command.action("remove")
async def remove(bot: Bot, words: str, person: Person, ask: Ask, reply: Reply) -> None:
    said = await registering.remove(bot, person, ask, "sender", words)
    await registering.show(command, reply, entries(bot), f"{said} {NOTE}", person, replace=True)


def sender_view() -> dict[str, Any]:
    """The modal: the code, and what people call it."""
    fields = [
        field("code", "Sender code", text_box("", "2065551212", limit=15, focus=True), "As in WhatCounts."),
        field("label", "What people call it", text_box("", "Main line", limit=55), optional=True),
    ]
    return modal(command.id("form"), "Register a sender code", fields, submit="Register")
