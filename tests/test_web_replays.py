"""A request that comes twice, byte for byte or signed anew: answered, and nothing is done again."""

from __future__ import annotations

import asyncio

import pytest

from bot.sends import State
from tests.steps import draft_campaign, held_text, press, sends_asked, typed
from tests.test_web import COMMAND, signed
from tests.world import MAX, OLIVE, World


async def test_a_replayed_command_is_answered_and_drafts_once(world: World) -> None:
    await world.draft_text()
    answer = await world.slack.replay()
    assert answer.status_code == 200
    assert "This was answered already, so nothing was done now." in answer.json()["text"]
    assert len(await world.rows()) == 1


async def test_a_command_replayed_at_the_same_moment_drafts_once(world: World) -> None:
    headers = signed(world, COMMAND)
    answers = await asyncio.gather(*(world.slack.raw(COMMAND, headers) for _ in range(5)))
    assert [one.status_code for one in answers] == [200] * 5
    assert len(await world.rows()) == 1


async def test_a_replayed_press_is_answered_and_sends_once(world: World) -> None:
    card = await world.draft_text()
    await press(world, card, "Send")
    assert (await world.slack.replay()).status_code == 200
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert (await world.slack.replay()).status_code == 200
    world.pass_time(60)
    assert [one.what for one in await world.timeline()].count("confirmed") == 1
    assert sends_asked(world) == 1


async def test_a_replayed_freeze_after_it_was_lifted_does_not_freeze_again(world: World) -> None:
    await world.slack.command(OLIVE, "freeze")
    await world.slack.command("U0MAX", "unfreeze")
    assert (await world.slack.replay(2)).status_code == 200
    assert not (await world.bot.sends.frozen()).frozen


async def test_a_payload_that_is_signed_anew_drafts_once(world: World) -> None:
    """The trigger_id in it is the same, so it is the same deed of the same person."""
    await world.draft_text()
    command = world.slack.sent()[-1]
    assert await world.slack.again(command, signed_anew=True) == 200
    await draft_campaign(world)
    form = world.slack.sent()[-1]
    assert await world.slack.again(form, signed_anew=True) == 200
    assert len(await world.rows()) == 2


async def test_who_does_it_a_second_time_has_done_it_twice(world: World) -> None:
    await world.draft_text()
    await world.draft_text()
    assert len(await world.rows()) == 2


@pytest.mark.parametrize("signed_anew", [False, True])
async def test_a_press_that_was_refused_does_nothing_when_it_comes_again(
    world: World, signed_anew: bool
) -> None:
    held = await held_text(world)
    await typed(world, "freeze", MAX)
    await press(world, held, "Send Now")
    refused = world.slack.sent()[-1]
    await typed(world, "unfreeze", MAX)
    row = await world.row()
    assert await world.slack.again(refused, signed_anew=signed_anew) == 200
    assert (await world.row()).revision == row.revision
    assert (await world.row()).state is State.HELD


async def test_an_unfreeze_that_was_refused_does_not_lift_a_later_freeze(world: World) -> None:
    await typed(world, "unfreeze", MAX)
    refused = world.slack.sent()[-1]
    await typed(world, "freeze", MAX)
    assert await world.slack.again(refused) == 200
    assert await world.slack.again(refused, signed_anew=True) == 200
    assert (await world.bot.sends.frozen()).frozen


async def test_a_form_that_was_refused_may_be_submitted_again(world: World) -> None:
    await typed(world, "send")
    await world.slack.fill(OLIVE, {"phone": "12", "text": "Hello"})
    await world.slack.submit(OLIVE)
    await world.slack.fill(OLIVE, {"phone": "2065550100"})
    assert (await world.slack.submit(OLIVE)).ok
    assert len(await world.rows()) == 1
