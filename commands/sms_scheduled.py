"""`/sms scheduled`: what will go, and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks import actions, button, section
from bot.card.receipt import line, listed
from bot.command import Command, Reply
from bot.wiring import Bot

command = Command(
    "scheduled",
    summary="what will go, and what waits for somebody",
    order=30,
)

PAGE = 10


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
    pages = f": {start + 1} to {start + len(sends)} of {total}" if total > PAGE else f": {total}"
    heading = f"*Waiting{pages}*"
    blocks = [section(heading), *listed(sends), *_turns(start, total)]
    return "\n".join([heading, *map(line, sends)]), blocks


def _turns(start: int, total: int) -> Sequence[dict[str, Any]]:
    turns = [("back", "Earlier Page", start - PAGE)] if start else []
    turns += [("next", "Next Page", start + PAGE)] if start + PAGE < total else []
    made = [button(label, command.id(what), str(max(0, to))) for what, label, to in turns]
    return [actions("pages", made)] if made else []
