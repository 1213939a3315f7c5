"""The calendar of App Home: each time of a repeating campaign is there once, made or not."""

from __future__ import annotations

from bot.homes import PACE
from bot.sends import State
from tests.home.test_home import opened, says
from tests.repeat.steps import made, rule, running, time_in
from tests.steps import press
from tests.world import World

TIMES = "Spring sale → weekly"
PACED = PACE.total_seconds() + 1


async def test_what_is_not_made_yet_is_in_the_calendar(world: World) -> None:
    await running(world)
    await opened(world)
    assert "campaigns in the next 14 days" in await says(world, TIMES)
    read = await says(world, TIMES)
    before = read.count(TIMES)
    assert before in (14, 15), "thirteen days or fourteen, and the next of all in the words above"
    world.pass_time(2.1 * 3600)
    one = await time_in(world, State.SCHEDULED)
    world.pass_time(PACED)
    home = await opened(world)
    assert one.due_at is not None
    assert home.read().count(TIMES) in (before, before + 1), "made or not, a day has one"


async def test_a_paused_one_has_its_made_time_as_held_and_nothing_more(sqlite_world: World) -> None:
    world = sqlite_world
    await made(world)
    await press(world, await world.card("Running"), "Pause")
    await rule(world, State.HELD)
    await time_in(world, State.HELD)
    read = (await opened(world)).read()
    assert read.count(f"{TIMES} (held)") == 1
    assert "1 campaign in the next 14 days" in read
