"""The log of the whole way: a line for each thing that was recorded, and nothing of a person in any line."""

from __future__ import annotations

import logging
import re

import pytest
from sqlalchemy import Connection, select

from bot.database import DatabaseError
from bot.evidence import evidence, record
from tests.steps import doubtful_text, held_text, press, submit, submitted_text, typed
from tests.world import MAX, OLIVE, World

TEXT = "Hortense, your parcel waits"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "bot.journal"]


async def test_every_thing_that_is_recorded_of_a_send_is_one_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await submitted_text(world, TEXT)
    row = await world.row()
    recorded = [one.what for one in await world.timeline()]
    assert recorded
    told = [re.match(rf'event="?([^"]*?)"? send={row.id}', one) for one in lines(caplog)]
    assert [one[1] for one in told if one] == recorded


async def test_no_number_text_name_or_secret_is_in_the_log_of_the_whole_way(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await submitted_text(world, TEXT)
    await held_text(world, f"{TEXT} again")
    await doubtful_text(world, f"{TEXT} once more")
    await typed(world, "send 206 Hello")
    await typed(world, "freeze because of 206 555 0100")
    await typed(world, "unfreeze", MAX)
    await typed(world, "contact")
    await submit(
        world, {"email": "hortense@acme.test", "phone": "206 555 0101", "first_name": "Hortense"}
    )
    await typed(world, "history")
    await press(world, await world.draft_text("Another", "2065550102"), "Cancel")
    logged = caplog.text
    assert len(lines(caplog)) > 15
    assert not re.search(r"206\W{0,2}555\W?01\d\d", logged)
    for personal in ("Hortense", "hortense", "parcel", "acme.test", OLIVE, MAX):
        assert personal not in logged, personal
    settings = world.settings
    for secret in (settings.slack_bot_token, settings.slack_signing_secret, settings.whatcounts_password):
        assert secret.get_secret_value() not in logged


async def test_what_was_rolled_back_is_not_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def fails(connection: Connection) -> None:
        record(connection, at=world.bot.now(), who="smsops", what="never happened")
        connection.exec_driver_sql("SELECT * FROM nowhere")

    for way in (world.bot.database.write, world.bot.database.write_together):
        with pytest.raises(DatabaseError):
            await way(fails)
    await typed(world, "freeze")
    assert [one for one in lines(caplog) if "never" in one] == []
    assert "event=froze" in lines(caplog)
    rows = await world.bot.database.read(lambda c: c.execute(select(evidence.c.what)).scalars().all())
    assert "never happened" not in rows
