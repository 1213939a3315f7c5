"""The clock (APScheduler): a heartbeat that takes up all that is due, an alarm for each second when it is.

It holds nothing (memory job store) and does nothing but set an event: the rows are the queue, the claim is
the lock. APScheduler's own store runs jobs twice with two processes and loses them in a crash; `shutdown`
would cancel what is in flight, so it comes after delivery has drained.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from apscheduler.jobstores.base import ConflictingIdError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.wiring import Pulse

TICK = 2  # seconds
STOPPED = 60.0  # seconds without a tick after which the clock is taken for dead


class Clock:
    """Sets `wake` every TICK seconds and at each alarm."""

    def __init__(self, wake: asyncio.Event, pulse: Pulse) -> None:
        self._wake = wake
        self._pulse = pulse
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        self._pulse.beat()
        self._scheduler.add_job(self._tick, IntervalTrigger(seconds=TICK, timezone=UTC), id="tick")
        self._scheduler.start()

    def alarm(self, times: Iterable[datetime]) -> None:
        """Wake at each of these instants (UTC); one alarm an instant, however often it is asked for."""
        for at in times:
            try:
                self._scheduler.add_job(self._ring, DateTrigger(at, timezone=UTC), id=at.isoformat())
            except ConflictingIdError:
                continue

    def ticks(self) -> bool:
        """Whether delivery, which every tick wakes, came round in the last minute.

        APScheduler says `running` also when it has died, and a loop that hangs is no better than none.
        """
        return self._pulse.age() < STOPPED

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _tick(self) -> None:
        self._wake.set()

    async def _ring(self) -> None:
        self._wake.set()
