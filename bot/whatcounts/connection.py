"""Carries one request to WhatCounts and back, and tells whether any of it can have left.

    failed before the request's first byte   Unavailable: nothing was sent
    failed after it                          a read: Unavailable; a send or another change: Uncertain
    cancelled                                CancelledError, for the caller to judge

A send goes over a connection of its own (a stale one makes doubts), is never repeated, follows no redirect.
A change that may be made twice without harm goes over kept connections.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx

from bot.errors import Unavailable, Uncertain
from bot.pace import NoTurn
from bot.whatcounts.answers import Answer
from bot.whatcounts.watched import Count, Nobody, TooLate, timed

if TYPE_CHECKING:
    import httpcore  # comes with httpx; its streams are what `trace` is shown

logger = logging.getLogger(__name__)

LARGEST = 16 * 1024 * 1024  # bytes of one answer; a page of 500 messages is about 200 kB

# Tomcat reads a form as Latin-1 unless it says so.
FORM = "application/x-www-form-urlencoded; charset=UTF-8"

UNREACHED = "WhatCounts could not be reached."
LATE = "WhatCounts did not answer in time."


@dataclass(frozen=True)
class Limits:
    """Seconds to wait: to connect, for the next bytes, for a free connection, for the whole of one request.

    `pause` is what lies between two tries of what may be tried again.
    """

    connect: float = 5.0
    read: float = 15.0
    pool: float = 5.0
    whole: float = 20.0
    pause: float = 0.5


@dataclass
class _Permit:
    """What the first request of a claim brings along."""

    holds: Callable[[], bool]
    has_turn: bool = True  # it took one before the claim
    is_used: bool = False


_permit: ContextVar[_Permit | None] = ContextVar("permit", default=None)


@contextmanager
def may_leave(holds: Callable[[], bool]) -> Iterator[None]:
    """Inside, the first request that changes something has had its turn, and leaves only while this `holds`.

    It is asked at the last moment, once the connection is there; else TooLate is raised. What is asked after
    that first request (a second try, the other address) is a question of its own and waits for its turn.
    """
    token = _permit.set(_Permit(holds))
    try:
        yield
    finally:
        _permit.reset(token)


class _Exchange:
    """What is known of one request while it runs: whether a byte may have left; its answer once complete."""

    def __init__(self, permit: _Permit | None = None) -> None:
        self.left = self.is_too_late = False
        self._permit = permit
        self.is_kept = True  # over a connection that was there before
        self.answer: Answer | None = None
        self._handshaking: httpcore.AsyncNetworkStream | None = None

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore reports each step; those of `connection.*` (TCP, TLS) come before the request is sent."""
        if event == "connection.connect_tcp.complete":
            self.is_kept = False
            self._handshaking = info["return_value"]
        elif event == "connection.start_tls.complete":
            self._handshaking = None
        elif not event.startswith("connection.") and not self.is_too_late:
            self._check_permit()
            self.left = True

    def _check_permit(self) -> None:
        """Raises TooLate, for this is the last moment before the first byte."""
        if self.left or self._permit is None or self._permit.is_used:
            return
        self.is_too_late = not self._permit.holds()
        if self.is_too_late:
            raise TooLate("Its time had passed before it could leave.")
        self._permit.is_used = True

    async def abandon(self) -> None:
        """Close what httpcore leaves open when a deadline or a cancellation comes in the middle of TLS."""
        if self._handshaking is not None and not self.left:
            await self._handshaking.aclose()


class _TooLarge(Exception):
    pass


async def at_once() -> None:
    """No waiting for a turn."""


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed; read once a process, which takes 16 ms."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class _Pool:
    """Connections of one kind, and what their requests have in common.

    A bare transport: it follows no redirect and keeps no cookie, so that each request stands for itself. With
    httpx's client around it a row of a list took a tenth more of the processor (6.85 ms against 6.25).
    """

    transport: httpx.AsyncHTTPTransport
    headers: httpx.Headers
    timeout: Mapping[str, float | None]

    async def ask(self, method: str, url: httpx.URL, form: bytes | None, trace: object) -> httpx.Response:
        """Its status and headers are there, its body is to be read, and then it is to be closed."""
        headers = self.headers
        if form:
            headers = headers.copy()
            headers["Content-Type"] = FORM
        about = {"timeout": self.timeout, "trace": trace}
        content = (form or b"") if method == "POST" else None
        request = httpx.Request(method, url, headers=headers, content=content, extensions=about)
        return await self.transport.handle_async_request(request)


class Connection:
    """Pools that live long: two that keep their connections, for reads and for what may be done twice, and
    one that never does, for sends. Each try but a send's waits for its `turn`, just before it is written
    (which may raise NoTurn)."""

    def __init__(
        self,
        headers: Mapping[str, str],
        limits: Limits,
        turn: Callable[[], Awaitable[object]] = at_once,
        count: Count | None = None,
    ) -> None:
        logging.getLogger("httpcore").setLevel(logging.WARNING)  # it logs whole addresses: texts, phones
        self._limits, self._turn = limits, turn
        self._count = count or Nobody()
        self.date: str | None = None  # the Date header of the last answer
        self.answered_at: datetime | None = None  # by the clock here, UTC
        kept, closed = {**headers, "Connection": "keep-alive"}, {**headers, "Connection": "close"}
        self._reads = self._pool(kept, httpx.Limits(max_connections=8))
        self._repeatable = self._pool(kept, httpx.Limits(max_connections=16))
        self._sends = self._pool(closed, httpx.Limits(max_connections=16, max_keepalive_connections=0))

    def _pool(self, headers: Mapping[str, str], limits: httpx.Limits) -> _Pool:
        wait = self._limits
        timeout = httpx.Timeout(connect=wait.connect, read=wait.read, write=wait.read, pool=wait.pool)
        transport = httpx.AsyncHTTPTransport(verify=_trusted(), trust_env=False, limits=limits)
        return _Pool(transport, httpx.Headers(headers), timeout.as_dict())

    async def read(self, url: httpx.URL, form: bytes | None = None) -> Answer:
        """GET, or POST a form that changes nothing; once more if a connection breaks: it may be one that was
        kept too long. Raises Unavailable."""
        try:
            return await self._read_once(url, form)
        except _Broken:
            pass
        try:
            return await self._read_once(url, form)
        except _Broken:
            raise Unavailable("The connection to WhatCounts broke; its messages could not be read.") from None

    async def _read_once(self, url: httpx.URL, form: bytes | None) -> Answer:
        await self._wait_for_turn()
        exchange = _Exchange()
        try:
            return await self._carry(self._reads, "POST" if form else "GET", url, form, exchange)
        except (TimeoutError, httpx.TimeoutException):
            sentence = f"{LATE} Its messages could not be read." if exchange.left else UNREACHED
            raise Unavailable(sentence) from None
        except (httpx.HTTPError, OSError):
            raise (_Broken() if exchange.left else Unavailable(UNREACHED)) from None
        except _TooLarge:
            raise Unavailable("WhatCounts' answer is too large; its messages could not be read.") from None

    async def send(self, url: httpx.URL, form: bytes | None = None) -> Answer:
        """POST, once and only once. Raises Unavailable (nothing left) or Uncertain (something may have).

        Waits for no turn: whoever sends has taken one, before it claimed what it sends.
        """
        exchange = _Exchange(_permit.get())
        try:
            return await self._carry(self._sends, "POST", url, form, exchange)
        except Exception as error:  # what is known after it depends on whether a byte had left
            return _after(error, exchange)

    async def post(self, url: httpx.URL, form: bytes | None = None) -> Answer:
        """The same for what is no send, when it is its turn."""
        await self._turn_to_change()
        return await self.send(url, form)

    async def change(self, url: httpx.URL, form: bytes | None = None) -> Answer:
        """POST what may be done twice without harm: once more, on a new connection, where a kept one broke.

        Raises as `send` does.
        """
        await self._turn_to_change()
        exchange = _Exchange(_permit.get())
        try:
            return await self._carry(self._repeatable, "POST", url, form, exchange)
        except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
            if not exchange.is_kept or exchange.answer is not None:
                return _after(error, exchange)
        except Exception as error:  # what is known after it depends on whether a byte had left
            return _after(error, exchange)
        return await self.post(url, form)

    async def _turn_to_change(self) -> None:
        """Wait for a turn, unless one was taken before the claim. Raises Unavailable."""
        permit = _permit.get()
        if permit is not None and permit.has_turn:
            permit.has_turn = False
        else:
            await self._wait_for_turn()

    async def _wait_for_turn(self) -> None:
        try:
            await self._turn()
        except NoTurn:
            raise Unavailable("The record by which requests take turns could not be reached.") from None

    async def _carry(
        self, pool: _Pool, method: str, url: httpx.URL, form: bytes | None, exchange: _Exchange
    ) -> Answer:
        with timed(self._count):
            return await self._exchanged(pool, method, url, form, exchange)

    async def _exchanged(
        self, pool: _Pool, method: str, url: httpx.URL, form: bytes | None, exchange: _Exchange
    ) -> Answer:
        try:
            async with asyncio.timeout(self._limits.whole):
                response = await pool.ask(method, url, form, exchange.trace)
                self.date, self.answered_at = response.headers.get("Date"), datetime.now(UTC)
                try:
                    exchange.answer = answer = Answer(response.status_code, await _whole_body(response))
                finally:
                    await response.aclose()
        except BaseException:  # cancelled too
            await exchange.abandon()
            raise
        return answer

    async def aclose(self) -> None:
        """Close what is kept open; what is in flight should have ended before."""
        for pool in (self._reads, self._repeatable, self._sends):
            await pool.transport.aclose()


class _Broken(Exception):
    """A read was cut after it left."""


async def _whole_body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            raise _TooLarge
    return bytes(body)


def _after(error: Exception, exchange: _Exchange) -> Answer:
    """What an error on the way leaves: an answer that is whole, Uncertain, Unavailable, or itself."""
    if exchange.answer is not None:
        return exchange.answer  # whole; only the closing went wrong
    if isinstance(error, TooLate):
        raise error
    if exchange.left:
        logger.warning("a request may have been carried out, its answer was lost: %s", type(error).__name__)
        raise Uncertain(_what_broke(error)) from None
    if isinstance(error, httpx.HTTPError | TimeoutError | OSError):
        raise Unavailable(UNREACHED) from None
    raise error


def _what_broke(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return LATE
    if isinstance(error, _TooLarge | httpx.DecodingError):
        return "WhatCounts answered in a way that is not known."
    return "The connection to WhatCounts broke before its answer was complete."
