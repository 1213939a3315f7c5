"""Slack is answered after the row is written: who presses while it cannot be written is told so."""

from __future__ import annotations

import pytest

from bot.sends import State
from tests.steps import READY, told
from tests.world import OLIVE, World


async def let_no_row_become(world: World, state: State) -> None:
    """From here on the database refuses to write this state, and nothing else."""
    rule = f"CREATE TRIGGER refused BEFORE UPDATE ON send WHEN NEW.state = '{state}'"
    rule += " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    await world.bot.database.write(lambda connection: connection.exec_driver_sql(rule))


@pytest.mark.parametrize(("label", "state"), [("Send", State.SCHEDULED), ("Cancel", State.CANCELLED)])
async def test_a_press_that_could_not_be_written_is_not_taken_for_done(
    sqlite_world: World, label: str, state: State
) -> None:
    world = sqlite_world
    card = await world.draft_text()
    await let_no_row_become(world, state)
    await world.slack.click(OLIVE, card, label)
    assert "nothing was done" in await told(world, OLIVE, "The record could not be reached")
    assert (await world.row()).state is State.DRAFT
    assert READY in (await world.card()).read()
