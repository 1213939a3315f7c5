"""Whose turn it is: no more than so many a second of one kind, however many ask."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable


class Pace:
    """Turns by key, `per_second` of each, in the order of asking.

    After a rest `burst` of them come at once, and then one after another; with a burst of 1 no two are ever
    nearer than the time between them. `clock` gives seconds that only go forward.
    """

    def __init__(
        self, per_second: float, burst: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap = 1 / per_second
        self._saved = (burst - 1) * self._gap  # what a rest may save up, in seconds
        self._clock = clock
        self._last: dict[str, float] = {}
        self._asking: Counter[str] = Counter()
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def turn(self, key: str) -> float:
        """Returns when it is this key's turn, with the seconds that this was to take by the pace alone.

        What else took time (a machine that slept) is not in it. Whoever stops waiting has used none.
        """
        self._asking[key] += 1
        try:
            expected = self._expected(key)
            await self._wait(key)
            return expected
        finally:
            self._asking[key] -= 1

    def _expected(self, key: str) -> float:
        free_in = self._last.get(key, float("-inf")) + self._gap - self._clock()
        return max(0.0, free_in) + (self._asking[key] - 1) * self._gap

    async def _wait(self, key: str) -> None:
        async with self._queues[key]:
            at = max(self._last.get(key, float("-inf")) + self._gap, self._clock() - self._saved)
            while (wait := at - self._clock()) > 0:  # noqa: ASYNC110  # a timer may end a little early
                await asyncio.sleep(wait)
            self._last[key] = max(at, self._clock() - self._saved)  # or late, and then the next one is too
