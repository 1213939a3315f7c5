"""Turns: in order, never nearer than they may be, each key by itself."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.pace import NoTurn, Pace

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


async def test_turns_never_come_earlier_than_the_rate_allows() -> None:
    pace, taken, began = Pace(200), [], time.monotonic()

    async def take() -> None:
        await pace.turn("a")
        taken.append(time.monotonic())

    await asyncio.gather(*(take() for _ in range(20)))
    # by the first and not by the one before: who hears late of their turn is nearer to the next
    assert all(at - began >= number * 0.005 for number, at in enumerate(taken))


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
    read: list[float] = []  # by the pace itself, whose last reading is when it gave a turn

    def clock() -> float:
        read.append(time.monotonic())
        return read[-1]

    pace, taken = Pace(500, burst=4, clock=clock), []
    for _ in range(24):
        await pace.turn("a")
        taken.append(read[-1])
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


async def served(pace: Pace, asked: list[tuple[str, str]]) -> list[str]:
    """In which order those who ask at once, each by its lane, get their turns."""
    order: list[str] = []

    async def take(lane: str, name: str) -> None:
        await pace.turn("a", lane)
        order.append(name)

    await asyncio.gather(*(take(lane, name) for lane, name in asked))
    return order


async def test_lanes_take_turns_and_no_run_waits_for_another_to_end() -> None:
    runs = [("red", "r")] * 20 + [("blue", "b")] * 20
    order = await served(Pace(2000), runs)
    assert all(abs(order[:n].count("r") - order[:n].count("b")) <= 1 for n in range(40))


async def test_who_wants_one_turn_is_never_behind_a_long_run() -> None:
    pace, order = Pace(500), []

    async def take(lane: str) -> None:
        await pace.turn("a", lane)
        order.append(lane)

    run = [asyncio.create_task(take("run")) for _ in range(30)]
    await run[9]
    before = len(order)
    await take("one text")
    assert order.index("one text") - before <= 1
    await asyncio.gather(*run)
    assert order.count("run") == 30


async def test_the_wait_that_is_told_is_that_of_the_pace() -> None:
    pace = Pace(100)
    waits = await asyncio.gather(*(pace.turn("a") for _ in range(4)))
    assert waits == pytest.approx([0.0, 0.01, 0.02, 0.03], abs=0.005)


async def test_shared_slots_are_waited_for_and_what_asking_took_is_not_told() -> None:
    asked: list[tuple[str, float]] = []

    async def slots(key: str, gap: float) -> float:
        await asyncio.sleep(0.02)
        asked.append((key, gap))
        return 0.01

    pace = Pace(4, slots=slots)
    started = time.monotonic()
    waits = await asyncio.gather(pace.turn("a"), pace.turn("a"))
    assert time.monotonic() - started >= 0.06
    assert waits == pytest.approx([0.01, 0.02])
    assert asked == [("a", 0.25)] * 2


async def test_where_slots_cannot_be_asked_for_all_who_wait_are_told_and_the_next_asks_anew() -> None:
    is_away = True

    async def slots(key: str, gap: float) -> float:
        await asyncio.sleep(0)
        if is_away:
            raise NoTurn("away")
        return 0.0

    pace = Pace(1, slots=slots)
    told = await asyncio.gather(pace.turn("a"), pace.turn("a"), return_exceptions=True)
    assert [type(one) for one in told] == [NoTurn, NoTurn]
    is_away = False
    assert await pace.turn("a") == 0.0


async def test_a_turn_that_is_not_used_is_the_next_ones() -> None:
    clock = Clock()
    pace = Pace(SLOW, clock=clock)
    await pace.turn("a")
    waiting = [asyncio.create_task(pace.turn("a")) for _ in range(2)]
    await asyncio.sleep(0)
    pace.unused("a", clock.now - 1)  # an older turn: another one came since
    await asyncio.sleep(0)
    assert not waiting[0].done()
    pace.unused("a", clock.now)
    await asyncio.wait_for(waiting[0], 5)
    assert not waiting[1].done()
    clock.now += 0.6 * 3600  # another one now would be near the next slot
    pace.unused("a", clock.now)
    await asyncio.sleep(0)
    assert not waiting[1].done()
    waiting[1].cancel()


async def test_a_turn_that_is_not_used_by_anybody_is_not_kept() -> None:
    pace = Pace(SLOW)
    await pace.turn("a")
    pace.unused("a", time.monotonic())
    assert not await is_free(pace)
