"""`/sms stop <phone>`: opt out, on one or every sender code; also from a message's menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, open_form
from bot.blocks import checks, choice, field, modal, option, section, text_box, values
from bot.command import Command
from bot.errors import UsageError
from bot.forms import Form, Place
from bot.people import SEND, Person
from bot.phones import find, normal, ten_digits, written
from bot.sends import Ask, Content, Kind
from bot.text import unslack
from bot.wiring import Bot

command = Command(
    "stop",
    usage="<phone>",
    summary="no more texts to a phone; works in a freeze",
    example="`/sms stop 206 555 0100`, or *Stop texting this number* in the menu of any message",
    order=15,
    roles=SEND,
    kind=Kind.STOP,
    works_anywhere=True,
)

EVERY = "*"
WARNING = (
    "WhatCounts is told to send nothing more. Nothing in its API takes that back: only the person can, from"
    " their phone."
)
MOST = 10  # checkboxes that Slack shows


class StopForm(Form):
    """What the modal asks: a phone that was typed, or those of a message that were ticked."""

    phone: str = ""
    phones: list[str] | None = None
    sender: str

    def stops(self, bot: Bot) -> list[Content]:
        """One a phone. Raises FieldErrors, all at once."""
        phones = self.phones or ([self.check("phone", lambda: normal(self.phone))] if self.phone else [])
        if not phones:
            self.complain("phone" if self.phones is None else "phones", "Give a number.")
        codes = tuple(one.code for one in bot.registry.senders)
        if self.sender != EVERY and self.sender not in codes:
            self.complain("sender", "Choose a registered sender code.")
        self.raise_problems()
        senders = codes if self.sender == EVERY else (self.sender,)
        return [Content(Kind.STOP, phone=phone, senders=senders) for phone in phones]


@command.run
async def stop(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    phones = [typed_phone(words)] if words else []
    await open_form(bot, body, stop_view(bot, Place(channel.id), phones))
    await ack()


def typed_phone(words: str) -> str:
    """The number that was typed. Raises UsageError."""
    try:
        return normal(words)
    except UsageError as error:
        raise UsageError(f"{error} Nothing was stopped.", command.typed) from None


@command.shortcut("shortcut")
async def of_message(bot: Bot, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    message = body["message"]
    card = await bot.sends.of_card(channel.id, str(message.get("ts")))
    phones = [card.phone] if card and card.phone else others(bot, find(unslack("\n".join(strings(message)))))
    hint = "" if phones else "There is no phone number in this message. Type it."
    if len(phones) > MOST:
        hint = f"The first {MOST} of {len(phones)}. Give the others one by one: /sms stop."
    await open_form(bot, body, stop_view(bot, Place(channel.id), phones[:MOST], hint))
    await ack()


def others(bot: Bot, phones: Sequence[str]) -> list[str]:
    """Without our own sender codes, which many a message names too."""
    ours = {one.code[-10:] for one in bot.registry.senders}
    return [one for one in phones if ten_digits(one) not in ours]


def strings(said: Any) -> list[str]:
    """All that can be read in a message, its blocks and attachments."""
    if isinstance(said, str):
        return [said]
    if isinstance(said, dict):
        shown = ("text", "fallback", "title", "pretext", "value", "url")
        deeper = ("blocks", "attachments", "elements", "fields", "rows", "accessory")
        return [found for key in (*shown, *deeper) for found in strings(said.get(key))]
    return [found for one in said for found in strings(one)] if isinstance(said, list) else []


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    bot.people.require(person, SEND, "stop a phone")
    contents = StopForm.read(values(view)).stops(bot)
    channel = Place.read(view["private_metadata"]).channel
    await bot.sends.stop(ask, contents, place_of_card(bot, channel, person))
    bot.wake.set()
    await ack()


def place_of_card(bot: Bot, channel: str, person: Person) -> str:
    """Where it was asked for, if cards may stand there; else the person's direct messages."""
    anywhere = not bot.settings.channels or channel in bot.settings.channels
    return channel if anywhere else person.id


def stop_view(bot: Bot, place: Place, phones: Sequence[str], hint: str = "") -> dict[str, Any]:
    """The modal that asks once: which number, on which sender codes. It shows numbers whole, privately."""
    codes = [option(f"{one.label} · {one.code}", one.code) for one in bot.registry.senders]
    every = [option("Every registered sender code", EVERY)] if len(codes) > 1 else []
    boxes = checks([(written(one), one) for one in phones])
    several = field("phones", "Numbers in the message", boxes, hint)
    one = text_box(written(phones[0]) if phones else "", "206 555 0100", limit=40, focus=not phones)
    fields = [
        section(WARNING),
        several if len(phones) > 1 else field("phone", "Phone", one, hint),
        field("sender", "Sender code", choice([*every, *codes], EVERY if every else codes[0]["value"])),
    ]
    return modal(command.id("form"), "Stop texting", fields, submit="Stop", metadata=place.write())
