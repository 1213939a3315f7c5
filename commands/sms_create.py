"""`/sms create [name]`: a new stored message; its length and cost are told while it is typed."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Self

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, change_form, open_form
from bot.blocks import actions, button, cost_line, field, modal, text_box, values
from bot.card.drafting import draft_or_edit
from bot.command import Command
from bot.errors import BotError
from bot.forms import ContentForm, Place
from bot.people import SEND, Person
from bot.sends import Ask, Content, Kind, Send
from bot.text import curly, straight
from bot.whatcounts import message_problems
from bot.wiring import Bot

command = Command(
    "create",
    usage="[name]",
    summary="a new message, stored in WhatCounts",
    example="`/sms create summer sale` opens the form with that name",
    order=51,
    roles=SEND,
    kind=Kind.CREATE,
)

NAMES_SECONDS = 1.0  # of the 3 that Slack gives, to read which names are taken
NAMES_AGE = 5.0


class MessageForm(ContentForm):
    """What the modal asks."""

    doing: ClassVar[str] = "create messages"

    name: str
    text: str
    label: str

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once; a name is taken as far as is known here."""
        name, label = self.name.strip(), self.label.strip()
        for each, problem in message_problems(name, self.text, label).items():
            self.complain(each, problem)
        taken = {one.name.casefold(): one.name for one in bot.stored.known()}
        if found := taken.get(name.casefold()):
            self.complain("name", f"There is a message “{found}” already. Give another name.")
        self.raise_problems()
        return Content(Kind.CREATE, message=name, text=self.text, label=label or None)


@dataclass(frozen=True)
class Typed:
    """What stands in the modal; `turn` counts how often the text was written anew by us.

    A field's own text is replaced only under a new block_id (docs.slack.dev, views.update).
    """

    place: Place
    name: str = ""
    text: str = ""
    label: str = ""
    turn: int = 0

    @classmethod
    def read(cls, view: dict[str, Any]) -> Self:
        said, now = json.loads(view["private_metadata"]), values(view)
        place = Place.read(view["private_metadata"])
        return cls(place, now["name"] or "", now["text"] or "", now["label"] or "", said[-1])

    def write(self) -> str:
        """For `private_metadata`, which `Place` reads too."""
        return json.dumps([*json.loads(self.place.write()), self.turn])


@command.run
async def create(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    await open_form(bot, body, message_view(Typed(Place(channel.id), name=words)))
    await ack()


@command.typing("text")
async def typing(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    bot.chores.start(change_form(bot, body, message_view(Typed.read(body["view"]))))
    await ack()


@command.action("mend")
async def mend(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    typed = Typed.read(body["view"])
    mended = replace(typed, text=straight(typed.text), turn=typed.turn + 1)
    bot.chores.start(change_form(bot, body, message_view(mended)))
    await ack()


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    with suppress(BotError):  # else prepare says on the card that the name is taken
        await bot.stored.list(NAMES_SECONDS, NAMES_AGE)
    await draft_or_edit(MessageForm, bot, view, person, ask, ack)


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    place = Place(send.channel, send.id, send.revision)
    return message_view(Typed(place, send.message or "", send.text or "", send.label or ""))


def message_view(typed: Typed) -> dict[str, Any]:
    """The modal: name, text with what it costs, label."""
    name_hint = "Plain letters, digits, spaces, _ and -. It cannot be changed from Slack later."
    box = text_box(typed.text, lines=True, limit=1000, focus=bool(typed.name))
    box |= {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    text = field("text", "Text", box) | {"block_id": f"text.{typed.turn}", "dispatch_action": True}
    label_hint = "Labels that are in WhatCounts already, with commas between them."
    fields = [
        field("name", "Name", text_box(typed.name, limit=100, focus=not typed.name), name_hint),
        text,
        *cost(typed.text),
        field("label", "Label", text_box(typed.label, limit=100), label_hint, optional=True),
    ]
    title, submit = ("Edit the message", "Save") if typed.place.send_id else ("New message", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=typed.write())


def cost(text: str) -> list[dict[str, Any]]:
    """What the text comes to, and a button for what can be mended in it."""
    blocks = [cost_line(text)]
    if curly(text):
        blocks += [actions("mending", [button("Make Quotes Straight", command.id("mend"))])]
    return blocks
