"""Hands: how many requests may be under way, and the claims for those whose turn it is, several at a time."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.delivery.writing import until_written
from bot.sends import Send
from bot.sends.leaving import Claims
from bot.whatcounts import TooLate
from bot.wiring import Bot

CLAIM_HOLDS = 5.0  # seconds from the claim to the request; later than that it goes back untouched
TOO_OLD = "Too much time passed between the claim and the request."
TOGETHER = 500  # claims in one transaction
AHEAD = 3  # times as many claims as hands came free in the last second: what can leave before they grow old


@dataclass(frozen=True)
class Claim:
    """A send that is ours to carry out; `since` in seconds of a clock that only goes forward."""

    send: Send
    since: float

    def is_older(self, bot: Bot, seconds: float) -> bool:
        """By either clock: one stands while a machine is suspended, the other can be set."""
        claimed_at = self.send.claimed_at or bot.now()
        age = max(time.monotonic() - self.since, (bot.now() - claimed_at).total_seconds())
        return age > seconds


GONE: Literal["gone"] = "gone"  # it is not scheduled any more
BUSY: Literal["busy"] = "busy"  # somebody else is at its row, who perhaps claims it

Answer = Claim | Literal["gone", "busy"] | None


@dataclass(frozen=True)
class _Asked:
    send_id: str
    waited: timedelta
    answer: asyncio.Future[Answer]


class Hands:
    """`count` requests at a time; claims no more than that, and what can be carried out in the next seconds.

    So a crash leaves few claims in doubt, and a claim is followed by its request at once also when a thousand
    fall due at one second.
    """

    def __init__(self, bot: Bot, count: int) -> None:
        self._bot, self._count = bot, count
        self._hands = asyncio.Semaphore(count)
        self._claimed = 0  # that are waiting for a hand, or have one
        self._came_free: deque[float] = deque()
        self._changed = asyncio.Event()
        self._asking: deque[_Asked] = deque()
        self._claiming: asyncio.Task[None] | None = None
        self._closed = False

    async def claim(self, send_id: str, waited: timedelta) -> Answer:
        """Claim it together with whoever asks meanwhile; None where it may not leave now, or GONE, or BUSY.

        `waited` is how long our own throttle kept it. Whoever gets a claim takes a `hand` for its request.
        Raises DatabaseError, after which it is not claimed.
        """
        asked = _Asked(send_id, waited, asyncio.get_running_loop().create_future())
        if self._closed:
            return None
        self._asking.append(asked)
        if self._claiming is None:
            self._claiming = asyncio.create_task(self._claim_all())
        try:
            return await asked.answer
        except asyncio.CancelledError:
            if asked.answer.done() and not asked.answer.cancelled() and not asked.answer.exception():
                await self._give_back(asked.answer.result())
            raise

    def close(self) -> None:
        """Claim no more; whoever asks gets nothing, whoever has a claim goes on."""
        self._closed = True
        while self._asking:
            if not (one := self._asking.popleft()).answer.done():
                one.answer.set_result(None)
        self._changed.set()

    @asynccontextmanager
    async def hand(self) -> AsyncIterator[None]:
        """For the one request of a claim. Raises TooLate where none comes free while the claim is young."""
        try:
            await self._take()
            try:
                yield
            finally:
                self._hands.release()
        finally:
            self._let_go()

    def begun(self) -> None:
        """A claim that makes no request of its own needs no hand."""
        self._let_go()

    async def _take(self) -> None:
        try:
            async with asyncio.timeout(CLAIM_HOLDS):
                await self._hands.acquire()
        except TimeoutError:
            raise TooLate(TOO_OLD) from None

    def _let_go(self) -> None:
        self._claimed -= 1
        self._came_free.append(time.monotonic())
        self._changed.set()

    def _room(self) -> int:
        """How many more may be claimed now."""
        while self._came_free and self._came_free[0] < time.monotonic() - 1.0:
            self._came_free.popleft()
        return self._count + AHEAD * len(self._came_free) - self._claimed

    async def _claim_all(self) -> None:
        try:
            while self._asking:
                self._changed.clear()
                if (room := self._room()) <= 0:
                    await self._changed.wait()
                    continue
                await self._claim_some(self._batch(min(room, TOGETHER)))
        finally:  # whatever went wrong, whoever asks next is heard
            self._claiming = None

    def _batch(self, most: int) -> list[_Asked]:
        """The next who ask, as long as the throttle kept them equally long: usually not at all."""
        batch = [self._asking.popleft()]
        while self._asking and len(batch) < most and self._asking[0].waited == batch[0].waited:
            batch.append(self._asking.popleft())
        return [one for one in batch if not one.answer.done()]

    async def _claim_some(self, batch: list[_Asked]) -> None:
        """Claim the batch in one transaction; whoever asked is told, also of an error."""
        started, token = time.monotonic(), secrets.token_hex(8)
        is_asked = False
        try:
            await self._bot.database.still_alive()  # whose lock dropped would be taken for dead
            is_asked = True
            found = await self._claimed_now(batch, token)
        except Exception as error:  # they may be claimed all the same: the answer to the commit was lost
            if is_asked:
                await asyncio.gather(*(self._undo(one, token) for one in batch))
            for one in batch:
                if not one.answer.done():
                    one.answer.set_exception(error)
            return
        claims = {send.id: Claim(send, started) for send in found.sends}
        for one in batch:
            claim = claims.get(one.send_id)
            if one.answer.done():  # whoever asked was stopped meanwhile
                await self._give_back(claim)
                continue
            self._claimed += claim is not None
            one.answer.set_result(claim or _why_not(found, one.send_id))

    async def _claimed_now(self, batch: list[_Asked], token: str) -> Claims:
        if not batch:
            return Claims([], set(), set())
        ids = [one.send_id for one in batch]
        return await self._bot.sends.claim_all(self._bot.now(), ids, token, batch[0].waited)

    async def _undo(self, one: _Asked, token: str) -> None:
        await unclaim(self._bot, one.send_id, token, "The database did not confirm the claim.")

    async def _give_back(self, claim: Answer) -> None:
        if isinstance(claim, Claim):
            await unclaim(self._bot, claim.send.id, claim.send.claim or "", "smsops is stopping.")


def _why_not(found: Claims, send_id: str) -> Answer:
    if send_id in found.busy:
        return BUSY
    return GONE if send_id in found.gone else None


async def unclaim(bot: Bot, send_id: str, token: str, why: str) -> bool:
    """Back to scheduled, as no request was made; whether it was ours. Tried for as long as an outcome is."""
    return await until_written(
        send_id, token, "not claimed", lambda: bot.sends.unclaim(bot.now(), send_id, token, why)
    )
