"""How a list begins, and begins again: its start is never taken back, and no process leaves it standing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import update

from bot.database import DatabaseError
from bot.delivery.hands import Claim, Hands
from bot.delivery.leave import _carry_out
from bot.sends import State, reading, rows
from bot.sends.run import RunState, bulk_run
from tests.bulk.conftest import Open, worker
from tests.bulk.lists import FAST, csv, draft, in_state, over, phones, start
from tests.steps import press, told
from tests.world import OLIVE, open_world

SLOW = FAST | {"SMS_RATE": "send=5,other=5"}


async def test_its_start_waits_for_no_hand_and_is_never_taken_back(database_url: str) -> None:
    async with open_world(database_url, **SLOW) as world:
        await start(world, csv(phones(20)))
        row = await in_state(world, RunState.RUNNING)
        assert row.claim
        hands = Hands(world.bot, 1)
        async with hands.hand(), asyncio.timeout(5):
            assert await _carry_out(world.bot, hands, Claim(row, 0.0))
        assert not await world.bot.sends.unclaim(world.bot.now(), row.id, row.claim, "The answer was lost.")
        assert (await world.row()).state is State.SENDING


async def test_the_rows_of_one_that_has_begun_are_never_read_anew(database_url: str) -> None:
    async with open_world(database_url, **SLOW) as world:
        await start(world, csv(phones(20)))
        row = await in_state(world, RunState.RUNNING)
        unread = update(bulk_run).values(read_at=None)
        await world.bot.database.write(lambda connection: connection.execute(unread))
        assert not await world.bot.runs.begin_reading(row.id, "token")
        assert sum((await world.bot.runs.count(row.id)).values()) == 20


def fails_once(what: Any) -> Any:
    """The same, but that the database does not answer the first time."""
    failed = []

    def call(*given: Any) -> Any:
        if not failed:
            failed.append(True)
            raise DatabaseError("It does not answer.")
        return what(*given)

    return call


@pytest.mark.parametrize("step", ["begin", "clear", "keep", "finish"])
async def test_a_reading_that_the_database_breaks_off_is_begun_anew(
    database_url: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(reading, step, fails_once(getattr(reading, step)))
    async with open_world(database_url, **FAST) as world:
        await draft(world, csv(phones(5)))
        assert (await world.bot.runs.count((await world.row()).id)) == {"waiting": 5}


async def test_what_this_process_could_not_give_up_it_reads_again(database_url: str) -> None:
    async with open_world(database_url, **FAST) as world:
        await draft(world, csv(phones(5)))
        row = await world.row()
        taken = update(bulk_run).values(read_at=None, reading="lost", reading_by=world.bot.database.me)
        await world.bot.database.write(lambda connection: connection.execute(taken))
        assert await world.bot.runs.begin_reading(row.id, "token")


async def test_who_serves_goes_on_with_what_failed_there_though_a_worker_came(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(postgres_url, **SLOW) as world:
        await start(world, csv(phones(30)))
        await in_state(world, RunState.RUNNING)
        async with worker(world):
            monkeypatch.setattr(rows, "take", fails_once(rows.take))
            await over(world)
        assert Counter(one.phone for one in world.whatcounts.sent) == Counter(phones(30))


async def test_a_press_that_comes_late_says_how_the_list_stands(hands: Open) -> None:
    async with hands(**SLOW) as world:
        asked = await start(world, csv(phones(60)))
        as_draft = asked.was(len(asked.history) - 1)
        card = await world.card("Running")
        running = card.was(len(card.history) - 1)
        await press(world, card, "Pause")
        await world.card("Paused")
        await world.slack.click(OLIVE, running, "Pause")
        assert "is paused. Your press changed nothing." in await told(world, OLIVE, "is paused")
        await press(world, as_draft, "Cancel")
        await over(world, State.CANCELLED)
