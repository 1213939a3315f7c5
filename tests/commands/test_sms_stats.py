"""`/sms stats`: what left each day, what was stopped and why, opt-outs, how long it took."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.charts import POINTS, bars
from sandbox.slack import Message
from tests.steps import held_text, press, submitted_text, typed
from tests.world import ANA, OLIVE, OTTO, World


async def stats(world: World, words: str = "", user: str = OLIVE) -> Message:
    answer = await world.slack.command(user, f"stats {words}".strip())
    assert answer.ok and answer.shown, answer
    return answer.shown


def charts(message: Message) -> dict[str, dict[str, list[int]]]:
    """Title of each chart -> name of each series -> its values."""
    found = [one for one in message.blocks if one["type"] == "data_visualization"]
    return {
        one["title"]: {s["name"]: [p["value"] for p in s["data"]] for s in one["chart"]["series"]}
        for one in found
    }


async def test_it_tells_in_words_and_in_charts_what_left(world: World) -> None:
    await submitted_text(world, "first")
    await held_text(world, "second")
    shown = await stats(world, "7")
    read, aloud = shown.read(), shown.read_aloud()
    assert shown.ephemeral_to == OLIVE
    assert "Submitted: 0 campaigns, 1 single text. Most on" in read
    assert "What stopped or held texts: late 1." in read
    assert "Submitted:" in aloud and "late 1" in aloud
    drawn = charts(shown)
    assert drawn["Sends per day"]["Single texts"] == [0, 0, 0, 0, 0, 0, 1]
    assert drawn["Opt-outs per day"] == {"Opt-outs": [0] * 7}
    await press(world, shown, "Stopped, and Times")
    await world.slack.wait_for(lambda: "From draft to submitted" in charts(shown))
    assert charts(shown)["What stopped or held texts"] == {"Texts": [1]}
    assert sum(charts(shown)["From draft to submitted"]["Sends"]) == 1


async def test_an_opt_out_is_counted(world: World) -> None:
    await typed(world, "stop 2065550100")
    await world.slack.submit(OLIVE)
    await world.card("Stopped")
    assert "Opt-outs asked for here: 1." in (await stats(world, "7")).read()


@pytest.mark.parametrize(("days", "bars_"), [("7", 7), ("30", 15), ("90", 18)])
async def test_each_period_fits_slacks_charts(sqlite_world: World, days: str, bars_: int) -> None:
    await submitted_text(sqlite_world)
    drawn = charts(await stats(sqlite_world, days))
    lengths = {len(values) for chart in drawn.values() for values in chart.values()}
    assert lengths == {bars_}
    assert sum(map(sum, (list(one.values())[1] for name, one in drawn.items() if "Sends" in name))) == 1


async def test_what_left_before_the_period_is_not_counted(sqlite_world: World) -> None:
    await submitted_text(sqlite_world)
    sqlite_world.pass_time(timedelta(days=8).total_seconds())
    assert "0 single texts" in (await stats(sqlite_world, "7")).read()
    assert "1 single text." in (await stats(sqlite_world, "30")).read()


async def test_another_period_is_a_press_away(sqlite_world: World) -> None:
    shown = await stats(sqlite_world)
    assert shown.read().startswith("The last 30 days")
    await press(sqlite_world, shown, "90 Days")
    await sqlite_world.slack.wait_for(lambda: shown.read().startswith("The last 90 days"))


async def test_nothing_is_told_to_who_has_no_role_and_no_other_period_is_counted(sqlite_world: World) -> None:
    assert "You may not use /sms stats" in await typed(sqlite_world, "stats", OTTO)
    assert "7, 30 or 90 days" in await typed(sqlite_world, "stats 12", ANA)


async def test_from_home_it_comes_to_their_direct_messages(sqlite_world: World) -> None:
    world = sqlite_world
    await world.slack.open_home(OLIVE)
    await world.slack.wait_for(lambda: world.slack.home(OLIVE))
    await world.slack.view_click(OLIVE, "Stats")
    view = world.slack.view(OLIVE)
    assert view is not None and "comes to your direct messages" in view.read()
    await world.card("The last 30 days", "D0OLIVE")


def test_a_chart_with_more_points_than_slack_draws_is_never_made() -> None:
    with pytest.raises(AssertionError):
        bars("Sends", [str(n) for n in range(POINTS + 1)], {"Sends": [0] * (POINTS + 1)}, "", "")
