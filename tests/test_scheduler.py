"""The clock: it sets one event, every two seconds and at each alarm, and keeps nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from apscheduler.triggers.interval import IntervalTrigger

from bot.scheduler import STOPPED, TICK, Clock
from bot.wiring import Pulse

SOON = timedelta(milliseconds=200)


@pytest.fixture
def wake() -> asyncio.Event:
    return asyncio.Event()


@pytest_asyncio.fixture
async def clock(wake: asyncio.Event) -> AsyncIterator[Clock]:
    clock = Clock(wake, Pulse())
    clock.start()
    yield clock
    clock.stop()


async def seconds_until(wake: asyncio.Event, timeout: float = 5) -> float:
    """How long it took until the event was set; it is cleared again."""
    began = time.monotonic()
    async with asyncio.timeout(timeout):
        await wake.wait()
    wake.clear()
    return time.monotonic() - began


async def test_it_wakes_by_itself_at_every_tick(clock: Clock, wake: asyncio.Event) -> None:
    await seconds_until(wake)
    assert abs(await seconds_until(wake) - TICK) < 1


async def test_it_wakes_at_the_alarm_before_the_next_tick(clock: Clock, wake: asyncio.Event) -> None:
    clock.alarm([datetime.now(UTC) + SOON])
    assert await seconds_until(wake) < TICK / 2


async def test_an_alarm_that_is_asked_for_again_is_one(clock: Clock, wake: asyncio.Event) -> None:
    at = datetime.now(UTC) + SOON
    for _ in range(50):
        clock.alarm([at, at])
    await seconds_until(wake)
    with pytest.raises(TimeoutError):
        await seconds_until(wake, timeout=TICK / 2)


async def test_an_alarm_in_the_past_wakes_at_once(clock: Clock, wake: asyncio.Event) -> None:
    clock.alarm([datetime.now(UTC) - timedelta(hours=1)])
    assert await seconds_until(wake) < TICK / 2


async def test_many_alarms_at_one_time_lose_none(clock: Clock, wake: asyncio.Event) -> None:
    first = datetime.now(UTC) + SOON
    clock.alarm([first + timedelta(milliseconds=n) for n in range(100)])
    clock.alarm([first + 3 * SOON])
    assert await seconds_until(wake) < TICK / 2
    while datetime.now(UTC) < first + 3 * SOON:
        assert await seconds_until(wake) < TICK / 2


async def test_after_the_stop_nothing_wakes_and_stopping_twice_is_harmless(wake: asyncio.Event) -> None:
    clock = Clock(wake, Pulse())
    clock.start()
    clock.alarm([datetime.now(UTC) + SOON])
    clock.stop()
    clock.stop()
    wake.clear()
    with pytest.raises(TimeoutError):
        await seconds_until(wake, timeout=2 * SOON.total_seconds())


async def test_a_clock_that_has_not_ticked_for_a_minute_is_taken_for_dead(wake: asyncio.Event) -> None:
    pulse = Pulse()
    clock = Clock(wake, pulse)
    assert clock.ticks()
    pulse.at = time.monotonic() - STOPPED - 1
    assert not clock.ticks()
    clock.start()
    assert clock.ticks()
    clock.stop()


async def test_ticks_that_do_not_come_begin_anew(
    wake: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the clock was set ahead, APScheduler ticked by it, and it was set back before a look."""
    clock = Clock(wake, Pulse())
    with monkeypatch.context() as stuck:
        stuck.setattr("bot.scheduler._every_tick", lambda: IntervalTrigger(hours=1, timezone=UTC))
        clock.start()
    clock.keep_ticking()
    assert not wake.is_set()
    monkeypatch.setattr("bot.scheduler.OVERDUE", -1.0)
    clock.keep_ticking()
    assert wake.is_set()
    wake.clear()
    await seconds_until(wake, timeout=3 * TICK)
    clock.stop()
