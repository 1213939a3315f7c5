"""The alarm channel: each matter once, with its card and what to do; several as one; that it is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot import alarms
from bot.alarms import Beat, Matter, Told
from bot.card.alarming import message
from bot.database import Database
from bot.delivery import Watchman
from bot.sends import State
from bot.sends.table import send
from bot.wiring import Pulse, utc_now
from sandbox.slack import Message, Slack
from sandbox.slack.world import BOT_USER, Channel
from tests.steps import doubtful_text, draft_campaign, held_text, press, typed
from tests.world import MAX, OLIVE, World, inside, outside

ALARM = "C0ALARM"


def with_alarms(slack: Slack) -> None:
    """A channel for alarms, in which smsops is."""
    slack.world.channels[ALARM] = Channel(ALARM, "alarms", {OLIVE, MAX, BOT_USER})


@asynccontextmanager
async def watched_world(url: str) -> AsyncIterator[World]:
    async with outside() as (slack, whatcounts):
        with_alarms(slack)
        async with inside(slack, whatcounts, url, SMS_ALARM_CHANNEL=ALARM) as world:
            yield world


@pytest_asyncio.fixture
async def watched(database_url: str) -> AsyncIterator[World]:
    async with watched_world(database_url) as world:
        yield world


@pytest_asyncio.fixture
async def watched_sqlite(sqlite_url: str) -> AsyncIterator[World]:
    async with watched_world(sqlite_url) as world:
        yield world


async def look(world: World, watchman: Watchman | None = None) -> None:
    """As the watchman does every five seconds, who is at it too; without one, as at a start."""
    await (watchman or Watchman(world.bot)).once()


def told(world: World) -> list[Message]:
    return [one for one in world.slack.messages(ALARM) if "Digest" not in one.read()]


async def alarm(world: World, saying: str, watchman: Watchman | None = None) -> str:
    await look(world, watchman)
    found = await world.slack.wait_for(
        lambda: next((one for one in told(world) if saying in one.read()), None)
    )
    return found.read()


async def test_what_is_held_is_told_with_its_card_and_what_to_do_and_then_that_it_is_over(
    watched: World,
) -> None:
    world = watched
    card = await held_text(world)
    row = await world.row()
    said = await alarm(world, "Held, nothing was sent")
    assert said.startswith("1 matter needs somebody")
    assert f"{row.id}, Text → •••••••0100" in said
    assert "Decide on its card in #" in said
    assert "2065550100" not in said
    for _ in range(3):
        await look(world)
    assert len(told(world)) == 1
    await press(world, card, "Cancel")
    world.pass_time(61)
    over = await alarm(world, "Over: ")
    assert f"Over: {row.id} is not held any more; its card says how it stands" in over
    assert "needs somebody" not in over
    assert len(told(world)) == 2


async def test_what_may_have_been_sent_is_told_with_where_to_look(watched: World) -> None:
    await doubtful_text(watched)
    said = await alarm(watched, "May have been sent")
    assert "Look in WhatCounts, then press It Was Sent or It Was Not Sent" in said
    assert "Do not send it again" in said


async def test_several_at_once_are_one_message_and_what_follows_waits_a_minute(
    watched_sqlite: World,
) -> None:
    world = watched_sqlite
    many = [Matter(f"held S-{n}", "gone", f"*Held, nothing was sent*: S-{n} · late.") for n in range(30)]
    await world.bot.database.write(alarms.keep, world.bot.now(), many)
    lines = await world.bot.database.write(alarms.take, world.bot.now())
    if not lines:  # the watchman took them
        await world.slack.wait_for(lambda: told(world))
        said = told(world)[0].read()
    else:
        said = message(lines)
        await world.bot.database.write(alarms.told, world.bot.now(), lines)
    assert "30 matters need somebody" in said
    assert "and 20 more" in said
    await world.bot.database.write(alarms.keep, world.bot.now(), [Matter("late", "late", "*Late*: 3.")])
    assert await world.bot.database.write(alarms.take, world.bot.now()) == []


async def test_two_processes_do_not_both_tell_a_matter(watched: World) -> None:
    await watched.bot.database.write(
        alarms.keep, watched.bot.now(), [Matter("gone 1", "gone", "*smsops did not run*.")]
    )
    now = watched.bot.now()
    first = await watched.bot.database.write(alarms.take, now)
    second = await watched.bot.database.write(alarms.take, now)
    assert not (first and second)


async def test_the_fuse_is_told_until_the_freeze_is_lifted(watched_sqlite: World) -> None:
    world = watched_sqlite
    await world.slack.event("app_uninstalled")
    said = await alarm(world, "smsops froze all sends")
    assert "an admin types /sms unfreeze" in said
    await typed(world, "unfreeze", MAX)
    world.pass_time(61)
    await alarm(world, "Over: smsops froze all sends")


async def test_a_freeze_that_a_person_pulled_is_no_alarm(watched_sqlite: World) -> None:
    await typed(watched_sqlite, "freeze")
    await look(watched_sqlite)
    assert told(watched_sqlite) == []


async def test_a_campaign_that_whatcounts_refused_is_told_once_and_no_end_of_it(
    watched_sqlite: World,
) -> None:
    world = watched_sqlite
    card = await draft_campaign(world)
    await press(world, card, card.buttons()[0])
    await world.card("Scheduled.")
    now = world.bot.now()
    refused = {"state": State.REFUSED, "state_at": now, "claimed_at": now, "why": "No."}
    await world.bot.database.write(lambda c: c.execute(update(send).values(refused)))
    said = await alarm(world, "Not sent")
    assert "group weekly" in said
    assert "Draft Again on its card in #" in said
    world.pass_time(2 * 86_400)
    await look(world)
    assert len(told(world)) == 1


async def test_what_slack_does_not_take_is_told_later_and_once(watched: World) -> None:
    world = watched
    world.slack.faults.refuse("chat.postMessage", "not_in_channel", times=None)
    await world.bot.database.write(alarms.keep, world.bot.now(), [Matter("gone 1", "gone", "*Gone*.")])
    await look(world)
    assert told(world) == []
    world.slack.faults.clear()
    world.pass_time(61)
    await alarm(world, "Gone")
    assert len(told(world)) == 1


async def test_a_clock_that_stands_still_in_another_process_is_told(postgres_url: str) -> None:
    async with watched_world(postgres_url) as world:
        other = Database(postgres_url)
        await other.come_alive()  # it lives, and nothing in it ticks
        still = Beat(other.me, world.bot.now() - timedelta(seconds=40), False)
        await other.write(alarms.write_beat, still)
        watchman = Watchman(world.bot)
        assert "has not looked at the sends since" in await alarm(world, "A clock stands still", watchman)
        await other.close()
        world.pass_time(61)
        await alarm(world, "Over: A clock stands still", watchman)
        assert still not in await world.bot.database.read(alarms.beats)


async def test_a_process_tells_of_its_own_clock_while_it_can(watched_sqlite: World) -> None:
    bot = replace(watched_sqlite.bot, pulse=Pulse(at=time.monotonic() - 31))
    watchman = Watchman(bot)
    async with asyncio.timeout(15):  # that of the world, whose pulse is good, may close it in between
        while not any("A clock stands still" in one.read() for one in told(watched_sqlite)):
            await watchman.once()


async def test_the_next_start_says_since_when_nothing_ran(sqlite_url: str) -> None:
    async with outside() as (slack, whatcounts):
        with_alarms(slack)
        async with inside(slack, whatcounts, sqlite_url, SMS_ALARM_CHANNEL=ALARM) as world:
            await look(world)
            assert told(world) == []
        database = Database(sqlite_url)
        assert await database.read(alarms.beats) == []  # it was stopped in order
        await database.write(alarms.write_beat, Beat(4711, utc_now() - timedelta(minutes=9), True))
        await database.close()
        async with inside(slack, whatcounts, sqlite_url, SMS_ALARM_CHANNEL=ALARM) as world:
            found = await world.slack.wait_for(lambda: told(world) or None)
            assert "smsops did not run from" in found[0].read()
            world.pass_time(61)
            await look(world)
            assert len(told(world)) == 1


@pytest.mark.parametrize(
    ("count", "head"), [(1, "*1 matter needs somebody*"), (2, "*2 matters need somebody*")]
)
def test_a_message_begins_with_how_many_there_are(count: int, head: str) -> None:
    lines = [Told(n, "late", "*Late*: 3. See.", False) for n in range(count)]
    assert message(lines).startswith(head)
    assert message([Told(1, "late", "*Late*: 3. See.", True)]) == "• Over: Late: 3"


@pytest.mark.parametrize(("key", "ends"), [("held S-1", "is not held"), ("maybe S-1", "is not in doubt")])
def test_the_end_of_a_matter_says_nothing_of_what_became_of_the_text(key: str, ends: str) -> None:
    said = message([Told(1, key, "*Held, nothing was sent*: S-1, Text → ••0100 · a freeze.", True)])
    assert said == f"• Over: S-1 {ends} any more; its card says how it stands"


async def test_status_says_what_needs_somebody_and_what_runs(watched: World) -> None:
    await held_text(watched)
    await alarm(watched, "Held")
    said = await typed(watched, "status")
    assert "Needs somebody: 1; alarms go to #" in said
    assert "database at step 0013, 1 process." in said
    assert "Its last answer: " in said


async def test_a_channel_that_is_set_late_is_not_told_what_is_long_over(database_url: str) -> None:
    database, now = Database(database_url), utc_now()
    long_ago = now - timedelta(days=40)
    await database.write(alarms.keep, long_ago, [Matter("refused S-1", "refused", "*Not sent*: S-1")])
    await database.write(alarms.keep, long_ago, [])
    await database.write(alarms.keep, now, [Matter("refused S-2", "refused", "*Not sent*: S-2")])
    await database.write(alarms.keep, now, [])
    assert [one.matter for one in await database.write(alarms.take, now)] == ["refused S-2"]
    await database.close()
