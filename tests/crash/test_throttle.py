"""The throttle holds over all processes: the rate that is set is the account's, not each process's."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from bot.wiring import utc_now
from tests.crash.site import scheduled, site

pytestmark = pytest.mark.crash

TEXTS, RATE = 24, 8  # a second
JITTER = 0.6  # seconds: from the turn to WhatCounts, over processes that share two cores with other tests


@pytest.mark.parametrize("processes", [2, 4])
async def test_together_they_keep_the_rate_of_one(postgres_url: str, tmp_path: Path, processes: int) -> None:
    rate = f"send={RATE},other=1000"
    async with site(postgres_url, tmp_path, processes=processes, SMS_RATE=rate) as running:
        await scheduled(running, utc_now(), TEXTS)
        await running.whatcounts.wait_for(lambda: len(running.whatcounts.sent) >= TEXTS, timeout=20)
        rows = await running.rows()
        await running.stop()
    arrived = sorted(text.at.timestamp() for text in running.whatcounts.sent)
    assert len(arrived) == TEXTS
    for first, last in combinations(range(TEXTS), 2):
        assert arrived[last] - arrived[first] >= (last - first) / RATE - JITTER
    assert arrived[-1] - arrived[0] <= (TEXTS - 1) / RATE + 2, "a turn was lost"
    assert len({row.claimed_by for row in rows}) > 1, "one process did it all: the test showed nothing"
