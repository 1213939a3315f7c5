"""The bot's waits made short, so that a test sees in seconds what takes minutes in the world.

For the launchers of the crash and chaos tests, in a process of its own; what is waited for stays in order:
a request is given up before its claim is too old, a post of a card before another process may draw it.
"""

from __future__ import annotations

import functools
import importlib
from contextlib import suppress
from datetime import timedelta
from typing import Any

import bot.delivery.hands
import bot.delivery.leave
import bot.delivery.loop
import bot.sends.cards
import bot.sends.work
import bot.wiring
from bot.whatcounts.connection import Limits

LIMITS = Limits(connect=2.0, read=3.5, pool=2.0, whole=4.0)  # of a request to WhatCounts, seconds
CLAIM_HOLDS = 2.0  # seconds from a claim to its request
SLACK_SECONDS = 5
DRAW_HOLDS = timedelta(seconds=8)


def shorten() -> None:
    """Put them in place of the real ones."""
    _put(bot.sends.work, "RETRY_AFTER", timedelta(seconds=1))
    _put(bot.delivery.loop, "CHORES_EVERY", 0.5)  # a dead process is noticed at the next tick
    for module in (bot.delivery.hands, bot.delivery.leave):
        _put(module, "CLAIM_HOLDS", CLAIM_HOLDS)
    _put(bot.sends.cards, "DRAW_HOLDS", DRAW_HOLDS)
    _put(bot.wiring, "SLACK_SECONDS", SLACK_SECONDS)
    with suppress(ModuleNotFoundError):  # the fake Slack takes more calls a minute than Slack does
        allowance = importlib.import_module("bot.allowance")
        _put(allowance, "LIMITS", dict.fromkeys(allowance.LIMITS, (60_000.0, 1_000)))
    _put(bot.wiring, "WhatCounts", functools.partial(bot.wiring.WhatCounts, limits=LIMITS))


def _put(place: Any, name: str, value: Any) -> None:
    getattr(place, name)  # a name that has gone must not be set in vain
    setattr(place, name, value)
