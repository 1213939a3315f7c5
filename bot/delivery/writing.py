"""What is known must not be lost to a database that is away for a moment; the log keeps it anyway."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from bot.database import DatabaseError

log = logging.getLogger(__name__)

WRITE_FOR = 30.0  # seconds for which an outcome is tried to be written while the database is away


async def until_written(
    send_id: str, claim: str | None, known: str, write: Callable[[], Awaitable[bool]]
) -> bool:
    """Whether it is written; not where it was too late, or the database stayed away (never-twice.md 3).

    `known` is what shall be written, for the log.
    """
    deadline = time.monotonic() + WRITE_FOR
    while True:
        try:
            if not (is_written := await write()):
                log.warning("%s: claim %s: too late to be written that it is %s", send_id, claim, known)
            return is_written
        except DatabaseError as error:
            log.error("%s: claim %s: not written yet that it is %s (%s)", send_id, claim, known, error)
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(1)
