"""For the tests of the doctor: what it looks at, between the two ends, without a bot that serves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from bot.doctor import doctor
from bot.doctor.line import Line
from bot.settings import Settings
from bot.wiring import Bot, open_bot, utc_now
from sandbox.slack import Slack
from sandbox.whatcounts import WhatCountsEmulator
from tests.world import environment

Ends = tuple[Slack, WhatCountsEmulator]
QUICK = {"SMS_RATE": "other=1000"}  # a live test asks WhatCounts some thirty times


@asynccontextmanager
async def between(
    ends: Ends, url: str, now: Callable[[], datetime] = utc_now, /, **settings: str
) -> AsyncIterator[Bot]:
    """A bot that serves nobody."""
    async with open_bot(Settings.read(environment(*ends, url) | QUICK | settings), now) as bot:
        yield bot


async def examined(
    ends: Ends, url: str, *, live_encoding: bool = False, **settings: str
) -> tuple[int, list[Line]]:
    """A whole run: its code and its lines."""
    said: list[Line] = []
    code = await doctor(environment(*ends, url) | QUICK | settings, said.append, live_encoding=live_encoding)
    return code, said


def marks(lines: list[Line]) -> list[str]:
    """`ok settings`, for what stands how."""
    return [f"{line.mark} {line.what}" for line in lines]
