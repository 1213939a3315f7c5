"""`/sms campaign [message]`: a stored message to one registered group, now or at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import field, modal, text_box, time_box
from bot.card.drafting import draft_or_edit
from bot.command import Command
from bot.errors import UsageError
from bot.forms import ContentForm, Place, not_past
from bot.people import SEND, Person
from bot.picking import (
    group_field,
    group_problem,
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
    "campaign",
    usage="[message]",
    summary="a stored message to one group, now or at a time",
    example="`/sms campaign spring sale` opens the form with that message",
    order=20,
    roles=SEND,
    kind=Kind.CAMPAIGN,
    takes_message=True,
)

NAME_LIMIT = 80


class CampaignForm(ContentForm):
    """What the modal asks."""

    message: str
    sender: str
    group: str = ""
    name: str
    description: str
    when: datetime | None = None

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once."""
        path_problem = bot.whatcounts.path_problem
        wrong = message_problem(bot, self.message) or path_problem("message's name", self.message)
        self.complain("message", wrong)
        self.complain("sender", sender_problem(bot, self.sender))
        self.complain("group", group_problem(bot, self.group))
        self.complain("name", path_problem("campaign's name", self.name.strip()))
        self.complain("description", invisible("description", self.description))
        self.complain("when", not_past(self.when, now))
        self.raise_problems()
        return Content(
            Kind.CAMPAIGN, self.sender, audience=self.group, message=self.message,
            campaign=self.name.strip(), description=self.description.strip() or None, chosen_at=self.when,
        )  # fmt: skip


@command.run
async def campaign(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    if not bot.registry.groups:
        raise UsageError("No group is registered, so there is nobody to send to. `/sms groups` adds one.")
    await open_form(bot, body, campaign_view(bot, Place(channel.id), typed=words))
    await ack()


@command.search("message")
async def search(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    await offer_messages(bot, body, ack)


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(CampaignForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    return campaign_view(bot, Place(send.channel, send.id, send.revision), send)


def campaign_view(bot: Bot, place: Place, send: Send | None = None, typed: str = "") -> dict[str, Any]:
    """The modal; filled in with a send that is to be changed, or with the message that was typed."""
    message = (send and send.message) or known_as(bot, typed)
    name = (send and send.campaign) or message
    name_hint = "For the lists in WhatCounts; people do not see it. smsops adds the send's id."
    description = (send and send.description) or ""
    when_hint = "Empty: as soon as it is confirmed."
    fields = [
        message_field(bot, message, typed),
        sender_field(bot, send.sender if send else ""),
        *group_field(bot, send.audience if send else None),
        field("name", "Campaign name", text_box(name, limit=NAME_LIMIT), name_hint),
        field("description", "Description", text_box(description, limit=200), optional=True),
        field("when", "When", time_box(send.chosen_at if send else None), when_hint, optional=True),
    ]
    title, submit = ("Edit the campaign", "Save") if send else ("Campaign to a group", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())
