"""The short form of `make chaos`: faults strike while sends fall due, and the emulator's log is the judge.

SMSOPS_SEED=7 takes that seed; a failure says which it was.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.chaos.run import Storm, weather
from tests.chaos.weather import KINDS

pytestmark = [pytest.mark.crash, pytest.mark.timeout(240)]

SEED = int(os.environ.get("SMSOPS_SEED") or time.time_ns() // 1_000_000 % 10_000)
STORMS = {
    "two processes on PostgreSQL, everything strikes": ("all of it, 10 %", 2),
    "four processes on PostgreSQL, deployed over and over": ("deploys", 4),
    "one process on SQLite, killed": ("SIGKILL, 10 %", 0),
}


@pytest.mark.parametrize("name", STORMS)
async def test_nothing_is_sent_twice_lost_or_told_wrong(tmp_path: Path, name: str) -> None:
    kind, processes = STORMS[name]
    seconds = 5.0 * KINDS[kind].longer
    outcome = await weather(Storm(kind, processes, sends=60, seconds=seconds, seed=SEED), tmp_path)
    verdict = outcome.verdict
    assert outcome.faults == [], outcome.storm
    assert outcome.strokes > 0
    assert verdict.once + verdict.refused + verdict.doubtful - verdict.doubtful_sent == 60


async def test_a_queue_with_a_lease_would_send_twice(tmp_path: Path) -> None:
    """The judge sees it: the same storm over a bot that takes up again what a dead process had claimed."""
    storm = Storm("SIGKILL", 2, sends=60, seconds=4.0, seed=SEED, mutant="lease")
    outcome = await weather(storm, tmp_path)
    assert outcome.verdict.double > 0, outcome
    assert outcome.verdict.lost == 0
