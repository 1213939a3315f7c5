"""Signed requests to the bot, three seconds for each answer, and the same bytes again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

import aiohttp
import httpx

from sandbox.slack.record import Answer, Json
from sandbox.slack.sockets import Sockets

ACK_SECONDS = 3.0  # docs.slack.dev/interactivity/handling-user-interaction
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
KEPT = 1000  # requests that can be replayed
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Sent:
    """One request as it left."""

    body: bytes
    headers: dict[str, str]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The v0 signature of a raw body (docs.slack.dev/authentication/verifying-requests-from-slack)."""
    return (
        "v0="
        + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    )


class Sending:
    """Holds the one client session; `request_url` may change while it runs."""

    def __init__(
        self, signing_secret: str, patience: float, now: Callable[[], float], sockets: Sockets | None = None
    ) -> None:
        self._sockets = sockets
        self.request_url = ""
        self.sent: deque[Sent] = deque(maxlen=KEPT)
        self._secret, self._patience, self._now = signing_secret, patience, now
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the session. No connection is kept: the bot may be killed between two requests."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True))

    async def stop(self) -> None:
        """Closes it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def form(self, fields: dict[str, str]) -> Answer:
        """A signed form: a slash command."""
        return await self._post(urlencode(fields).encode(), FORM)

    async def payload(self, payload: Json) -> Answer:
        """A signed interaction."""
        return await self.form({"payload": json.dumps(payload, ensure_ascii=False, separators=(",", ":"))})

    async def event(self, envelope: Json) -> Answer:
        """A signed event."""
        return await self._post(json.dumps(envelope, ensure_ascii=False).encode(), JSON)

    async def redeliver(self, sent: Sent, number: int, reason: str) -> Answer:
        """An event again, as Slack does that had no 200 for it; signed anew."""
        retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        return await self._post(sent.body, sent.headers["Content-Type"], retry)

    async def resend(self, sent: Sent) -> Answer:
        """The same payload with another timestamp and signature."""
        before = int(sent.headers["X-Slack-Request-Timestamp"])
        return await self._post(sent.body, sent.headers["Content-Type"], stamp=before + 1)

    async def _post(
        self, body: bytes, kind: str, more: Mapping[str, str] = MappingProxyType({}), stamp: int = 0
    ) -> Answer:
        at = str(stamp or int(self._now()))
        headers = {"Content-Type": kind, "User-Agent": AGENT, "Accept": "application/json,*/*"}
        headers |= {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature(self._secret, at, body),
        }
        headers |= more
        self.sent.append(Sent(body, headers))
        began, answer = time.perf_counter(), Answer()
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._answer(body, headers)
        except TimeoutError:
            answer.notice = "operation_timeout"
        except aiohttp.ClientError:
            answer.notice = "dispatch_failed"
        answer.ms = (time.perf_counter() - began) * 1000
        return answer

    async def _answer(self, body: bytes, headers: dict[str, str]) -> Answer:
        got = await self.raw(body, headers)
        text = got.content.decode("utf-8", "replace")
        kind = got.headers.get("content-type", "").partition(";")[0].strip().lower()
        answer = Answer(got.status_code, text, _parsed(text) if kind == JSON else None, content_type=kind)
        answer.notice = None if got.status_code == 200 else "dispatch_failed"
        return answer

    async def raw(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Exactly these bytes and headers to the bot; aiohttp.ClientError where no answer comes.

        In Socket Mode what they hold, in an envelope.
        """
        if self._sockets is not None:
            return await self._sockets.carry(body, headers)
        if self._session is None or not self.request_url:
            raise RuntimeError("Slack is not started, or has no request_url yet")
        url = self.request_url
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as got:
            content = await got.read()
            shown = [(k, v) for k, v in got.headers.items() if k.lower() != "content-encoding"]
            return httpx.Response(got.status, headers=shown, content=content)

    async def replay(self, n_back: int) -> httpx.Response:
        """The `n_back`-th last request again, byte for byte; 1 is the last."""
        sent = self.sent[-n_back]
        return await self.raw(sent.body, sent.headers)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
