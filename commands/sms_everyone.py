"""`/sms everyone [message]`: a stored message to all contacts of a sender code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import field, modal, section, text_box, time_box
from bot.card.drafting import draft_or_edit
from bot.command import Command
from bot.forms import ContentForm, Place, not_past
from bot.people import SEND, Person
from bot.picking import (
    known_as,
    message_field,
    message_problem,
    offer_messages,
    sender_field,
    sender_problem,
)
from bot.sends import Ask, Content, Kind, Send
from bot.text import invisible
from bot.wiring import Bot

command = Command(
    "everyone",
    usage="[message]",
    summary="a stored message to ALL contacts of a sender code",
    example="`/sms everyone` opens the form; for a group type `/sms campaign`",
    order=25,
    roles=SEND,
    kind=Kind.EVERYONE,
)

NAME_LIMIT = 80
WORD = "EVERYONE"


class EveryoneForm(ContentForm):
    """What the modal asks."""

    message: str
    sender: str
    everyone: str
    name: str
    description: str
    when: datetime | None = None

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided, which names no group. Raises FieldErrors, all at once."""
        path_problem = bot.whatcounts.path_problem
        wrong = message_problem(bot, self.message) or path_problem("message's name", self.message)
        self.complain("message", wrong)
        self.complain("sender", sender_problem(bot, self.sender))
        if self.everyone.strip().upper() != WORD:
            self.complain("everyone", f"Type {WORD}. For a group there is /sms campaign.")
        self.complain("name", path_problem("campaign's name", self.name.strip()))
        self.complain("description", invisible("description", self.description))
        self.complain("when", not_past(self.when, now))
        self.raise_problems()
        return Content(
            Kind.EVERYONE, self.sender, message=self.message, campaign=self.name.strip(),
            description=self.description.strip() or None, chosen_at=self.when,
        )  # fmt: skip


@command.run
async def everyone(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    await open_form(bot, body, everyone_view(bot, Place(channel.id), typed=words))
    await ack()


@command.search("message")
async def search(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    await offer_messages(bot, body, ack)


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(EveryoneForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    return everyone_view(bot, Place(send.channel, send.id, send.revision), send)


def everyone_view(bot: Bot, place: Place, send: Send | None = None, typed: str = "") -> dict[str, Any]:
    """The modal; filled in with a send that is to be changed, but for the word that has to be typed."""
    message = (send and send.message) or known_as(bot, typed)
    name = (send and send.campaign) or message
    fields = [
        section("*This goes to every contact of the sender code, not to a group.* It cannot be called back."),
        message_field(bot, message, typed),
        sender_field(bot, send.sender if send else ""),
        field("everyone", f"Type {WORD}", text_box(limit=20), "For a group there is /sms campaign."),
        field(
            "name", "Campaign name", text_box(name, limit=NAME_LIMIT),
            "For the lists in WhatCounts; people do not see it. smsops adds the send's id.",
        ),
        field(
            "description", "Description", text_box((send and send.description) or "", limit=200),
            optional=True,
        ),
        field("when", "When", time_box(send.chosen_at if send else None), _when(bot), optional=True),
    ]  # fmt: skip
    title, submit = ("Edit: to everyone", "Save") if send else ("Text EVERYONE", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())


def _when(bot: Bot) -> str:
    done = "confirmed" if bot.settings.approval == "none" else "approved by another person"
    return f"Empty: {bot.settings.delays.everyone} seconds after it is {done}."
