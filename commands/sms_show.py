"""`/sms show [id]`: one send with its whole timeline, or the newest ones."""

from __future__ import annotations

import re

from bot.blocks import section
from bot.card.receipt import lines, listed, receipt
from bot.card.words import frozen_banner
from bot.command import Command, Reply
from bot.errors import UsageError
from bot.wiring import Bot

command = Command(
    "show",
    usage="[id]",
    summary="one send with all that happened to it; without an id the newest",
    example="`/sms show S-7K3QXM`",
    order=40,
)

RECENT = 10


@command.run
async def show(bot: Bot, words: str, reply: Reply) -> None:
    if words:
        await reply(*await receipt(bot, read_id(words)))
        return
    sends = await bot.sends.recent(RECENT)
    heading = (
        "*The newest sends*"
        if sends
        else "Nothing has been drafted yet. `/sms send` or `/sms campaign` begins."
    )
    freeze = await bot.sends.frozen()
    banner = [frozen_banner(freeze)] if freeze.frozen else []
    said = lines(sends)
    blocks = [*map(section, banner), section(heading), *listed(said)]
    await reply("\n".join([*banner, heading, *said.values()]), blocks)


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
