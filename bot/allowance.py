"""How many calls of each Web API method Slack takes, and how long a method rests after "too many" (429).

Slack counts by method, workspace and app (docs.slack.dev, rate limits). A process counts its own calls: with
several on one workspace Slack's own 429 is the rest of the rule, and is waited out by the method it is about.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Limit = tuple[float, int]  # calls a minute, and how many at once after a rest

# Tiers 3 (50+ a minute, bursts are welcome) and 4 (100+); a workspace's messages: "several hundred" a minute.
LIMITS: Mapping[str, Limit] = {
    "chat.postMessage": (200, 40),
    "chat.update": (50, 20),
    "chat.delete": (50, 20),
    "chat.scheduleMessage": (50, 20),
    "chat.deleteScheduledMessage": (50, 20),
    "chat.scheduledMessages.list": (50, 20),
    "conversations.info": (50, 20),
    "views.update": (100, 30),
    "views.publish": (100, 30),
}
CHANNEL: Limit = (60, 5)  # messages in one channel: one a second, short bursts
KEPT = 4  # one in so many of a burst is kept for what is urgent
AT_ONCE = 0.001  # seconds; a timer may end a little early


class Busy(TimeoutError):
    """Slack takes no call of this method for longer than there is time to wait."""


class _Gauge:
    """So many a minute, and a burst after a rest: each call makes it fuller, time makes it emptier."""

    def __init__(self, limit: Limit) -> None:
        per_minute, self._burst = limit
        self._gap = 60 / per_minute
        self._empty_at = float("-inf")

    def free_in(self, now: float, urgent: bool) -> float:
        room = self._burst if urgent else self._burst - self._burst // KEPT
        return max(0.0, self._empty_at - now - (room - 1) * self._gap)

    def take(self, now: float) -> None:
        self._empty_at = max(self._empty_at, now) + self._gap


@dataclass
class Allowance:
    """Asked before each call that can wait. `clock` gives seconds that only go forward."""

    limits: Mapping[str, Limit] = field(default_factory=lambda: LIMITS)
    channel: Limit = CHANNEL
    clock: Callable[[], float] = time.monotonic
    _gauges: dict[tuple[str, str], _Gauge] = field(default_factory=dict)
    _rests: dict[str, float] = field(default_factory=dict)  # method -> until

    def rest(self, method: str, seconds: float) -> None:
        """Slack said how long it takes none."""
        self._rests[method] = max(self._rests.get(method, 0.0), self.clock() + seconds)

    def rests(self, method: str) -> float:
        """Seconds until Slack takes this method again after a 429; 0: now."""
        return max(0.0, self._rests.get(method, 0.0) - self.clock())

    def free_in(self, method: str, channel: str = "", *, urgent: bool = False) -> float:
        """Seconds until a call fits; 0: now. `channel`: of a message that it posts."""
        now = self.clock()
        waits = [gauge.free_in(now, urgent) for gauge in self._of(method, channel)]
        wait = max([self.rests(method), *waits])
        return wait if wait > AT_ONCE else 0.0

    def ask(self, method: str, channel: str = "", *, urgent: bool = False) -> float:
        """The same; where it is 0 the call is counted, and has to be made."""
        wait = self.free_in(method, channel, urgent=urgent)
        if not wait:
            for gauge in self._of(method, channel):
                gauge.take(self.clock())
        return wait

    async def turn(
        self, method: str, channel: str = "", *, urgent: bool = False, within: float = 10.0
    ) -> None:
        """Wait until the call may be made. Raises Busy where that takes longer than `within` seconds."""
        last = self.clock() + within
        while wait := self.ask(method, channel, urgent=urgent):
            if self.clock() + wait > last:
                raise Busy(method)
            await asyncio.sleep(wait)

    def _of(self, method: str, channel: str) -> list[_Gauge]:
        limits = {(method, ""): self.limits.get(method)}
        if channel:
            limits[method, channel] = self.channel
        return [self._gauges.setdefault(key, _Gauge(limit)) for key, limit in limits.items() if limit]
