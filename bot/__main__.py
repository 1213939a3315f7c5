"""`python -m bot serve`, `worker`, and what else is asked for at the host: migrate, doctor, manifest ...

Read the settings, do what was asked for, say in one line what stood in its way; stop on SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import os
import signal
import sys
from collections.abc import Sequence

import uvloop

from bot.console import forget, prove
from bot.database import Database, DatabaseError
from bot.doctor import doctor
from bot.errors import SettingsError
from bot.manifest import for_address, for_socket
from bot.migrations import migrate
from bot.serving import Stopped, serve, work
from bot.settings import Settings

log = logging.getLogger("bot")

ASKING = {"verify": prove, "forget": forget}


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


if __name__ == "__main__":
    sys.exit(main())
