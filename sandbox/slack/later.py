"""Messages that Slack was asked to post at a later time, and the clock by which it does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.slack.record import Json


@dataclass(frozen=True)
class Later:
    """One message to be posted at `post_at` (unix seconds); `is_told`: a reply that the channel sees too."""

    channel: str
    post_at: int
    text: str
    blocks: list[Json]
    thread_ts: str | None
    date_created: int
    is_told: bool = False
    id: str = field(default_factory=lambda: f"Q{secrets.token_hex(5).upper()}")

    def to_dict(self) -> Json:
        """As chat.scheduledMessages.list shows it: without blocks and thread."""
        return {
            "id": self.id, "channel_id": self.channel, "post_at": self.post_at,
            "date_created": self.date_created, "text": self.text,
        }  # fmt: skip


@dataclass
class Pending:
    """What is still to be posted, by id. `ahead`: seconds by which a test has put this clock forward."""

    now: Callable[[], float]
    post: Callable[[Later], None]
    pending: dict[str, Later] = field(default_factory=dict)
    ahead: float = 0.0
    _timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def clock(self) -> float:
        """Unix seconds."""
        return self.now() + self.ahead

    def add(self, one: Later) -> Later:
        """Keeps it until its time."""
        self.pending[one.id] = one
        self._timers[one.id] = asyncio.get_running_loop().call_later(one.post_at - self.clock(), self.pass_on)
        return one

    def drop(self, key: str) -> Later | None:
        """It is not posted; None where it is not pending any more."""
        if timer := self._timers.pop(key, None):
            timer.cancel()
        return self.pending.pop(key, None)

    def pass_on(self, seconds: float = 0.0) -> None:
        """The clock moves on, and what is due by then is posted."""
        self.ahead += seconds
        due = [one for one in self.pending.values() if one.post_at <= self.clock() + 0.01]
        for one in sorted(due, key=lambda one: one.post_at):
            self.drop(one.id)
            self.post(one)

    def stop(self) -> None:
        """Nothing is posted any more."""
        for key in list(self._timers):
            self._timers.pop(key).cancel()
