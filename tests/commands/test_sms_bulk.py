"""`/sms bulk`: the form with a CSV, filled in by words, checked before anything is written."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sends import Kind, Send, State
from bot.sends.run import Action
from sandbox.slack import View
from tests.steps import ALIEN, GUEST, form, submit, typed
from tests.world import OLIVE, OTTO, World

LIST = b"name,phone\nAna,206 555 0100\nBen,206 555 0101\n"
TEXT = "Tidewater Coffee: We open at 8 today. Reply STOP to opt out"


def given(world: World, name: str = "list.csv", data: bytes = LIST, user: str = OLIVE) -> str:
    return world.slack.give(user, name, data)


async def opened(world: World, words: str = "") -> View:
    assert await typed(world, f"bulk {words}".strip()) == ""
    return form(world)


async def shows(world: World, view: View, *said: str) -> None:
    """Until the modal says all of this."""
    await world.slack.wait_for(lambda: all(one in view.read() for one in said))


async def drafted(world: World, words: str, **more: Any) -> Send:
    await opened(world, words)
    view = await submit(world, {"file": given(world)} | more)
    assert view.closed, view.errors
    return await world.row()


async def test_a_list_to_be_texted_is_drafted_with_its_file(world: World) -> None:
    row = await drafted(world, f"send {TEXT}")
    assert (row.kind, row.state, row.text, row.sender) == (Kind.BULK, State.DRAFT, TEXT, "2065551212")
    assert row.run is not None
    assert (row.run.action, row.run.file_name) == (Action.SEND, "list.csv")
    assert row.run.file_id in {one.id for one in world.slack.workspace.files.values()}
    assert row.audience is None and row.phone is None


async def test_a_list_to_be_subscribed_has_its_group(world: World) -> None:
    row = await drafted(world, "subscribe weekly", sender="12345")
    assert row.run is not None
    assert (row.run.action, row.audience, row.sender, row.text) == (
        Action.SUBSCRIBE, "weekly", "12345", None,
    )  # fmt: skip


async def test_a_list_to_be_stopped_has_neither_group_nor_text(world: World) -> None:
    row = await drafted(world, "stop")
    assert row.run is not None
    assert (row.run.action, row.audience, row.text) == (Action.STOP, None, None)


@pytest.mark.parametrize(
    ("words", "action", "fields"),
    [
        ("", None, {}),
        ("stop", "stop", {}),
        ("STOP", "stop", {}),
        ("subscribe", "subscribe", {"group": None}),
        ("subscribe vip", "subscribe", {"group": "vip"}),
        ("subscribe nobody", "subscribe", {"group": None}),
        ("weekly", "subscribe", {"group": "weekly"}),
        ("send", "send", {"text": None}),
        ("send Hello  there", "send", {"text": "Hello  there"}),
        ("Hello there", "send", {"text": "Hello there"}),
    ],
)
async def test_words_fill_the_form(
    sqlite_world: World, words: str, action: str | None, fields: dict[str, str | None]
) -> None:
    view = await opened(sqlite_world, words)
    assert view.value("action") == action
    asked = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    assert asked == {"action", "file", "sender", "when", *fields}
    assert {name: view.value(name) for name in fields} == fields


async def test_the_action_that_is_chosen_brings_its_fields_and_keeps_the_rest(sqlite_world: World) -> None:
    view = await opened(sqlite_world)
    assert view.title == "A list of phones"
    file_id = given(sqlite_world)
    await sqlite_world.slack.fill(OLIVE, {"file": file_id, "sender": "12345", "action": "stop"})
    await shows(sqlite_world, view, "Nothing in WhatCounts' API takes an opt-out back")
    await sqlite_world.slack.fill(OLIVE, {"action": "subscribe"})
    await shows(sqlite_world, view, "Group")
    await sqlite_world.slack.fill(OLIVE, {"action": "send"})
    await shows(sqlite_world, view, "At most 160 characters.")
    await sqlite_world.slack.fill(OLIVE, {"text": "Hello — there"})
    await shows(sqlite_world, view, "13 characters, 1 part, UCS-2 because of “—” · 147 left of 160")
    assert view.value("sender") == "12345"
    assert "list.csv" in view.read()


async def test_all_that_lacks_is_said_at_once_and_nothing_is_written(sqlite_world: World) -> None:
    view = await opened(sqlite_world, "send " + "x" * 161)
    await submit(sqlite_world, {})
    assert view.errors == {"file": "Please complete this required field."}
    await submit(sqlite_world, {"file": given(sqlite_world), "when": 1_000_000_000})
    assert set(view.errors) == {"text", "when"}
    assert "Shorten it by 1" in view.errors["text"]
    assert await sqlite_world.rows() == []


async def test_a_file_of_another_type_is_not_taken_by_slack(sqlite_world: World) -> None:
    view = await opened(sqlite_world, "stop")
    await submit(sqlite_world, {"file": given(sqlite_world, "list.xlsx")})
    assert view.errors == {"file": "This file type is not supported: list.xlsx."}


async def test_a_file_that_is_too_large_is_refused_in_the_form(sqlite_world: World) -> None:
    view = await opened(sqlite_world, "stop")
    await submit(sqlite_world, {"file": given(sqlite_world, data=b"2" * 10_000_001)})
    assert view.errors == {"file": "This file has more than 10 MB. Split it into several files."}
    assert await sqlite_world.rows() == []


@pytest.mark.parametrize("user", [OTTO, GUEST, ALIEN])
async def test_who_may_not_send_gets_no_form(sqlite_world: World, user: str) -> None:
    said = await typed(sqlite_world, "bulk stop", user)
    assert said and sqlite_world.slack.view(user) is None
