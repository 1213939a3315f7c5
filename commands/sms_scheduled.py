"""`/sms scheduled`: what will go, and what waits for a person."""

from __future__ import annotations

import json
from typing import Any

from bot.blocks import section
from bot.card.receipt import lines, listed, turning
from bot.card.words import frozen_banner
from bot.command import Command, Reply
from bot.sends.pages import Cursor
from bot.wiring import Bot

command = Command(
    "scheduled",
    summary="what will go, and what waits for somebody",
    order=30,
)

PAGE = 10


@command.run
async def scheduled(bot: Bot, reply: Reply) -> None:
    await reply(*await page(bot))


@command.action("back")
@command.action("next")
async def turn(bot: Bot, words: str, reply: Reply) -> None:
    (cursor,) = json.loads(words)
    await reply(*await page(bot, Cursor.read(cursor)), replace=True)


async def page(bot: Bot, cursor: Cursor | None = None) -> tuple[str, list[dict[str, Any]]]:
    """One page, next to leave first; text and blocks."""
    found = await bot.sends.waiting(cursor, PAGE)
    freeze = await bot.sends.frozen()
    banner = [frozen_banner(freeze)] if freeze.frozen else []
    above = [section(one) for one in banner]
    if not found.sends:
        text = "Nothing is waiting to be sent."
        return "\n".join([*banner, text]), [*above, section(text)]
    heading = f"*Waiting: {found.numbers() if found.back or found.next else len(found.sends)}*"
    said = lines(found.sends)
    blocks = [*above, section(heading), *listed(said), *turning(command.id, found)]
    return "\n".join([*banner, heading, *said.values()]), blocks
