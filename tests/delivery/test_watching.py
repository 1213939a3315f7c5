"""The alarm that Slack posts by itself: booked for each campaign, gone with its report, answered if late."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.delivery.watching import reconcile
from bot.sends import State
from bot.sends.watches import AFTER, watch
from sandbox.slack import Message, Slack
from sandbox.slack.later import Later
from tests.steps import GROUP_DELAY, draft_campaign, press, scheduled_campaign, scheduled_text, submit, typed
from tests.world import OLIVE, SMS, World, inside, outside

HOUR = 3600.0


def pending(slack: Slack) -> list[Later]:
    return sorted(slack.workspace.later.pending.values(), key=lambda one: one.post_at)


async def booked(slack: Slack, count: int = 1) -> list[Later]:
    """What Slack is to post later, as soon as it is so many."""

    def are_there() -> list[list[Later]]:
        found = pending(slack)
        return [found] if len(found) == count else []

    return (await slack.wait_for(are_there))[0]


def alarms(slack: Slack) -> list[Message]:
    """What stands in the channel although it is a reply: the alarms that were posted."""
    return [one for one in slack.messages(SMS) if one.is_told]


def ahead(world: World, **span: float) -> int:
    """Unix seconds."""
    return int((world.time.now() + timedelta(**span)).timestamp())


def post_at(due: datetime | None) -> int:
    assert due is not None
    return int((due + AFTER).timestamp())


async def scheduled_in_an_hour(world: World) -> Message:
    card = await scheduled_campaign(world, when=ahead(world, hours=1))
    await booked(world.slack)
    return card


async def test_a_scheduled_campaign_has_an_alarm_five_minutes_after_it_is_due(world: World) -> None:
    card = await scheduled_campaign(world)
    row = await world.row()
    (alarm,) = await booked(world.slack)
    assert (alarm.channel, alarm.thread_ts, alarm.is_told) == (SMS, card.ts, True)
    assert alarm.post_at == post_at(row.due_at)
    said = f"<@{OLIVE}> *{row.id} did not report.* Campaign · Spring sale → group weekly was due"
    assert alarm.text.startswith(said)
    assert f"a campaign whose name ends in {row.id}" in alarm.text


async def test_its_report_takes_it_away(world: World) -> None:
    await scheduled_campaign(world)
    await booked(world.slack)
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    await booked(world.slack, 0)
    world.slack.pass_time(HOUR)
    assert alarms(world.slack) == []
    assert len(world.slack.called("chat.scheduleMessage")) == 1


@pytest.mark.parametrize("label", ["Cancel", "Edit"])
async def test_who_stops_it_takes_it_away(sqlite_world: World, label: str) -> None:
    world = sqlite_world
    card = await scheduled_in_an_hour(world)
    await press(world, card, label)
    if label == "Edit":
        assert (await submit(world, {"name": "Another name"})).closed
    await booked(world.slack, 0)


async def test_held_it_is_taken_away(world: World) -> None:
    await scheduled_campaign(world)
    await booked(world.slack)
    await typed(world, "freeze")
    world.pass_time(GROUP_DELAY)
    await world.state(State.HELD)
    await booked(world.slack, 0)


async def test_a_refused_one_and_one_in_doubt_have_reported(sqlite_world: World) -> None:
    world = sqlite_world
    world.whatcounts.faults.next("close_after", operation="sendMessageToSenderCode")
    await scheduled_campaign(world)
    await booked(world.slack)
    world.pass_time(GROUP_DELAY)
    await world.state(State.MAYBE_SENT)
    await booked(world.slack, 0)


async def test_moving_it_moves_it(world: World) -> None:
    card = await scheduled_in_an_hour(world)
    await press(world, card, "Move")
    later = ahead(world, hours=2)
    await submit(world, {"when": later})
    await world.slack.wait_for(lambda: [one.post_at for one in pending(world.slack)] == [later + 300])
    assert post_at((await world.row()).due_at) == later + 300


async def test_back_to_the_first_hour_it_is_booked_for_that_again(sqlite_world: World) -> None:
    world = sqlite_world
    first = ahead(world, hours=1)
    card = await scheduled_campaign(world, when=first)
    await _moved_to(world, card, first + 3600)
    await _moved_to(world, card, first)
    assert len(world.slack.called("chat.scheduleMessage")) == 3


async def _moved_to(world: World, card: Message, when: int) -> None:
    await press(world, card, "Move")
    await submit(world, {"when": when})
    await world.slack.wait_for(lambda: [one.post_at for one in pending(world.slack)] == [when + 300])
    await world.slack.wait_for(lambda: str(when) in card.text)


async def test_a_text_to_one_phone_has_none(sqlite_world: World) -> None:
    await scheduled_text(sqlite_world)
    sqlite_world.pass_time(5)
    await sqlite_world.state(State.SUBMITTED)
    assert sqlite_world.slack.called("chat.scheduleMessage") == []


async def test_what_is_more_than_a_hundred_days_away_is_booked_when_it_is_nearer(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_campaign(world, when=ahead(world, days=101))
    assert world.slack.called("chat.scheduleMessage") == []
    world.pass_time(2 * 86_400)
    assert len(await booked(world.slack)) == 1


async def test_when_nobody_runs_slack_says_so_and_the_next_start_answers(database_url: str) -> None:
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, database_url) as world:
            await scheduled_campaign(world)
            await booked(slack)
            due = (await world.row()).due_at
        assert len(pending(slack)) == 1  # an orderly stop leaves it: nobody is there to report
        slack.pass_time(GROUP_DELAY + AFTER.total_seconds() + 1)
        (alarm,) = alarms(slack)
        assert "did not report" in alarm.read()
        async with inside(slack, whatcounts, database_url) as world:
            world.time.ahead += timedelta(seconds=GROUP_DELAY) + AFTER
            world.bot.wake.set()
            row = await world.state(State.HELD)
            assert row.due_at == due
            answer = await slack.wait_for(
                lambda: next((one for one in slack.messages(SMS) if "overtaken" in one.read()), None)
            )
            assert answer.thread_ts == alarm.thread_ts == row.card_ts
            assert f"The alarm about {row.id} is overtaken. As it stands now: Held" in answer.read()
        assert whatcounts.sent == []
        assert len(slack.called("chat.scheduleMessage")) == 1


async def test_too_late_to_take_it_away_it_is_answered_once_it_stands_there(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    await booked(world.slack)
    hold = world.slack.faults.hold("chat.deleteScheduledMessage")
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    await hold.reached.wait()
    world.slack.pass_time(AFTER.total_seconds() - 30)
    hold.release()
    await world.slack.wait_for(lambda: len(world.slack.called("chat.deleteScheduledMessage")) == 1)
    await world.slack.wait_for(lambda: len(world.slack.called("chat.scheduledMessages.list")) > 1)
    assert alarms(world.slack) == []
    world.slack.pass_time(31)
    world.time.ahead += AFTER + timedelta(seconds=10)
    world.bot.wake.set()
    (alarm,) = alarms(world.slack)
    answer = await world.slack.wait_for(
        lambda: next((one for one in world.slack.messages(SMS) if "overtaken" in one.read()), None)
    )
    assert answer.thread_ts == alarm.thread_ts
    assert "Submitted" in answer.read()


async def test_a_booking_whose_answer_is_lost_is_not_made_twice(world: World) -> None:
    world.slack.faults.lose_answer("chat.scheduleMessage")
    await scheduled_campaign(world, when=ahead(world, hours=1))
    await booked(world.slack)
    world.pass_time(31)
    await world.slack.wait_for(lambda: len(world.slack.called("chat.scheduledMessages.list")) > 1)
    card = await world.card("Scheduled.")
    await press(world, card, "Cancel")
    await booked(world.slack, 0)
    assert len(world.slack.called("chat.scheduleMessage")) == 1


async def test_a_booking_of_which_nobody_knows_is_taken_away_too(world: World) -> None:
    world.slack.faults.lose_answer("chat.scheduleMessage")
    card = await scheduled_campaign(world, when=ahead(world, hours=1))
    await booked(world.slack)
    await press(world, card, "Cancel")
    world.pass_time(31)
    await booked(world.slack, 0)
    assert len(world.slack.called("chat.scheduleMessage")) == 1


async def test_under_a_card_that_somebody_deleted_it_is_booked_once_that_is_there_again(world: World) -> None:
    hold = world.slack.faults.hold("chat.scheduleMessage")
    card = await scheduled_campaign(world, when=ahead(world, hours=1))
    await hold.reached.wait()
    world.slack.workspace.delete(card)
    hold.release()
    (alarm,) = await booked(world.slack)
    again = await world.card("Scheduled.")
    assert alarm.thread_ts == again.ts != card.ts


async def test_where_slack_books_none_the_thread_says_so_once(sqlite_world: World) -> None:
    world = sqlite_world
    world.slack.faults.refuse("chat.scheduleMessage", "restricted_too_many", times=2)
    card = await scheduled_campaign(world, when=ahead(world, hours=1))
    note = await world.slack.wait_for(lambda: next(iter(world.slack.replies(card)), None))
    assert "Slack takes no more than 30 of one channel within five minutes" in note.read()
    world.pass_time(601)
    await world.slack.wait_for(lambda: len(world.slack.called("chat.scheduleMessage")) == 2)
    await _rests(world)
    world.pass_time(601)
    await booked(world.slack)
    assert len(world.slack.replies(card)) == 1
    assert "has no alarm" in [fact.what for fact in await world.timeline()]


async def _rests(world: World) -> None:
    """Until it is written that Slack refused."""
    later = select(watch.c.id).where(watch.c.again_at > world.time.now())
    async with asyncio.timeout(15):
        while await world.bot.database.read(lambda connection: connection.execute(later).first()) is None:
            await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile


async def test_a_start_takes_away_what_nobody_waits_for_and_books_what_slack_lost(world: World) -> None:
    await scheduled_in_an_hour(world)
    async with asyncio.timeout(15):
        while not await world.bot.sends.standing_watches():  # until it is written that Slack has it
            await world.slack.raw(b"", {})
    (alarm,) = pending(world.slack)
    stray = world.slack.workspace.later.add(Later(SMS, alarm.post_at + 60, alarm.text, [], None, 0))
    foreign = Later(SMS, alarm.post_at, alarm.text.replace("*S-", "*S-ZZ")[:-2], [], None, 0)
    other = world.slack.workspace.later.add(Later(SMS, alarm.post_at, "Lunch", [], None, 0))
    unknown = world.slack.workspace.later.add(foreign)
    world.slack.workspace.later.drop(alarm.id)
    assert await reconcile(world.bot)
    world.bot.wake.set()
    await world.slack.wait_for(lambda: len(world.slack.called("chat.scheduleMessage")) == 2)
    left = {one.id for one in pending(world.slack)}
    assert {other.id, unknown.id} < left
    assert stray.id not in left
    assert len(left) == 3


async def test_a_start_compares_by_itself(sqlite_world: World) -> None:
    await sqlite_world.slack.wait_for(lambda: sqlite_world.slack.called("chat.scheduledMessages.list"))


async def test_a_draft_has_none(sqlite_world: World) -> None:
    await draft_campaign(sqlite_world)
    assert pending(sqlite_world.slack) == []
