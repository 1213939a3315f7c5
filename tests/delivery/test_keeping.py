"""The daily digest: posted once to the alarm channel, and kept in the database where there is none."""

from __future__ import annotations

from sqlalchemy import select

from bot.console import prove
from bot.digests import digest
from sandbox.slack import Message
from tests.steps import cancelled_text
from tests.world import SMS, World, open_world

DAY = 86_400
IN_TIME = 25.0  # seconds: what is done for all is done every ten


def told(world: World) -> list[Message]:
    return [one for one in world.slack.messages(SMS) if one.text.startswith("The record up to")]


def refused(world: World) -> bool:
    return any(call.error == "internal_error" for call in world.slack.called("chat.postMessage"))


async def test_the_digest_of_a_day_is_posted_and_proves_the_record(database_url: str) -> None:
    async with open_world(database_url, SMS_ALARM_CHANNEL=SMS) as world:
        await cancelled_text(world)
        world.slack.faults.refuse("chat.postMessage", "internal_error")
        world.pass_time(DAY)
        await world.slack.wait_for(lambda: refused(world), IN_TIME)
        assert told(world) == []
        world.pass_time(61)  # it is posted at a later tick
        await world.slack.wait_for(lambda: told(world), IN_TIME)
        (message,) = told(world)
        hash_ = message.text.split("Digest `")[1].partition("`")[0]
        said: list[str] = []
        assert await prove(world.settings, said.append, hash_) == 0, said
        assert said[-1] == f"Every row is as it was written. The digest {hash_} is among them."
        assert await prove(world.settings, said.append, "0" * 64) == 1
        assert "There is no digest 0000" in said[-1]


async def test_without_a_channel_it_is_kept_all_the_same(world: World) -> None:
    await cancelled_text(world)
    world.pass_time(DAY)
    kept: list[str] = []
    while not kept:
        await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile
        kept = list(await world.bot.database.read(lambda c: c.execute(select(digest.c.hash)).scalars().all()))
    assert told(world) == []
    said: list[str] = []
    assert await prove(world.settings, said.append, kept[0]) == 0, said
