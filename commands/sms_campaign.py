"""`/sms campaign [message]`: a stored message to one registered group, now, at a time, or again and again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, change_form, open_form
from bot.blocks import field, modal, text_box, time_box, values
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
from bot.timetable import Timetable, repeat_field, time_fields
from bot.wiring import Bot

command = Command(
    "campaign",
    usage="[message]",
    summary="a stored message to one group, now, at a time, or repeating",
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
    repeats: str = ""
    first: str = ""
    at: str = ""

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once."""
        path_problem = bot.whatcounts.path_problem
        wrong = message_problem(bot, self.message) or path_problem("message's name", self.message)
        self.complain("message", wrong)
        self.complain("sender", sender_problem(bot, self.sender))
        self.complain("group", group_problem(bot, self.group))
        self.complain("name", path_problem("campaign's name", self.name.strip()))
        self.complain("description", invisible("description", self.description))
        zone = bot.settings.timezone
        times = Timetable.typed(self.model_dump())
        for each, problem in times.problems(now, zone).items():
            self.complain(each, problem)
        self.complain("when", not_past(self.when, now) if times.every is None else None)
        self.raise_problems()
        rule = times.rule(zone)
        return Content(
            Kind.REPEAT if rule else Kind.CAMPAIGN, self.sender, audience=self.group, message=self.message,
            campaign=self.name.strip(), description=self.description.strip() or None,
            chosen_at=None if rule else self.when, repeats=rule.keep() if rule else None,
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


@command.typing("repeats")
@command.typing("first")
@command.typing("at")
async def retimed(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    """How it repeats was changed: other fields are wanted, and other times come of it."""
    place = Place.read(body["view"]["private_metadata"])
    send = await bot.sends.get(place.send_id) if place.send_id else None
    changed = campaign_view(bot, place, send, times=Timetable.typed(values(body["view"])))
    bot.chores.start(change_form(bot, body, changed))
    await ack()


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(CampaignForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    return campaign_view(bot, Place(send.channel, send.id, send.revision), send)


def campaign_view(
    bot: Bot, place: Place, send: Send | None = None, typed: str = "", times: Timetable | None = None
) -> dict[str, Any]:
    """The modal; filled in with a send that is to be changed, or with the message that was typed."""
    message = (send and send.message) or known_as(bot, typed)
    name = (send and send.campaign) or message
    name_hint = "For the lists in WhatCounts; people do not see it. smsops adds the send's id."
    description = (send and send.description) or ""
    fields = [
        message_field(bot, message, typed),
        sender_field(bot, send.sender if send else ""),
        *group_field(bot, send.audience if send else None),
        field("name", "Campaign name", text_box(name, limit=NAME_LIMIT), name_hint),
        field("description", "Description", text_box(description, limit=200), optional=True),
        *_when(bot, send, times or Timetable.of(send)),
    ]
    title, submit = ("Edit the campaign", "Save") if send else ("Campaign to a group", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())


def _when(bot: Bot, send: Send | None, times: Timetable) -> list[dict[str, Any]]:
    """Once, at an instant; or again and again, at a wall time. One time of a campaign repeats no more."""
    once = field(
        "when", "When", time_box(send.chosen_at if send else None), "Empty: as soon as it is confirmed.",
        optional=True,
    )  # fmt: skip
    if send is not None and send.series:
        return [once]
    when = [once] if times.every is None else time_fields(times, bot.now(), bot.settings.timezone)
    return [repeat_field(times), *when]
