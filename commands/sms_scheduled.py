"""`/sms scheduled`: what will go, and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks import actions, button, escape, section, shorten, their_time
from bot.card import words as card_words
from bot.command import Command, Reply
from bot.sends import Send, State
from bot.wiring import Bot

command = Command("scheduled", summary="List what will go, and what waits for somebody.")

PAGE = 10
LABELS = {
    State.DRAFT: "draft, not confirmed",
    State.AWAITING: "awaiting approval",
    State.SCHEDULED: "scheduled",
    State.HELD: "held, waits for somebody",
    State.SENDING: "being sent",
    State.MAYBE_SENT: "may have been sent, waits for somebody",
}


@command.run
async def scheduled(bot: Bot, reply: Reply) -> None:
    text, blocks = await page(bot, 0)
    await reply(text, blocks)


@command.action("back")
@command.action("next")
async def turn(bot: Bot, body: dict[str, Any], reply: Reply) -> None:
    text, blocks = await page(bot, int(body["actions"][0]["value"]))
    await reply(text, blocks, replace=True)


async def page(bot: Bot, start: int) -> tuple[str, list[dict[str, Any]]]:
    """One page, next to leave first; text and blocks."""
    sends, total = await bot.sends.waiting(start, PAGE)
    if not sends:
        text = "Nothing is waiting to be sent."
        return text, [section(text)]
    lines = [line(send) for send in sends]
    heading = f"*Waiting: {start + 1} to {start + len(sends)} of {total}*"
    return "\n".join([heading, *lines]), [
        section(heading),
        *(section(one) for one in lines),
        *_turns(start, total),
    ]


def line(send: Send) -> str:
    """One send in one line, mrkdwn."""
    at = send.due_at or send.chosen_at
    when = f", {their_time(at)}" if at else ""
    what = f": {escape(shorten(send.text, 60))}" if send.text else ""
    return f"{send.id} · {escape(card_words.heading(send))} · *{LABELS[send.state]}*{when}{what}"


def _turns(start: int, total: int) -> Sequence[dict[str, Any]]:
    turns = [("back", "Earlier Page", start - PAGE)] if start else []
    turns += [("next", "Next Page", start + PAGE)] if start + PAGE < total else []
    made = [button(label, command.id(what), str(max(0, to))) for what, label, to in turns]
    return [actions("pages", made)] if made else []
