"""`/sms campaign [message]`: a stored message to one registered group, now or at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import (
    OPTION_VALUE,
    choice,
    field,
    modal,
    option,
    search_box,
    shorten,
    text_box,
    time_box,
)
from bot.card.drafting import draft_or_edit
from bot.command import Command
from bot.errors import BotError, UsageError
from bot.forms import ContentForm, Place, not_past
from bot.people import SEND, Person
from bot.sends import Ask, Content, Kind, Send
from bot.text import invisible
from bot.whatcounts import Message, path_problem
from bot.wiring import Bot

command = Command(
    "campaign",
    usage="[message]",
    summary="a stored message to one group, now or at a time",
    example="`/sms campaign spring sale` opens the form with that message",
    order=20,
    roles=SEND,
    kind=Kind.CAMPAIGN,
)

SEARCH_SECONDS = 2.0  # of the 3 that Slack gives
OPTIONS = 100  # Slack's most
NAME_LIMIT = 80
RETRY_HINT = "-"  # the value of the option that says why there is nothing to choose


class CampaignForm(ContentForm):
    """What the modal asks."""

    message: str
    sender: str
    group: str
    name: str
    description: str
    when: datetime | None = None

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once."""
        self.complain(
            "message",
            "Choose a message." if self.message == RETRY_HINT else message_problem(bot, self.message),
        )
        self.complain(
            "sender", None if bot.registry.sender(self.sender) else "Choose a registered sender code."
        )
        self.complain("group", None if bot.registry.group(self.group) else "Choose a registered group.")
        self.complain("name", path_problem("campaign's name", self.name.strip()))
        self.complain("description", invisible("description", self.description))
        self.complain("when", not_past(self.when, now))
        self.raise_problems()
        return Content(
            Kind.CAMPAIGN, self.sender, audience=self.group, message=self.message,
            campaign=self.name.strip(), description=self.description.strip() or None, chosen_at=self.when,
        )  # fmt: skip


def message_problem(bot: Bot, name: str) -> str | None:
    """Why this message cannot be sent, as far as is known without asking WhatCounts; prepare asks."""
    known = [one.name for one in bot.stored.known()]
    if known and name not in known:
        return f"There is no message “{name}” in WhatCounts. Choose one from the list."
    return path_problem("message's name", name)


@command.run
async def campaign(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    if not bot.registry.groups:
        raise UsageError("No group is registered, so there is nobody to send to. An admin sets SMS_GROUPS.")
    await open_form(bot, body, campaign_view(bot, Place(channel.id), typed=words))
    await ack()


@command.search("message")
async def search(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    try:
        messages = await bot.stored.list(SEARCH_SECONDS)
    except BotError:
        await ack(options=[option("WhatCounts did not answer. Type again in a moment.", RETRY_HINT)])
        return
    found = search_in(messages, body.get("value") or "")
    await ack(options=[option(one.name, one.name, one.text) for one in found[:OPTIONS]])


def search_in(messages: Sequence[Message], typed: str) -> list[Message]:
    """Those with every word in name or text: names that begin so first, then names, then texts."""
    typed = " ".join(typed.casefold().split())

    def rank(one: Message) -> tuple[int, str]:
        name = one.name.casefold()
        return (0 if name.startswith(typed) else 1 if typed in name else 2, name)

    hits = [one for one in messages if all(w in f"{one.name} {one.text}".casefold() for w in typed.split())]
    return sorted((one for one in hits if len(one.name) <= OPTION_VALUE), key=rank)


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(CampaignForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    return campaign_view(bot, Place(send.channel, send.id, send.revision), send)


def campaign_view(bot: Bot, place: Place, send: Send | None = None, typed: str = "") -> dict[str, Any]:
    """The modal; filled in with a send that is to be changed, or with the message that was typed."""
    senders = [option(f"{one.label} · {one.code}", one.code) for one in bot.registry.senders]
    groups = [option(one.name, one.name) for one in bot.registry.groups]
    sender = send.sender if send else bot.registry.default_sender.code
    message = (send and send.message) or known_as(bot, typed)
    hint = "A text stored in WhatCounts."
    if typed and not message:
        hint = f"There is no message “{shorten(typed, 60)}”. Type to search."
    name = (send and send.campaign) or message
    name_hint = "For the lists in WhatCounts; people do not see it. smsops adds the send's id."
    description = (send and send.description) or ""
    when_hint = "Empty: as soon as it is confirmed."
    fields = [
        field("message", "Message", search_box(message, focus=not message), hint),
        field("sender", "Sender code", choice(senders, sender)),
        field("group", "Group", choice(groups, send.audience if send else None, "Choose a group")),
        field("name", "Campaign name", text_box(name, limit=NAME_LIMIT), name_hint),
        field("description", "Description", text_box(description, limit=200), optional=True),
        field("when", "When", time_box(send.chosen_at if send else None), when_hint, optional=True),
    ]
    title, submit = ("Edit the campaign", "Save") if send else ("Campaign to a group", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())


def known_as(bot: Bot, typed: str) -> str:
    """The stored name that was typed, in whatever case; before any list was read it is taken as it is."""
    names = [one.name for one in bot.stored.known()]
    return next((name for name in names if name.casefold() == typed.casefold()), "" if names else typed)
