"""One process at work, until it is told to stop: what serves Slack and delivers, or carries bulk runs alone.

To serve: open, build, listen, tick; then send no more, finish what is in flight, close.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import uvicorn
from procrastinate.exceptions import ConnectorException
from slack_bolt.async_app import AsyncApp

import commands
from bot.app import build
from bot.card import card
from bot.delivery import Delivery, Watchman, carry_runs
from bot.encoding import trust_kept
from bot.home import home
from bot.installation import installation
from bot.migrations import migrate
from bot.registry import unregistered
from bot.scheduler import Clock
from bot.settings import Settings
from bot.socket import Deaf, Ear, WrongToken
from bot.web import build_web
from bot.wiring import Bot, open_bot, slack_problem, utc_now, where

log = logging.getLogger("bot")

PARTS = (card, installation, home)  # what listens and is no command
SWITCH = 0.0005  # seconds
WATCH_EVERY = 2.0  # seconds between looks at the clock
ASK_AGAIN = 30.0  # seconds between tries to learn from Slack who we are


class Stopped(Exception):
    """Something without which serving makes no sense has failed."""


async def work(settings: Settings, stop: asyncio.Event, now: Callable[[], datetime] = utc_now) -> None:
    """Carry bulk runs until `stop`. Raises DatabaseError, Stopped."""
    async with open_bot(settings, now) as bot:
        if bot.database.is_sqlite:
            raise Stopped("a worker needs PostgreSQL; on SQLite `serve` carries bulk runs itself")
        await _open(bot, now)
        log.info("a worker: it carries bulk runs")
        try:
            await carry_runs(bot, stop)
        except ConnectorException as error:
            raise Stopped(f"the database went away: {type(error).__name__}") from None


async def _open(bot: Bot, now: Callable[[], datetime]) -> None:
    """What every process needs that claims: its lock, this version's tables, the registry, the roles."""
    await bot.database.come_alive()
    await bot.database.on_engine(migrate)
    await bot.register.open(bot.settings, now())
    await bot.people.roles.refresh()


async def serve(
    settings: Settings,
    stop: asyncio.Event,
    *,
    now: Callable[[], datetime] = utc_now,
    sockets: list[socket.socket] | None = None,
    opened: Callable[[Bot], None] = lambda bot: None,
) -> None:
    """Serve until `stop`, on HOST and PORT or on `sockets`. Raises DatabaseError, Stopped."""
    async with open_bot(settings, now) as bot:
        opened(bot)
        await _open(bot, now)
        for line in unregistered(settings, bot.registry):
            log.warning("set, but not registered (the settings seed the registry once): %s", line)
        if (kept := await trust_kept(bot)).trusted:
            log.info("a live test showed that REST carries: %s", ", ".join(sorted(kept.trusted)))
        clock = Clock(bot.wake, bot.pulse)
        clock.start()
        app = build(bot, commands.load(), PARTS)
        server, ear = _server(bot, clock, app), _ear(bot, app)
        _settle()
        try:
            await _until(stop, bot, clock, server, ear, sockets)
        finally:
            clock.stop()


def _settle() -> None:
    """What is loaded now stays for good, and the threads of the database take short turns with the loop.

    A full collection over all of it held the loop up for 40 to 75 ms. A database thread gives up the
    interpreter at each statement and waited for up to 5 ms, Python's usual interval, to get it back.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH)


def _ear(bot: Bot, app: AsyncApp) -> Ear | None:
    """In Socket Mode, what hears Slack."""
    token = bot.settings.slack_app_token
    return Ear(app, token.get_secret_value(), bot) if token else None


def _server(bot: Bot, clock: Clock, app: AsyncApp) -> Server:
    settings = bot.settings
    return Server(
        uvicorn.Config(
            build_web(app, bot, clock),
            host=settings.host,
            port=settings.port,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )


async def _until(
    stop: asyncio.Event, bot: Bot, clock: Clock, server: Server, ear: Ear | None,
    sockets: list[socket.socket] | None,
) -> None:  # fmt: skip
    """Answer Slack and deliver until told to stop, or until one of the two fails: half a bot is none.

    Then send no more, finish what is in flight, close. Raises Stopped.
    """
    delivery = Delivery(bot, clock, {one.name: one for one in commands.load()})
    bot.wake.set()
    told = asyncio.create_task(stop.wait())
    serving = asyncio.create_task(_serving(server, sockets))
    needed = {serving, asyncio.create_task(_watch(clock)), asyncio.create_task(_deliver(delivery))}
    needed |= {asyncio.create_task(_listen(ear))} if ear else set()
    watchman = Watchman(bot)
    beside = {asyncio.create_task(_learn_who_we_are(bot)), asyncio.create_task(watchman.run())}
    try:
        ended, _ = await asyncio.wait({told, *needed}, return_when=asyncio.FIRST_COMPLETED)
        await delivery.stop()
    finally:
        server.should_exit = True
        await asyncio.gather(asyncio.wait({serving}), *([ear.close()] if ear else []))
        others = {told, *beside, *needed} - {serving}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await watchman.stop()
    for task in ended - {told}:
        task.result()


async def _listen(ear: Ear) -> None:
    """Raises Stopped when no socket will open: a bot that hears nobody must not look alive."""
    try:
        await ear.listen()
    except (WrongToken, Deaf) as error:
        raise Stopped(str(error)) from None


async def _deliver(delivery: Delivery) -> None:
    """Raises Stopped when the loop fails: a bot that answers and sends nothing must not look alive."""
    try:
        await delivery.run()
    except Exception as error:  # whatever it was, the platform has to start anew
        log.error("the delivery loop failed: %s at\n%s", type(error).__name__, where(error))
        raise Stopped("the delivery loop failed; the log says where") from None


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: what is in flight is finished before it closes."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serving(server: Server, sockets: list[socket.socket] | None) -> None:
    """Raises Stopped when it cannot listen; uvicorn says why in the log and exits."""
    try:
        await server.serve(sockets)
    except SystemExit:
        raise Stopped(f"HOST, PORT: nobody can listen on {server.config.host}:{server.config.port}") from None


async def _watch(clock: Clock) -> None:
    """Raises Stopped when the clock has died, so that the platform starts anew: APScheduler says it runs."""
    while clock.ticks():
        clock.keep_ticking()
        await asyncio.sleep(WATCH_EVERY)
    raise Stopped("the clock has not ticked for a minute")


async def _learn_who_we_are(bot: Bot) -> None:
    """Ask Slack (auth.test) until it says which workspace this is; nothing waits for it."""
    while bot.workspace.team is None:
        try:
            answer = await bot.slack.auth_test()
        except Exception as error:  # whatever it is: until this is known nobody may press anything
            log.error("Slack did not say which workspace this is: %s", slack_problem(error))
            await asyncio.sleep(ASK_AGAIN)
        else:
            bot.workspace.learn(str(answer["team_id"]), str(answer["user_id"]), answer.get("url"))
            log.info("at work in workspace %s", bot.workspace.team)
