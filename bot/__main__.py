"""`python -m bot serve`, `worker`, and what else is asked for at the host: migrate, doctor, manifest ...

To serve: read the settings, open, build, listen, tick; stop on SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import io
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import uvicorn
import uvloop
from procrastinate.exceptions import ConnectorException
from slack_bolt.async_app import AsyncApp

import commands
from bot.app import build
from bot.card import card
from bot.console import forget, prove
from bot.database import Database, DatabaseError
from bot.delivery import Delivery, Watchman, carry_runs
from bot.doctor import doctor
from bot.encoding import trust_kept
from bot.errors import SettingsError
from bot.home import home
from bot.installation import installation
from bot.manifest import for_address, for_socket
from bot.migrations import migrate
from bot.registry import unregistered
from bot.scheduler import Clock
from bot.settings import Settings
from bot.socket import Deaf, Ear, WrongToken
from bot.web import build_web
from bot.wiring import Bot, open_bot, slack_problem, utc_now, where

log = logging.getLogger("bot")

ASKING = {"verify": prove, "forget": forget}
PARTS = (card, installation, home)  # what listens and is no command
SWITCH = 0.0005  # seconds
WATCH_EVERY = 2.0  # seconds between looks at the clock
ASK_AGAIN = 30.0  # seconds between tries to learn from Slack who we are


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 stopped, 1 something that it needs is not there, 2 a setting is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="smsops: an SMS account from Slack")
    parser.add_argument(
        "what",
        choices=("serve", "worker", "migrate", "doctor", "manifest", "verify", "forget"),
        help="serve: answer Slack; worker: carry bulk runs, on PostgreSQL, so that those who serve need not; "
        "migrate: bring the database up to date; "
        "doctor: say what is in order and what is not, with the cure; no SMS is sent; "
        "manifest: print the Slack app's manifest to paste, with --url or --socket; "
        "verify: prove that the record is as it was written, or name the first row that is not; "
        "forget: erase what is kept of a phone",
    )
    parser.add_argument(
        "about", nargs="?", help="with forget: the phone; with verify: a digest that you kept elsewhere"
    )
    parser.add_argument(
        "--live-encoding",
        action="store_true",
        help="with doctor: store messages with odd characters in WhatCounts; trust what arrives unchanged",
    )
    parser.add_argument("--url", help="with manifest: the address at which Slack reaches smsops")
    parser.add_argument("--socket", action="store_true", help="with manifest: for Socket Mode")
    given = parser.parse_args(arguments)
    if (given.what == "manifest") != bool(given.url or given.socket) or (given.url and given.socket):
        parser.error("manifest wants --url or --socket, one of the two, and nothing else does")
    if given.live_encoding and given.what != "doctor":
        parser.error("--live-encoding goes with doctor")
    if (given.what == "forget" and not given.about) or (given.about and given.what not in ASKING):
        parser.error("forget wants a phone, verify may have a digest; nothing else goes with them")
    if given.what == "manifest":
        return _manifest(given.url)
    return _examine(given.live_encoding) if given.what == "doctor" else _run(given.what, given.about)


def _manifest(url: str | None) -> int:
    """The manifest on stdout, and nothing else."""
    try:
        print(for_address(url) if url else for_socket(), end="")
    except SettingsError as error:
        return _fail(str(error), 2)
    return 0


def _examine(live_encoding: bool) -> int:
    """The doctor's lines on stdout, and nothing else."""
    logging.disable()
    if isinstance(sys.stdout, io.TextIOWrapper):  # an emoji must not end it where the terminal has none
        sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(doctor(os.environ, print, live_encoding=live_encoding))


def _run(what: str, about: str | None) -> int:
    """Serve, migrate or ask, with a log on stdout; what stops it is one line on stderr."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stdout
    )
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt.AsyncApp").setLevel(
        logging.ERROR
    )  # it warns of the token in the environment
    try:
        settings = Settings.read(os.environ)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            if what in ASKING:
                return runner.run(ASKING[what](settings, print, about or ""))
            runner.run(_migrate(settings) if what == "migrate" else _until_told(what, settings))
    except SettingsError as error:
        return _fail(str(error), 2)
    except DatabaseError as error:
        return _fail(f"DATABASE_URL: the database could not be used: {error}", 1)
    except Stopped as error:
        return _fail(str(error), 1)
    return 0


class Stopped(Exception):
    """Something without which serving makes no sense has failed."""


def _fail(line: str, code: int) -> int:
    print(f"smsops: {line}", file=sys.stderr)
    return code


async def _migrate(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        changed = await database.on_engine(migrate)
        log.info("the database was brought up to date" if changed else "the database is up to date")
    finally:
        await database.close()


async def _until_told(what: str, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await (work(settings, stop) if what == "worker" else serve(settings, stop))


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
        if ear:
            await ear.close()
        await asyncio.wait({serving})
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
        clock.notice_a_step()
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


if __name__ == "__main__":
    sys.exit(main())
