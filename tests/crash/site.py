"""The bot as processes on one database, between Slack and WhatCounts: killed, started again, and judged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGKILL

import psutil

from bot.database import Database
from bot.sends import Ask, Content, Kind, Send, Sends, State
from sandbox.process import BotProcess
from sandbox.slack import Message, Slack
from sandbox.whatcounts import WhatCountsEmulator
from tests.world import OLIVE, SMS, environment, outside

AT_ONCE = {"SMS_DELAY_SECONDS": "phone=0,group=0", "SMS_RATE": "send=1000,other=1000"}


@dataclass
class Site:
    """The processes, the two ends, and what is recorded."""

    slack: Slack
    whatcounts: WhatCountsEmulator
    bots: list[BotProcess]
    database: Database
    died: asyncio.Event
    workers: list[BotProcess] = field(default_factory=list)
    back: asyncio.Event = field(default_factory=asyncio.Event)  # somebody answers again

    @property
    def sends(self) -> Sends:
        return Sends(self.database)

    async def rows(self) -> list[Send]:
        """All sends, oldest first."""
        found = await self.database.read(
            lambda c: c.exec_driver_sql("SELECT id FROM send ORDER BY asked_at, id").fetchall()
        )
        rows = [await self.sends.get(row[0]) for row in found]
        return [row for row in rows if row]

    def cards(self) -> list[Message]:
        return [one for one in self.slack.messages(SMS) if one.thread_ts in (None, one.ts)]

    async def card(self, *sayings: str) -> Message:
        """The newest card that says one of these, as soon as it does."""

        def newest() -> Message | None:
            said = [one for one in self.cards() if any(saying in one.read() for saying in sayings)]
            return said[-1] if said else None

        return await self.slack.wait_for(newest, timeout=15)

    def posts(self) -> int:
        """How many requests that send something WhatCounts got."""
        return sum(one.method == "POST" for one in self.whatcounts.requests)

    def listen_to(self, bot: BotProcess) -> None:
        self.slack.request_url = f"{bot.url}/slack/events"

    def sender(self) -> BotProcess:
        """The process that has a request to WhatCounts under way."""
        port = int(self.whatcounts.url.rpartition(":")[2])
        for bot in (*self.bots, *self.workers):
            ends = psutil.Process(bot.pid).net_connections("tcp") if bot.alive else []
            if any(end.status == psutil.CONN_ESTABLISHED and end.raddr.port == port for end in ends):
                return bot
        raise AssertionError("nobody has a request under way")

    async def keep_alive(self) -> None:
        """Whenever somebody dies: the others go on; where nobody lives, the first is started again."""
        while await self.died.wait():
            self.died.clear()
            alive = [bot for bot in self.bots if bot.alive]
            if not alive:
                await self.bots[0].start()
                if not await _is_up(self.bots[0]):
                    continue  # killed as it started: that is the next round
            self.listen_to((alive or self.bots)[0])
            self.back.set()

    async def stop(self) -> None:
        """As a deploy does it: each that lives ends with 0."""
        alive = [bot for bot in self.bots if bot.alive and await _is_up(bot)]
        alive += [one for one in self.workers if one.alive]
        codes = await asyncio.gather(*(bot.terminate() for bot in alive))
        assert set(codes) <= {0}, [bot.tail() for bot in alive]


async def _is_up(bot: BotProcess) -> bool:
    """It may just have been started again; or killed, and nobody has noticed yet."""
    try:
        await bot.wait_ready()
    except RuntimeError:
        if bot.returncode == -SIGKILL:
            return False
        raise
    return bot.alive


def process(values: dict[str, str], log: Path, died: asyncio.Event, what: str = "serve") -> BotProcess:
    def changed() -> None:
        if bot.returncode is not None and bot.returncode < 0:
            died.set()

    bot = BotProcess(values, log, command=("-m", "tests.crash.launch", what), changed=changed)
    return bot


@asynccontextmanager
async def site(
    database_url: str, folder: Path, kill_at: str = "", *, processes: int = 2, workers: int = 0,
    **settings: str,
) -> AsyncIterator[Site]:
    """One process on SQLite; so many on PostgreSQL, and workers. The first at `kill_at` dies there."""
    count = 1 if database_url.startswith("sqlite") else processes
    async with outside() as (slack, whatcounts):
        values = environment(slack, whatcounts, database_url) | AT_ONCE | settings
        values |= {"KILL_AT": kill_at, "KILL_ONCE": str(folder / "died")}
        died, database = asyncio.Event(), Database(database_url)
        bots = [process(values, folder / f"bot{n}.log", died) for n in range(count)]
        logs = [folder / f"worker{n}.log" for n in range(workers)]
        carriers = [process(values, log, asyncio.Event(), "worker") for log in logs]
        opened = Site(slack, whatcounts, bots, database, died, carriers)
        await asyncio.gather(*(bot.start() for bot in bots))
        keeper = asyncio.create_task(opened.keep_alive())
        try:
            await asyncio.gather(*(bot.wait_ready() for bot in bots))
            opened.listen_to(bots[0])
            await asyncio.gather(*(one.start() for one in carriers))
            yield opened
            await opened.stop()
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await asyncio.gather(*(bot.kill() for bot in (*opened.bots, *carriers) if bot.alive))
            await database.close()


async def insist(running: Site) -> None:
    """Olive drafts a text and sends it; each again where Slack said that nobody answered."""
    while not await running.rows():
        if not (await running.slack.command(OLIVE, "send 2065550100 Hello")).ok:
            await running.back.wait()
    while (await running.rows())[0].state is State.DRAFT:
        card = await running.card("Nothing is sent until someone presses Send.")
        if not (await running.slack.click(OLIVE, card, "Send")).ok:
            await running.back.wait()


async def scheduled(running: Site, now: datetime, count: int) -> None:
    """Texts drafted, prepared and confirmed in the database at `now` (UTC), due four seconds after."""
    for n in range(count):
        content = Content(Kind.SEND, "2065551212", phone=f"120655502{n:02}", text=f"Text {n}")
        send = await running.sends.get(await running.sends.draft(Ask(OLIVE, now), content, SMS))
        assert send
        await running.sends.prepared(now, send, content.text, [], None)
        prepared = await running.sends.get(send.id)
        assert prepared
        assert await running.sends.confirm(
            Ask(OLIVE, now), send.id, prepared.revision, timedelta(seconds=4)
        )
