"""`python -m bot verify [hash]` and `python -m bot forget <phone>`: asked of the record, at the host."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from bot.database import Database, DatabaseError
from bot.errors import BotError
from bot.migrations import HEAD, is_current
from bot.phones import mask, normal
from bot.sends import Sends
from bot.settings import Settings
from bot.verify import verify
from bot.wiring import utc_now

Say = Callable[[str], object]


async def prove(settings: Settings, say: Say, known: str) -> int:
    """Say whether the record is as it was written; `known` is a digest that somebody kept elsewhere.

    0: it is; 1: it is not, or the database was never migrated. Raises DatabaseError.
    """
    database = Database(settings.database_url)
    try:
        await _migrated(database)
        found = await database.read(verify)
    finally:
        await database.close()
    say(f"{found.rows} rows in {found.chains} chains, {len(found.digests)} digests.")
    if found.unchained:
        say(f"{found.unchained} rows are older than the chains; nothing proves them until the first digest.")
    if found.digests:
        say("The newest digest is that of {}: {}".format(*found.digests[-1]))
    if found.wrong:
        say(f"NOT AS IT WAS WRITTEN. {found.wrong}")
        return 1
    if known and known not in [hash_ for _, hash_ in found.digests]:
        say(f"NOT AS IT WAS WRITTEN. There is no digest {known}: it, and what it proved, was replaced.")
        return 1
    say("Every row is as it was written." + (f" The digest {known} is among them." if known else ""))
    return 0


async def forget(settings: Settings, say: Say, typed: str) -> int:
    """Erase what is kept of this phone, and say what; 0: it is erased, 1: it is not. Raises DatabaseError."""
    database = Database(settings.database_url)
    try:
        phone = normal(typed)
        if phone in settings.test_phones:
            say("It is one of SMS_TEST_PHONES, so it would be kept again. Take it out there first.")
            return 1
        await _migrated(database)
        done = await Sends(database).forget(utc_now(), phone)
        await database.scrub()
    except BotError as error:
        say(str(error))
        return 1
    finally:
        await database.close()
    say(f"{mask(phone)} is erased, with the texts of {done.sends} sends; their cards are drawn anew without.")
    say(
        "Its opt-out still holds: a keyed hash of it is kept."
        if done.is_stopped
        else "It was never stopped here, so nothing of it is kept."
    )
    for place in done.elsewhere:
        say(f"Somebody wrote the number into other words, which stay: {place}.")
    say("Backups of the database, Slack's history and WhatCounts have their own copies.")
    return 0


async def _migrated(database: Database) -> None:
    """Raises DatabaseError where there is nothing to look at."""
    if not await database.on_engine(_is_current):
        raise DatabaseError(f"it is not at step {HEAD}; `python -m bot migrate` first")


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return is_current(connection)
