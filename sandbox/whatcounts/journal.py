"""Everything that came in and everything that reached a handset: the independent judge of the tests."""

from __future__ import annotations

import asyncio
import functools
import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, unquote_plus

from sandbox.whatcounts.exchange import Answer, Headers, Request

T = TypeVar("T")

_SECRET_HEADERS = ("authorization", "x-api-key")
_SECRET_NAMES = ("p", "pwd", "password", "client_auth")
_VALUES = re.compile(r"(^|[?&;\s])([^=&?;\s]+)=([^&\s]*)")
_ECHOED = re.compile(r"Password \(.*?\) doesn", re.DOTALL)


@dataclass(frozen=True)
class Sent:
    """A text that reached a handset. `group` is the one it really went to, None for everyone or one phone."""

    phone: str
    sender: str
    text: str
    campaign: str | None
    group: str | None
    at: datetime

    def shown(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {**vars(self), "at": self.at.isoformat()}


@dataclass
class Received:
    """A request as it came, what was understood of it, what it was answered (None: nothing, or not yet)."""

    n: int
    at: datetime
    method: str
    target: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    operation: str = ""
    values: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    executed: bool = False
    status: int | None = None
    answer: bytes | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def shown(self, secrets: Iterable[str] = ()) -> dict[str, Any]:
        """The same as JSON values, with every password and key taken out, and these wherever they stand."""
        hide = functools.partial(hidden, secrets=secrets)
        return {
            **vars(self),
            "at": self.at.isoformat(),
            "target": hide(self.target),
            "headers": [[k, "•••" if k.lower() in _SECRET_HEADERS else hide(v)] for k, v in self.headers],
            "body": hide(_text(self.body)),
            "values": {name: hide(value) for name, value in self.values.items()},
            "answer": None if self.answer is None else hide(_text(self.answer)),
        }

    def __repr__(self) -> str:
        return f"<{self.n} {self.method} {redacted(self.target)} {self.operation or '-'} -> {self.status}>"


def redacted(text: str) -> str:
    """The text without passwords: argument values, however the name is written, and the echoed one."""
    return _ECHOED.sub("Password (•••) doesn", _VALUES.sub(_without_value, text))


def _without_value(found: re.Match[str]) -> str:
    is_secret = unquote_plus(found[2]).lower() in _SECRET_NAMES
    return f"{found[1]}{found[2]}=•••" if is_secret else found[0]


def hidden(text: str, secrets: Iterable[str]) -> str:
    """The text redacted, and without these secrets wherever they stand; shorter ones would hide the rest."""
    text = redacted(text)
    for secret in secrets:
        for written in {secret, quote(secret, safe=""), quote_plus(secret)} if len(secret) > 3 else ():
            text = text.replace(written, "•••")
    return text


def _text(body: bytes) -> str:
    return body.decode("utf-8", errors="replace")


class Journal:
    """Requests and texts, in order; those who wait are woken at each change."""

    def __init__(self, log: Path | None = None, secrets: Callable[[], list[str]] = list) -> None:
        self._secrets = secrets
        self.requests: list[Received] = []
        self.sent: list[Sent] = []
        self.changes = 0
        self.on_change: list[Callable[[], None]] = []
        self._log = log
        self._count = 0
        self._waiting: set[asyncio.Event] = set()

    def arrived(self, request: Request) -> Received:
        """Write a request down, before anything is done with it."""
        self._count += 1
        received = Received(
            self._count, datetime.now(UTC), request.method, request.target, request.headers, request.body
        )
        self.requests.append(received)
        self._changed("request", lambda: self.shown(received))
        return received

    def answered(self, received: Received, answer: Answer) -> None:
        """Write down what a request gets; nothing is kept where no byte of an answer leaves."""
        if answer.ending not in ("close", "reset", "hang", "garbage"):
            received.status, received.answer = answer.status, answer.body
        self._changed("answer", lambda: {"ending": answer.ending, **self.shown(received)})

    def shown(self, received: Received) -> dict[str, Any]:
        """A request as JSON values, without a password."""
        return received.shown(self._secrets())

    def delivered(self, text: Sent) -> None:
        """Write down that a text reached a handset."""
        self.sent.append(text)
        self._changed("sent", text.shown)

    def clear(self) -> None:
        """Forget all (the file keeps its lines)."""
        self.requests.clear()
        self.sent.clear()
        self.changed()

    def _changed(self, kind: str, entry: Callable[[], dict[str, Any]]) -> None:
        if self._log:
            with self._log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"kind": kind, **entry()}, ensure_ascii=False) + "\n")
        self.changed()

    def changed(self) -> None:
        """Wake those who wait."""
        self.changes += 1
        for event in self._waiting:
            event.set()
        for callback in self.on_change:
            callback()

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 15.0) -> T:
        """The first true value of `predicate`, asked again at each change; TimeoutError after `timeout` s."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    while not (value := predicate()):
                        event.clear()
                        await event.wait()
                    return value
        finally:
            self._waiting.discard(event)
        raise TimeoutError(f"waited {timeout} s in vain; requests: {self.requests}; sent: {self.sent}")
