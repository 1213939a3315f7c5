"""`/sms show`: one send with its whole timeline, or the newest ones."""

from __future__ import annotations

import pytest

from sandbox.slack import dm
from tests.steps import cancelled_text, doubtful_text, held_text, press, submitted_text, told, typed
from tests.world import ANA, OLIVE, OTTO, World


async def test_a_send_is_shown_with_everything_that_happened_to_it(world: World) -> None:
    await submitted_text(world, "Hello from the shop")
    row = await world.row()
    read = await typed(world, f"show {row.id}")
    assert "Hello from the shop" in read
    assert "Text → •••••••0100" in read
    assert "What happened" in read
    for part in (
        "@Olive Park · drafted",
        "@Olive Park · confirmed",
        "smsops · sending",
        "smsops · submitted",
    ):
        assert part in read
    assert "America/Los_Angeles (UTC-0" in read
    assert "Its card is in #sms." in read


async def test_it_has_no_buttons_those_are_on_the_card(sqlite_world: World) -> None:
    await sqlite_world.draft_text()
    shown = (await sqlite_world.slack.command(OLIVE, f"show {(await sqlite_world.row()).id}")).shown
    assert shown is not None
    assert shown.buttons() == []


@pytest.mark.parametrize(
    "spelling", [str.lower, lambda send_id: send_id[2:], lambda send_id: f" {send_id[2:].lower()} "]
)
async def test_an_id_is_understood_as_people_type_it(sqlite_world: World, spelling: object) -> None:
    await sqlite_world.draft_text()
    send_id = (await sqlite_world.row()).id
    assert callable(spelling)
    assert send_id in await typed(sqlite_world, f"show {spelling(send_id)}")


async def test_a_send_that_is_not_there_is_said(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "show S-000000")
    assert read.startswith("There is no send S-000000. /sms show lists the newest.")


@pytest.mark.parametrize("words", ["last", "S-7K3QX", "S-7K3QXMM", "S-7K3QXM now", "<!channel>"])
async def test_what_is_no_id_gets_the_usage(sqlite_world: World, words: str) -> None:
    read = await typed(sqlite_world, f"show {words}")
    assert "That is not the id of a send, such as S-7K3QXM. It stands at the foot of its card." in read
    assert "Usage: /sms show [id]" in read


async def test_without_an_id_the_newest_are_listed_and_shown_by_a_press(sqlite_world: World) -> None:
    world = sqlite_world
    await cancelled_text(world, "first")
    await world.draft_text("second")
    shown = (await world.slack.command(OLIVE, "show")).shown
    assert shown is not None
    newest = await world.row()
    assert shown.read().startswith("The newest sends")
    assert f"{newest.id} · Text → •••••••0100 · draft, not confirmed" in shown.read()
    assert shown.buttons() == ["Show", "Show"]
    await world.slack.click(OLIVE, shown, shown.blocks[1]["block_id"])
    read = await told(world, OLIVE, "What happened")
    assert newest.id in read
    assert "second" in read


async def test_nothing_to_show_is_said(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "show")
    assert read == "Nothing has been drafted yet. /sms send or /sms campaign begins."


async def test_show_buttons_are_not_for_somebody_who_may_not_read(sqlite_world: World) -> None:
    await sqlite_world.draft_text("Hello")
    shown = (await sqlite_world.slack.command(OLIVE, "show")).shown
    assert shown is not None
    await press(sqlite_world, shown, "Show", OTTO)
    await told(sqlite_world, OTTO, "You may not press Show, so nothing was done.")


async def test_why_it_was_held_is_in_the_timeline(sqlite_world: World) -> None:
    await held_text(sqlite_world)
    read = await typed(sqlite_world, f"show {(await sqlite_world.row()).id}")
    assert "smsops · held: It was due 3 minutes ago, and nothing leaves late by itself.\n" in read


async def test_who_settled_a_doubt_is_in_the_timeline(sqlite_world: World) -> None:
    await press(sqlite_world, await doubtful_text(sqlite_world), "It Was Sent")
    await sqlite_world.card("Submitted")
    read = await typed(sqlite_world, f"show {(await sqlite_world.row()).id}")
    assert "maybe_sent" not in read  # the program's word
    assert "@Olive Park · settled: it was sent" in read


async def test_what_whatcounts_answered_is_in_the_timeline_without_the_password(sqlite_world: World) -> None:
    world = sqlite_world
    card = await world.draft_text()
    world.whatcounts.faults.next("password_echo", operation="smssendmessagetophone")
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.card("Not sent.")
    read = await typed(world, f"show {(await world.row()).id}")
    assert "WhatCounts answered 200" in read
    assert world.whatcounts.password not in read


async def test_the_card_of_a_direct_message_is_said_to_be_there(sqlite_world: World) -> None:
    await typed(sqlite_world, "send 2065550100 Hello", channel=dm(OLIVE))
    await sqlite_world.card("Nothing is sent until", dm(OLIVE))
    read = await typed(sqlite_world, f"show {(await sqlite_world.row()).id}")
    assert "Its card is in a direct message." in read


async def test_an_approver_may_read_it_and_an_outsider_may_not(sqlite_world: World) -> None:
    await sqlite_world.draft_text("Hello")
    send_id = (await sqlite_world.row()).id
    assert "Hello" in await typed(sqlite_world, f"show {send_id}", ANA)
    assert "You may not use /sms show" in await typed(sqlite_world, f"show {send_id}", OTTO)
