"""A signed request that comes twice: answered, and nothing is done again."""

from __future__ import annotations

import asyncio

from bot.sends import State
from tests.steps import press, sends_asked
from tests.test_web import COMMAND, signed
from tests.world import OLIVE, World


async def test_a_replayed_command_is_answered_and_drafts_once(world: World) -> None:
    await world.draft_text()
    answer = await world.slack.replay()
    assert answer.status_code == 200
    assert "This was done already, so nothing was done now." in answer.json()["text"]
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
