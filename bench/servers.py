"""The servers, each as a process of its own: the bot as it is deployed, the bare Bolt app, a WhatCounts."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.load import Signer
from bench.slack import QuickSlack
from sandbox.process import BotProcess, free_port
from sandbox.whole import TEAM as SETTINGS

SECRET = secrets.token_hex(16)


def signer() -> Signer:
    """Signs as the Slack that both servers believe."""
    return Signer(SECRET)


def bot_process(
    slack_port: int, folder: Path, name: str = "bot", module: str = "bot", **more: str
) -> BotProcess:
    """The bot on a new SQLite file in this folder, not started; `more` settings go over the usual ones."""
    values = SETTINGS | {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
        "WHATCOUNTS_URL": f"http://127.0.0.1:{slack_port}",
        "WHATCOUNTS_REALM": "bench",
        "WHATCOUNTS_PASSWORD": "bench",
        "DATABASE_URL": f"sqlite:///{folder / 'smsops.db'}",
    }
    values |= {"SMS_CAPS": "person=1000000,hour=1000000"}
    values |= more
    return BotProcess(values, folder / f"{name}.log", command=("-m", module, "serve"))


@asynccontextmanager
async def running_bot(slack: QuickSlack, slack_port: int, folder: Path) -> AsyncIterator[BotProcess]:
    """The bot, ready, and stopped at the end."""
    bot = bot_process(slack_port, folder)
    await bot.start()
    try:
        await bot.wait_ready()
        yield bot
    finally:
        if bot.alive:
            await bot.terminate()


@asynccontextmanager
async def running_bare(folder: Path) -> AsyncIterator[BotProcess]:
    """The bare Bolt app, ready, and stopped at the end."""
    port = free_port()
    async with _running(folder / "bare.log", port, "-m", "bench.bare", str(port), SECRET) as bare:
        yield bare


@asynccontextmanager
async def running_whatcounts(folder: Path, seconds: float = 0.0) -> AsyncIterator[BotProcess]:
    """A WhatCounts that says yes after so many seconds, ready, and stopped at the end."""
    port, command = free_port(), ("-m", "bench.whatcounts")
    async with _running(folder / "whatcounts.log", port, *command, str(port), str(seconds)) as server:
        yield server


@asynccontextmanager
async def _running(log: Path, port: int, *command: str) -> AsyncIterator[BotProcess]:
    """A server that is not the bot and asks nobody."""
    nowhere = dict.fromkeys(("SLACK_API_URL", "WHATCOUNTS_URL"), "http://127.0.0.1:9") | {
        "DATABASE_URL": "none"
    }
    server = BotProcess(nowhere, log, port=port, command=command)
    await server.start()
    try:
        await server.wait_ready()
        yield server
    finally:
        await server.kill()
