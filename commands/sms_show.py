"""`/sms show <id>`: one send with its whole timeline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import account_time, button, context, escape, section, shorten, their_time
from bot.card import picture
from bot.card.words import heading
from bot.command import Command, Reply
from bot.errors import Objected, UsageError
from bot.evidence import Fact
from bot.sends import Send
from bot.wiring import Bot

command = Command("show", usage="[id]", summary="Show a send with all that happened to it, or the newest.")

RECENT = 10
SAID = {"maybe_sent": "may have been sent", "refused": "not sent"}  # where the record has a word of its own
DETAILS = ("why",)  # of a row of the timeline, those that a person wants to read


@command.run
async def show(bot: Bot, words: str, reply: Reply) -> None:
    if not words:
        await reply(*recent(await bot.sends.recent(RECENT)))
        return
    await reply(*await receipt(bot, read_id(words)))


@command.action("one")
async def show_one(bot: Bot, body: dict[str, Any], reply: Reply) -> None:
    await reply(*await receipt(bot, body["actions"][0]["value"]))


def recent(sends: Sequence[Send]) -> tuple[str, list[dict[str, Any]]]:
    """The newest sends, each with a button that shows it; text and blocks."""
    if not sends:
        text = "Nothing has been drafted yet. `/sms send` or `/sms campaign` begins."
        return text, [section(text)]
    lines = [_line(one) for one in sends]
    shows = [button("Show", command.id("one"), one.id) for one in sends]
    listed = "*The newest sends*"
    blocks = [section(line, show) for line, show in zip(lines, shows, strict=True)]
    return "\n".join([listed, *lines]), [section(listed), *blocks]


def _line(send: Send) -> str:
    state = send.state.value.replace("_", " ")
    return f"{send.id} · {escape(heading(send))} · *{state}*, {their_time(send.asked_at)}"


async def receipt(bot: Bot, send_id: str) -> tuple[str, list[dict[str, Any]]]:
    """One send as its card says it, without buttons, and its timeline. Raises Objected for an unknown id."""
    send = await bot.sends.get(send_id)
    if send is None:
        raise Objected(f"There is no send {escape(send_id)}. `/sms show` lists the newest.")
    freeze = await bot.sends.frozen()
    text, blocks = picture(send, bot.settings, freeze.frozen)
    blocks = [block for block in blocks if block["type"] != "actions"]  # its buttons are on its card
    lines = [moment(fact, bot.settings.timezone) for fact in await bot.sends.timeline(send_id)]
    blocks += [section("*What happened*"), *(context(one) for one in _groups(lines)), context(_card(send))]
    return "\n".join([text, *lines]), blocks


def read_id(words: str) -> str:
    """`S-7K3QXM`, from it, from `s-7k3qxm` or from `7K3QXM`. Raises UsageError."""
    found = re.fullmatch(r"(?:S-)?([0-9A-Z]{6})", words.strip().upper())
    if found is None:
        raise UsageError(
            "That is not the id of a send, such as S-7K3QXM. It stands at the foot of its card.",
            command.typed,
        )
    # as people read it aloud: the alphabet has no I, L, O
    return "S-" + found[1].translate(str.maketrans("ILO", "110"))


def moment(fact: Fact, zone: ZoneInfo) -> str:
    """One moment of the timeline, mrkdwn."""
    who = "smsops" if fact.who == "smsops" else f"<@{fact.who}>"
    answer = (fact.detail.get("answer") or {}).get("raw") or ""
    told = [str(fact.detail[name]) for name in DETAILS if fact.detail.get(name)]
    told += (
        [answer if answer.startswith("WhatCounts") else f"WhatCounts answered: {answer}"] if answer else []
    )
    detail = ": " + "\n".join(escape(shorten(one, 300)) for one in told) if told else ""
    at = f"{their_time(fact.at)} ({account_time(fact.at, zone)})"
    return f"{at} · {who} · *{escape(SAID.get(fact.what, fact.what))}*{detail}"


def _groups(lines: list[str]) -> list[str]:
    """Ten lines a block, so that a long life stays within Slack's 50 blocks."""
    return ["\n".join(lines[start : start + 10]) for start in range(0, len(lines), 10)]


def _card(send: Send) -> str:
    where: Any = send.card_channel or send.channel
    return (
        f"Its card is in <#{where}>."
        if str(where).startswith(("C", "G"))
        else "Its card is in a direct message."
    )
