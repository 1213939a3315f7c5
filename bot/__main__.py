"""`python -m bot serve | migrate`: read the settings, open, build, listen, tick; stop on SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
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

import commands
from bot.app import build
from bot.card import card
from bot.database import Database, DatabaseError
from bot.delivery import Delivery
from bot.delivery.draw import SlackError
from bot.errors import SettingsError
from bot.migrations import migrate
from bot.scheduler import Clock
from bot.settings import Settings, without_effect
from bot.web import build_web
from bot.wiring import Bot, open_bot, slack_problem, utc_now

log = logging.getLogger("bot")

WATCH_EVERY = 5.0  # seconds between looks at the clock
ASK_AGAIN = 30.0  # seconds between tries to learn from Slack who we are


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 stopped, 1 something that it needs is not there, 2 a setting is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="smsops: an SMS account from Slack")
    parser.add_argument(
        "what",
        choices=("serve", "migrate"),
        help="serve: answer Slack; migrate: bring the database up to date",
    )
    what = parser.parse_args(arguments).what
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
            runner.run(_migrate(settings) if what == "migrate" else _serve_until_told(settings))
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


async def _serve_until_told(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)


async def serve(
    settings: Settings,
    stop: asyncio.Event,
    *,
    now: Callable[[], datetime] = utc_now,
    sockets: list[socket.socket] | None = None,
    opened: Callable[[Bot], None] = lambda bot: None,
) -> None:
    """Serve until `stop`, on HOST and PORT or on `sockets`. Raises DatabaseError, Stopped."""
    if idle := without_effect(settings):
        log.warning("set, but nothing acts on it yet: %s", ", ".join(idle))
    async with open_bot(settings, now) as bot:
        opened(bot)
        await bot.database.come_alive()
        await bot.database.on_engine(migrate)
        clock = Clock(bot.wake, bot.pulse)
        clock.start()
        delivery = Delivery(bot, clock)
        bot.wake.set()
        background = [asyncio.create_task(one) for one in (delivery.run(), _learn_who_we_are(bot))]
        try:
            await _listen(bot, clock, delivery, stop, sockets)
        finally:
            clock.stop()
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)


async def _listen(
    bot: Bot, clock: Clock, delivery: Delivery, stop: asyncio.Event, sockets: list[socket.socket] | None
) -> None:
    """Answer Slack until told to stop; then send no more, finish what is in flight, close."""
    app = build(bot, commands.load(), [card])
    secret = bot.settings.slack_signing_secret.get_secret_value()
    server = Server(
        uvicorn.Config(
            build_web(app, secret, bot.database, clock),
            host=bot.settings.host,
            port=bot.settings.port,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(_serving(server, sockets))
    watching = asyncio.create_task(_watch(clock))
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait({serving, watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await delivery.stop()
    finally:
        server.should_exit = True
        watching.cancel()
        stopping.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    for task in done - {stopping}:
        task.result()


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
    while clock.ticks():  # noqa: ASYNC110 - a clock that has died sets no event
        await asyncio.sleep(WATCH_EVERY)
    raise Stopped("the clock has not ticked for a minute")


async def _learn_who_we_are(bot: Bot) -> None:
    """Ask Slack (auth.test) until it says which workspace this is; nothing waits for it."""
    while bot.workspace.team is None:
        try:
            answer = await bot.slack.auth_test()
        except SlackError as error:
            log.error("Slack did not say which workspace this is: %s", slack_problem(error))
            await asyncio.sleep(ASK_AGAIN)
        else:
            bot.workspace.learn(str(answer["team_id"]), str(answer["user_id"]))
            log.info("at work in workspace %s", bot.workspace.team)


if __name__ == "__main__":
    sys.exit(main())
