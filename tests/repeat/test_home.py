"""The calendar of App Home: each time of a repeating campaign is there once, made or not."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from bot.home.calendar import end_of, first_day
from bot.homes import PACE
from bot.sends import Send, State
from tests.home.test_home import opened, says
from tests.repeat.steps import ZONE, made, rule, running, time_in
from tests.steps import press
from tests.world import SMS, World

TIMES = "Spring sale → weekly"
PACED = PACE.total_seconds() + 1


def expected(world: World, row: Send) -> list[datetime]:
    """The times of the rule in the fortnight that the calendar shows now."""
    now = world.time.now()
    until = end_of(first_day(now, ZONE), ZONE)
    return [one.at for one in takewhile(lambda one: one.at < until, row.rule.after(now))]


async def drawn(world: World, row: Send) -> None:
    """The tab, drawn anew: each time of the rule is there once, at its hour."""
    times = expected(world, row)
    read = (await opened(world)).read()
    assert f"{len(times)} campaigns in the next 14 days." in read
    assert read.count(f"{row.rule.at:%H:%M} {TIMES}") == len(times)
    assert 13 <= len(times) <= 14


async def test_each_time_is_in_the_calendar_once_made_or_not(world: World) -> None:
    row = await running(world)
    await drawn(world, row)
    world.pass_time(2.1 * 3600)
    await time_in(world, State.SCHEDULED)
    world.pass_time(PACED)
    await says(world, f"{len(expected(world, row))} campaigns in the next 14 days.")
    await drawn(world, row)


async def test_what_is_skipped_is_not_in_the_calendar(sqlite_world: World) -> None:
    world = sqlite_world
    await made(world)
    row = await rule(world)
    await press(world, await world.card("One time of"), "Skip This One")
    await time_in(world, State.CANCELLED)
    assert f"{len(expected(world, row)) - 1} campaigns in the next 14 days." in (await opened(world)).read()


async def test_what_is_not_made_yet_leads_to_the_card_of_its_campaign(sqlite_world: World) -> None:
    world = sqlite_world
    row = await running(world)
    blocks = str((await opened(world)).blocks)
    card = await world.card("Running")
    link = f"https://sandbox.slack.com/archives/{SMS}/p{card.ts.replace('.', '')}"
    assert blocks.count(link) == len(expected(world, row))


async def test_a_paused_one_has_its_made_time_as_held_and_nothing_more(sqlite_world: World) -> None:
    world = sqlite_world
    await made(world)
    await press(world, await world.card("Running"), "Pause")
    await rule(world, State.HELD)
    await time_in(world, State.HELD)
    read = (await opened(world)).read()
    assert read.count(f"{TIMES} (held)") == 1
    assert "1 campaign in the next 14 days" in read
