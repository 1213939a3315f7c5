"""Faults to order: what goes wrong at Slack's side of the Web API."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal


class Hold:
    """Keeps the next call of a method waiting, before anything is done, until `release()`."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Lets the call go on."""
        self._released.set()

    async def here(self) -> None:
        """Waited on by the call itself."""
        self.reached.set()
        await self._released.wait()


@dataclass
class Order:
    """A fault that is due `times` more times; None: until cleared."""

    kind: Literal["ratelimit", "lose_answer", "refuse"]
    times: int | None = 1
    retry_after: int = 1
    error: str = ""


@dataclass
class Faults:
    """`down`: True answers 503, "closed" cuts connections; `delay`: seconds before a call is carried out, if
    whoever made it is still there.

    A method is a Web API name ("chat.postMessage"), "response_url", or "*" for all.
    """

    down: bool | Literal["closed"] = False
    delay: float = 0.0
    orders: dict[str, list[Order]] = field(default_factory=dict)
    holds: dict[str, list[Hold]] = field(default_factory=dict)

    def ratelimit(self, method: str, retry_after: int = 1, times: int | None = 1) -> None:
        """The next calls get 429 with Retry-After (whole seconds), and nothing is done."""
        self._order(method, Order("ratelimit", times, retry_after=retry_after))

    def lose_answer(self, method: str, times: int | None = 1) -> None:
        """The next calls are carried out, and then the connection is cut without an answer."""
        self._order(method, Order("lose_answer", times))

    def refuse(self, method: str, error: str, times: int | None = 1) -> None:
        """The next calls get {"ok": false, "error": error}, and nothing is done."""
        self._order(method, Order("refuse", times, error=error))

    def hold(self, method: str) -> Hold:
        """The next call waits; `await hold.reached.wait()` until it is there, then `hold.release()`."""
        hold = Hold()
        self.holds.setdefault(method, []).append(hold)
        return hold

    def clear(self) -> None:
        """No faults any more; held calls go on."""
        for holds in self.holds.values():
            for hold in holds:
                hold.release()
        self.down, self.delay, self.orders, self.holds = False, 0.0, {}, {}

    def _order(self, method: str, order: Order) -> None:
        self.orders.setdefault(method, []).append(order)

    def take(self, method: str) -> Order | None:
        """The fault that is due for this call; it counts as used."""
        for waiting in (self.orders.get(method), self.orders.get("*")):
            if waiting:
                order = waiting[0]
                if order.times is not None:
                    order.times -= 1
                    if order.times <= 0:
                        waiting.pop(0)
                return order
        return None

    def take_hold(self, method: str) -> Hold | None:
        """The hold that is due for this call."""
        waiting = self.holds.get(method) or self.holds.get("*")
        return waiting.pop(0) if waiting else None

    def to_dict(self) -> dict[str, object]:
        """For the page's panel."""
        orders = {
            method: [f"{o.kind} {o.times or ''}".strip() for o in due]
            for method, due in self.orders.items()
            if due
        }
        return {"down": self.down, "delay": self.delay, "orders": orders}
