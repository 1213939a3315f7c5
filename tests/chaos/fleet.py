"""Processes of the bot as a platform runs them: whatever ends is started again, or replaced by a deploy."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals

from sandbox.process import BotProcess

COMMAND = ("-m", "tests.chaos.launch", "serve")
WEEK = 604_800.0


@dataclass
class Fleet:
    """The processes; `ends` counts how those ended that had been ready: an exit code, minus the signal."""

    values: dict[str, str]
    folder: Path
    bots: list[BotProcess] = field(default_factory=list)
    ends: Counter[int] = field(default_factory=Counter)
    _struck: set[BotProcess] = field(default_factory=set)
    _retired: set[BotProcess] = field(default_factory=set)
    _keepers: dict[BotProcess, asyncio.Task[None]] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0

    def up(self) -> list[BotProcess]:
        """Those that are ready, and that nothing has struck since they were."""
        return [bot for bot in self.bots if bot.state == "up" and bot not in self._struck]

    async def all_up(self) -> None:
        """Returns when every process is."""
        while len(self.up()) < len(self.bots):
            self._changed.clear()
            await self._changed.wait()

    def strike(self, bot: BotProcess, number: Signals) -> None:
        """Send it a signal; it does not count as up until it has started again, or is `well`."""
        self._struck.add(bot)
        bot.send_signal(number)

    def well(self, bot: BotProcess) -> None:
        """What struck it is over."""
        self._struck.discard(bot)
        self._changed.set()

    async def add(self) -> BotProcess:
        """One more, ready."""
        self._count += 1
        log = self.folder / f"bot{self._count}.log"
        bot = BotProcess(self.values, log, command=COMMAND, changed=self._changed.set)
        await bot.start()
        self._keepers[bot] = asyncio.create_task(self._keep(bot))
        await bot.wait_ready()
        self.bots.append(bot)
        return bot

    async def retire(self, bot: BotProcess) -> None:
        """SIGTERM, and not started again; returns when it has ended."""
        self._retired.add(bot)
        self.bots.remove(bot)
        bot.send_signal(SIGTERM)
        await self._keepers[bot]

    async def _keep(self, bot: BotProcess) -> None:
        while True:
            self.ends[await bot.wait(WEEK)] += 1
            if bot in self._retired:
                return
            while not await self._again(bot):
                pass  # it ended before it was ready, as where the database is away just then

    async def _again(self, bot: BotProcess) -> bool:
        await bot.start()
        self._struck.discard(bot)
        with suppress(RuntimeError):
            await bot.wait_ready(WEEK)
        return bot.state == "up"

    async def stop(self) -> None:
        """As a deploy does it, once all of them are up."""
        await self.all_up()
        await asyncio.gather(*(self.retire(bot) for bot in list(self.bots)))

    async def kill(self) -> None:
        """Nothing is left of it."""
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        await asyncio.gather(*(bot.kill() for bot in self._keepers if bot.alive))


@asynccontextmanager
async def fleet(values: dict[str, str], folder: Path, count: int) -> AsyncIterator[Fleet]:
    """So many processes, ready."""
    opened = Fleet(values, folder)
    try:
        await asyncio.gather(*(opened.add() for _ in range(count)))
        yield opened
    finally:
        await opened.kill()
