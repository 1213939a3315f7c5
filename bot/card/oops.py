"""After a wrong text: the button Oops, the form for its correction, the admin who lets that one through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import open_form
from bot.blocks import context, escape, exact, field, modal, section, shorten, text_box, their_second, values
from bot.card.about import heading
from bot.card.picture import card
from bot.card.presses import allow, done, pressed
from bot.card.receipt import lines, listed
from bot.command import Reply
from bot.errors import FieldErrors, NotAllowed, Objected, Unavailable
from bot.forms import Place
from bot.people import ADMIN, FREEZE, SEND, Person
from bot.sends import Ask, Send, State
from bot.text import problem
from bot.wiring import Bot

SHOWN = 10  # of what is still to go
TO_GO = (State.SCHEDULED, State.HELD, State.AWAITING)


@card.action("oops")
async def oops(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, reply: Reply) -> None:
    press = await pressed(bot, body)
    bot.people.require(person, FREEZE, "press Oops")
    wrong = await bot.sends.oops(ask, press.send.id, _incident(ask, bot.people.names(ADMIN)))
    if wrong is None:
        raise Objected(await _said_before(bot, press.send.id))
    bot.wake.set()
    text, blocks = await _still_to_go(bot, wrong)
    if _may_write(bot, person, wrong):
        try:
            await open_form(bot, body, correction_view(wrong))
        except Unavailable:
            text = f"{text}\nSlack did not open the form. Press Write Correction on the card."
            blocks = [*blocks, context("Slack did not open the form. Press Write Correction on the card.")]
    await reply(text, blocks)


async def _said_before(bot: Bot, send_id: str) -> str:
    now = await bot.sends.get(send_id)
    if now is None or now.oops_by is None:
        return f"{send_id} was not submitted to people, so there is nothing to put right. Nothing was done."
    return (
        f"<@{now.oops_by}> pressed Oops for {send_id} already. Sends were frozen then, and"
        " Write Correction on its card asks for the correction. Your press changed nothing."
    )


def _may_write(bot: Bot, person: Person, wrong: Send) -> bool:
    try:
        bot.people.require_channel(wrong.channel)
    except NotAllowed:
        return False
    return person.may(SEND)


async def _still_to_go(bot: Bot, wrong: Send) -> tuple[str, list[dict[str, Any]]]:
    """For who pressed it alone: it may be of other channels."""
    page = await bot.sends.waiting(None, SHOWN)
    sends = page.sends
    frozen = (
        "*Everything is frozen.* Nothing leaves until an admin lifts it."
        f" What happened to {wrong.id} stands in the thread of its card."
    )
    if not sends:
        text = f"{frozen} Nothing else is waiting."
        return text, [section(text)]
    more = f", {len(sends)} of {page.many} shown; `/sms scheduled` has all" if page.next else ""
    text = f"{frozen} Stopped by it, or waiting for somebody{more}:"
    return "\n".join([text, *(escape(heading(one)) for one in sends)]), [section(text), *listed(lines(sends))]


def _incident(ask: Ask, admins: str) -> Callable[[Send, dict[State, int], bool], str]:
    """The thread's first words: what happened when, what is stopped, what comes next; mrkdwn."""

    def by(who: str | None) -> str:
        return f" by <@{who}>" if who else ""

    def told(wrong: Send, counts: Mapping[State, int], is_paused: bool) -> str:
        waiting, under_way = sum(counts.get(one, 0) for one in TO_GO), counts.get(State.SENDING, 0)
        took = "Found in WhatCounts" if wrong.settled_by else "WhatCounts took it"
        times = [
            ("Asked for", wrong.asked_at, wrong.asked_by),
            ("Confirmed", wrong.confirmed_at, wrong.confirmed_by),
            ("Left", wrong.claimed_at, None),
            (took, wrong.state_at, wrong.settled_by),
            ("Oops", ask.at, ask.who),
        ]
        lines = [f"*The text of {wrong.id} was wrong. Everything is frozen.*"]
        lines += [f"• {what} {their_second(at)}{by(who)}" for what, at, who in times if at]
        lines += [_answer(wrong)] if wrong.answer else []
        lines += [f"Still to go, and stopped now: {waiting}. `/sms scheduled` lists them."]
        lines += [_paused(wrong)] if is_paused else []
        lines += [f"Under way, and not to be called back: {under_way}."] if under_way else []
        lines += [
            "Next: *Write Correction* on the card asks for its text. It is drafted to the same people, and"
            " leaves in the freeze once an admin who did not write it presses *Let Through Freeze*"
            f" ({admins})."
        ]
        return "\n".join(lines)

    return told


def _paused(wrong: Send) -> str:
    """What was paused with it."""
    return (
        f"Its repeating campaign {wrong.series} is paused, as it would leave with the same text again."
        " To go on with another text, press *End* on its card and draft it anew."
    )


def _answer(wrong: Send) -> str:
    """What WhatCounts said, without what nobody can read; all of it is in the timeline."""
    said = wrong.answer or {}
    words = [f"“{escape(shorten(str(said['status']), 60))}”"] if said.get("status") else []
    words += [f"id {said['id']}"] if said.get("id") else []
    return f"WhatCounts answered {', '.join(words)}; `/sms show {wrong.id}` has it whole."


@card.action("correct")
async def write_correction(bot: Bot, body: dict[str, Any], person: Person, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "Write Correction")
    press.require("correct")
    await open_form(bot, body, correction_view(press.send))
    await ack()


@card.view("correction")
async def written(bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    place = Place.read(view["private_metadata"])
    place.allow(bot, person, "write corrections")
    wrong = await bot.sends.get(place.send_id)
    if wrong is None:
        raise Objected("This send is not in the record any more. Nothing was done.")
    text = values(view)["text"] or ""
    wrongs = problem(text)
    if text.strip() == (wrong.text or "").strip():
        wrongs = "This is the text that was wrong."
    if wrongs:
        raise FieldErrors({"text": wrongs})
    made = await bot.sends.correct(ask, wrong, text)
    if made is None:
        now = await bot.sends.get(wrong.id)
        raise Objected(f"A correction of {wrong.id} was written already, as {now.again if now else '?'}.")
    bot.wake.set()
    await ack()


@card.action("let_through")
async def let_through(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    bot.people.require(person, ADMIN, "press Let Through Freeze")
    bot.people.require_channel(press.send.channel)
    press.require("let_through")
    if not (await bot.sends.frozen()).frozen:
        raise Objected("Sends are not frozen, so there is nothing to let it through. Nothing was done.")
    moved = await bot.sends.let_through(ask, press.send.id, press.revision, bot.delay(press.send))
    if moved is None and await _is_own(bot, press.send.id, press.revision):
        raise NotAllowed(
            f"You asked for {press.send.id} or edited it last, so another admin has to let it through."
            " Nothing was done."
        )
    await done(bot, ack, moved, press.send.id)


async def _is_own(bot: Bot, send_id: str, revision: int) -> bool:
    """Whether nothing else was in the way."""
    now = await bot.sends.get(send_id)
    return now is not None and now.revision == revision


def correction_view(wrong: Send) -> dict[str, Any]:
    """The modal that asks for the correction's text; the wrong one stands above it."""
    place = Place(wrong.channel, wrong.id)
    hint = "At most 160 characters. It goes to the same people; its card follows, with Send."
    box = text_box(lines=True, limit=1000, focus=True)
    blocks = [
        section(f"*{escape(heading(wrong))}* said:"),
        exact(wrong.text or ""),
        field("text", "What they shall read now", box, hint),
    ]
    return modal(card.id("correction"), "Write a correction", blocks, submit="Draft", metadata=place.write())
