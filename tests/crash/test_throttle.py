"""The throttle holds over all processes: the rate that is set is the account's, not each process's."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.wiring import utc_now
from tests.crash.site import scheduled, site

pytestmark = pytest.mark.crash

TEXTS, RATE = 24, 8  # a second
EARLY = 0.02  # seconds by which a sleep may end before its time, and two clocks of one machine differ

# Each slot that a process reserves, as the database has it afterwards.
LOG = (
    "CREATE TABLE reserved (key text, free_at double precision)",
    "CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN INSERT INTO reserved VALUES (NEW.key, NEW.free_at); RETURN NEW; END$$",
    "CREATE TRIGGER log AFTER INSERT OR UPDATE ON slot FOR EACH ROW EXECUTE FUNCTION log()",
)


def begin(connection: Connection) -> None:
    for statement in LOG:
        connection.exec_driver_sql(statement)


def begins(connection: Connection) -> list[float]:
    """When each slot for a text begins, by the server's clock (unix seconds)."""
    asked = "SELECT free_at FROM reserved WHERE key LIKE 'text %%' ORDER BY free_at"
    return [free_at - 1 / RATE for (free_at,) in connection.exec_driver_sql(asked)]


@pytest.mark.parametrize("processes", [2, 4])
async def test_together_they_keep_the_rate_of_one(postgres_url: str, tmp_path: Path, processes: int) -> None:
    """A text may reach WhatCounts late, where the machine is busy; never before the slot that is its own."""
    rate = f"send={RATE},other=1000"
    async with site(postgres_url, tmp_path, processes=processes, SMS_RATE=rate) as running:
        await running.database.write(begin)
        await scheduled(running, utc_now(), TEXTS)
        await running.whatcounts.wait_for(lambda: len(running.whatcounts.sent) >= TEXTS, timeout=20)
        rows = await running.rows()
        await running.stop()
        slots = await running.database.read(begins)
    assert all(later - earlier >= 1 / RATE - 1e-6 for earlier, later in pairwise(slots))
    arrived = sorted(text.at.timestamp() for text in running.whatcounts.sent)
    assert len(arrived) == TEXTS
    assert all(at >= slot - EARLY for at, slot in zip(arrived, slots[:TEXTS], strict=True)), (arrived, slots)
    assert arrived[-1] - arrived[0] <= (TEXTS - 1) / RATE + 2, "a turn was lost"
    assert len({row.claimed_by for row in rows}) > 1, "one process did it all: the test showed nothing"
