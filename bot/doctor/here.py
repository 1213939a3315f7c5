"""The doctor on what is here: the settings, the database, the clock that ticks."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from bot.database import Database, DatabaseError
from bot.doctor.line import Line, fail, note, ok
from bot.migrations import is_current, newer
from bot.registry import Registry, read, seed, unregistered
from bot.scheduler import TICK, Clock
from bot.settings import Settings
from bot.wiring import Bot, Pulse

MIGRATE = "Run `python -m bot migrate`."


def settings_line() -> Line:
    """They were read, or we were not here."""
    return ok("settings", "all that is required is set, and can be read.")


async def database_line(database: Database) -> Line:
    """Whether it is there, can be written to, and has this version's tables. Never migrates.

    It takes no lock by which a running process is known, so one beside us on the same file goes on.
    """
    file = Path(database.url.database or "") if database.is_sqlite else None
    if file and not file.absolute().parent.is_dir():
        said = f"the folder of the file {file.name} of DATABASE_URL is not there"
        return fail("database", f"{said}. Make it, or write another path, then run `python -m bot migrate`.")
    if file and not file.exists():  # to connect would make one
        return fail("database", f"the file {file.name} of DATABASE_URL is not there. {MIGRATE}")
    try:
        current, later = await database.write(is_current), await database.write(newer)
    except DatabaseError as error:
        return fail("database", f"it could not be used ({error}). Check DATABASE_URL, and that it is up.")
    if later:
        return note("database", f"{later}; this one can work on it if it is the one before.")
    if not current:
        return fail("database", f"it has not the tables of this version of smsops. {MIGRATE}")
    return ok("database", f"{'SQLite' if database.is_sqlite else 'PostgreSQL'}, with this version's tables.")


async def registry_lines(bot: Bot) -> list[Line]:
    """What the settings name and will not be registered. Raises DatabaseError; the tables must be there."""
    known = await bot.database.write(_after_a_start, bot.settings, bot.now())
    lost = unregistered(bot.settings, known)
    if not lost:
        return []
    said = f"set, but not registered: {'; '.join(lost)}. The settings seed the registry once"
    return [note("settings", f"{said}; now an admin adds them in Slack, with /sms senders and /sms groups.")]


def _after_a_start(connection: Connection, settings: Settings, now: datetime) -> Registry:
    """The registry as the next start would make it; none of it is kept."""
    with connection.begin_nested() as seeding:
        seed(connection, now, settings.senders, settings.groups)
        known = read(connection)
        seeding.rollback()
    return known


async def clock_line() -> Line:
    """Whether a clock that is started ticks."""
    wake = asyncio.Event()
    clock = Clock(wake, Pulse())
    clock.start()
    try:
        return await tick_line(wake)
    finally:
        clock.stop()


async def tick_line(wake: asyncio.Event, seconds: float = 3 * TICK) -> Line:
    """Whether the clock that sets `wake` does so within `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        said = f"it did not tick in {seconds:g} seconds, so nothing would leave when it is due."
        return fail("clock", f"{said} Install the versions in requirements.txt.")
    return ok("clock", "it ticks.")
