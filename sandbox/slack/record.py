"""What is written down: calls of the Web API and answers of the bot; and what wakes those who wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sandbox.slack.messages import Message

Json = dict[str, Any]
T = TypeVar("T")


@dataclass
class Call:
    """One Web API call as it came and as it was answered; `at` is unix seconds.

    `lost`: it was carried out, and the connection was cut before the answer.
    """

    method: str
    args: Json
    answer: Json = field(default_factory=dict)
    status: int = 200
    at: float = 0.0
    lost: bool = False

    @property
    def error(self) -> str | None:
        """The error word of the answer, or None."""
        found = self.answer.get("error")
        return str(found) if found else None


@dataclass
class Answer:
    """What the bot answered, after how many milliseconds; status 0: no request left, or no answer came.

    `notice` is what Slack shows the person when the answer will not do; `shown` the message that it made.
    """

    status: int = 0
    body: str = ""
    json: Any = None
    ms: float = 0.0
    content_type: str = ""
    notice: str | None = None
    shown: Message | None = None

    @property
    def ok(self) -> bool:
        """The request was answered as Slack wants it."""
        return self.status == 200 and self.notice is None


class Changes:
    """A counter that wakes all who wait for its next step."""

    def __init__(self) -> None:
        self.n = 0
        self._next: asyncio.Event | None = None

    def happened(self) -> None:
        """Counts one more and wakes the waiting."""
        self.n += 1
        if self._next is not None:
            self._next.set()
            self._next = None

    async def after(self, n: int) -> int:
        """The counter, as soon as it is past `n`."""
        while self.n <= n:
            if self._next is None:
                self._next = asyncio.Event()
            await self._next.wait()
        return self.n

    async def until(self, predicate: Callable[[], T | None], timeout: float) -> T:
        """The first true value of `predicate`, asked at each change; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while True:
                n = self.n
                if found := predicate():
                    return found
                await self.after(n)
