"""A list whose carriers are killed three times: each phone is asked for once, or in doubt and said so.

What holds, and is asserted, of each row of the CSV: WhatCounts got no request for it twice; the record says
submitted, and the text is on its handset; or the record says maybe sent, of the few that were under way when
their process died, whether the text is there or not. Nothing is left waiting, and the report says the same.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from bot.delivery.carry import HANDS
from bot.sends import Send, State
from bot.sends.run import RowState
from bot.sends.runs import Runs
from sandbox.process import BotProcess
from tests.bulk.lists import FAST, csv, phones, start
from tests.crash.site import Site, site

LONG = bool(os.environ.get("SMSOPS_LONG"))
TIMEOUT = 1800.0 if LONG else 60.0
pytestmark = [pytest.mark.crash, pytest.mark.timeout(TIMEOUT)]

ROWS = 20_000 if LONG else 600
KILLS = [ROWS // 5, ROWS // 2, ROWS * 4 // 5]  # texts that have arrived when somebody is killed
SETTINGS = FAST | {"SMS_RATE": "send=500,other=500" if LONG else "send=300,other=300"}


async def reached(running: Site, texts: int) -> None:
    await running.whatcounts.wait_for(lambda: len(running.whatcounts.sent) >= texts, timeout=TIMEOUT)


async def under_way(running: Site) -> BotProcess:
    """Who has a request to WhatCounts open; between two of them for a moment nobody has."""
    async with asyncio.timeout(20):
        while True:
            try:
                return running.sender()
            except AssertionError:
                await asyncio.sleep(0.005)  # another process: there is no event to wait for


async def ended(running: Site) -> Send:
    async with asyncio.timeout(TIMEOUT):
        while True:
            (row,) = await running.rows()
            if row.run and row.run.ended_at:
                return row
            await asyncio.sleep(0.1)  # another process: there is no event to wait for


async def judge(running: Site, numbers: list[str], kills: int) -> None:
    """The emulator's record against the CSV, the rows and the report."""
    row = await ended(running)
    report = await running.slack.wait_for(lambda: report_of(running), timeout=30)
    await running.stop()
    assert row.run is not None
    outcomes = [one async for one in every(running, row.id)]
    sent = Counter(one.phone for one in running.whatcounts.sent)
    doubt = {one.phone for one in outcomes if one.state is RowState.MAYBE_SENT}
    submitted = [one.phone for one in outcomes if one.state is RowState.SUBMITTED]
    assert [one.phone for one in outcomes] == numbers, "a row was lost"
    assert set(sent.values()) == {1} and set(sent) <= set(numbers)
    assert running.posts() <= len(numbers)
    assert len(submitted) + len(doubt) == len(numbers) and set(submitted) <= set(sent)
    assert set(numbers) - set(sent) <= doubt
    assert 0 < len(doubt) <= kills * HANDS, "those under way at a kill, and no others"
    assert row.state is State.MAYBE_SENT
    assert row.run.counts == {"submitted": len(submitted), "maybe_sent": len(doubt)}
    assert report.count(b"may have been submitted") == len(doubt)
    assert report.count(b"submitted") == len(numbers)
    print(f"{len(numbers)} rows, {len(sent)} texts arrived, {len(doubt)} in doubt")


async def every(running: Site, send_id: str):  # type: ignore[no-untyped-def]
    after = 0
    while page := await Runs(running.database).page(send_id, after, 1000):
        for one in page:
            yield one
        after = page[-1].line


def report_of(running: Site) -> bytes | None:
    found = [one for one in running.slack.workspace.files.values() if one.name.startswith("smsops-bulk")]
    return found[0].content if found else None


@pytest.fixture
def numbers() -> list[str]:
    return phones(ROWS)


async def test_who_serves_is_killed_three_times(
    database_url: str, tmp_path: Path, numbers: list[str]
) -> None:
    async with site(database_url, tmp_path, processes=1, **SETTINGS) as running:
        running.whatcounts.faults.always("delay_after", operation="smssendmessagetophone", seconds=0.02)
        await start(running, csv(numbers))
        for texts in KILLS:
            await reached(running, texts)
            running.back.clear()
            await running.bots[0].kill()
            await running.back.wait()
        await judge(running, numbers, len(KILLS))


async def test_workers_are_killed_three_times_and_who_serves_once(
    postgres_url: str, tmp_path: Path, numbers: list[str]
) -> None:
    async with site(postgres_url, tmp_path, processes=1, workers=2, **SETTINGS) as running:
        running.whatcounts.faults.always("delay_after", operation="smssendmessagetophone", seconds=0.02)
        async with asyncio.timeout(20):
            while not await Runs(running.database).has_workers():  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # another process: there is no event to wait for
        await start(running, csv(numbers))
        for n, texts in enumerate(KILLS):
            await reached(running, texts)
            carrier = await under_way(running)
            assert carrier in running.workers, "who serves carries it, though workers live"
            await carrier.kill()
            if n == 1:
                running.back.clear()
                await running.bots[0].kill()
                await running.back.wait()
            await carrier.start()
        await judge(running, numbers, len(KILLS))


async def test_a_worker_that_is_told_to_stop_leaves_no_doubt(postgres_url: str, tmp_path: Path) -> None:
    numbers = phones(200)
    async with site(postgres_url, tmp_path, processes=1, workers=2, **SETTINGS) as running:
        running.whatcounts.faults.always("delay_after", operation="smssendmessagetophone", seconds=0.2)
        async with asyncio.timeout(20):
            while not await Runs(running.database).has_workers():  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # another process: there is no event to wait for
        await start(running, csv(numbers))
        await reached(running, 50)
        assert await (await under_way(running)).terminate() == 0
        row = await ended(running)
        await running.stop()
    assert row.state is State.SUBMITTED and row.run is not None and row.run.counts == {"submitted": 200}
    assert Counter(one.phone for one in running.whatcounts.sent) == Counter(numbers)
