"""The buttons of a card. Each checks who pressed, makes one move, wakes the drawer; the card shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot import asking
from bot.answers import open_form
from bot.approvers import wanted
from bot.blocks import field, modal, time_box, values
from bot.card.copies import remove_copy
from bot.card.deeds import deed, nothing, partly
from bot.card.picture import buttons, card
from bot.card.repeating import label
from bot.card.words import settle_labels
from bot.command import Command, Reply
from bot.errors import FieldErrors, Objected
from bot.people import ANYONE, SEND, Person
from bot.sends import OPEN, Ask, Content, Kind, Send, State
from bot.sends.run import RunState
from bot.text import straight
from bot.wiring import Bot


@dataclass(frozen=True)
class Press:
    """Which send was meant, and which of its pictures the person saw."""

    send: Send
    revision: int

    def require(self, action: str) -> None:
        """Raises Objected, saying what happened instead, when the card has no such button or changed."""
        if action == "again" and self.send.again:
            raise Objected(f"{self.send.id} was drafted again already, as {self.send.again}.")
        if action not in {one.action for one in buttons(self.send)}:
            raise Objected(too_late(self.send))
        if self.revision != self.send.revision:
            raise Objected(
                f"The card of {self.send.id} has changed since you read it. Read it again, then press."
                " Nothing was done."
            )


def too_late(send: Send) -> str:
    """What happened instead of what the press wanted."""
    return f"{send.id} {_is(send)}. Your press changed nothing."


def _is(send: Send) -> str:
    done, sent = deed(send).done, (partly(send) or nothing(send)).rstrip(".").lower()
    took = f"was {done}" if deed(send).change else "was submitted to WhatCounts"
    said = {
        State.DRAFT: "is a draft",
        State.AWAITING: "waits for approval",
        State.SCHEDULED: "is scheduled",
        State.HELD: "is held",
        State.SENDING: f"is being {done} right now, and cannot be called back",
        State.SUBMITTED: f"{took}, and cannot be called back",
        State.REFUSED: f"was not {done}",
        State.MAYBE_SENT: f"may have been {done}; look at its card",
        State.CANCELLED: "was cancelled" + (f"; {sent}" if sent else ""),
        State.EXPIRED: "has expired" + (f"; {sent}" if sent else ""),
    }
    if send.run and send.state is State.SENDING:
        return RUNS[send.run.state]
    if repeats := label(send):
        return {"running": "runs", "paused": "is paused", "ended": "was ended"}[repeats]
    return said[send.state]


RUNS = {
    RunState.WAITING: "is running; Pause or Cancel on its card stop it",
    RunState.RUNNING: "is running; Pause or Cancel on its card stop it",
    RunState.PAUSED: "is paused",
    RunState.CANCELLED: "was cancelled; what is on its way is finished",
    RunState.DONE: "is over",
}


async def pressed(bot: Bot, body: Mapping[str, Any]) -> Press:
    """The send behind a press. Raises Objected when it is not there, or the message is not its card."""
    action = body["actions"][0]
    send_id, _, revision = action["block_id"].partition(".")
    send = await bot.sends.get(send_id)
    if send is None:
        raise Objected("This send is not in the record any more. Nothing was done.")
    here = ((body.get("channel") or {}).get("id", ""), (body.get("message") or {}).get("ts", ""))
    if (send.card_channel, send.card_ts) != here and await bot.sends.is_copy(send_id, who(body), *here):
        return Press(send, int(revision) if revision.isdigit() else 0)
    if send.card_ts is None and all(here):
        send = await bot.sends.adopt_card(send_id, *here) or send
    if (send.card_channel, send.card_ts) != here:
        remove_copy(bot, *here)
        raise Objected(
            f"That was a copy of the card of {send_id}, now removed. `/sms show {send_id}` finds the card."
            " Nothing was done."
        )
    return Press(send, int(revision) if revision.isdigit() else 0)


def who(body: Mapping[str, Any]) -> str:
    """The person who pressed."""
    return str((body.get("user") or {}).get("id"))


def allow(bot: Bot, person: Person, send: Send, what: str) -> None:
    """Raises NotAllowed for who may not press this, or not for a send of this channel."""
    bot.people.require(person, SEND, f"press {what}")
    if send.kind is not Kind.STOP:  # it may be asked for anywhere
        bot.people.require_channel(send.channel)


async def done(bot: Bot, ack: AsyncAck, moved: Send | None, send_id: str, *, form: bool = False) -> None:
    """Ack a move, wake the drawer. Raises Objected where somebody was first (`form`: since it was opened)."""
    if moved is None:
        now = await bot.sends.get(send_id)
        if form and now is not None and now.state in OPEN:
            raise Objected(
                f"{now.id} was changed since you opened this. Read its card again. Nothing was done."
            )
        raise Objected(too_late(now) if now else "Nothing was done.")
    bot.wake.set()
    await ack()


def verb_of(send: Send) -> str:
    """What stands on the button by which it is confirmed, or released."""
    if send.state is State.HELD and not send.is_held_ahead:
        return f"{deed(send).verb} Now"
    return "Schedule" if send.chosen_at else deed(send).verb


@card.action("cancel")
async def cancel(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    bot.people.require(person, ANYONE, "press Cancel")
    # no revision: whatever the card said meanwhile, stopping it is what was meant
    cancelled = await bot.sends.cancel(ask, press.send.id)
    if cancelled is None and press.send.kind is Kind.BULK:  # it has begun, perhaps this moment
        cancelled = await bot.runs.cancel(ask, press.send.id)
    await done(bot, ack, cancelled, press.send.id)


@card.action("edit")
async def edit(
    bot: Bot,
    body: dict[str, Any],
    person: Person,
    ack: AsyncAck,
    commands: Mapping[str, Command],
) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "Edit")
    press.require("edit")
    kind = Kind.CAMPAIGN if press.send.kind is Kind.REPEAT else press.send.kind
    editor = next(one.editors[0] for one in commands.values() if one.kind is kind)
    await open_form(bot, body, editor(bot, press.send))
    await ack()


@card.action("move")
async def move(bot: Bot, body: dict[str, Any], person: Person, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "Move")
    press.require("move")
    await open_form(bot, body, move_view(press.send))
    await ack()


@card.view("move_form")
async def moved(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    send_id, _, revision = view["private_metadata"].partition(".")
    send = await bot.sends.get(send_id)
    if send is None:
        raise Objected("This send is not in the record any more. Nothing was done.")
    allow(bot, person, send, "Move")
    chosen: datetime | None = values(view)["when"]
    if chosen is None or chosen <= ask.at:
        raise FieldErrors({"when": "This time is past. Choose a later one."})
    if shut := await asking.at_time(bot, send, chosen, ask.at):
        raise FieldErrors({"when": shut.sentence})
    delay = bot.delay(send)
    another = await wanted(bot, send, person.id, send.confirmed_by or "")
    moved = await bot.sends.reschedule(ask, send_id, int(revision), chosen, delay, another)
    await done(bot, ack, moved, send_id, form=True)


@card.action("was_sent")
async def was_sent(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await _settle(bot, body, person, ask, ack, was_sent=True)


@card.action("was_not_sent")
async def was_not_sent(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    await _settle(bot, body, person, ask, ack, was_sent=False)


async def _settle(
    bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck, was_sent: bool
) -> None:
    press = await pressed(bot, body)
    yes, no = settle_labels(press.send)
    allow(bot, person, press.send, yes if was_sent else no)
    press.require("was_sent" if was_sent else "was_not_sent")
    await done(bot, ack, await bot.sends.settle(ask, press.send.id, was_sent), press.send.id)


@card.action("again")
async def again(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, reply: Reply) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "Draft Again")
    press.require("again")
    content = same_content(press.send)
    if press.send.kind is Kind.TEST:
        content = replace(content, phone=None, phones=bot.settings.test_phones)
    made = await bot.sends.again(ask, press.send, content)
    if made is None:
        raise Objected(f"{press.send.id} was drafted again already. Your press changed nothing.")
    bot.wake.set()
    await reply(f"{made} is a new draft of the same. Its card comes to <#{press.send.channel}>.")


@card.action("straighten")
async def straighten(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "Make Quotes Straight")
    press.require("straighten")
    content = same_content(press.send)
    content = replace(content, text=straight(content.text or ""))
    await done(bot, ack, await bot.sends.edit(ask, press.send.id, press.revision, content), press.send.id)


def same_content(send: Send) -> Content:
    """What was decided about a send, for a new draft; a chosen time that has passed stops that one.

    A test goes to the test phones of now.
    """
    run = send.run
    typed = send.text or None if send.kind in (Kind.SEND, Kind.CREATE) or run else None
    return Content(
        kind=send.kind, sender=send.sender, phone=send.phone, text=typed, label=send.label,
        email=send.email, first_name=send.first_name, customer_key=send.customer_key, country=send.country,
        action=run.action if run else None, file_id=run.file_id if run else None,
        file_name=run.file_name if run else None, audience=send.audience, message=send.message,
        campaign=send.campaign, description=send.description, chosen_at=send.chosen_at,
        corrects=send.corrects, repeats=send.repeats,
    )  # fmt: skip


def move_view(send: Send) -> dict[str, Any]:
    """The modal that asks for another time; what is in it now is where it stands."""
    box = field(
        "when", "When", time_box(send.due_at), hint="In your own time zone; the card shows the account's too."
    )
    return modal(
        card.id("move_form"), f"Move {send.id}", [box], submit="Move", metadata=f"{send.id}.{send.revision}"
    )
