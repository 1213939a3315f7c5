"""One send told whole: what its card says, and its timeline; behind `/sms show` and every `Show` button."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import button, context, escape, named, section, shorten, their_second, their_time, turners
from bot.card.about import heading
from bot.card.bulk import progress
from bot.card.deeds import deed
from bot.card.picture import card, picture
from bot.card.repeating import label, summary
from bot.command import Reply
from bot.errors import Objected
from bot.evidence import Fact
from bot.people import READ, Person
from bot.sends import Kind, Send, State
from bot.sends.pages import Page
from bot.wiring import Bot

MOMENTS = 200  # of a timeline; Slack shows 50 blocks


@card.action("show")
async def show(bot: Bot, body: dict[str, Any], person: Person, reply: Reply) -> None:
    bot.people.require(person, READ, "press Show")
    await reply(*await receipt(bot, body["actions"][0]["value"]))


def lines(sends: Sequence[Send]) -> dict[str, str]:
    """A line of each, mrkdwn, by their ids."""
    return {one.id: line(one) for one in sends}


def line(send: Send) -> str:
    """One send in one line, mrkdwn."""
    at = send.due_at or send.chosen_at
    when = f", {their_time(at)}" if at and send.state in (State.DRAFT, State.SCHEDULED, State.HELD) else ""
    what = f": {escape(shorten(send.text, 60))}" if send.text else ""
    return f"{send.id} · {escape(heading(send))} · *{_label(send)}*{when}{summary(send)}{what}"


def _label(send: Send) -> str:
    """Its state in the words of what it does."""
    if said := label(send) or progress(send):
        return said
    did = deed(send)
    labels = {
        State.DRAFT: "draft, not confirmed",
        State.AWAITING: "awaiting approval",
        State.HELD: "held, waits for somebody",
        State.SENDING: f"being {did.done}",
        State.SUBMITTED: did.done if did.change else "submitted",
        State.REFUSED: f"not {did.done}",
        State.MAYBE_SENT: f"may have been {did.done}, waits for somebody",
    }
    is_trying = send.kind is Kind.STOP and send.state is State.SCHEDULED
    return "not stopped yet" if is_trying else labels.get(send.state, send.state.value)


def listed(lines: Mapping[str, str]) -> list[dict[str, Any]]:
    """A block a line, by the ids of their sends, each with a button that shows the send."""
    return [section(said, button("Show", card.id("show"), one)) for one, said in lines.items()]


def turning(of: Callable[[str], str], page: Page, *more: str) -> list[dict[str, Any]]:
    """The buttons `back` and `next` of a list; they bring where the page begins, and `more`."""
    turns = [("back", "Earlier Page", page.back), ("next", "Next Page", page.next)]
    return turners(
        [
            button(label, of(what), json.dumps([cursor.write(), *more]))
            for what, label, cursor in turns
            if cursor is not None
        ]
    )


async def receipt(bot: Bot, send_id: str) -> tuple[str, list[dict[str, Any]]]:
    """One send as its card says it, without buttons, and its timeline. Raises Objected for an unknown id."""
    send = await bot.sends.get(send_id)
    if send is None:
        raise Objected(f"There is no send {escape(send_id)}. `/sms show` lists the newest.")
    freeze = await bot.sends.frozen()
    text, blocks = picture(send, bot.settings, bot.registry, freeze.frozen)
    blocks = [block for block in blocks if block["type"] != "actions"]  # its buttons are on its card
    facts = await bot.sends.timeline(send_id)
    lines = [moment(fact, send, bot.settings.timezone) for fact in facts[-MOMENTS:]]
    lines = [f"{len(facts) - MOMENTS} moments before these", *lines] if len(facts) > MOMENTS else lines
    heading = f"*What happened* (in brackets: {bot.settings.timezone.key})"
    proof = _proof(facts)
    blocks += [section(heading), *map(context, [*_groups(lines), proof, _place(send)])]
    return "\n".join([text, *lines, proof]), blocks


def moment(fact: Fact, send: Send, zone: ZoneInfo) -> str:
    """One moment of the timeline, mrkdwn: when, who, what, why, what WhatCounts answered."""
    who = named(fact.who)
    told = [str(fact.detail["why"])] if fact.detail.get("why") else []
    answer = (fact.detail.get("answer") or {}).get("raw")
    told += (
        [answer if answer.startswith("WhatCounts") else f"WhatCounts answered: {answer}"] if answer else []
    )
    detail = ": " + "\n".join(escape(shorten(one, 300)) for one in told) if told else ""
    at = f"{their_second(fact.at)} ({fact.at.astimezone(zone):%d %b %H:%M:%S})"
    return f"{at} · {who} · *{escape(_what(fact, send))}*{_leaves(fact)}{detail}"


def _what(fact: Fact, send: Send) -> str:
    """The record's word in the words of what the send does; and which of its requests it was about."""
    did = deed(send)
    said: dict[str, str] = {State.MAYBE_SENT: f"may have been {did.done}", State.REFUSED: f"not {did.done}"}
    said |= {State.SUBMITTED: did.done, State.SENDING: "asked WhatCounts"} if did.change else {}
    which = " ".join(str(fact.detail[key]) for key in ("to", "sender") if fact.detail.get(key))
    return said.get(fact.what, fact.what) + (f" ({which})" if which else "")


def _leaves(fact: Fact) -> str:
    due = fact.detail.get("due_at")
    return f", leaves {their_second(datetime.fromisoformat(due))}" if due else ""


def _proof(facts: Sequence[Fact]) -> str:
    """Where the chain ends, which `python -m bot verify` proves, mrkdwn."""
    last = facts[-1] if facts else None
    if last is None or last.hash is None:
        return "Not in a chain yet: this was recorded by a version of smsops without one."
    return f"Chain of {last.place} rows, ends with `{last.hash}`"


def _groups(lines: list[str]) -> list[str]:
    """Ten lines a block, so that a long life stays within Slack's 50 blocks."""
    return ["\n".join(lines[start : start + 10]) for start in range(0, len(lines), 10)]


def _place(send: Send) -> str:
    where = send.card_channel or send.channel
    return (
        f"Its card is in <#{where}>." if where.startswith(("C", "G")) else "Its card is in a direct message."
    )
