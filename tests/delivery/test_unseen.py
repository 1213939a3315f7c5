"""Cards that Slack does not take: what nobody can see does not leave, and holds up nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from bot.sends import State
from sandbox.slack import dm
from sandbox.slack.world import Channel
from tests.steps import (
    GROUP_DELAY,
    READY,
    cancelled_text,
    doubtful_text,
    held_text,
    press,
    scheduled_campaign,
    scheduled_text,
    sends_asked,
    typed,
)
from tests.world import MAX, OLIVE, SMS, World

HOME = dm(OLIVE)
MANY = 250  # more rows than one wake-up takes up


def archived(channel: Channel) -> None:
    channel.is_archived = True


def left_by_the_bot(channel: Channel) -> None:
    channel.is_private = True
    channel.members.discard("U0BOT")


def copy(connection: Connection, send_id: str, times: int, own: str, values: Callable[[int], str]) -> None:
    """Rows like that one, with these `values` in the columns of their `own`."""
    found = connection.exec_driver_sql("PRAGMA table_info(send)").fetchall()
    rest = ", ".join(column[1] for column in found if column[1] not in {"id", *own.split(", ")})
    for number in range(times):
        connection.exec_driver_sql(
            f"INSERT INTO send (id, {own}, {rest})"
            f" SELECT 'S-{number:06d}', {values(number)}, {rest} FROM send WHERE id = '{send_id}'"
        )


CLOSINGS: list[Callable[[Channel], None]] = [archived, left_by_the_bot]


@pytest.mark.parametrize("close", CLOSINGS)
async def test_a_scheduled_campaign_whose_card_is_gone_is_cancelled_and_told(
    sqlite_world: World, close: Callable[[Channel], None]
) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    close(world.slack.world.channels[SMS])
    await typed(world, "freeze", MAX, HOME)  # which its card has to say
    card = await world.card("Cancelled. Nothing was sent.", HOME)
    await typed(world, "unfreeze", MAX, HOME)
    assert card.buttons() == ["Draft Again"]
    world.pass_time(GROUP_DELAY)
    await typed(world, "status", channel=HOME)
    assert (await world.row()).state is State.CANCELLED
    assert sends_asked(world) == 0


@pytest.mark.parametrize("close", CLOSINGS)
async def test_a_doubt_whose_card_is_gone_can_be_settled_in_the_dm(
    sqlite_world: World, close: Callable[[Channel], None]
) -> None:
    world = sqlite_world
    await scheduled_text(world)
    close(world.slack.world.channels[SMS])
    world.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
    world.pass_time(5)
    card = await world.card("May have been sent", HOME)
    await press(world, card, "It Was Sent")
    assert (await world.state(State.SUBMITTED)).settled_by == OLIVE
    assert sends_asked(world) == 1


@pytest.mark.parametrize(
    ("refusal", "times"),
    [
        ("restricted_action_read_only_channel", 1),
        ("restricted_action_thread_only_channel", 1),
        ("missing_scope", 1),
        ("posting_to_general_channel_denied", 1),
        ("a_word_that_nobody_knows", 3),
    ],
)
async def test_a_first_card_that_slack_refuses_comes_to_the_dm(
    sqlite_world: World, refusal: str, times: int
) -> None:
    world = sqlite_world
    world.slack.faults.refuse("chat.postMessage", refusal, times=times)
    await typed(world, "send 2065550100 Hello")
    card = await world.slack.wait_for(lambda: world._card(READY, HOME), timeout=15)
    assert "Send" in card.buttons()
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "The card came here instead." in note.read()
    assert world.slack.messages(SMS) == []


async def test_notes_that_slack_will_never_take_hold_up_no_other(sqlite_world: World) -> None:
    world = sqlite_world
    await held_text(world, "First")
    row = await world.row()

    def plant(connection: Connection) -> None:
        copy(connection, row.id, 25, "card_channel", lambda number: f"'C0GONE{number}'")
        connection.exec_driver_sql(
            "INSERT INTO note (id, send_id, text, at)"
            " SELECT -row_number() OVER (), id, 'x', asked_at FROM send WHERE card_channel LIKE 'C0GONE%'"
        )

    await world.bot.database.write(plant)
    card = await doubtful_text(world, "Second")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card), timeout=8)
    assert "may have been sent" in note.read()


async def test_a_note_that_slack_does_not_take_now_does_not_make_the_others_late(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await scheduled_text(world, "First")
    world.slack.faults.refuse("chat.postMessage", "internal_error")  # of the note
    world.pass_time(300)
    first = await world.card("Held: nothing was sent.")
    await world.slack.wait_for(lambda: world.slack.called("chat.postMessage")[-1].error)
    second = await doubtful_text(world, "Second")
    await world.slack.wait_for(lambda: world.slack.replies(second))
    assert world.slack.replies(first) == []
    world.pass_time(31)
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(first))
    assert "is held: nothing was sent." in note.read()


async def test_many_cards_that_can_be_drawn_nowhere_hold_up_no_other(sqlite_world: World) -> None:
    world = sqlite_world
    await cancelled_text(world)
    row = await world.row()

    own = "card_channel, card_revision, state_at"
    old = "'C0GONE', 0, '2020-01-01 00:00:00.000000'"
    await world.bot.database.write(copy, row.id, MANY, own, lambda number: old)
    world.pass_time(0)
    await typed(world, "send 2065550101 New")
    card = await world.slack.wait_for(lambda: world._card("New", SMS), timeout=10)
    assert card.buttons() == ["Send", "Edit", "Cancel"]
