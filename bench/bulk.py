"""A list: what it costs to carry, against bare httpx in the same turns; who else waits; its memory."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import httpx
import psutil

from bench.load import Connection, Signer, connect
from bench.measures import Row
from bench.servers import running_whatcounts
from bench.slack import QuickSlack
from bench.subscribes import by_httpx
from bot.database import Database
from bot.delivery.carry import HANDS
from bot.sends import Send, Sends
from sandbox.process import BotProcess
from sandbox.slack import Message, Slack
from sandbox.whole import TEAM as SETTINGS
from tests.bulk.lists import csv, phones, start
from tests.world import OLIVE, SMS

RATES = (100, 200)  # requests a second, of both: ten and twenty times what `SMS_RATE` is by itself
SECONDS = 0.02  # that WhatCounts takes for an answer
COUNT = 3_000  # rows that are timed
FEW, MANY = 1_000, 100_000  # rows of a list
CARRIED = 1_000  # rows that are carried of each of them: reading and the report go over all
GOAL, HELP, MEGABYTES = 0.85, 100.0, 20.0
HEADERS = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "smsops"}


@dataclass(frozen=True)
class Desk:
    """A bot with a strict Slack, as who gives it a list sees it."""

    slack: Slack
    bot: BotProcess
    database: Database

    async def card(self, saying: str) -> Message:
        """The newest card that says this, as soon as it does."""

        def found() -> Message | None:
            cards = reversed(self.slack.messages(SMS))
            return next((one for one in cards if saying in one.read() and not one.thread_ts), None)

        return await self.slack.wait_for(found, timeout=600)

    async def run(self) -> Send:
        """The only list."""
        found = await self.database.read(lambda c: c.exec_driver_sql("SELECT id FROM send").scalar())
        send = await Sends(self.database).get(str(found))
        assert send
        return send


@asynccontextmanager
async def desk(whatcounts: str, folder: Path, rate: int = max(RATES)) -> AsyncIterator[Desk]:
    """On a new SQLite file in this folder, with so many turns a second; stopped at the end."""
    folder.mkdir()  # noqa: ASYNC240 - a bench waits for its disk
    slack, database = Slack(), Database(f"sqlite:///{folder / 'smsops.db'}")
    await slack.start()
    values = SETTINGS | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "WHATCOUNTS_URL": whatcounts,
        "WHATCOUNTS_REALM": "bench",
        "WHATCOUNTS_PASSWORD": "bench",
        "DATABASE_URL": f"sqlite:///{folder / 'smsops.db'}",
        "SMS_RATE": f"send={rate},other={rate}",
        "SMS_DELAY_SECONDS": "phone=0,group=0",
        "SMS_BULK_LIMIT": str(MANY),
        "SMS_QUIET_HOURS": "off",
        "SMS_OPERATORS": OLIVE,
    }
    bot = BotProcess(values, folder / "bot.log")
    await bot.start()
    await bot.wait_ready()
    slack.request_url = f"{bot.url}/slack/events"
    try:
        yield Desk(slack, bot, database)
    finally:
        await bot.terminate()
        await slack.stop()
        await database.close()


async def bulk(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """Subscriptions of a list, and `/sms help` meanwhile; then a short and a long list's memory."""
    async with running_whatcounts(folder, SECONDS) as server:
        timed = [await _beside_bare(server.url, folder, rate) for rate in RATES]
        few = await _peak(server.url, folder / "few", FEW)
        many = await _peak(server.url, folder / "many", MANY)
    more = (many - few) / 1e6
    return [
        *(row for rows in timed for row in rows),
        Row(
            f"memory with a list of {MANY:,}, MB", f"{many / 1e6:.0f}", f"of {FEW:,}: {few / 1e6:.0f}",
            f"+{more:.0f}", f"within {MEGABYTES:.0f}", more <= MEGABYTES,
        ),
    ]  # fmt: skip


async def _beside_bare(whatcounts: str, folder: Path, rate: int) -> list[Row]:
    theirs = await _bare(whatcounts, rate)
    ours, p99 = await _timed(whatcounts, folder / f"at {rate}", rate)
    name = f"rows of a list a second, {HANDS} at a time, {rate} turns a second"
    ratio, against = ours / theirs, f"bare httpx {theirs:,.0f}"
    return [
        Row(name, f"{ours:,.0f}", against, f"{ratio:.2f}", f"at least {GOAL}", ratio >= GOAL),
        Row("/sms help meanwhile, p99, ms", f"{p99:.1f}", "", "", f"under {HELP:.0f}", p99 < HELP),
    ]


async def _bare(origin: str, rate: int) -> float:
    """Requests a second, each in its turn."""
    turns, began = itertools.count(), time.perf_counter()

    async def drain(client: httpx.AsyncClient) -> None:
        while (turn := next(turns)) < COUNT:
            await asyncio.sleep(max(0.0, began + turn / rate - time.perf_counter()))
            await by_httpx(client, origin)(f"1206{turn:07}")

    async with httpx.AsyncClient(headers=HEADERS, trust_env=False) as client:
        await asyncio.gather(*(drain(client) for _ in range(HANDS)))
    return COUNT / (time.perf_counter() - began)


async def _timed(whatcounts: str, folder: Path, rate: int) -> tuple[float, float]:
    """Rows a second from the first to the last, by the record; and the p99 of `/sms help` in that time."""
    async with desk(whatcounts, folder, rate) as at:
        helped: list[float] = []
        await start(at, csv(phones(COUNT)), "subscribe weekly", "Subscribe")
        connection, sign = await connect(at.bot.port), Signer(at.slack.signing_secret)
        asking = asyncio.create_task(_ask(connection, sign, helped))
        await at.card("Done")
        asking.cancel()
        run = (await at.run()).run
        assert run
        assert run.begun_at
        assert run.ended_at
        assert run.counts == {"submitted": COUNT}
    return COUNT / (run.ended_at - run.begun_at).total_seconds(), quantiles(helped, n=100)[98] * 1000


async def _ask(connection: Connection, sign: Signer, helped: list[float]) -> None:
    """Twenty times a second."""
    while True:
        helped.append(await connection.ask(sign.command("help", SMS)))
        await asyncio.sleep(0.05)


async def _peak(whatcounts: str, folder: Path, count: int) -> float:
    """The most bytes that it had resident: reading the list, carrying some rows, making the report on all."""
    async with desk(whatcounts, folder) as at:
        seen = [0]
        watching = asyncio.create_task(_watch(psutil.Process(at.bot.pid), seen))
        await start(at, csv(phones(count)), "subscribe weekly", "Subscribe")
        if count > CARRIED:
            while (await at.database.read(_answered)) < CARRIED:  # noqa: ASYNC110 - a row tells nobody
                await asyncio.sleep(0.2)
            await at.slack.click(OLIVE, await at.card("Running"), "Cancel")
        await at.slack.wait_for(lambda: _has_report(at.slack), timeout=600)
        watching.cancel()
    return seen[0]


def _answered(connection: object) -> int:
    sql = "SELECT count(*) FROM bulk_row WHERE answered_at IS NOT NULL"
    return int(connection.exec_driver_sql(sql).scalar())  # type: ignore[attr-defined]


def _has_report(slack: Slack) -> bool:
    return any(one.name.startswith("smsops-bulk") for one in slack.workspace.files.values())


async def _watch(process: psutil.Process, seen: list[int]) -> None:
    while True:
        seen[0] = max(seen[0], process.memory_info().rss)
        await asyncio.sleep(0.05)
