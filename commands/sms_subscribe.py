"""`/sms subscribe <phone> [group]`: an existing SMS contact to a sender code."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from typing import Any, ClassVar

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import field, modal, text_box
from bot.card.drafting import draft_or_edit, draft_typed
from bot.command import Command
from bot.errors import UsageError
from bot.forms import ContentForm, Place
from bot.people import SEND, Person
from bot.phones import normal, split_words
from bot.picking import group_field, group_problem, sender_field, sender_problem
from bot.sends import Ask, Content, Kind, Send
from bot.wiring import Bot

command = Command(
    "subscribe",
    usage="<phone> [group]",
    summary="a phone that is an SMS contact already, to a sender code",
    example="`/sms subscribe 206 555 0100 weekly`",
    order=52,
    roles=SEND,
    kind=Kind.SUBSCRIBE,
)


class SubscribeForm(ContentForm):
    """What the modal asks."""

    doing: ClassVar[str] = "add people"

    phone: str
    sender: str
    group: str = ""

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once."""
        phone = self.check("phone", lambda: normal(self.phone))
        self.complain("sender", sender_problem(bot, self.sender))
        self.complain("group", group_problem(bot, self.group) if self.group else None)
        self.raise_problems()
        return Content(Kind.SUBSCRIBE, self.sender, phone=phone, audience=self.group or None)


@command.run
async def subscribe(
    bot: Bot, words: str, body: dict[str, Any], ask: Ask, ack: AsyncAck, channel: Channel
) -> None:
    if not words:
        await open_form(bot, body, subscribe_view(bot, Place(channel.id)))
        await ack()
        return
    await draft_typed(bot, ask, typed_content(bot, words), channel, ack)


def typed_content(bot: Bot, words: str) -> Content:
    """What was typed. Raises UsageError."""
    number, group = split_words(words)
    try:
        phone = normal(number)
    except UsageError as error:
        raise UsageError(f"{error} Nothing was drafted.", command.typed) from None
    if group and group_problem(bot, group):
        names = {one.name.casefold(): one.name for one in bot.registry.groups}
        near = get_close_matches(group.casefold(), names, n=1)
        hint = f" Did you mean {names[near[0]]}?" if near else ""
        raise UsageError(
            f"The group “{group}” is not registered.{hint} `/sms groups` lists those that are."
            " Nothing was drafted.",
            command.typed,
        )
    return Content(Kind.SUBSCRIBE, bot.registry.default_sender.code, phone=phone, audience=group or None)


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(SubscribeForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    return subscribe_view(bot, Place(send.channel, send.id, send.revision), send)


def subscribe_view(bot: Bot, place: Place, send: Send | None = None) -> dict[str, Any]:
    """The modal: phone, sender code, group; filled in with one that is to be changed."""
    box = text_box((send and send.phone) or "", "206 555 0100", limit=40, focus=not send)
    fields = [
        field("phone", "Phone", box, "An SMS contact in WhatCounts already. A new person: `/sms contact`."),
        sender_field(bot, send.sender if send else ""),
        *group_field(bot, send.audience if send else None, optional=True),
    ]
    title, submit = ("Edit", "Save") if send else ("Subscribe a phone", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())
