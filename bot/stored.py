"""The stored messages as last read from WhatCounts, shared by all who ask at the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.errors import Unavailable
from bot.whatcounts import Message, WhatCounts

NEVER = datetime.min.replace(tzinfo=UTC)
FRESH = 60.0  # seconds


@dataclass
class StoredMessages:
    """A list that is read by one request at a time, which goes on when whoever asked stops waiting."""

    whatcounts: WhatCounts
    now: Callable[[], datetime]
    _list: Sequence[Message] = ()
    _asked_at: datetime = NEVER  # when the request for `_list` was made
    _changed_at: datetime = NEVER  # a list that was asked for before this is an old one
    _reading: asyncio.Task[None] | None = field(default=None, repr=False)

    async def list(self, wait: float, age: float = FRESH) -> Sequence[Message]:
        """The messages as they were at most `age` seconds ago.

        Raises Unavailable when they are not there in `wait` seconds, and what `WhatCounts.messages` raises.
        """
        until, oldest = time.monotonic() + wait, self.now() - timedelta(seconds=age)
        while not self._was_asked_since(oldest):
            oldest = min(oldest, self.now())  # or, when the clock was set back, every list would be too old
            reading = self._join()
            done, _ = await asyncio.wait({reading}, timeout=until - time.monotonic())
            if not done:
                raise Unavailable("WhatCounts is slow to answer. Try again in a moment.")
            await reading
        return self._list

    def forget(self) -> None:
        """It has changed: whoever asks next gets a list that was asked for after this."""
        self._changed_at = self.now()

    def known(self) -> Sequence[Message]:
        """What was read in the last minute, without asking; empty where that is nothing."""
        return self._list if self._was_asked_since(self.now() - timedelta(seconds=FRESH)) else ()

    def _was_asked_since(self, oldest: datetime) -> bool:
        """A clock that was set back makes the list old, also when its hour comes again."""
        if self._asked_at > self.now():
            self._asked_at = NEVER
        self._changed_at = min(self._changed_at, self.now())
        return max(oldest, self._changed_at) <= self._asked_at <= self.now()

    def _join(self) -> asyncio.Task[None]:
        """The reading under way, which may be older than what is wanted; else a new one."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(_seen)
        return self._reading

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    async def _read(self) -> None:
        asked_at = self.now()
        self._list = await self.whatcounts.messages()
        self._asked_at = asked_at


def _seen(reading: asyncio.Task[None]) -> None:
    """Its error is told to whoever waits; where nobody waits any more it must not be reported as lost."""
    if not reading.cancelled():
        reading.exception()
