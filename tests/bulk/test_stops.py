"""What stops a list by itself, whoever carries it: the hours, a day, WhatCounts, the fuse, doubt."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.delivery.carry import HANDS, UNREACHED
from bot.freeze import FUSE
from bot.sends import Send, State
from bot.sends.run import PausedBy, RowState, RunState
from tests.bulk.conftest import Open
from tests.bulk.lists import FAST, csv, in_state, over, phones, start
from tests.world import OLIVE, World, open_world

ZONE = ZoneInfo("America/Los_Angeles")  # of the account, and of 206
SLOW = FAST | {"SMS_RATE": "send=10,other=10"}


async def paused(world: World, by: PausedBy, why: str) -> Send:
    """It has paused itself, says why, and nothing of it is under way."""
    row = await in_state(world, RunState.PAUSED)
    assert row.run is not None and row.run.paused_by is by
    await world.card(why)
    return row


async def test_when_the_hours_close_it_waits_for_resume_until_they_open(hands: Open) -> None:
    shut = datetime.now(ZONE) + timedelta(minutes=20)
    quiet = f"{shut:%H:%M}-{shut + timedelta(hours=2):%H:%M}"
    async with hands(**(SLOW | {"SMS_QUIET_HOURS": quiet})) as world:
        await start(world, csv(phones(90)))
        await world.whatcounts.wait_for(lambda: len(world.whatcounts.sent) >= 3)
        before = len(world.whatcounts.sent)
        world.pass_time(21 * 60)  # as after a machine was suspended: all at once
        row = await paused(world, PausedBy.HOURS, "It may go on")
        assert len(world.whatcounts.sent) - before <= HANDS, "only what was on its way"
        assert row.run is not None and row.run.next_at is not None
        assert row.run.next_at > world.time.now()
        card, sent = await world.card("Paused"), len(world.whatcounts.sent)
        await world.slack.click(OLIVE, card, "Resume")
        assert (await in_state(world, RunState.PAUSED)).id == row.id
        assert len(world.whatcounts.sent) == sent < 90
        world.pass_time(2 * 3600)
        assert (await world.slack.click(OLIVE, card, "Resume")).ok
        await world.whatcounts.wait_for(lambda: len(world.whatcounts.sent) > sent)
        assert (await world.slack.click(OLIVE, await world.card("Running"), "Cancel")).ok
        await over(world, State.CANCELLED)


async def test_a_blackout_day_that_begins_stops_it(sqlite_url: str) -> None:
    tomorrow = datetime.now(ZONE).date() + timedelta(days=1)
    async with open_world(sqlite_url, **(SLOW | {"SMS_BLACKOUT": tomorrow.isoformat()})) as world:
        await start(world, csv(phones(90)))
        await in_state(world, RunState.RUNNING)
        midnight = datetime.combine(tomorrow, time(), ZONE)
        world.pass_time((midnight - world.time.now()).total_seconds() + 60)
        await paused(world, PausedBy.BLACKOUT, "Paused")


async def test_where_whatcounts_is_not_reached_it_waits_and_nothing_is_in_doubt(sqlite_url: str) -> None:
    async with open_world(sqlite_url, **SLOW) as world:
        port = int(world.whatcounts.url.rpartition(":")[2])
        await start(world, csv(phones(40)))
        await world.whatcounts.wait_for(lambda: len(world.whatcounts.sent) > 2)
        await world.whatcounts.stop()
        row = await paused(world, PausedBy.UNREACHABLE, f"not reached {UNREACHED} times in a row")
        await world.whatcounts.start(port=port)
        assert (await world.slack.click(OLIVE, await world.card("Paused"), "Resume")).ok
        row = await over(world, State.SUBMITTED, State.MAYBE_SENT)
        assert row.run is not None
        in_flight = row.run.counts.get(RowState.MAYBE_SENT, 0)  # those whose connection was cut
        assert in_flight <= HANDS
        assert row.run.counts[RowState.SUBMITTED] + in_flight == 40


async def test_texts_that_fail_one_after_the_other_freeze_everything(hands: Open) -> None:
    async with hands(**SLOW) as world:
        world.whatcounts.faults.always("error_500_known", operation="smssendmessagetophone")
        await start(world, csv(phones(60)))
        row = await paused(world, PausedBy.FREEZE, "All sends were frozen")
        assert (await world.bot.sends.frozen()).frozen
        assert row.run is not None and FUSE <= row.run.answered <= FUSE + HANDS


async def test_contacts_are_subscribed_and_the_report_knows_those_that_were(hands: Open) -> None:
    async with hands(**FAST) as world:
        realm, numbers = world.whatcounts.realm, phones(30)
        for number in numbers:
            realm.add_contact(number, "")
        await start(world, csv(numbers), "subscribe weekly", "Subscribe")
        row = await over(world)
        assert row.run is not None and row.run.counts == {RowState.SUBMITTED: 30}
        sender = realm.sender_id("2065551212")
        assert all(realm.is_subscribed(realm.contacts[number], sender) for number in numbers)
        assert world.whatcounts.sent == []
