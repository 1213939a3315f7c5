"""Many sends: a tick and a draft beside 100,000 that wait, 1,000 due at one second, two processes, memory."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import psutil
from sqlalchemy import text, update

from bench.load import connect
from bench.measures import Row
from bench.rows import OLIVE, counted, last, lateness, schedule
from bench.servers import bot_process, running_whatcounts, signer
from bench.slack import QuickSlack
from bot.database import Database
from bot.delivery.loop import AHEAD, HANDS, MANY
from bot.migrations import migrate
from bot.sends import Ask, Content, Kind, Sends, State
from bot.sends.table import send
from sandbox.process import BotProcess
from tests.databases import database as postgres_database
from tests.postgres import cluster

WAITING = 100_000
BURST = 1000
ALARMS = 20
LOOKS = 14.0  # seconds in which the burst is looked at before it is due
FEW_HANDS = 4  # requests under way of one process
SHORT = bool(os.environ.get("SMSOPS_SHORT"))
ROUND = 500 if SHORT else 5000  # sends, of ten rounds, after which memory is read
GROWTH = 1.1 if SHORT else 1.03  # after 1,000 sends not all that stays has been loaded


async def waiting(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """An idle tick, and a draft, beside 100,000 rows that wait; against the same beside ten."""
    return [
        *await _waiting("SQLite", _sqlite(folder / "few.db"), _sqlite(folder / "many.db")),
        *await _waiting_on_postgres(),
    ]


async def _waiting_on_postgres() -> list[Row]:
    with cluster() as server:
        assert server, "no PostgreSQL"
        with postgres_database(server) as few, postgres_database(server) as many:
            return await _waiting("PostgreSQL", few, many)


async def _waiting(name: str, few_url: str, many_url: str) -> list[Row]:
    few, many = await _filled(few_url, 10), await _filled(many_url, WAITING)
    ticks = [[await _tick(one) for one in (few, many)] for _ in range(200)]
    drafts = [[await _draft(one, n) for one in (few, many)] for n in range(200)]
    await few.close()
    await many.close()
    return [
        _beside(f"idle tick beside 100,000, {name}", ticks[20:], 2.0),
        _beside(f"a draft beside 100,000, {name}", drafts[20:], 5.0),
    ]


def _beside(name: str, pairs: list[list[float]], goal: float) -> Row:
    few, many = (median(side) * 1000 for side in zip(*pairs, strict=True))
    against = f"beside ten {few:.2f} ms"
    return Row(name, f"{many:.2f} ms", against, f"{many / few:.2f}", f"under {goal:.0f} ms", many < goal)


async def _filled(url: str, count: int) -> Database:
    database = Database(url)
    await database.on_engine(migrate)
    await schedule(database, count, datetime.now(UTC) + timedelta(days=30))
    if not database.is_sqlite:  # PostgreSQL does so by itself
        await database.write(lambda c: c.execute(text("ANALYZE")).close())
    return database


async def _tick(database: Database) -> float:
    started = time.perf_counter()
    work = await Sends(database).work(datetime.now(UTC), AHEAD, MANY)
    taken = time.perf_counter() - started
    assert not [*work.due, *work.look, *work.draw], "it was not idle"
    return taken


async def _draft(database: Database, number: int) -> float:
    content = Content(Kind.SEND, "2065551212", phone="12065550100", text=f"Hello number {number}")
    started = time.perf_counter()
    sends = Sends(database)
    made = await sends.draft(Ask(OLIVE, datetime.now(UTC), f"{number}"), content, "C0BENCH")
    taken = time.perf_counter() - started
    await sends.cancel(Ask(OLIVE, datetime.now(UTC)), made)
    drawn = update(send).where(send.c.id == made).values(card_revision=send.c.revision)
    await database.write(lambda c: c.execute(drawn).rowcount)
    return taken


def _sqlite(path: Path) -> str:
    return f"sqlite:///{path}"


@asynccontextmanager
async def _serving(
    slack_port: int, folder: Path, url: str, seconds: float, count: int = 1, **more: str
) -> AsyncIterator[tuple[list[BotProcess], Database]]:
    """So many bots on this database, ready, the throttle lifted; WhatCounts answers after `seconds`.

    `more`: settings of theirs.
    """
    database = Database(url)
    await database.on_engine(migrate)
    async with running_whatcounts(folder, seconds) as whatcounts:
        values = {"WHATCOUNTS_URL": whatcounts.url, "DATABASE_URL": url} | more
        bots = [
            bot_process(slack_port, folder, f"bot{n}", "bench.launch", **values) for n in range(count)
        ]
        await asyncio.gather(*(bot.start() for bot in bots))
        try:
            await asyncio.gather(*(bot.wait_ready() for bot in bots))
            yield bots, database
        finally:
            await asyncio.gather(*(bot.terminate() for bot in bots if bot.alive))
            await database.close()


async def _all_submitted(database: Database, count: int) -> None:
    async with asyncio.timeout(300):
        while await counted(database, State.SUBMITTED) < count:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.5)


async def alarms(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """Sends that are due one by one: how long after its time each is claimed."""
    async with _serving(port, folder, _sqlite(folder / "alarms.db"), 0.0) as (_, database):
        first = datetime.now(UTC) + timedelta(seconds=3)
        for n in range(ALARMS):
            await schedule(database, 1, first + timedelta(seconds=0.6 * n))
        await _all_submitted(database, ALARMS)
        late = max(await lateness(database)) * 1000
    name = f"the latest of {ALARMS}, claimed after it was due"
    return [Row(name, f"{late:.0f} ms", "", "", "at most 200 ms", late <= 200)]


async def burst(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """1,000 due at one second: when the last is claimed, how long the loop is held up, and help meanwhile."""
    rows = await _burst("SQLite", port, folder, _sqlite(folder / "burst.db"))
    with cluster() as server:
        assert server, "no PostgreSQL"
        with postgres_database(server) as url:
            return rows + await _burst("PostgreSQL", port, folder, url)


async def _burst(name: str, port: int, folder: Path, url: str) -> list[Row]:
    lags = folder / "burst.lag"
    async with _serving(port, folder, url, 0.0, LAG_FILE=str(lags)) as ((bot,), database):
        due = (datetime.now(UTC) + timedelta(seconds=LOOKS)).replace(microsecond=0)
        await schedule(database, BURST, due)
        asking = asyncio.create_task(_helps(bot, due))
        await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
        await _all_submitted(database, BURST)
        claimed = (await last(database, State.SENDING) - due).total_seconds()
        done = (await last(database, State.SUBMITTED) - due).total_seconds()
        helps = await asking
    lag = _lag(lags, due.timestamp(), due.timestamp() + done)
    p99 = quantiles(helps, n=100, method="inclusive")[98] * 1000
    return [
        Row(f"1,000 due at once, last claimed, {name}", f"{claimed:.2f} s", f"submitted {done:.2f} s", "",
            "within 1 s", claimed <= 1.0),
        Row(f"event loop held up meanwhile, {name}", f"{lag:.0f} ms", "", "", "at most 50 ms", lag <= 50),
        Row(f"/sms help meanwhile, p99, {name}", f"{p99:.0f} ms", f"of {len(helps)}", "", "under 100 ms",
            p99 < 100),
    ]  # fmt: skip


async def _helps(bot: BotProcess, due: datetime) -> list[float]:
    """Seconds of each help, fifty a second, from the second when they are due."""
    sign, connection, taken = signer(), await connect(bot.port), []
    await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
    for _ in range(100):
        taken.append(await connection.ask(sign.command("help")))
        await asyncio.sleep(0.02)
    connection.close()
    return taken


def _lag(file: Path, start: float, end: float) -> float:
    """Milliseconds: the longest that the loop was held up between two moments."""
    lines = (line.split() for line in file.read_text().splitlines())
    return max((float(late) for at, late in lines if start <= float(at) <= end), default=0.0)


async def processes(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """Two processes on one PostgreSQL against one, when WhatCounts answers in 50 ms.

    With few hands each, the processor has room and the ratio says what they cost each other; with all of
    them, two fill two cores that hold the database as well, and the ratio says what the machine has left.
    """
    rows = []
    for hands in (FEW_HANDS, HANDS["leave"]):
        taken = {}
        with cluster() as server:
            assert server, "no PostgreSQL"
            for count in (1, 2):
                with postgres_database(server) as url:
                    taken[count] = await _carried(port, folder, url, count, hands)
        rows.append(_scaled(taken, hands))
    return rows


def _scaled(taken: dict[int, Carried], hands: int) -> Row:
    ratio = taken[2].a_second / taken[1].a_second
    one, two = (f"{taken[n].a_second:.0f} a second, processor {taken[n].busy:.0%}" for n in (1, 2))
    name = f"two processes of {hands} hands, answers in 50 ms"
    return Row(name, two, f"one: {one}", f"{ratio:.2f}", "at least 1.80", ratio >= 1.8)


@dataclass(frozen=True)
class Carried:
    """Texts a second, from the due second to the last outcome; how busy the whole machine was, of 1."""

    a_second: float
    busy: float


async def _carried(port: int, folder: Path, url: str, count: int, hands: int) -> Carried:
    async with _serving(port, folder, url, 0.05, count, HANDS=str(hands)) as (_, database):
        due = (datetime.now(UTC) + timedelta(seconds=LOOKS)).replace(microsecond=0)
        await schedule(database, BURST, due)
        await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
        psutil.cpu_percent()  # from here on
        await _all_submitted(database, BURST)
        busy = psutil.cpu_percent() / 100
        seconds = (await last(database, State.SUBMITTED) - due).total_seconds()
        return Carried(BURST / seconds, busy)


async def _grow_old(database: Database) -> None:
    """What left was two days ago: with caps of a million each look would count all that left today."""
    left = update(send).values(claimed_at=datetime.now(UTC) - timedelta(days=2))
    await database.write(lambda c: c.execute(left.where(send.c.state == State.SUBMITTED)).rowcount)


async def memory_of_sends(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """Resident memory after two of ten rounds of sends and after all of them: 10,000 and 50,000."""
    async with _serving(port, folder, _sqlite(folder / "memory.db"), 0.0) as ((bot,), database):
        process, resident = psutil.Process(bot.pid), []
        for round in range(1, 11):
            await schedule(database, ROUND, datetime.now(UTC) + timedelta(seconds=2))
            await _all_submitted(database, ROUND * round)
            resident.append(process.memory_info().rss / 1e6)
            await _grow_old(database)
    few, many = resident[1], resident[-1]
    against, goal = f"after {2 * ROUND:,}: {few:.0f} MB", f"no growth ({GROWTH - 1:.0%})"
    ratio, is_flat = f"{many / few:.2f}", many <= few * GROWTH
    return [Row(f"resident after {10 * ROUND:,} sends", f"{many:.0f} MB", against, ratio, goal, is_flat)]
