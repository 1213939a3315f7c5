"""The claim itself: one time of a repeating campaign leaves only while that runs and none is in doubt."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.sends import Send, State
from bot.sends.leaving import claim
from bot.sends.table import send
from tests.repeat.steps import made
from tests.world import World


class Undone(Exception):
    """Takes back what was tried."""


async def is_claimed(world: World, one: Send, **rule: Any) -> bool:
    """Whether it would be, at its hour and just looked at, where its rule is so; nothing of it stays."""
    found = []

    def attempt(connection: Connection) -> None:
        now = one.due_at
        assert now is not None
        if rule:
            connection.execute(update(send).where(send.c.id == one.series).values(rule))
        looked = {"looked_at": now, "looked_print": one.confirmed_print}
        connection.execute(update(send).where(send.c.id == one.id).values(looked))
        found.extend(claim(connection, now, [one.id], world.bot.database.me, "token").sends)
        raise Undone

    with pytest.raises(Undone):
        await world.bot.database.write(attempt)
    return [each.id for each in found] == [one.id]


async def test_it_leaves_while_its_campaign_runs(world: World) -> None:
    one = await made(world)
    assert await is_claimed(world, one)
    for state in (State.HELD, State.CANCELLED, State.DRAFT):
        assert not await is_claimed(world, one, state=state)


async def test_it_does_not_leave_while_another_is_in_doubt(world: World) -> None:
    one = await made(world)

    def doubt(connection: Connection) -> None:
        (row,) = connection.execute(select(send).where(send.c.id == one.id)).mappings()
        assert one.on_day is not None
        other = dict(row) | {"id": "S-DOUBT1", "state": State.MAYBE_SENT, "on_day": None, "due_at": None}
        connection.execute(insert(send).values(other))

    await world.bot.database.write(doubt)
    assert not await is_claimed(world, one)
