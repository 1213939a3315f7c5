"""The clock (APScheduler): a heartbeat that takes up all that is due, an alarm for each second when it is.

It holds nothing (memory job store) and does nothing but set an event: the rows are the queue, the claim is
the lock. APScheduler's own store runs jobs twice with two processes and loses them in a crash; `shutdown`
would cancel what is in flight, so it comes after delivery has drained.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from apscheduler.jobstores.base import ConflictingIdError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.wiring import Pulse

log = logging.getLogger(__name__)

TICK = 2  # seconds
STEP = 1.0  # seconds; a clock that is corrected bit by bit steps less
OVERDUE = 3.0 * TICK  # seconds without a tick, after which they begin anew
STOPPED = 60.0  # seconds without a tick after which the clock is taken for dead


class Clock:
    """Sets `wake` every TICK seconds and at each alarm."""

    def __init__(self, wake: asyncio.Event, pulse: Pulse) -> None:
        self._wake = wake
        self._pulse = pulse
        self._ticked = time.monotonic()
        self._apart = time.time() - self._ticked
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        self._pulse.beat()
        self._ticked = time.monotonic()
        self._scheduler.add_job(self._tick, _every_tick(), id="tick")
        self._scheduler.start()

    def alarm(self, times: Iterable[datetime]) -> None:
        """Wake at each of these instants (UTC); one alarm an instant, however often it is asked for."""
        for at in times:
            try:
                self._scheduler.add_job(self._ring, DateTrigger(at, timezone=UTC), id=at.isoformat())
            except ConflictingIdError:
                continue

    def keep_ticking(self) -> None:
        """Begin the ticks anew when the system's clock was set since this was called last, or one is overdue.

        APScheduler reckons by that clock: set back by an hour, it would not tick for an hour; set ahead and
        back between two calls of this, neither, and the step is not to be seen.
        """
        now = time.monotonic()
        apart, age = time.time() - now, now - self._ticked
        step, self._apart = apart - self._apart, apart
        if abs(step) > STEP:
            way = "ahead" if step > 0 else "back"
            log.warning("the clock of this machine was set %s by %.0f s", way, abs(step))
        elif age > OVERDUE:
            log.warning("no tick came for %.0f s: they begin anew", age)
        else:
            return
        self._ticked = now
        self._scheduler.reschedule_job("tick", trigger=_every_tick())
        self._wake.set()

    def ticks(self) -> bool:
        """Whether delivery, which every tick wakes, came round in the last minute.

        APScheduler says `running` also when it has died, and a loop that hangs is no better than none.
        """
        return self._pulse.age() < STOPPED

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _tick(self) -> None:
        self._ticked = time.monotonic()
        self._wake.set()

    async def _ring(self) -> None:
        self._wake.set()


def _every_tick() -> IntervalTrigger:
    return IntervalTrigger(seconds=TICK, timezone=UTC)
