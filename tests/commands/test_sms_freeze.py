"""`/sms freeze`: the emergency brake; any operator, approver or admin pulls it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.sends import State
from tests.steps import (
    GUEST,
    draft_campaign,
    press,
    scheduled_campaign,
    scheduled_text,
    sends_asked,
    told,
    typed,
)
from tests.world import ANA, MAX, OLIVE, OTTO, World


def frozen_facts(connection: Connection) -> list[str]:
    """Who froze and lifted, as the record has it, oldest first."""
    rows = connection.exec_driver_sql("SELECT who, what FROM evidence WHERE send_id IS NULL ORDER BY id")
    return [f"{row[0]} {row[1]}" for row in rows]


async def test_nothing_leaves_in_a_freeze_and_what_falls_due_is_held(world: World) -> None:
    await scheduled_text(world)
    read = await typed(world, "freeze wrong price", ANA)
    assert read == (
        "Sends are frozen by @Ana Silva. Nothing leaves until an admin types /sms unfreeze;"
        " what falls due is held. Why: wrong price"
    )
    world.pass_time(5)
    row = await world.state(State.HELD)
    card = await world.card("Held: nothing was sent.")
    assert row.held_by == "freeze"
    assert "Sends were frozen when it was due: wrong price." in card.read()
    note = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "@Olive Park" in note[0].read()
    assert sends_asked(world) == 0


async def test_a_reason_with_a_phone_number_is_kept_and_shown_without_it(world: World) -> None:
    read = await typed(world, "freeze 206 555 0100 got it twice, says jon@mydomain.com")
    assert "Why: •••••••0100 got it twice, says j•••@mydomain.com" in read
    assert (await world.bot.sends.frozen()).why == "•••••••0100 got it twice, says j•••@mydomain.com"


async def test_the_freeze_stands_in_the_channel_for_everybody(sqlite_world: World) -> None:
    answer = await sqlite_world.slack.command(OLIVE, "freeze wrong price")
    assert answer.shown in sqlite_world.slack.messages("C0SMS")


@pytest.mark.parametrize("user", [OLIVE, ANA, MAX])
async def test_any_role_may_pull_it(sqlite_world: World, user: str) -> None:
    assert "Sends are frozen by" in await typed(sqlite_world, "freeze", user)
    assert (await sqlite_world.bot.sends.frozen()).by == user


@pytest.mark.parametrize("user", [OTTO, GUEST])
async def test_who_has_no_role_may_not(sqlite_world: World, user: str) -> None:
    await sqlite_world.slack.command(user, "freeze")
    assert not (await sqlite_world.bot.sends.frozen()).frozen
    assert sqlite_world.slack.messages("C0SMS") == []


async def test_a_second_freeze_says_who_was_first_and_changes_nothing(world: World) -> None:
    await typed(world, "freeze wrong price", ANA)
    read = await typed(world, "freeze me too", OLIVE)
    assert read.startswith("Sends are frozen already by @Ana Silva. An admin lifts it with /sms unfreeze.")
    frozen = await world.bot.sends.frozen()
    assert (frozen.by, frozen.why) == (ANA, "wrong price")
    assert await world.bot.database.read(frozen_facts) == ["U0ANA froze", "U0OLIVE was refused"]


async def test_what_is_drafted_and_confirmed_in_a_freeze_says_so_on_its_card(sqlite_world: World) -> None:
    frozen = "Sends are frozen: this is held unless an admin lifts the freeze first."
    await typed(sqlite_world, "freeze")
    card = await draft_campaign(sqlite_world)
    assert frozen in card.read()
    await press(sqlite_world, card, "Send")
    await sqlite_world.card("Scheduled.")
    assert frozen in card.read()


async def test_cards_that_wait_say_so_until_it_is_lifted_and_can_be_pressed(world: World) -> None:
    card = await scheduled_campaign(world)
    await typed(world, "freeze")
    await world.slack.wait_for(lambda: "Sends are frozen" in card.read())
    late = card.was(len(card.history) - 1)
    await typed(world, "unfreeze", MAX)
    await world.slack.wait_for(lambda: "Sends are frozen" not in card.read())
    await press(world, late, "Move")
    assert world.slack.view(OLIVE) is not None


async def test_a_freeze_while_a_card_is_being_drawn_comes_onto_it(sqlite_world: World) -> None:
    hold = sqlite_world.slack.faults.hold("chat.postMessage")
    await typed(sqlite_world, "send 2065550100 Hello")
    await hold.reached.wait()
    await typed(sqlite_world, "freeze")
    hold.release()
    card = await sqlite_world.card("Nothing is sent until someone presses Send.")
    await sqlite_world.slack.wait_for(lambda: "Sends are frozen" in card.read())


async def test_a_held_send_cannot_be_released_in_the_freeze(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_text(world)
    await typed(world, "freeze")
    world.pass_time(5)
    card = await world.card("Held: nothing was sent.")
    await press(world, card, "Send Now")
    await told(
        world, OLIVE, "Sends are still frozen, so nothing was done. An admin lifts it with /sms unfreeze."
    )
    assert (await world.row()).state is State.HELD


async def test_a_reason_is_shown_as_it_was_typed_and_calls_nobody(sqlite_world: World) -> None:
    await typed(sqlite_world, "freeze <!channel> prices *wrong* & late")
    shown = sqlite_world.slack.messages("C0SMS")[-1]
    assert "<!channel>" not in str(shown.blocks) + shown.text
    assert "prices" in shown.read()


async def test_it_works_in_channels_where_nothing_may_be_sent(channels_world: World) -> None:
    assert "Sends are frozen by" in await typed(channels_world, "freeze", channel="C0RANDOM")


async def test_what_is_under_way_already_is_told_with_the_freeze(sqlite_world: World) -> None:
    world = sqlite_world
    world.whatcounts.faults.next("delay_before", operation="smssendmessagetophone", seconds=1)
    await scheduled_text(world)
    world.pass_time(5)
    await world.state(State.SENDING)
    await typed(world, "freeze wrong price")
    said = await world.card("Sends are frozen by")
    assert "Under way already, and not to be called back: 1." in said.read()
    await world.state(State.SUBMITTED)
