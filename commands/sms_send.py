"""`/sms send <phone> <text>`: one text to one phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import field, modal, text_box, time_box
from bot.card.drafting import draft_or_edit, draft_typed
from bot.command import Command
from bot.errors import UsageError
from bot.forms import ContentForm, Place, not_past
from bot.people import SEND, Person
from bot.phones import normal, split_words
from bot.picking import sender_field, sender_problem
from bot.sends import Ask, Content, Kind, Send
from bot.wiring import Bot

command = Command(
    "send",
    usage="<phone> <text>",
    summary="one text to one phone",
    example="`/sms send 206 555 0100 Your order is ready`, or `/sms send` alone for a form",
    order=10,
    roles=SEND,
    kind=Kind.SEND,
)


class TextForm(ContentForm):
    """What the modal asks."""

    phone: str
    text: str
    sender: str
    when: datetime | None = None

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once."""
        phone = self.check("phone", lambda: normal(self.phone))
        self.complain("text", bot.whatcounts.text_problem(self.text))
        self.complain("when", not_past(self.when, now))
        self.complain("sender", sender_problem(bot, self.sender))
        self.raise_problems()
        return Content(Kind.SEND, self.sender, phone=phone, text=self.text, chosen_at=self.when)


@command.run
async def send(
    bot: Bot,
    words: str,
    body: dict[str, Any],
    ask: Ask,
    ack: AsyncAck,
    channel: Channel,
) -> None:
    if not words:
        await open_form(bot, body, text_view(bot, Place(channel.id)))
        await ack()
        return
    await draft_typed(bot, ask, typed_content(bot, words), channel, ack)


def typed_content(bot: Bot, words: str) -> Content:
    """What was typed. Raises UsageError."""
    number, text = split_words(words)
    try:
        phone = normal(number)
    except UsageError as error:
        raise UsageError(f"{error} Nothing was drafted.", command.typed) from None
    problem = bot.whatcounts.text_problem(text) if text else "There is no text."
    if problem:
        raise UsageError(f"{problem} Nothing was drafted.", command.typed)
    return Content(Kind.SEND, bot.registry.default_sender.code, phone=phone, text=text)


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(TextForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    return text_view(bot, Place(send.channel, send.id, send.revision), send)


def text_view(bot: Bot, place: Place, send: Send | None = None) -> dict[str, Any]:
    """The modal: phone, text, sender code, time; filled in with a send that is to be changed.

    It shows the whole number, to operators alone: who mends a number must see it.
    """
    fields = [
        field(
            "phone", "Phone", text_box((send and send.phone) or "", "206 555 0100", limit=40, focus=not send)
        ),
        field(
            "text",
            "Text",
            text_box((send and send.text) or "", lines=True, limit=1000),
            "At most 160 characters.",
        ),
        sender_field(bot, send.sender if send else ""),
        field(
            "when",
            "When",
            time_box(send.chosen_at if send else None),
            "Empty: as soon as it is confirmed.",
            optional=True,
        ),
    ]
    title, submit = ("Edit the text", "Save") if send else ("Text one phone", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())
