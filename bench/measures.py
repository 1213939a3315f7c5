"""The measures, each one returning rows of the table."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from sqlalchemy import Engine, event

from bench import load
from bench.load import Signer, connect
from bench.servers import bot_process, running_bare, running_bot, signer
from bench.slack import QuickSlack
from bot.database import Database
from bot.sends import Ask, Content, Kind, Sends
from bot.sends.moves import draft
from sandbox.process import BotProcess

ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """One line of the table; `ratio` and `yardstick` are '' where there is nothing to compare with."""

    name: str
    ours: str
    yardstick: str
    ratio: str
    goal: str
    ok: bool


async def help_under_load(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """`/sms help` against the bare app, taking turns, at 32 and at 1 at a time; the median of the rounds."""
    sign = signer()
    async with running_bot(slack, port, folder) as bot, running_bare(folder) as bare:
        for server in (bot, bare):
            await load.run(server.port, [sign.command("help") for _ in range(500)], 8)
        many = [[await _round(server, sign, 6000, 32) for server in (bot, bare)] for _ in range(ROUNDS)]
        single = [
            [await _round(server, sign, count, 1) for server, count in ((bot, 1500), (bare, 150))]
            for _ in range(ROUNDS)
        ]
    ours, theirs = (median(timing.per_second for timing in side) for side in zip(*many, strict=True))
    our_p50, their_p50 = (
        median(round.percentile(50) for round in side) for side in zip(*single, strict=True)
    )
    return [
        Row(
            "/sms help, 32 at a time, a second",
            f"{ours:,.0f}",
            f"bare Bolt {theirs:,.0f}",
            f"{ours / theirs:.2f}",
            "at least 1.00",
            ours >= theirs,
        ),
        Row(
            "/sms help, 1 at a time, p50",
            f"{our_p50:.2f} ms",
            f"bare Bolt {their_p50:.2f} ms",
            f"{our_p50 / their_p50:.2f}",
            "under 2 ms",
            our_p50 < 2,
        ),
    ]


async def _round(server: BotProcess, sign: Signer, count: int, concurrency: int) -> load.Timing:
    return await load.run(server.port, [sign.command("help") for _ in range(count)], concurrency)


async def send_beyond_help(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """What `/sms send` takes more than `/sms help`, against its transaction alone on the same disk."""
    async with running_bot(slack, port, folder) as bot:
        await load.run(bot.port, [signer().command("help") for _ in range(300)], 4)
        helped, sent = await _taking_turns(slack, bot.port, 300)
    alone, statements = await _transaction_alone(folder, 600)
    bare = median(_statements_alone(folder, statements))
    more = median(sent) - median(helped)
    return [
        Row(
            "/sms send beyond /sms help, p50",
            f"{more * 1000:.2f} ms",
            f"its transaction {median(alone) * 1000:.2f} ms",
            f"{more / median(alone):.2f}",
            "at most 1.50",
            more <= 1.5 * median(alone),
        ),
        Row(
            "the same against its SQL in sqlite3",
            f"{more * 1000:.2f} ms",
            f"bare sqlite3 {bare * 1000:.2f} ms",
            f"{more / bare:.2f}",
            "told",
            True,
        ),
    ]


async def _taking_turns(slack: QuickSlack, port: int, count: int) -> tuple[list[float], list[float]]:
    """Seconds of each help and each send. Each waits until the card before is drawn: people are slow."""
    sign, helped, sent = signer(), [], []
    connection = await connect(port)
    for number in range(count):
        helped.append(await connection.ask(sign.command("help")))
        slack.posted.clear()
        sent.append(await connection.ask(sign.command(text_to_one(number), f"C{number:08}")))
        async with asyncio.timeout(10):
            await slack.posted.wait()
        await asyncio.sleep(0.01)  # the bot writes down that it was drawn
    connection.close()
    return helped, sent


Transaction = list[tuple[str, Any]]  # SQL statements with their parameters, BEGIN first


async def _transaction_alone(folder: Path, count: int) -> tuple[list[float], list[Transaction]]:
    """Seconds of each draft, written as the command does by a process that does nothing else; and its SQL.

    On the same file, in the same folder: the disk's share is the same.
    """
    database = Database(f"sqlite:///{folder / 'smsops.db'}")
    sends, taken = Sends(database), []
    for number in range(count):
        content = Content(Kind.SEND, sender="2065551212", phone="12065550100", text=f"Hello number {number}")
        started = time.perf_counter()
        await sends.draft(Ask("U0OLIVE", datetime.now(UTC), f"alone {number}"), content, "C0BENCH")
        taken.append(time.perf_counter() - started)
    statements = [await database.on_engine(partial(_said, content, number)) for number in range(count)]
    await database.close()
    return taken[100:], statements


def _said(content: Content, number: int, engine: Engine) -> Transaction:
    """The SQL of one draft, rolled back."""
    said: Transaction = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        said.append((statement, parameters))

    with engine.connect() as connection:
        event.listen(engine, "before_cursor_execute", note)
        draft(connection, Ask("U0OLIVE", datetime.now(UTC), f"bare {number}"), content, "C0BENCH")
        event.remove(engine, "before_cursor_execute", note)
        connection.rollback()
    return said


def _statements_alone(folder: Path, transactions: list[Transaction]) -> list[float]:
    """Seconds of each transaction in the standard library's sqlite3, with the settings that the bot has."""
    connection = sqlite3.connect(folder / "smsops.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    taken = []
    for transaction in transactions:
        started = time.perf_counter()
        for statement, parameters in transaction:
            connection.execute(statement, parameters).fetchall()
        connection.execute("COMMIT")
        taken.append(time.perf_counter() - started)
    connection.close()
    return taken[100:]


async def start(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """From the start of the process to a good /readyz: on a new database, and on one that is there."""
    taken = []
    for _ in range(5):
        bot = bot_process(port, folder)
        started = time.perf_counter()
        await bot.start()
        await bot.wait_ready()
        taken.append(time.perf_counter() - started)
        await bot.terminate()
    first, later = taken[0], median(taken[1:])
    return [
        Row("start to /readyz, new database", f"{first:.2f} s", "", "", "within 1.5 s", first <= 1.5),
        Row("start to /readyz, later", f"{later:.2f} s", "", "", "within 1.5 s", later <= 1.5),
    ]


async def memory(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """Resident memory after 10,000 commands and after 50,000."""
    commands = _mixed(signer())
    async with running_bot(slack, port, folder) as bot:
        process = psutil.Process(bot.pid)
        await load.run(bot.port, itertools.islice(commands, 10_000), 16)
        few = process.memory_info().rss / 1e6
        for _ in range(4):
            await load.run(bot.port, itertools.islice(commands, 10_000), 16)
        many = process.memory_info().rss / 1e6
    return [
        Row("resident after 10,000 commands", f"{few:.0f} MB", "", "", "at most 110 MB", few <= 110),
        Row(
            "resident after 50,000 commands",
            f"{many:.0f} MB",
            f"after 10,000: {few:.0f} MB",
            f"{many / few:.2f}",
            "no growth (3 %)",
            many <= few * 1.03,
        ),
    ]


def _mixed(sign: Signer) -> Iterator[bytes]:
    """A day's commands: mostly questions, one in a hundred a send."""
    asked = itertools.cycle(("help", "status", "scheduled", "help send", "show", "messages sale", "nonsense"))
    for number in itertools.count():
        yield sign.command(text_to_one(number) if number % 100 == 0 else next(asked))


def text_to_one(number: int) -> str:
    """A `send` that no other number makes."""
    return f"send 20655501{number % 97:02} Hello number {number}"
