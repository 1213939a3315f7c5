"""A list that nobody was at work on for minutes, and one that waits until others leave room for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select, update

import bot.delivery.loop
from bot.database import Database
from bot.delivery.carry import DRAWN_EVERY, HANDS
from bot.delivery.lists import SEEN_EVERY
from bot.sends import Send, State
from bot.sends.optouts import optout
from bot.sends.run import UNSEEN, PausedBy, RowState, RunState, bulk_run
from bot.sends.running import Open
from bot.sends.runs import Runs
from bot.sends.table import send
from bot.wiring import utc_now
from sandbox.slack import Message
from tests.bulk.conftest import Open as Hands
from tests.bulk.lists import FAST, TEXT, csv, draft, in_state, over, phones, start
from tests.bulk.test_stops import paused
from tests.steps import press, typed
from tests.world import OLIVE, World, inside, open_world, outside

SLOW = FAST | {"SMS_RATE": "send=10,other=10"}
SAID = "Nobody was at work on it"
DEAD = 4711  # a process


async def test_after_a_standstill_it_waits_for_a_person(hands: Hands) -> None:
    async with hands(**SLOW) as world:
        await start(world, csv(phones(60)))
        await world.whatcounts.wait_for(lambda: len(world.whatcounts.sent) >= 3)
        before = len(world.whatcounts.sent)
        world.pass_time(UNSEEN.total_seconds() + 60)  # as after a machine was suspended: all at once
        await paused(world, PausedBy.LATE, SAID)
        assert len(world.whatcounts.sent) - before <= HANDS, "only what was on its way"
        await press(world, await world.card(SAID), "Resume")
        await over(world)
        assert len(world.whatcounts.sent) == 60


async def test_after_an_outage_it_waits_for_a_person_though_it_had_just_begun(database_url: str) -> None:
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, database_url, **SLOW) as world:
            await start(world, csv(phones(60)))
            await whatcounts.wait_for(lambda: len(whatcounts.sent) >= 3)
        await a_day_passes(database_url)
        before = len(whatcounts.sent)
        async with inside(slack, whatcounts, database_url, **SLOW) as world:
            await paused(world, PausedBy.LATE, SAID)
            card = await world.card(SAID)
            (note,) = await slack.wait_for(lambda: slack.replies(card))
            assert "Press Resume when it may go on." in note.read()
            assert len(whatcounts.sent) == before
            await press(world, await world.card(SAID), "Resume")
            await over(world)
            assert len(whatcounts.sent) == 60


async def test_opt_outs_go_on_after_an_outage(database_url: str) -> None:
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, database_url, **SLOW) as world:
            await start(world, csv(phones(40)), "stop", "Stop")
            await world.card("Running")
        await a_day_passes(database_url)
        async with inside(slack, whatcounts, database_url, **SLOW) as world:
            await over(world, State.REFUSED)


async def test_who_puts_down_a_list_that_stood_still_does_not_say_that_it_was_seen_to(
    database_url: str,
) -> None:
    """A process that hung for hours is told to stop when it wakes; the next one must not just go on."""
    async with outside() as (slack, whatcounts), inside(slack, whatcounts, database_url, **SLOW) as world:
        await start(world, csv(phones(60)))
        run = await in_state(world, RunState.RUNNING)
    await a_day_passes(database_url)
    database = Database(database_url)
    try:
        carried = update(bulk_run).values(state=RunState.RUNNING, carried_by=DEAD)
        await database.write(lambda c: c.execute(carried).rowcount)
        runs = Runs(database)
        assert await runs.put_down(utc_now(), run.id, {DEAD})
        assert await runs.carry(utc_now(), run.id) is None
        assert not await runs.see(utc_now(), run.id)
    finally:
        await database.close()


async def test_a_list_that_another_carries_is_not_seen_to_by_who_does_not(postgres_url: str) -> None:
    """Who carries it lives, and stands still: the others do not say of it that somebody is at work."""
    other = Database(postgres_url)
    await other.come_alive()
    try:
        async with open_world(postgres_url, **SLOW) as world:
            await start(world, csv(phones(60)))
            await in_state(world, RunState.RUNNING)
            theirs = update(bulk_run).values(carried_by=other.me)
            await world.bot.database.write(lambda c: c.execute(theirs).rowcount)
            await asyncio.sleep(2 * DRAWN_EVERY)  # who carried it has noticed
            for _ in range(2):
                world.pass_time(UNSEEN.total_seconds() * 0.6)
                await typed(world, "status")
            await paused(world, PausedBy.LATE, SAID)
    finally:
        await other.close()


async def a_day_passes(database_url: str) -> None:
    """All that the record says of when somebody was at work is a day old."""
    database, day = Database(database_url), timedelta(days=1)
    try:
        times = select(bulk_run.c.seen_at, bulk_run.c.counted_at)
        (run,) = await database.read(lambda c: c.execute(times).all())
        old = {"seen_at": run.seen_at - day, "counted_at": run.counted_at - day}
        await database.write(lambda c: c.execute(update(bulk_run).values(old)).rowcount)
        (claimed,) = await database.read(lambda c: c.execute(select(send.c.claimed_at)).scalars().all())
        earlier = update(send).values(claimed_at=claimed - day)
        await database.write(lambda c: c.execute(earlier).rowcount)
    finally:
        await database.close()


@pytest_asyncio.fixture
async def full(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """One list is carried at a time, and one is under way that takes its time."""
    monkeypatch.setitem(bot.delivery.loop.AT_ONCE, "carry", 1)
    async with open_world(sqlite_url, **(SLOW | {"SMS_RATE": "send=5,other=5"})) as world:
        await start(world, csv(phones(90)))
        await world.whatcounts.wait_for(lambda: len(world.whatcounts.sent) >= 3)
        yield world


async def second(world: World, data: bytes, words: str, verb: str) -> tuple[Message, Send]:
    """Another list that was begun, and waits."""
    first = (await world.rows())[0]
    card = await draft(world, data, words)
    assert (await world.slack.click(OLIVE, card, verb)).ok
    await world.slack.wait_for(lambda: "Starting." in card.read())
    (row,) = [one for one in await world.rows() if one.id != first.id]
    return card, row


async def test_one_that_waits_for_room_is_not_alone(full: World) -> None:
    card, row = await second(full, csv(phones(5, first=200)), f"send {TEXT} Bye", "Send")
    for _ in range(3):  # in all longer than one may be alone
        full.pass_time((UNSEEN - SEEN_EVERY).total_seconds() / 1.5)
        seen_at = full.bot.now()
        while min(one.seen_at for one in await full.bot.runs.open()) < seen_at:  # that of both
            await full.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile
    assert (await run_of(full, row)).state is RunState.WAITING
    first = next(one for one in await full.rows() if one.id != row.id)
    await press(full, await full.card(first.id), "Cancel")
    await full.slack.wait_for(lambda: "5 of 5 submitted" in card.read())


async def test_one_that_is_cancelled_while_it_waits_for_room_is_over(full: World) -> None:
    card, row = await second(full, csv(phones(5, first=200)), f"send {TEXT} Bye", "Send")
    await press(full, card, "Cancel")
    await full.slack.wait_for(lambda: "Cancelled" in card.read() and "What is on its way" not in card.read())
    assert (await full.bot.sends.get(row.id) or row).state is State.CANCELLED


async def test_opt_outs_hold_while_their_list_waits_for_room(full: World) -> None:
    _, row = await second(full, csv(phones(5, first=85)), "stop", "Stop")
    kept = select(optout.c.person_id)
    while len(await full.bot.database.read(lambda c: c.execute(kept).all())) < 5:
        await full.slack.raw(b"", {})
    assert (await run_of(full, row)).state is RunState.WAITING, "it has not begun"
    first = next(one for one in await full.rows() if one.id != row.id)
    card = await full.card(first.id)
    await full.slack.wait_for(lambda: "85 of 90 submitted" in card.read(), timeout=50)
    assert (await full.bot.runs.count(first.id))[RowState.SKIPPED] == 5
    assert not {text.phone for text in full.whatcounts.sent} & set(phones(5, first=85))


async def run_of(world: World, row: Send) -> Open:
    return next(one for one in await world.bot.runs.open() if one.id == row.id)
