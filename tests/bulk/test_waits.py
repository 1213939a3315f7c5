"""What waits, as it is told of lists: among the sends, in App Home, in the alarm channel, in the metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from sqlalchemy import update

from bot.sends.asking import PAUSED
from bot.sends.run import RunState, bulk_run
from sandbox.slack import Message
from tests.bulk.lists import FAST, csv, in_state, over, phones, start
from tests.delivery.test_alarming import ALARM, alarm, look, told, with_alarms
from tests.home.test_home import opened, says
from tests.steps import press, typed
from tests.test_metrics import TOKEN, scraped, value
from tests.world import World, inside, outside

SLOW = FAST | {"SMS_RATE": "send=8,other=8", "SMS_ALARM_CHANNEL": ALARM, "METRICS_TOKEN": TOKEN}


@pytest_asyncio.fixture
async def slow(database_url: str) -> AsyncIterator[World]:
    """Eight rows a second, and a channel for alarms."""
    async with outside() as (slack, whatcounts):
        with_alarms(slack)
        async with inside(slack, whatcounts, database_url, **SLOW) as world:
            yield world


async def under_way(world: World) -> Message:
    await start(world, csv(phones(60)))
    await in_state(world, RunState.RUNNING)
    return await world.card("Running")


async def paused(world: World) -> Message:
    """Somebody paused it, after some of its rows have left."""
    card = await under_way(world)
    async with asyncio.timeout(10):
        while not world.whatcounts.sent:  # noqa: ASYNC110 - what left sets no event here
            await asyncio.sleep(0.01)
    await press(world, card, "Pause")
    await in_state(world, RunState.PAUSED)
    return await world.card("Paused")


async def frozen(world: World) -> Message:
    """It paused itself."""
    await under_way(world)
    await typed(world, "freeze wrong list")
    await in_state(world, RunState.PAUSED)
    return await world.card("Paused: All sends were frozen")


async def test_a_list_under_way_is_told_as_such_and_how_far_it_is(slow: World) -> None:
    await under_way(slow)
    assert "under way, " in await typed(slow, "scheduled")
    run = await slow.row()
    assert "Lists under way: 1." in (await opened(slow)).read()
    shown = await typed(slow, f"show {run.id}")
    assert "What happened" in shown and "began" in shown
    await over(slow)
    assert "Nothing is waiting to be sent." in await typed(slow, "scheduled")
    shown = await typed(slow, f"show {run.id}")
    assert "60 of 60 submitted" in shown and "ended" in shown and "list.csv" in shown


async def test_a_paused_list_waits_for_somebody(slow: World) -> None:
    card = await paused(slow)
    assert "paused, waits for Resume, " in await typed(slow, "scheduled")
    await opened(slow)
    slow.pass_time(5)
    read = await says(slow, "Paused lists: 1.")
    assert read.index("Paused lists") < read.index("The next two weeks")
    await press(slow, card, "Resume")
    await over(slow)
    slow.pass_time(5)
    await says(slow, "Nothing waits for you.")


async def test_a_list_that_paused_itself_is_an_alarm_when_nobody_resumes_it(slow: World) -> None:
    await frozen(slow)
    await look(slow)
    assert not told(slow)
    slow.pass_time((PAUSED + timedelta(seconds=1)).total_seconds())
    run = await slow.row()
    said = await alarm(slow, "Paused: ")
    assert run.id in said and "All sends were frozen: wrong list." in said and "Resume or Cancel it" in said
    assert phones(1)[0][1:] not in said


async def test_a_list_that_a_person_paused_is_no_alarm(slow: World) -> None:
    await paused(slow)
    slow.pass_time((PAUSED + timedelta(seconds=1)).total_seconds())
    await look(slow)
    assert not told(slow)


async def test_a_list_that_waits_for_its_hours_is_no_alarm_before_them(slow: World) -> None:
    await frozen(slow)
    later = {"next_at": slow.bot.now() + timedelta(hours=12)}  # as the hours say it
    await slow.bot.database.write(lambda c: c.execute(update(bulk_run).values(later)))
    slow.pass_time((PAUSED + timedelta(seconds=1)).total_seconds())
    await look(slow)
    assert not told(slow)


async def test_rows_in_doubt_are_an_alarm_while_the_list_goes_on_until_somebody_has_looked(
    slow: World,
) -> None:
    slow.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
    await under_way(slow)
    async with asyncio.timeout(20):
        while not ((run := (await slow.row()).run) and run.counts.get("maybe_sent")):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    said = await alarm(slow, "In doubt: ")
    assert "1 of 60 phones may have been submitted" in said and "I Have Looked" in said
    card = await slow.card("Over, in doubt")
    await press(slow, card, "I Have Looked")
    slow.pass_time(61)
    assert "is not in doubt any more" in await alarm(slow, "Over: ")


async def test_the_metrics_have_a_list_as_one_send_and_its_rows_beside(slow: World) -> None:
    await paused(slow)
    slow.pass_time(3600)
    async with asyncio.timeout(10):  # what was on its way is counted when it is answered
        while not value(found := await scraped(slow), "smsops_run_rows", state="submitted"):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    assert value(found, "smsops_sends", state="sending") == 1
    assert value(found, "smsops_runs", state="paused") == value(found, "smsops_runs") == 1
    assert value(found, "smsops_run_rows") == 60
    assert value(found, "smsops_run_rows", state="submitted") < 60
    assert value(found, "smsops_oldest_waiting_seconds", state="sending") == 0
