"""`/sms bulk [action]`: subscribe, stop or text every phone of a CSV."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel, change_form, open_form
from bot.blocks import choice, cost_line, field, file_box, modal, option, text_box, time_box, values
from bot.card.drafting import draft_or_edit
from bot.command import Command
from bot.forms import ContentForm, Place, not_past
from bot.people import SEND, Person
from bot.picking import group_field, group_problem, sender_field, sender_problem
from bot.sends import Ask, Content, Kind, Send
from bot.sends.run import Action
from bot.sheet import MOST_BYTES
from bot.wiring import Bot

command = Command(
    "bulk",
    usage="[action]",
    summary="subscribe, stop or text every phone of a CSV",
    example="`/sms bulk subscribe weekly`, `/sms bulk stop`, or `/sms bulk send` and a text, in a form",
    order=53,
    roles=SEND,
    kind=Kind.BULK,
)

TYPES = ("csv", "tsv", "txt")
LABELS = {
    Action.SEND: "Send a text to each phone",
    Action.SUBSCRIBE: "Subscribe each phone",
    Action.STOP: "Stop texting each phone",
}
HINTS = {
    Action.SUBSCRIBE: "Each phone must be an SMS contact in WhatCounts already.",
    Action.STOP: "Nothing in WhatCounts' API takes an opt-out back: only the person can, from their phone.",
}


class BulkForm(ContentForm):
    """What the modal asks; `kept` is the file of the draft that is edited, for where no other is given."""

    doing: ClassVar[str] = "run bulk lists"

    file: list[tuple[str, str, int]] | None = None
    kept: tuple[str, str] | None = None
    action: str = ""
    sender: str
    group: str = ""
    text: str = ""
    when: datetime | None = None

    def content(self, bot: Bot, now: datetime) -> Content:
        """What was decided. Raises FieldErrors, all at once; the file itself is looked at by prepare."""
        file_id, name, size = self.file[0] if self.file else (*(self.kept or ("", "")), 0)
        self.complain("file", _file_problem(file_id, size))
        self.complain("sender", sender_problem(bot, self.sender))
        self.complain("when", not_past(self.when, now))
        if self.action not in list(Action):
            self.complain("action", "Choose what is done for each phone.")
        if self.action == Action.SEND:
            self.complain("text", bot.whatcounts.text_problem(self.text))
        if self.action == Action.SUBSCRIBE and self.group:
            self.complain("group", group_problem(bot, self.group))
        self.raise_problems()
        return Content(
            Kind.BULK, self.sender, action=Action(self.action), file_id=file_id, file_name=name,
            text=self.text if self.action == Action.SEND else None,
            audience=(self.group or None) if self.action == Action.SUBSCRIBE else None, chosen_at=self.when,
        )  # fmt: skip


def _file_problem(file_id: str, size: int) -> str | None:
    if not file_id:
        return "Give a CSV with the phone numbers."
    most = MOST_BYTES // 1_000_000
    return f"This file has more than {most} MB. Split it into several files." if size > MOST_BYTES else None


@dataclass(frozen=True)
class Typed:
    """What stands in the modal; `kept`: id and name of the file of the draft that is edited."""

    place: Place
    action: Action | None = None
    sender: str = ""
    group: str = ""
    text: str = ""
    when: datetime | None = None
    kept: tuple[str, str] | None = None

    @classmethod
    def read(cls, view: dict[str, Any]) -> Self:
        now = values(view)
        action = Action(now["action"]) if now.get("action") else None
        return cls(
            Place.read(view["private_metadata"]), action, now.get("sender") or "", now.get("group") or "",
            now.get("text") or "", now.get("when"), kept_in(view),
        )  # fmt: skip

    def write(self) -> str:
        """For `private_metadata`, which `Place` reads too."""
        return json.dumps([*json.loads(self.place.write()), self.kept])


def kept_in(view: dict[str, Any]) -> tuple[str, str] | None:
    """The file of the draft that a modal edits."""
    kept = json.loads(view["private_metadata"])[-1]
    return (kept[0], kept[1]) if kept else None


@command.run
async def bulk(bot: Bot, words: str, body: dict[str, Any], ack: AsyncAck, channel: Channel) -> None:
    await open_form(bot, body, bulk_view(bot, typed_words(bot, words, Place(channel.id))))
    await ack()


def typed_words(bot: Bot, words: str, place: Place) -> Typed:
    """The form filled in with what was typed: an action and its group or text; a group, or a text, alone."""
    first, _, rest = words.partition(" ")
    if first.lower() in list(Action):
        action, rest = Action(first.lower()), rest.strip()
    elif words:
        action, rest = Action.SUBSCRIBE if bot.registry.group(words) else Action.SEND, words
    else:
        return Typed(place)
    if action is Action.SUBSCRIBE:
        return Typed(place, action, group=rest if bot.registry.group(rest) else "")
    return Typed(place, action, text=rest if action is Action.SEND else "")


@command.typing("action")
@command.typing("text")
async def typing(bot: Bot, body: dict[str, Any], ack: AsyncAck) -> None:
    bot.chores.start(change_form(bot, body, bulk_view(bot, Typed.read(body["view"]))))
    await ack()


@command.view("form")
async def submitted(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await draft_or_edit(BulkForm, bot, view, person, ask, ack, {"kept": kept_in(view)})


@command.editor
def edit_view(bot: Bot, send: Send) -> dict[str, Any]:
    run, place = send.run, Place(send.channel, send.id, send.revision)
    return bulk_view(bot, Typed(
        place, run.action if run else None, send.sender, send.audience or "", send.text or "", send.chosen_at,
        (run.file_id, run.file_name) if run else None,
    ))  # fmt: skip


def bulk_view(bot: Bot, typed: Typed) -> dict[str, Any]:
    """The modal: action, file, what the action wants, sender code, time."""
    box = choice([option(LABELS[one], one) for one in LABELS], typed.action)
    action = field("action", "For each phone", box, HINTS.get(typed.action, "") if typed.action else "")
    hint = "As a spreadsheet saves it, up to 10 MB and 100,000 rows. The column of phones is found by itself."
    if typed.kept:
        hint = f"Empty: {typed.kept[1] or 'the file that was given'} stays."
    file = field("file", "CSV file", file_box(TYPES), hint, optional=typed.kept is not None)
    fields = [action | {"dispatch_action": True}, file, *_wanted(bot, typed)]
    fields.append(sender_field(bot, typed.sender))
    when_hint = "When it begins. Empty: as soon as it is confirmed."
    fields.append(field("when", "When", time_box(typed.when), when_hint, optional=True))
    is_edit = bool(typed.place.send_id)
    title, submit = ("Edit the list", "Save") if is_edit else ("A list of phones", "Draft")
    return modal(command.id("form"), title, fields, submit=submit, metadata=typed.write())


def _wanted(bot: Bot, typed: Typed) -> list[dict[str, Any]]:
    """The fields of the action that is chosen."""
    if typed.action is Action.SUBSCRIBE:
        return group_field(bot, typed.group or None, optional=True)
    if typed.action is not Action.SEND:
        return []
    box = text_box(typed.text, lines=True, limit=1000)
    box |= {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    return [field("text", "Text", box) | {"dispatch_action": True}, cost_line(typed.text)]
