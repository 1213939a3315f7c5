"""As little of Slack's Web API as the bot asks for under load, quick enough not to be what is measured."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from typing import Any

from bench.load import TEAM, USER

PERSON = {
    "id": USER,
    "team_id": TEAM,
    "name": "olive",
    "real_name": "Olive Park",
    "tz": "America/Los_Angeles",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_stranger": False,
    "profile": {"display_name": "Olive", "real_name": "Olive Park"},
}
WHO = {
    "team_id": TEAM,
    "user_id": "U0BOT",
    "bot_id": "B0BOT",
    "team": "Bench",
    "url": "https://bench.slack.com/",
}


class QuickSlack:
    """Answers every method with what the bot reads of it; `calls` counts them by method."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.posted = asyncio.Event()
        self._numbers = itertools.count(1)
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """The port that it listens on."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(head))
                path = head.split(b" ", 2)[1].decode()
                body = json.dumps(self._answer(path)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, path: str) -> Any:
        if path.startswith("/rest/"):
            return []  # no stored messages: WhatCounts shares this server
        method = path.removeprefix("/api/").partition("?")[0]
        self.calls[method] += 1
        if method == "chat.postMessage":
            self.posted.set()
        ts = f"1800000000.{next(self._numbers):06d}"
        answers: dict[str, dict[str, Any]] = {
            "auth.test": WHO,
            "users.info": {"user": PERSON},
            "conversations.info": {"channel": {"id": "C0BENCH", "is_ext_shared": False}},
            "chat.scheduledMessages.list": {"scheduled_messages": []},
        }
        return {"ok": True, "ts": ts, "channel": "C0BENCH"} | answers.get(method, {})


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0] or 0)
