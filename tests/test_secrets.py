"""The WhatCounts password and whole phone numbers: in no message, row, log or error, whatever goes wrong."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import Connection, inspect, text

from bot.sends import State
from tests.steps import (
    GROUP_DELAY,
    everything_shown,
    press,
    scheduled_campaign,
    scheduled_text,
    submit,
    typed,
)
from tests.world import OLIVE, World


def every_row(connection: Connection) -> dict[str, str]:
    """All that each table holds, as text."""
    tables = inspect(connection).get_table_names()
    return {name: str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in tables}


async def all_that_could_tell(world: World, caplog: pytest.LogCaptureFixture) -> str:
    rows = await world.bot.database.read(every_row)
    calls = " ".join(str(one.args) for one in world.slack.calls)
    return everything_shown(world) + calls + " ".join(rows.values()) + caplog.text


@pytest.mark.parametrize(
    "fault", ["password_echo", "unauthorized", "error_500_unknown", "close_after", "html_200"]
)
async def test_the_password_is_told_to_nobody_whatever_whatcounts_answers(
    sqlite_world: World, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    world = sqlite_world
    caplog.set_level(logging.DEBUG)
    await scheduled_text(world)
    world.whatcounts.faults.always(fault)
    world.pass_time(5)
    await world.slack.wait_for(
        lambda: any(word in world.slack.messages("C0SMS")[0].read() for word in ("Not sent", "May"))
    )
    for words in ("messages", "status", f"show {(await world.row()).id}", "campaign"):
        await typed(world, words)
    await world.slack.search(OLIVE, "message", "sale")
    assert world.whatcounts.password not in await all_that_could_tell(world, caplog)


async def test_a_password_that_changed_is_told_as_a_refused_login_and_nothing_was_sent(world: World) -> None:
    await scheduled_text(world)
    world.whatcounts.realm.password = "another"
    world.pass_time(5)
    row = await world.state(State.REFUSED)
    assert "WhatCounts refused the login" in (row.why or "")
    card = await world.card("Not sent.")
    assert "An admin must check WHATCOUNTS_REALM, WHATCOUNTS_PASSWORD" in card.read()
    assert card.buttons() == ["Draft Again"]
    assert world.texts() == []


async def test_a_password_that_changed_holds_a_campaign_at_the_look(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    world.whatcounts.realm.password = "another"
    world.pass_time(GROUP_DELAY)
    await world.slack.wait_for(
        lambda: "WhatCounts refused the login" in world.slack.messages("C0SMS")[0].read()
    )
    assert world.texts() == []


async def test_a_phone_and_a_text_are_in_no_log(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world = sqlite_world
    caplog.set_level(logging.INFO)
    card = await scheduled_text(world, "My own words")
    await press(world, card, "Edit")
    await submit(world, {"text": "My other words"})
    await world.card("My other words")
    await typed(world, "send 2065550100x My own words")
    assert not [word for word in ("2065550100", "My own words", "My other words") if word in caplog.text]
