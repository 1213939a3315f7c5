"""Slack as a board: what stands on it; and its client as one process has it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.allowance import Allowance
from tests.model.clock import Time
from tests.model.gates import Gates

TIMEOUT = 10.0  # seconds, as of the real client (bot.wiring.SLACK_SECONDS)


@dataclass
class Board:
    """`cards`: (channel, ts) -> the text and blocks that the message has now; `notes`: what threads got."""

    time: Time
    cards: dict[tuple[str, str], tuple[str, Any]] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)


def _refusal(word: str) -> SlackApiError:
    answer = SimpleNamespace(data={"error": word}, status_code=200, headers={})
    return SlackApiError("Slack said no", answer)


@dataclass
class Pen:
    """The client (slack_sdk) as the drawer uses it. `posts` is told of each card that is posted."""

    board: Board
    gates: Gates
    posts: Callable[[str], None]
    allowance: Allowance = field(default_factory=lambda: Allowance(clock=lambda: time.monotonic()))

    async def conversations_info(self, channel: str) -> dict[str, Any]:
        return {"channel": {}}

    async def chat_postMessage(self, *, channel: str, text: str, **more: Any) -> dict[str, str]:  # noqa: N802
        if "thread_ts" in more:
            await self._ask("posting a note")
            self.board.notes.append((more["thread_ts"], text))
            return {"channel": channel, "ts": ""}
        began = await self._ask("posting a card", "closed")
        self.posts(text.rsplit("\nText: ", 1)[0].rsplit("\n", 1)[-1])
        ts = f"{len(self.board.cards)}.0"
        self.board.cards[channel, ts] = (text, more["blocks"])
        await self._answer("posting a card", began)
        return {"channel": channel, "ts": ts}

    async def chat_update(self, *, channel: str, ts: str, text: str, blocks: Any) -> None:
        began = await self._ask("editing a card")
        self.board.cards[channel, ts] = (text, blocks)
        await self._answer("editing a card", began)

    async def _ask(self, what: str, *faults: str) -> float:
        """When it was asked. Raises where Slack was not reached, or said no."""
        began = self.board.time.seconds
        how = await self.gates.at(f"before {what}", "away", *faults)
        if how == "closed":
            raise _refusal("channel_not_found")
        if how == "away" or self.board.time.seconds - began > TIMEOUT:
            raise aiohttp.ClientConnectionError
        return began

    async def _answer(self, what: str, began: float) -> None:
        how = await self.gates.at(f"after {what}", "lost")
        if how == "lost" or self.board.time.seconds - began > TIMEOUT:
            raise TimeoutError
