"""`/sms scheduled`: what will go, and what waits for a person."""

from __future__ import annotations

from typing import Any

from bot.blocks import pager, section
from bot.card.receipt import line, listed
from bot.card.words import frozen_banner
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
    freeze = await bot.sends.frozen()
    banner = [frozen_banner(freeze)] if freeze.frozen else []
    above = [section(one) for one in banner]
    if not sends:
        text = "Nothing is waiting to be sent."
        return "\n".join([*banner, text]), [*above, section(text)]
    pages = f": {start + 1} to {start + len(sends)} of {total}" if total > PAGE else f": {total}"
    heading = f"*Waiting{pages}*"
    blocks = [*above, section(heading), *listed(sends), *pager(command.id, start, total, PAGE)]
    return "\n".join([*banner, heading, *map(line, sends)]), blocks
