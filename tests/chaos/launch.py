"""`python -m tests.chaos.launch serve`: the real bot, its waits made short; or one made wrong (MUTANT)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

import bot.__main__ as program
from bot.sends import Send, outcomes
from bot.sends.outcomes import Claimed
from tests.quick import shorten


def lease(
    connection: Connection, now: datetime, claims: Sequence[Claimed], me: int, note: Callable[[Send], str]
) -> list[Send]:
    """As queues with a lease do: what a process that died had claimed is taken up by another."""
    for one in claims:
        outcomes._once_more(connection, now, one, "its lease ran out")
    return []


if __name__ == "__main__":
    shorten()
    if os.environ.get("MUTANT") == "lease":
        outcomes.abandon = lease
    sys.exit(program.main())
