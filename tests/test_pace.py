"""Turns: in order, never nearer than they may be, each key by itself."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from bot.pace import Pace

SLOW = 1 / 3600  # one an hour: who has to wait waits longer than any test


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def is_free(pace: Pace, key: str = "a") -> bool:
    """Whether there is a turn at once; it is used then."""
    try:
        await asyncio.wait_for(pace.turn(key), 0.02)
    except TimeoutError:
        return False
    return True


async def test_turns_are_never_nearer_than_the_rate_allows() -> None:
    pace, taken = Pace(200), []

    async def take() -> None:
        await pace.turn("a")
        taken.append(time.monotonic())

    await asyncio.gather(*(take() for _ in range(20)))
    assert min(later - earlier for earlier, later in pairwise(taken)) >= 0.005


async def test_turns_come_in_the_order_of_asking() -> None:
    pace, taken = Pace(1000), []

    async def take(number: int) -> None:
        await pace.turn("a")
        taken.append(number)

    await asyncio.gather(*(take(number) for number in range(10)))
    assert taken == list(range(10))


async def test_the_first_turn_is_at_once_and_the_second_is_not() -> None:
    pace = Pace(SLOW)
    assert await is_free(pace)
    assert not await is_free(pace)


async def test_a_rest_saves_up_one_turn_and_no_more() -> None:
    clock = Clock()
    pace = Pace(SLOW, clock=clock)
    assert await is_free(pace)
    clock.now += 10 * 3600
    assert [await is_free(pace), await is_free(pace)] == [True, False]


async def test_a_burst_comes_at_once_after_a_rest_and_then_one_by_one() -> None:
    clock = Clock()
    pace = Pace(SLOW, burst=5, clock=clock)
    assert [await is_free(pace) for _ in range(6)] == [True] * 5 + [False]
    clock.now += 2 * 3600
    assert [await is_free(pace) for _ in range(3)] == [True, True, False]
    clock.now += 100 * 3600
    assert [await is_free(pace) for _ in range(6)] == [True] * 5 + [False]


async def test_a_burst_may_not_be_had_twice() -> None:
    """At any two moments there were at most the burst and what the time between them allows."""
    pace, taken = Pace(500, burst=4), []
    for _ in range(24):
        await pace.turn("a")
        taken.append(time.monotonic())
    for first in range(len(taken)):
        for last in range(first + 4, len(taken)):
            assert taken[last] - taken[first] >= (last - first + 1 - 4) / 500 - 1e-6


async def test_each_key_has_turns_of_its_own() -> None:
    pace = Pace(SLOW)
    assert [await is_free(pace, key) for key in "abc"] == [True] * 3
    assert not await is_free(pace, "b")


async def test_who_stops_waiting_holds_up_nobody() -> None:
    clock = Clock()
    pace = Pace(20, clock=clock)
    assert await is_free(pace)
    waiting = asyncio.create_task(pace.turn("a"))
    later = asyncio.create_task(pace.turn("a"))
    assert not await is_free(pace)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    clock.now += 1
    await asyncio.wait_for(later, 5)
