"""`/sms test <message>`: the stored text, byte for byte, to the registered test phones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import modal
from bot.card.drafting import draft_or_edit, draft_typed
from bot.command import Command
from bot.errors import UsageError
from bot.forms import ContentForm, Place
from bot.people import SEND, Person
from bot.picking import (
    find_message,
    message_field,
    message_problem,
    offer_messages,
    sender_field,
    sender_problem,
)
from bot.sends import Ask, Content, Kind, Send
from bot.wiring import Bot

command = Command(
    "test",
    usage="<message>",
    summary="a stored text, just as it is, to the test phones",
    example="`/sms test spring sale`",
    order=25,
    roles=SEND,
    kind=Kind.TEST,
    takes_message=True,
)


class TestForm(ContentForm):
    """What the modal asks."""

    message: str
    sender: str

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors."""
        self.complain("message", message_problem(bot, self.message))
        self.complain("sender", sender_problem(bot, self.sender))
        self.raise_problems()
        return content_for(bot, self.sender, self.message)


def content_for(bot: Bot, sender: str, message: str) -> Content:
    """A test of this message to all test phones of now."""
    return Content(Kind.TEST, sender, phones=bot.settings.test_phones, message=message)


@command.run
async def test(bot: Bot, words: str, body: dict[str, Any], ask: Ask, ack: AsyncAck, channel: Channel) -> None:
    if not bot.settings.test_phones:
        raise UsageError("No test phone is set, so nothing was drafted. An admin sets SMS_TEST_PHONES.")
    if not words:
        await open_form(bot, body, form_view(bot, Place(channel.id)))
        await ack()
        return
    content = content_for(bot, bot.registry.default_sender.code, await find_message(bot, words))
    await draft_typed(bot, ask, content, channel, ack)


@command.search("message")
async def search(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    await offer_messages(bot, body, ack)


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(TestForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    return form_view(bot, Place(send.channel, send.id, send.revision), send)


def form_view(bot: Bot, place: Place, send: Send | None = None) -> dict[str, Any]:
    """The modal: message and sender code; filled in with a test that is to be changed."""
    fields = [
        message_field(bot, (send and send.message) or "", ""),
        sender_field(bot, send.sender if send else ""),
    ]
    title, submit = ("Edit the test", "Save") if send else ("Test a message", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=place.write())
