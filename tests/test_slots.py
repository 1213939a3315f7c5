"""Slots of the throttle over several processes on one PostgreSQL: none is given twice, none is far away."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from sqlalchemy import Connection, select, update

from bot.database import Database
from bot.pace import NoTurn
from bot.slots import SharedSlots, slot, take_slot

GAP = 0.25


async def reserved(databases: list[Database], count: int) -> list[float]:
    """`count` slots for each, all asked for at once; when each is over, by the server's clock."""

    def one(connection: Connection) -> float:
        take_slot(connection, "text 2065551212", GAP)  # which locks the row until it is committed
        return float(connection.scalar(select(slot.c.free_at)) or 0)

    asked = (database.write(one) for database in databases for _ in range(count))
    return sorted(await asyncio.gather(*asked))


@pytest.mark.parametrize("processes", [2, 4])
async def test_each_slot_is_given_once_over_all_processes(postgres_url: str, processes: int) -> None:
    databases = [Database(postgres_url) for _ in range(processes)]
    times = await reserved(databases, 10)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == pytest.approx([GAP] * (10 * processes - 1))
    await asyncio.gather(*(one.close() for one in databases))


async def test_each_key_has_slots_of_its_own(postgres_url: str) -> None:
    slots = SharedSlots(database := Database(postgres_url))
    assert [await slots(key, 50) for key in ("a", "b")] == pytest.approx([0, 0], abs=0.1)
    assert await slots("a", 50) > 45
    await database.close()


async def test_a_rest_saves_up_nothing(postgres_url: str) -> None:
    slots = SharedSlots(database := Database(postgres_url))
    await slots("a", GAP)
    await database.write(lambda c: c.execute(update(slot).values(free_at=slot.c.free_at - 3600)).rowcount)
    assert [await slots("a", GAP) for _ in range(2)] == pytest.approx([0, GAP], abs=0.1)
    await database.close()


async def test_a_server_whose_clock_was_set_back_does_not_stop_the_sends(postgres_url: str) -> None:
    slots = SharedSlots(database := Database(postgres_url))
    await slots("a", GAP)
    await database.write(lambda c: c.execute(update(slot).values(free_at=slot.c.free_at + 3600)).rowcount)
    assert [await slots("a", GAP) for _ in range(2)] == pytest.approx([0, GAP], abs=0.1)
    await database.close()


async def test_without_the_database_there_is_no_turn() -> None:
    slots = SharedSlots(database := Database("postgresql+psycopg://somebody@127.0.0.1:1/smsops"))
    with pytest.raises(NoTurn):
        await slots("a", GAP)
    await database.close()


async def test_a_slot_is_committed_before_anybody_relies_on_it(postgres_url: str) -> None:
    slots = SharedSlots(database := Database(postgres_url))
    await slots("a", GAP)

    def keys(connection: Connection) -> list[str]:
        return list(connection.execute(select(slot.c.key)).scalars())

    other = Database(postgres_url)
    assert await other.read(keys) == ["a"]
    await other.close()
    await database.close()
