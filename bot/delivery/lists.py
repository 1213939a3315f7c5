"""The bulk runs that are not over: who carries them, what is settled of those that nobody carries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from bot.card.bulk import ended_note
from bot.delivery.carry import carry, pause_late
from bot.sends.run import UNSEEN, Action, RunState
from bot.sends.running import GOING, Open
from bot.wiring import Bot

SEEN_EVERY = timedelta(seconds=20)  # of one that waits for room it is written down that somebody is at work


class Lists:
    """Those in the hands of this process; what is to be done of the others."""

    def __init__(self, bot: Bot, start: Callable[[str, Iterable[str]], None]) -> None:
        """`start` begins a step of these sends where it is not under way."""
        self._bot = bot
        self._start = start
        self._carried: set[str] = set()  # here, not those that wait for room

    async def carry(self, send_id: str, stop: asyncio.Event) -> bool:
        """See `bot.delivery.carry`."""
        self._carried.add(send_id)
        try:
            return await carry(self._bot, send_id, stop)
        finally:
            self._carried.discard(send_id)

    async def once(self) -> None:
        """Those that nobody carries who lives, and those that failed here; the workers' are left to them."""
        runs = self._bot.runs
        has_workers = await runs.has_workers()
        for one in await runs.open():
            if one.has_optouts and one.state is not RunState.CANCELLED:
                self._start("optouts", (one.id,))  # they hold while it waits to be carried, too
            if one.state in GOING and not await self._is_alone(one):
                if not has_workers or one.carried_by == self._bot.database.me:
                    self._start("carry", (one.id,))
                elif one.id not in self._carried:
                    await runs.call(one)
            elif one.state not in GOING and one.id not in self._carried:
                await self._see_to(one)

    async def _is_alone(self, run: Open) -> bool:
        """Whether nobody was at work on it for minutes: it waits for a person, as whatever is late does."""
        bot, now = self._bot, self._bot.now()
        if run.state is RunState.WAITING:  # for room; of one that is carried, who carries it writes it down
            is_seen = abs(now - run.seen_at) <= SEEN_EVERY or await bot.runs.see(now, run.id)
        else:
            is_seen = run.action is Action.STOP or now - run.seen_at <= UNSEEN
        if is_seen:
            return False
        if send := await bot.sends.get(run.id):
            await pause_late(bot, send)
        return True

    async def _see_to(self, run: Open) -> None:
        """One that nobody carries: paused, or cancelled, and perhaps over. What was on its way is settled."""
        bot = self._bot
        await bot.runs.abandon(bot.now(), run.id, mine=True)
        if run.state is RunState.CANCELLED:
            await bot.runs.end(bot.now(), run.id, ended_note)
        elif not run.is_counted and await bot.runs.count_up(bot.now(), run.id):
            bot.wake.set()
