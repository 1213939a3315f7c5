"""Killed while a phone is being stopped: never in doubt, asked again until it is done, by whoever lives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.sends import State
from tests.crash.site import Site, site
from tests.world import OLIVE

pytestmark = pytest.mark.crash

AVA = "12065550100"
DONE = "WhatCounts keeps the opt-out"
POINTS = [
    "after a stop was written, before the answer to Slack",
    "after the look was written",
    "before the claim",
    "after the claim, before the request",
    "after the answer to one request of several, before it is written",
    "after what came of one request of several was written",
]
# On PostgreSQL the moves are the same: in the short form only where the other one takes over a claim.
TAKEN_OVER = ["after the answer to one request of several, before it is written"]
CASES = [("sqlite_url", point) for point in POINTS]
CASES += [("postgres_url", point) for point in (POINTS if os.environ.get("SMSOPS_LONG") else TAKEN_OVER)]


async def ask_to_stop(running: Site) -> None:
    """Olive asks for it on every sender code; again where Slack said that nobody answered."""
    while not await running.rows():
        if running.slack.view(OLIVE) is None:
            await running.slack.command(OLIVE, "stop 206 555 0100")
        if not (await running.slack.submit(OLIVE)).ok:
            await running.back.wait()


async def judge(running: Site) -> None:
    """Each sender code has its opt-out, its card says so, and no version of it ever spoke of a doubt."""
    card = await running.card(DONE)
    (row,) = await running.rows()
    await running.stop()
    assert row.state is State.SUBMITTED
    assert [leg.came for leg in row.legs] == ["done", "done"]
    realm = running.whatcounts.realm
    assert all(realm.is_opted_out(AVA, sender_id) for sender_id in realm.senders.values())
    assert row.card_ts == card.ts  # the first one may be a copy: its post was not recorded
    assert not [one for one in card.history if "nobody knows" in str(one)]
    assert running.slack.replies(card) == []
    facts = [one.what for one in await running.sends.timeline(row.id)]
    assert State.MAYBE_SENT.value not in facts


@pytest.mark.parametrize(("url", "point"), CASES)
async def test_killed_at_each_step(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, point: str
) -> None:
    async with site(request.getfixturevalue(url), tmp_path, kill_at=point) as running:
        await ask_to_stop(running)
        await judge(running)
        assert (tmp_path / "died").exists()


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
async def test_killed_while_whatcounts_is_asked(database_url: str, tmp_path: Path, fault: str) -> None:
    async with site(database_url, tmp_path) as running:
        running.whatcounts.faults.next(fault, operation="stopSubscriberSend")
        await ask_to_stop(running)
        await running.whatcounts.wait_for(lambda: running.posts() == 1)
        await running.sender().kill()
        await judge(running)
        (row,) = await running.rows()
        facts = [one.what for one in await running.sends.timeline(row.id)]
        assert facts.count("asked once more") == 1
