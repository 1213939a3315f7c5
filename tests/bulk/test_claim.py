"""The claim of a row itself: only of a run that runs, by who carries it, from a registered sender code."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, delete, update

from bot.freeze import freeze_row
from bot.registry import registered
from bot.sends.rows import Taken, take
from bot.sends.run import RunState, bulk_run
from tests.bulk.lists import FAST, csv, in_state, phones, start
from tests.world import open_world


class Undone(Exception):
    """Takes back what was tried."""


async def taken(world: Any, send_id: str, *changes: Any, me: int | None = None) -> Taken | None:
    """The row that would be claimed, where this is so; nothing of it stays."""
    found: list[Taken | None] = []

    def attempt(connection: Connection) -> None:
        for change in changes:
            connection.execute(change)
        found.append(take(connection, world.bot.now(), send_id, me or world.bot.database.me, "token"))
        raise Undone

    with pytest.raises(Undone):
        await world.bot.database.write(attempt)
    return found[0]


async def test_a_row_is_claimed_only_where_the_run_may_go_on(database_url: str) -> None:
    async with open_world(database_url, **(FAST | {"SMS_RATE": "send=1,other=1"})) as world:
        await start(world, csv(phones(20)))
        row = await in_state(world, RunState.RUNNING)
        assert await taken(world, row.id)
        assert not await taken(world, row.id, me=world.bot.database.me + 1)
        for state in set(RunState) - {RunState.RUNNING}:
            assert not await taken(world, row.id, update(bulk_run).values(state=state))
        assert not await taken(world, row.id, update(freeze_row).values(frozen=True))
        assert not await taken(world, row.id, delete(registered))
