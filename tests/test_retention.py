"""SMS_RETENTION_DAYS: what no send names any more, and what is over, is not kept for ever."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, func, insert, select

from bot import alarms
from bot.alarms import Matter
from bot.delivery.keeping import Keeping
from bot.sends.table import person, send
from bot.sends.unused import PART, erase_unused, unused
from bot.sends.watches import watch
from bot.verify import verify
from tests.steps import press, scheduled_campaign, submit, typed
from tests.world import World, open_world

DAYS = 30


async def phones(world: World) -> set[str]:
    found = await world.bot.database.read(lambda c: c.execute(select(person.c.phone)).scalars().all())
    return {one for one in found if one}


async def keep(world: World) -> None:
    """What the process does each hour by itself, until there is nothing more to do."""
    keeping = Keeping(world.bot)
    while await keeping.once():
        pass


async def test_a_number_that_a_draft_was_changed_from_is_erased_when_it_is_old(database_url: str) -> None:
    async with open_world(database_url, SMS_RETENTION_DAYS=str(DAYS)) as world:
        card = await world.draft_text("Hello", "2065550100")
        await press(world, card, "Edit")
        await submit(world, {"phone": "206 555 0101"})
        await world.card("0101")
        await keep(world)
        assert await phones(world) == {"12065550100", "12065550101"}
        world.pass_time((DAYS + 1) * 86_400)
        await keep(world)
        assert await phones(world) == {"12065550101"}  # its send has only just expired
        await typed(world, "send 2065550100 Young")
        assert "12065550100" in await phones(world)  # anew
        found = await world.bot.database.read(verify)
        assert found.wrong is None


async def test_a_test_phone_stays_while_a_test_to_it_is_kept(database_url: str) -> None:
    async with open_world(database_url, SMS_RETENTION_DAYS=str(DAYS)) as world:
        await typed(world, "test Spring sale")
        row = await world.row()
        first, other = (leg.person_id for leg in row.legs)
        ids, _ = await world.bot.database.read(unused, 0, world.bot.now() + timedelta(days=1))
        assert other in ids  # by the quick look, which does not read the legs
        assert await world.bot.database.write(_erase, world, [first, other]) == 0


def _erase(connection: Connection, world: World, ids: list[int]) -> int:
    return erase_unused(connection, world.bot.now(), ids)


async def test_watches_and_alarms_that_were_over_long_ago_are_deleted(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_RETENTION_DAYS=str(DAYS)) as world:
        card = await scheduled_campaign(world)
        await world.slack.wait_for(lambda: world.slack.called("chat.scheduleMessage"))
        await press(world, card, "Cancel")
        await world.slack.wait_for(lambda: world.slack.called("chat.deleteScheduledMessage"))
        await world.bot.database.write(alarms.keep, world.bot.now(), [Matter("late", "late", "Late.")])
        await world.bot.database.write(alarms.keep, world.bot.now(), [])
        world.pass_time((DAYS + 1) * 86_400)
        await keep(world)
        for table in (watch, alarms.alarm):
            many = select(func.count()).select_from(table)
            assert await world.bot.database.read(lambda c, q=many: c.execute(q).scalar_one()) == 0, table.name


async def test_a_table_of_many_numbers_is_looked_through_in_parts(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_RETENTION_DAYS=str(DAYS)) as world:
        rows = [{"phone": f"1206{number:07}"} for number in (*range(10), PART + 11, PART + 12)]
        rows = [one | {"id": number + 1} for number, one in enumerate(rows[:10])] + [
            one | {"id": PART + 5 + number} for number, one in enumerate(rows[10:])
        ]
        await world.bot.database.write(lambda c: c.execute(insert(person), rows))
        assert await world.bot.sends.erase_unused(world.bot.now(), timedelta(days=DAYS)) == 12
        assert await phones(world) == set()
        assert await world.bot.database.read(lambda c: c.execute(select(func.count(send.c.id))).scalar()) == 0
