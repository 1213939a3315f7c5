"""An alarm starts a send on its second; the tick, which comes every two seconds, is the net below it."""

from __future__ import annotations

from datetime import timedelta

import pytest

import bot.scheduler
from tests.steps import scheduled_text
from tests.world import open_world

FAR = 3600  # seconds
DELAY = {"SMS_DELAY_SECONDS": "phone=3"}


async def test_it_leaves_on_its_second_though_no_tick_comes(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.scheduler, "TICK", FAR)
    async with open_world(database_url, **DELAY) as world:
        card = await scheduled_text(world)
        await world.slack.wait_for(lambda: "Submitted" in card.read())
        row = await world.row()
        assert row.claimed_at
        assert row.due_at
        assert timedelta(0) <= row.claimed_at - row.due_at < timedelta(seconds=1)
