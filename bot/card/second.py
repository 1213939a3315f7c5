"""Confirming, and the second look: what wants its own confirmation is shown, and confirmed for itself.

What was shown is bound: where the brakes find something else when the form comes back, it asks anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from slack_bolt.async_app import AsyncAck

from bot import asking
from bot.answers import open_form
from bot.approvers import wanted
from bot.blocks import context, escape, exact, field, modal, section, shorten, text_box, their_time, values
from bot.card.deeds import deed
from bot.card.picture import card
from bot.card.presses import allow, done, pressed, verb_of
from bot.errors import FieldErrors, Objected
from bot.masks import mask_words
from bot.people import Person
from bot.rules import Objection, second_looks, stops
from bot.sends import Ask, Send, State
from bot.wiring import Bot

REASON = 200  # characters
SHORTEST = 3


@card.action("confirm")
async def confirm(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, verb_of(press.send))
    press.require("confirm")
    if press.send.chosen_at is not None and press.send.chosen_at <= ask.at:
        raise Objected(
            "The time that was chosen has passed, so nothing was done. Press Edit: choose another, or none."
        )
    await decide(bot, press.send, body, ask, ack)


@card.action("send_now")
async def send_now(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, verb_of(press.send))
    press.require("send_now")
    freeze = await bot.sends.frozen()
    if freeze.frozen and not press.send.is_let_through:
        raise Objected("Sends are still frozen, so nothing was done. An admin lifts it with `/sms unfreeze`.")
    _not_passed(press.send, ask)
    await decide(bot, press.send, body, ask, ack)


def _not_passed(send: Send, ask: Ask) -> None:
    """Raises Objected for one that was to keep its hour, which is over: nobody said that it leaves now."""
    if send.is_held_ahead and not send.keeps_time(ask.at):
        raise Objected("Its hour has passed, so nothing was done. Press Move and choose another, or skip it.")


async def decide(bot: Bot, send: Send, body: dict[str, Any], ask: Ask, ack: AsyncAck) -> None:
    """Confirm or release it, or show what wants a second look. Raises Objected where a brake stops it."""
    found = await _asked(bot, send, ask)
    if looks := second_looks(found, send.accepted):
        await open_form(bot, body, second_view(send, looks))
        await ack()
        return
    await done(bot, ack, await _move(bot, send, ask, found), send.id)


async def _move(
    bot: Bot, send: Send, ask: Ask, found: Sequence[Objection], accepted: Sequence[Mapping[str, str]] = ()
) -> Send | None:
    """Confirm a draft, release what is held; for another person to approve where that is wanted."""
    move = bot.sends.release if send.state is State.HELD else bot.sends.confirm
    rows = [one.as_row() for one in found]
    another = await wanted(bot, send, ask.who, send.confirmed_by or "", objections=rows)
    return await move(ask, send.id, send.revision, bot.delay(send), accepted, another)


async def _asked(bot: Bot, send: Send, ask: Ask) -> list[Objection]:
    """What the brakes say to it. Raises Objected where one stops it."""
    found = await asking.at_press(bot, send, ask.at)
    if stop := stops(found):
        raise Objected(f"{escape(stop.sentence)} Nothing was done.")
    return found


@dataclass(frozen=True)
class Shown:
    """What the form remembers: which picture of which send, and what it showed."""

    send_id: str
    revision: int
    keys: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        send_id, revision, keys = json.loads(text)
        return cls(send_id, revision, tuple(keys))

    def write(self) -> str:
        return json.dumps([self.send_id, self.revision, self.keys])


def _keys(found: Sequence[Objection]) -> tuple[str, ...]:
    """A short mark of each objection: another one has another."""
    return tuple(hashlib.sha256(json.dumps(one.key).encode()).hexdigest()[:16] for one in found)


@card.view("second_form")
async def looked_again(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    shown = Shown.read(view["private_metadata"])
    send = await bot.sends.get(shown.send_id)
    if send is None:
        raise Objected("This send is not in the record any more. Nothing was done.")
    allow(bot, person, send, verb_of(send))
    if send.state not in (State.DRAFT, State.HELD) or send.revision != shown.revision:
        await done(bot, ack, None, send.id, form=True)
    _not_passed(send, ask)
    found = await _asked(bot, send, ask)
    looks = second_looks(found, send.accepted)
    if not set(_keys(looks)) <= set(shown.keys):
        await ack(response_action="update", view=second_view(send, looks))
        return
    accepted = [one.as_accepted(ask.who, ask.at, _reason(view, looks)) for one in looks]
    await done(bot, ack, await _move(bot, send, ask, found, accepted), send.id, form=True)


def _reason(view: dict[str, Any], found: Sequence[Objection]) -> str:
    """Why it is sent all the same, where that is wanted. Raises FieldErrors."""
    if not any(one.wants_reason for one in found):
        return ""
    said = " ".join((values(view).get("reason") or "").split())
    if len(said) < SHORTEST:
        raise FieldErrors({"reason": "Say why, in a few words: it is kept with this text."})
    return mask_words(said)


def second_view(send: Send, found: Sequence[Objection]) -> dict[str, Any]:
    """The form: each objection, when it would be over, and a field for the reason where one is wanted."""
    blocks = [section(f"*Look at this before {send.id} is {deed(send).done}:*")]
    for one in found:
        blocks += [section(escape(one.sentence))]
        blocks += [exact(one.quote)] if one.quote else []
        if one.next_at:
            blocks += [context(f"In your time the next allowed time is {their_time(one.next_at)}.")]
    if any(one.wants_reason for one in found):
        hint = "Kept with this text, and shown on its card. Phone numbers and e-mail addresses are masked."
        box = text_box(placeholder="She asked for it just now", limit=REASON)
        blocks += [field("reason", "Why at this hour", box, hint)]
    blocks += [context("Cancel leaves it as it is. What you confirm here holds for this alone.")]
    metadata = Shown(send.id, send.revision, _keys(found)).write()
    submit = shorten(f"{deed(send).verb} All the Same", 24)
    return modal(card.id("second_form"), "A second look", blocks, submit=submit, metadata=metadata)
