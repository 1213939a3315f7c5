"""`python -m tests.chaos.launch serve`: the real bot, its waits made short; or one made wrong (MUTANT)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select

import bot.__main__ as program
from bot.sends import Send, State, outcomes
from bot.sends.outcomes import Claimers
from bot.sends.row import send
from tests.quick import shorten


def lease(
    connection: Connection, now: datetime, claimers: Claimers, note: Callable[[Send], str]
) -> list[Send]:
    """As queues with a lease do: what a process that died had claimed is taken up by another."""
    theirs = send.c.claimed_by.in_(claimers.dead)
    for row in connection.execute(select(send.c.id).where(send.c.state == State.SENDING, theirs)).all():
        outcomes._once_more(connection, now, row.id, theirs, "its lease ran out")
    return []


if __name__ == "__main__":
    shorten()
    if os.environ.get("MUTANT") == "lease":
        outcomes.abandon = lease
    sys.exit(program.main())
