"""The load: commands signed beforehand, sent over kept connections, each answer awaited and timed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import quantiles
from typing import cast
from urllib.parse import urlencode

TEAM, USER = "T0SANDBOX", "U0OLIVE"


@dataclass(frozen=True)
class Timing:
    """What one round of load took."""

    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, n: int) -> float:
        """Milliseconds in which n of a hundred were answered."""
        return quantiles(self.latencies, n=100, method="inclusive")[n - 1] * 1000


class Signer:
    """Slack's side of a slash command: each one differs from every other, and is signed."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._numbers = itertools.count(1)

    def command(self, text: str, channel: str = "C0BENCH") -> bytes:
        """A whole HTTP request, as bytes."""
        number = next(self._numbers)
        form = {
            "token": "unused",
            "team_id": TEAM,
            "team_domain": "bench",
            "channel_id": channel,
            "channel_name": "bench",
            "user_id": USER,
            "user_name": "olive",
            "command": "/sms",
            "text": text,
            "api_app_id": "A0SMSOPS",
            "is_enterprise_install": "false",
            "trigger_id": f"{number}.{number}.bench",
            "response_url": f"http://127.0.0.1:9/commands/{number}",
        }
        body, now = urlencode(form).encode(), str(int(time.time()))
        signature = hmac.new(self._secret, b"v0:" + now.encode() + b":" + body, hashlib.sha256).hexdigest()
        head = (
            "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Slackbot 1.0\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            f"X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
        )
        return head.encode() + body


class Connection(asyncio.Protocol):
    """One kept connection, one request at a time; understands answers with a Content-Length only."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _content_length(head):
            return
        self._buffer = b""
        if self._answer and not self._answer.done():
            self._answer.set_result(head.partition(b"\r\n")[0] + b"\n" + body)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))

    async def ask(self, request: bytes) -> float:
        """Seconds until the whole answer was there. Raises RuntimeError when it was not a 200."""
        assert self._transport
        self._answer = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        self._transport.write(request)
        answer = await self._answer
        took = time.perf_counter() - started
        if b" 200 " not in answer[:20]:
            raise RuntimeError(f"the answer was {answer[:300]!r}")
        return took

    def close(self) -> None:
        if self._transport:
            self._transport.close()


def _content_length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0] or 0)


async def connect(port: int) -> Connection:
    """A connection to this machine's port."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection


async def run(port: int, requests: Iterable[bytes], concurrency: int) -> Timing:
    """Send them all, this many at a time."""
    waiting = iter(list(requests))
    connections = [await connect(port) for _ in range(concurrency)]
    started = time.perf_counter()
    found = await asyncio.gather(*(_drain(connection, waiting) for connection in connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return Timing(seconds, [one for latencies in found for one in latencies])


async def _drain(connection: Connection, waiting: Iterator[bytes]) -> list[float]:
    return [await connection.ask(request) for request in waiting]
