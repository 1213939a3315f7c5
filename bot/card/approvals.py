"""Approve and Reject: the buttons of who has to look, on a card and on its copies in direct messages."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import open_form
from bot.approval import reaches_far
from bot.blocks import escape, field, modal, section, shorten, text_box, values
from bot.card.about import audience, heading
from bot.card.picture import card
from bot.card.presses import done, pressed, too_late
from bot.card.words import rejected_note
from bot.errors import FieldErrors, NotAllowed, Objected
from bot.masks import mask_words
from bot.people import ADMIN, APPROVE, Person
from bot.sends import Ask, Send, State, is_own
from bot.wiring import Bot

REASON = 300  # characters

View = dict[str, Any]


@card.action("approve")
async def approve(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    await _allow(bot, person, press.send, "Approve")
    press.require("approve")
    await _may_leave(bot, press.send, ask)
    if reaches_far(press.send, bot.settings):
        await open_form(bot, body, audience_view(press.send))
        await ack()
        return
    await _approve(bot, person, press.send, press.revision, ask, ack)


@card.view("approve_form")
async def approved(bot: Bot, view: View, person: Person, ask: Ask, ack: AsyncAck) -> None:
    send, revision = await _of_form(bot, view)
    await _allow(bot, person, send, "Approve")
    if _plain(str(values(view)["audience"] or "")) != _plain(audience(send)):
        raise FieldErrors({"audience": f"Type {audience(send)}, or go back: nothing is approved yet."})
    await _may_leave(bot, send, ask)
    await _approve(bot, person, send, revision, ask, ack, form=True)


async def _approve(
    bot: Bot, person: Person, send: Send, revision: int, ask: Ask, ack: AsyncAck, *, form: bool = False
) -> None:
    """A correction that an admin approves may leave in the freeze, too."""
    delay, is_admin = bot.delay(send), person.may(ADMIN)
    moved = await bot.sends.approve(ask, send.id, revision, delay, through_freeze=is_admin)
    await _decided(bot, ack, moved, send.id, form=form)


async def _decided(bot: Bot, ack: AsyncAck, moved: Send | None, send_id: str, *, form: bool) -> None:
    """Ack it. Raises Objected where somebody was first, with what they did."""
    now = await bot.sends.get(send_id) if moved is None else None
    await done(bot, ack, moved, send_id, form=form and now is not None and now.state is State.AWAITING)


@card.action("reject")
async def reject(bot: Bot, body: dict[str, Any], person: Person, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    _may(bot, person, press.send, "Reject")
    press.require("reject")
    await open_form(bot, body, reject_view(press.send))
    await ack()


@card.view("reject_form")
async def rejected(bot: Bot, view: View, person: Person, ask: Ask, ack: AsyncAck) -> None:
    send, revision = await _of_form(bot, view)
    _may(bot, person, send, "Reject")
    reason = shorten(mask_words(" ".join(str(values(view)["reason"] or "").split())), REASON)
    if not reason:
        raise FieldErrors({"reason": "Say why: who asked for it reads it."})
    note = rejected_note(send, ask.who, reason)
    moved = await bot.sends.reject(ask, send.id, revision, reason, note)
    await _decided(bot, ack, moved, send.id, form=True)


async def _allow(bot: Bot, person: Person, send: Send, what: str) -> None:
    """Raises NotAllowed for who may not approve, by the roles as they are in the record now.

    Nobody approves what they asked for, or changed last.
    """
    await bot.people.roles.refresh()
    _may(bot, await bot.people.member(person.id), send, what)
    if send.state is State.AWAITING and is_own(send, person.id):
        raise NotAllowed(
            f"You asked for {send.id} as it is, so another person has to approve it. Nothing was done."
            f" {bot.people.who(APPROVE)}"
        )


def _may(bot: Bot, person: Person, send: Send, what: str) -> None:
    bot.people.require(person, APPROVE, f"press {what}")
    bot.people.require_channel(send.channel)


async def _may_leave(bot: Bot, send: Send, ask: Ask) -> None:
    """Raises Objected where its time has passed, or its campaign is paused: an approval would help nobody."""
    rule = await bot.sends.get(send.series) if send.series else None
    if rule and rule.state is not State.SCHEDULED:
        raise Objected(
            f"Its repeating campaign {rule.id} is paused, so nothing was approved."
            " Once that is resumed, on its card, press Approve."
        )
    if send.chosen_at is not None and send.chosen_at <= ask.at:
        raise Objected(
            "The time that was chosen has passed, so nothing was approved."
            " Press Edit: choose another, or none."
        )


async def _of_form(bot: Bot, view: View) -> tuple[Send, int]:
    """The send of a form, and its picture when the form was opened. Raises Objected where it is decided."""
    send_id, _, revision = view["private_metadata"].partition(".")
    send = await bot.sends.get(send_id)
    if send is None or send.state is not State.AWAITING:
        raise Objected(too_late(send) if send else "This send is not in the record any more.")
    return send, int(revision)


def _plain(typed: str) -> str:
    """Without what nobody need type: a comma in a number, capitals."""
    return " ".join(typed.replace(",", "").split()).casefold()


def audience_view(send: Send) -> View:
    """The modal that asks for the audience's name."""
    name = audience(send)
    box = field("audience", f"Type {name}", text_box(limit=60, focus=True), "It cannot be called back.")
    said = f"*{escape(send.message or '')}* goes to *{escape(name)}*: to all of its contacts."
    if send.run:
        said = f"The text goes to the *{name}* of {escape(shorten(send.run.file_name, 60))}."
    title = "Approve the list" if send.run else "Approve for everyone"
    return _form("approve_form", title, [section(said), box], "Approve", send)


def reject_view(send: Send) -> View:
    """The modal that asks for a reason."""
    hint = "Who asked for it reads it, in the card's thread. It becomes a draft."
    box = field("reason", "Why", text_box(lines=True, limit=REASON, focus=True), hint)
    return _form("reject_form", "Reject", [section(f"*{escape(heading(send))}*"), box], "Reject", send)


def _form(name: str, title: str, blocks: list[View], submit: str, send: Send) -> View:
    return modal(card.id(name), title, blocks, submit=submit, metadata=f"{send.id}.{send.revision}")
