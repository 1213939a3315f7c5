"""The clocks of the model: the machine alone moves them, and a process is an event loop that it steps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import currently_in_test_context, note

from bot.pace import Pace

START = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
ROUNDS = 2_000  # of one loop at one instant: more is a loop that never comes to rest

# Pace binds its clock when it is defined; looked up at each call it is the same one, and can be the model's.
if Pace.__init__.__defaults__ and time.monotonic in Pace.__init__.__defaults__:
    Pace.__init__.__defaults__ = tuple(
        (lambda: time.monotonic()) if one is time.monotonic else one for one in Pace.__init__.__defaults__
    )


def say(what: str) -> None:
    """What happened, for whoever reads why a history failed."""
    (note if currently_in_test_context() else print)(what)


@dataclass
class Time:
    """`seconds` go forward only; the wall's clock goes with them and may be `ahead`, or set back."""

    seconds: float = 1_000.0
    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """What the wall's clock says: aware, UTC."""
        return START + timedelta(seconds=self.seconds) + self.ahead

    @contextmanager
    def rules(self) -> Iterator[None]:
        """Meanwhile `time.monotonic` is this clock; the code under test reads it where it stands."""
        real, time.monotonic = time.monotonic, lambda: self.seconds
        try:
            yield
        finally:
            time.monotonic = real


class Loop(asyncio.SelectorEventLoop):
    """One process's event loop: runs when it is told to, until nothing is left to do at this instant."""

    def __init__(self, clock: Time) -> None:
        super().__init__()
        self._machine = clock

    def time(self) -> float:
        return self._machine.seconds

    def settle(self) -> None:
        with self._machine.rules():
            for _ in range(ROUNDS):
                if not self._has_work():
                    return
                self.stop()  # after one round
                self.run_forever()
        raise AssertionError("a process never comes to rest")

    def _has_work(self) -> bool:
        timers = (one for one in self._scheduled if not one.cancelled())
        return bool(self._ready) or any(one.when() <= self.time() for one in timers)
