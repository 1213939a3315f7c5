"""Times of a repeating campaign that fell due while nothing ran: none leaves late, none is lost silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import update

from bot.repeats import Moment
from bot.sends import Send, State
from bot.sends.repeating import make
from bot.sends.table import send
from tests.repeat.steps import DAY, left, made, rule, running, time_in, times
from tests.steps import press, sends_asked, typed
from tests.world import World

HOUR = 3600
TO_MAKING = 2.1 * HOUR  # from the start of one, whose first time is some 26 hours ahead


async def test_of_days_that_nothing_ran_the_last_asks_and_the_thread_has_the_others(world: World) -> None:
    row = await running(world)
    world.pass_time(5.5 * DAY)  # five times have passed, the last of them not a day ago
    two = await time_in(world, State.SCHEDULED)
    await time_in(world, State.HELD, 0)
    late, following = await times(world)
    days = [one.day for one, _ in zip(row.rule.moments(row.rule.first), range(6), strict=False)]
    assert (late.state, late.held_by, late.on_day) == (State.HELD, "late", days[4])
    assert (following.id, following.on_day) == (two.id, days[5])
    card = await world.card("Running")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    said = note.read()
    assert f"4 times of {row.id} passed while smsops did not run." in said
    assert "nothing is caught up" in said
    for moment, day in zip(row.rule.moments(row.rule.first), days[:4], strict=False):
        assert moment.day == day and row.rule.said(moment) in said
    assert sends_asked(world) == 0
    await press(world, await world.card("nothing leaves late by itself"), "Send Now")
    await time_in(world, State.SCHEDULED, 0)
    world.pass_time(61)
    await time_in(world, State.SUBMITTED, 0)
    assert sends_asked(world) == 1


async def test_one_that_passed_more_than_a_day_ago_is_told_and_not_made(sqlite_world: World) -> None:
    world = sqlite_world
    row = await running(world, "weekly")
    world.pass_time(3 * DAY)
    card = await world.card("Running")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert f"One time of {row.id} passed while smsops did not run. Nothing was sent for it" in note.read()
    assert await times(world) == []
    after = await rule(world)
    assert after.next_day == row.rule.first + timedelta(days=7)
    facts = [one.what for one in await world.bot.sends.timeline(row.id)]
    assert facts.count("missed") == 1


async def test_of_a_day_that_has_its_own_time_nothing_is_told_as_missed(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    assert one.series is not None and one.on_day is not None
    row = await rule(world)
    first = {"make_day": one.on_day, "make_at": row.make_at}  # as Resume leaves it
    await world.bot.database.write(
        lambda c: c.execute(update(send).where(send.c.id == one.series).values(first))
    )
    two_later = one.due_at + timedelta(days=2, hours=1)
    found: list[date] = []

    def note(_: Send, missed: Sequence[Moment]) -> str:
        found.extend(moment.day for moment in missed)
        return "Missed."

    await world.bot.database.write(lambda c: make(c, two_later, one.series, note))
    assert found == [one.on_day + timedelta(days=1)]


async def test_a_time_whose_text_cannot_be_read_is_tried_again_until_it_can(sqlite_world: World) -> None:
    world = sqlite_world
    await running(world)
    world.whatcounts.faults.always("error_503", operation="messages")
    world.pass_time(TO_MAKING)
    card = await world.card("It is tried again by itself. Nothing was sent.")
    assert "Send" not in card.buttons()
    world.whatcounts.faults.clear()
    world.pass_time(20)
    one = await time_in(world, State.SCHEDULED)
    await left(world, one)
    await time_in(world, State.SUBMITTED, 0)


async def test_a_time_whose_text_cannot_be_read_until_it_is_late_is_held(sqlite_world: World) -> None:
    world = sqlite_world
    await running(world)
    world.whatcounts.faults.always("error_503", operation="messages")
    world.pass_time(TO_MAKING)
    await world.card("It is tried again by itself. Nothing was sent.")
    one = (await times(world))[0]
    assert one.state is State.DRAFT and one.chosen_at is not None
    world.pass_time((one.chosen_at - world.time.now()).total_seconds() + 180)
    held = await time_in(world, State.HELD, 0)
    assert held.held_by == "unreachable"
    assert "It could not be checked" in (held.why or "")
    assert sends_asked(world) == 0


async def test_the_clock_put_back_makes_no_day_twice(world: World) -> None:
    one = await made(world)
    await left(world, one)
    await time_in(world, State.SUBMITTED, 0)
    await time_in(world, State.SCHEDULED, 1)
    world.pass_time(-1.5 * DAY)
    await typed(world, "status")
    world.pass_time(1.5 * DAY)
    two = await time_in(world, State.SCHEDULED, 1)
    await left(world, two)
    await time_in(world, State.SUBMITTED, 1)
    days = [each.on_day for each in await times(world)]
    assert len(days) == len(set(days)) == 3
    assert sends_asked(world) == 2
