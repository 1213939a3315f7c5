"""Slack's end of Socket Mode: tickets, envelopes and their acks (docs.slack.dev, Using Socket Mode)."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx
from aiohttp import ClientConnectionError, WSMsgType, web

from sandbox.slack.listening import LOOPBACK
from sandbox.slack.record import Json

MOST = 10  # connections of one app
LASTS = 18060  # seconds, about, that Slack keeps one
CLOSES = 0.3  # seconds from the word that it will close until it does; Slack takes some ten


@dataclass
class Sockets:
    """The sockets of one app. `breach` is told of what Slack would not understand."""

    breach: Callable[[str], None]
    changed: Callable[[], None]
    app_token: str = field(default_factory=lambda: f"xapp-1-A0SMSOPS-{secrets.token_hex(16)}")
    opened: int = 0  # how many there ever were
    _tickets: set[str] = field(default_factory=set)
    _open: dict[web.WebSocketResponse, asyncio.BaseTransport | None] = field(default_factory=dict)
    _waiting: dict[str, tuple[str, asyncio.Future[Json]]] = field(default_factory=dict)
    _closing: list[asyncio.Task[None]] = field(default_factory=list)
    _runner: web.AppRunner | None = None
    _port: int = 0
    is_off: bool = False  # no socket opens any more

    async def start(self) -> None:
        """Listens on a port of its own."""
        app = web.Application()
        app.router.add_get("/link/", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Closes all."""
        for task in self._closing:
            task.cancel()
        for one in list(self._open):
            await one.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    def ticket(self) -> str:
        """An address at which one socket may be opened, once (apps.connections.open)."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return f"ws://{LOOPBACK}:{self._port}/link/?ticket={ticket}&app_id=A0SMSOPS"

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Slack renews its sockets: it says so, and closes them a moment later."""
        for one in list(self._open):
            await one.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            self._closing.append(asyncio.create_task(_close_soon(one)))

    async def cut(self) -> None:
        """The network goes, without a word."""
        for transport in list(self._open.values()):
            if isinstance(transport, asyncio.Transport):
                transport.abort()

    async def carry(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """What would be a signed request, as an envelope; its ack as the answer to it.

        ClientConnectionError where no socket is open. An envelope that is not acknowledged is waited for.
        """
        if not self._open:
            raise ClientConnectionError("no socket is open")
        kind, payload = _unwrapped(body, headers)
        envelope: Json = {"envelope_id": str(uuid.uuid4()), "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if "X-Slack-Retry-Num" in headers:
            envelope["retry_attempt"] = int(headers["X-Slack-Retry-Num"])
            envelope["retry_reason"] = headers["X-Slack-Retry-Reason"]
        acked: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = kind, acked
        try:
            await next(reversed(self._open)).send_str(json.dumps(envelope))
            return _as_http(await acked)
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or self.is_off:
            return web.Response(status=403)  # a ticket opens one socket
        self._tickets.discard(ticket)
        link = web.WebSocketResponse()
        await link.prepare(request)
        self._open[link] = request.transport
        self.opened += 1
        await link.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open),
                "debug_info": {"host": "sandbox", "approximate_connection_time": LASTS},
                "connection_info": {"app_id": "A0SMSOPS"},
            }
        )
        self.changed()
        try:
            async for message in link:
                if message.type is WSMsgType.TEXT:
                    self._acked(message.data)
        finally:
            del self._open[link]
            self.changed()
        return link

    def _acked(self, said: str) -> None:
        try:
            ack = json.loads(said)
            kind, waiting = self._waiting[ack["envelope_id"]]
        except (ValueError, TypeError, KeyError):
            self.breach(f"socket: acknowledges no envelope that is waited for: {said[:80]!r}")
            return
        if kind == "events_api" and ack.get("payload"):
            self.breach("socket: an event takes no payload in its acknowledgement")
        if not waiting.done():
            waiting.set_result(ack)


async def _close_soon(link: web.WebSocketResponse) -> None:
    await asyncio.sleep(CLOSES)
    await link.close()


def _unwrapped(body: bytes, headers: dict[str, str]) -> tuple[str, Json]:
    """Of which type the envelope is, and its payload."""
    if headers["Content-Type"] == "application/json":
        return "events_api", json.loads(body)
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return ("interactive", json.loads(form["payload"])) if "payload" in form else ("slash_commands", form)


def _as_http(ack: Json) -> httpx.Response:
    payload = ack.get("payload")
    return httpx.Response(200, json=payload) if payload else httpx.Response(200)
