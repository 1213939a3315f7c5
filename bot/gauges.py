"""What `/metrics` shows of the rows: asked of the database when somebody scrapes, once for all who do."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import generate_latest
from sqlalchemy import Connection, select

from bot.alarms import open_matters
from bot.database import DatabaseError
from bot.freeze import freeze_row
from bot.migrations import step
from bot.sends.questions import open_stops
from bot.sends.standing import Standing, standing
from bot.version import VERSION
from bot.wiring import Bot

FRESH = 1.0  # seconds; who scrapes more often gets what was asked last


@dataclass(frozen=True)
class Found:
    """The rows at one moment."""

    standing: Standing
    open_stops: int
    frozen: bool
    failures: int
    alarms: int
    step: str


class Gauges:
    """Writes out all metrics; keeps nothing but when it last asked."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")

    async def exposition(self) -> bytes:
        """Everything in Prometheus' text format; it is written in a thread, as it may take milliseconds."""
        async with self._asking:
            if time.monotonic() - self._asked_at > FRESH:
                await self._ask()
                self._asked_at = time.monotonic()
        self._own()
        return await asyncio.to_thread(generate_latest, self._bot.metrics.registry)

    def _own(self) -> None:
        """What this process knows by itself."""
        metrics, pulse = self._bot.metrics, self._bot.pulse
        metrics.tick.set(time.time() - pulse.age())
        is_socket = self._bot.settings.slack_app_token is not None
        metrics.socket.set(is_socket and pulse.deaf_since is None)
        metrics.heard.set(pulse.heard_at.timestamp() if pulse.heard_at else 0)

    async def _ask(self) -> None:
        """A database that is away leaves what it said last, and says so."""
        bot, metrics = self._bot, self._bot.metrics
        try:
            found = await bot.database.read(_found, bot.now())
            metrics.processes.set(await bot.database.processes())
        except DatabaseError:
            metrics.database.set(0)
            return
        metrics.database.set(1)
        metrics.build.clear()
        metrics.build.labels(VERSION, found.step).set(1)
        for state, count in found.standing.counts.items():
            metrics.sends.labels(state).set(count)
        for run, count in found.standing.runs.items():
            metrics.runs.labels(run).set(count)
        for row, count in found.standing.rows.items():
            metrics.rows.labels(row).set(count)
        for state, seconds in found.standing.ages(bot.now()).items():
            metrics.oldest.labels(state).set(seconds)
        metrics.open_stops.set(found.open_stops)
        metrics.frozen.set(found.frozen)
        metrics.failures.set(found.failures)
        metrics.alarms.set(found.alarms)


def _found(connection: Connection, now: datetime) -> Found:
    row = connection.execute(select(freeze_row.c.frozen, freeze_row.c.failures)).one()
    return Found(
        standing(connection, now), open_stops(connection), row.frozen, row.failures,
        len(open_matters(connection)), step(connection) or "",
    )  # fmt: skip
