"""Slack says "too many": that method is waited out and no other; what needs somebody is drawn first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.allowance import Allowance
from bot.sends import State
from sandbox.slack import Call, dm
from tests.delivery.test_draw import cards
from tests.delivery.test_unseen import copy
from tests.steps import READY, held_text, press, scheduled_text, submitted_text, typed
from tests.world import ANA, OLIVE, SMS, World

HOME = dm(OLIVE)

LONG = 3600  # seconds: longer than any test waits


def calls(world: World, method: str, saying: str = "") -> list[Call]:
    return [one for one in world.slack.called(method) if saying in str(one.args)]


async def limited(world: World, method: str) -> float:
    """When Slack said that it was too many."""
    refused = await world.slack.wait_for(lambda: [one for one in calls(world, method) if one.status == 429])
    return refused[0].at


async def test_a_429_to_a_post_is_waited_out_and_edits_go_on(world: World) -> None:
    card = await scheduled_text(world)
    world.slack.faults.ratelimit("chat.postMessage", retry_after=2)
    await typed(world, "send 2065550101 Another")
    at = await limited(world, "chat.postMessage")
    await press(world, card, "Cancel")
    await world.slack.wait_for(lambda: "Cancelled by" in card.read())
    await world.slack.wait_for(lambda: world._card("Another", SMS), timeout=10)
    posts = [one for one in calls(world, "chat.postMessage") if one.at > at]
    assert posts[0].at - at >= 2
    assert next(one.at for one in calls(world, "chat.update") if one.at > at) - at < 2


async def test_a_429_to_an_edit_is_waited_out_and_posts_go_on(world: World) -> None:
    card = await world.draft_text()
    world.slack.faults.ratelimit("chat.update", retry_after=2)
    await press(world, card, "Send")
    at = await limited(world, "chat.update")
    await typed(world, "send 2065550101 Another")
    await world.card("Another")
    await world.slack.wait_for(lambda: "Scheduled." in card.read(), timeout=10)
    assert next(one.at for one in calls(world, "chat.update") if one.at > at) - at >= 2
    assert calls(world, "chat.postMessage", "Another")[0].at - at < 2


async def test_a_429_to_the_question_about_a_channel_is_waited_out(sqlite_world: World) -> None:
    world = sqlite_world
    world.slack.faults.ratelimit("conversations.info", retry_after=2)
    await typed(world, "send 2065550100 Hello")
    at = await limited(world, "conversations.info")
    await world.slack.wait_for(lambda: world._card(READY, SMS), timeout=10)
    first, second = calls(world, "conversations.info")
    assert second.at - at >= 2
    assert first.at == at


async def test_a_form_is_not_asked_for_while_slack_takes_none_and_the_person_is_told(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    world.slack.faults.ratelimit("views.open", retry_after=LONG)
    for _ in range(3):
        said = await typed(world, "send")
        assert said == "Slack did not open the form, so nothing was done. Try again in a moment."
    assert len(calls(world, "views.open")) == 1


async def test_a_429_to_the_question_who_somebody_is_is_waited_out(sqlite_world: World) -> None:
    world = sqlite_world
    world.slack.faults.ratelimit("users.info", retry_after=2)
    assert "Slack did not say who you are" in await typed(world, "send 2065550100 Hello")
    assert "Slack did not say who you are" in await typed(world, "send 2065550100 Hello")
    assert len(calls(world, "users.info")) == 1
    await asyncio.wait_for(_until(lambda: not world.bot.slack.allowance.rests("users.info")), 5)
    await typed(world, "send 2065550100 Hello")
    assert len(await world.rows()) == 1


async def _until(predicate: Callable[[], bool]) -> None:
    while not predicate():  # noqa: ASYNC110 - a rest that is over sets no event
        await asyncio.sleep(0.05)


async def test_a_429_to_the_change_of_a_form_holds_up_no_card(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "create autumn")
    world.slack.faults.ratelimit("views.update", retry_after=LONG)
    await world.slack.fill(OLIVE, {"text": "Hello"})
    await limited(world, "views.update")
    await world.slack.fill(OLIVE, {"text": "Hello again"})
    assert (await world.slack.submit(OLIVE)).ok
    await world.card("Hello again")
    assert len(calls(world, "views.update")) == 1


async def many_behind(world: World, times: int) -> None:
    """Cards like that of the newest send, of sends that are over: behind their rows, and older than all."""
    row = await world.row()
    own = "state, card_revision, state_at, asked_at, claimed_at"
    long_ago = "'2020-01-01 00:00:00.000000'"
    there = f"'submitted', 0, {long_ago}, {long_ago}, {long_ago}"
    await world.bot.database.write(copy, row.id, times, own, lambda number: there)


async def test_what_needs_somebody_is_drawn_before_hundreds_that_only_tell(sqlite_world: World) -> None:
    world = sqlite_world
    await submitted_text(world)
    world.bot.slack.allowance = Allowance(limits={"chat.update": (60, 8)})
    await many_behind(world, 400)
    held = await held_text(world, "Another")
    assert held.buttons()[0] == "Send Now"
    assert len(calls(world, "chat.update")) < 60


async def test_what_comes_to_need_somebody_while_it_waits_goes_before_what_waits_longer(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    card = await scheduled_text(world)
    world.bot.slack.allowance = Allowance(limits={"chat.update": (60, 4)})
    await many_behind(world, 300)
    await typed(world, "freeze", ANA)  # its card has to say that too, and waits behind the others
    world.pass_time(300)
    await world.state(State.HELD)
    await world.slack.wait_for(lambda: "Held: nothing was sent." in card.read(), timeout=20)
    assert len(calls(world, "chat.update")) < 60


async def test_a_full_channel_holds_up_no_other_channel(sqlite_world: World) -> None:
    world = sqlite_world
    world.bot.slack.allowance = Allowance(channel=(1, 2))  # two messages, and then one a minute
    for number in range(12):
        await typed(world, f"send 2065550100 Number {number}")
    await typed(world, "send 2065550100 Elsewhere", channel=HOME)
    await world.card("Elsewhere", HOME)
    assert len(cards(world)) <= 2


async def test_a_card_that_waits_for_its_turn_holds_up_no_edit(sqlite_world: World) -> None:
    world = sqlite_world
    card = await scheduled_text(world)
    world.bot.slack.allowance = Allowance(channel=(1, 2))
    for number in range(12):
        await typed(world, f"send 2065550100 Number {number}")
    await press(world, card, "Cancel")
    await world.slack.wait_for(lambda: "Cancelled by" in card.read())
