"""Whose turn it is: no more than so many a second of one kind, however many ask, fair between who asks."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

# Reserves the next slot of a key, `gap` seconds after the one before; returns the seconds until it comes.
# Raises NoTurn.
Slots = Callable[[str, float], Awaitable[float]]


class NoTurn(Exception):
    """Nobody can say now when it is our turn, so it is not."""


@dataclass
class _Queue:
    """Who waits for turns of one key, in an order that is fair: start-time fair queueing.

    Each lane's next turn has a tag, one above its last; a lane that comes anew starts where the others are.
    So lanes take turns, and one that asks for a single turn is never behind another's long run
    (Goyal, Vin, Cheng: Start-time Fair Queuing, 1996).
    """

    waiting: list[tuple[int, int, asyncio.Future[float]]] = field(default_factory=list)
    tags: dict[str, int] = field(default_factory=dict)  # of each lane's last turn
    tag: int = 0  # of the turn that was given last
    paced: float = 0.0  # seconds that the pace has made this queue wait so far
    until: float = 0.0  # when the wait that is counted last is over
    given_at: float = 0.0  # the last turn of its own slot
    giving: asyncio.Task[None] | None = None

    def join(self, lane: str, arrival: int, turn: asyncio.Future[float]) -> None:
        tag = max(self.tag, self.tags.get(lane, -1) + 1)
        self.tags[lane] = tag
        heappush(self.waiting, (tag, arrival, turn))

    def has_somebody(self) -> bool:
        """Whether anybody still waits; who does not is forgotten."""
        while self.waiting and self.waiting[0][2].done():
            heappop(self.waiting)
        if not self.waiting:
            self.tags.clear()
        return bool(self.waiting)

    def give(self) -> None:
        self.tag, _, turn = heappop(self.waiting)
        turn.set_result(self.paced)

    def rest(self, now: float) -> None:
        """Nobody waits any more, and what was not waited for does not count."""
        if self.giving is not None:
            self.giving.cancel()
            self.giving = None
        self.paced -= max(0.0, self.until - now)
        self.until = now


class Pace:
    """Turns by key, `per_second` of each; lanes of one key take turns, in a lane the order is that of asking.

    After a rest `burst` of them come at once, and then one after another; with a burst of 1 no two are ever
    nearer than the time between them. `slots` are those that other processes share; without, this process
    counts for itself. `clock` gives seconds that only go forward.
    """

    def __init__(
        self,
        per_second: float,
        burst: int = 1,
        clock: Callable[[], float] = time.monotonic,
        slots: Slots | None = None,
    ) -> None:
        self._gap = 1 / per_second
        self._saved = (burst - 1) * self._gap  # what a rest may save up, in seconds
        self._clock, self._slots = clock, slots
        self._last: dict[str, float] = {}
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)
        self._arrivals = itertools.count()

    async def turn(self, key: str, lane: str = "") -> float:
        """Returns when it is this key's turn, with the seconds that the pace alone made it wait.

        What else took time (a machine that slept, slots that could not be asked for) is not in it. Raises
        NoTurn. Whoever stops waiting has used none, unless the slot is shared.
        """
        queue = self._queues[key]
        turn: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        queue.join(lane, next(self._arrivals), turn)
        paced = queue.paced - max(0.0, queue.until - self._clock())
        if queue.giving is None:
            queue.giving = asyncio.create_task(self._give(key, queue))
        try:
            return await turn - paced
        finally:
            if not queue.has_somebody():
                queue.rest(self._clock())

    def unused(self, key: str, since: float) -> None:
        """Whoever has a turn `since` then (by the clock) does without it: the next who waits takes it.

        Not where another turn came meanwhile, nor after half the time between two: none are nearer than that.
        """
        queue = self._queues[key]
        is_young = since >= queue.given_at and self._clock() - queue.given_at < self._gap / 2
        if is_young and queue.has_somebody():
            queue.give()

    async def _give(self, key: str, queue: _Queue) -> None:
        """Turns, one after another, as long as anybody waits; who goes next is decided when it comes."""
        try:
            while queue.has_somebody():
                await self._wait(queue, await self._next(key))
                if queue.has_somebody():
                    self._use(key)
                    queue.given_at = self._clock()
                    queue.give()
                    await asyncio.sleep(0)  # who was given a turn goes before the next is asked for
        except Exception as error:  # whatever it was: who waits for a turn must not wait for ever
            while queue.has_somebody():
                heappop(queue.waiting)[2].set_exception(error)
        queue.giving = None

    async def _wait(self, queue: _Queue, seconds: float) -> None:
        queue.until = self._clock() + seconds
        queue.paced += seconds
        while (left := queue.until - self._clock()) > 0:  # noqa: ASYNC110  # a timer may end a little early
            await asyncio.sleep(left)

    async def _next(self, key: str) -> float:
        """Seconds until the next slot."""
        if self._slots is not None:
            return await self._slots(key, self._gap)
        return max(0.0, self._last.get(key, float("-inf")) + self._gap - self._clock())

    def _use(self, key: str) -> None:
        """A slot that only this process counts is used when its turn is given, not before."""
        if self._slots is None:
            earliest = self._clock() - self._saved
            self._last[key] = max(self._last.get(key, float("-inf")) + self._gap, earliest)
