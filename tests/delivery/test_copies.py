"""Slack posted a card and its answer was lost: whatever comes next, one card is left, and one text goes out.

chat.postMessage has no idempotency key, and smsops may not read the channel: a press tells what stands there.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection

from bot.sends import State
from sandbox.slack import Message
from tests.delivery.test_draw import cards
from tests.steps import READY, press, sends_asked, told, typed
from tests.world import OLIVE, World


async def two_cards(world: World) -> list[Message]:
    """The message whose answer was lost, and the card, which the row knows."""
    world.slack.faults.lose_answer("chat.postMessage")
    await typed(world, "send 2065550100 Hello")
    await world.slack.wait_for(lambda: len(cards(world)) == 2, timeout=10)
    while (await world.row()).card_ts is None:
        await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile
    return cards(world)


async def goes_out_once(world: World, card: Message) -> None:
    """From a scheduled card to the text: one of each."""
    await world.slack.wait_for(lambda: "Scheduled." in card.read(), timeout=10)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    await world.slack.wait_for(lambda: "Submitted" in card.read(), timeout=10)
    await world.slack.wait_for(lambda: cards(world) == [card])
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


async def test_a_lost_answer_makes_two_cards_of_which_the_first_is_removed_by_a_press(world: World) -> None:
    world.slack.faults.lose_answer("chat.postMessage")
    await typed(world, "send 2065550100 Hello")
    await world.slack.wait_for(lambda: len(cards(world)) == 2, timeout=10)
    copy, card = cards(world)
    while (await world.row()).card_ts is None:
        await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile
    await press(world, copy, "Send")
    said = await told(world, OLIVE, "That was a copy of the card of")
    assert "Nothing was done." in said
    await world.slack.wait_for(lambda: cards(world) == [card])
    assert (await world.row()).state is State.DRAFT
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


async def test_a_press_on_a_card_whose_post_was_never_answered_counts(sqlite_world: World) -> None:
    world = sqlite_world
    world.slack.faults.lose_answer("chat.postMessage")
    await typed(world, "send 2065550100 Hello")
    card = await world.card(READY)
    world.slack.faults.down = True  # so that no second card comes first
    await press(world, card, "Send")
    world.slack.faults.down = False
    await world.slack.wait_for(lambda: "Scheduled." in card.read(), timeout=10)
    assert cards(world) == [card]
    assert (await world.row()).card_ts == card.ts


async def test_a_copy_that_is_pressed_twice_is_removed_once(world: World) -> None:
    copy, card = await two_cards(world)
    late = copy.was(0)
    await press(world, late, "Send")
    await world.slack.wait_for(lambda: cards(world) == [card])
    await press(world, late, "Send")  # by a screen that does not know yet that it is gone
    await told(world, OLIVE, "That was a copy of the card of")
    await press(world, card, "Send")
    await goes_out_once(world, card)


async def test_the_card_is_pressed_before_its_copy(world: World) -> None:
    copy, card = await two_cards(world)
    await press(world, card, "Send")
    await press(world, copy, "Cancel")
    await told(world, OLIVE, "That was a copy of the card of")
    await goes_out_once(world, card)


async def test_both_are_pressed_at_the_same_moment(world: World) -> None:
    copy, card = await two_cards(world)
    await asyncio.gather(press(world, copy, "Send"), press(world, card, "Send"))
    await goes_out_once(world, card)


async def test_a_press_while_the_second_post_is_under_way_counts_and_that_one_is_removed(
    world: World,
) -> None:
    world.slack.faults.lose_answer("chat.postMessage")
    await typed(world, "send 2065550100 Hello")
    first = await world.card(READY)
    hold = world.slack.faults.hold("chat.postMessage")
    await asyncio.wait_for(hold.reached.wait(), 10)
    await press(world, first, "Send")  # the row has no card: this is it from now on
    hold.release()
    await goes_out_once(world, first)
    assert (await world.row()).card_ts == first.ts


async def test_two_presses_on_two_messages_of_a_row_without_a_card_make_one_of_them_the_card(
    world: World,
) -> None:
    first, second = await two_cards(world)
    await world.bot.database.write(forgets_its_card)
    await asyncio.gather(press(world, first, "Send"), press(world, second, "Send"))
    card = await world.slack.wait_for(lambda: cards(world)[0] if len(cards(world)) == 1 else None, timeout=10)
    assert (await world.row()).card_ts == card.ts
    await goes_out_once(world, card)


def forgets_its_card(connection: Connection) -> None:
    """As after a crash that ate both answers."""
    connection.exec_driver_sql("UPDATE send SET card_ts = NULL")


async def test_a_copy_that_slack_does_not_remove_now_is_removed_by_the_next_press(world: World) -> None:
    copy, card = await two_cards(world)
    world.slack.faults.refuse("chat.delete", "internal_error")
    await press(world, copy, "Send")
    await world.slack.wait_for(lambda: world.slack.called("chat.delete"))
    assert cards(world) == [copy, card]
    await press(world, copy, "Send")
    await world.slack.wait_for(lambda: cards(world) == [card])


async def test_every_answer_is_lost_for_a_while_and_one_card_is_left_of_many(sqlite_world: World) -> None:
    world = sqlite_world
    world.slack.faults.lose_answer("chat.postMessage", times=3)
    await typed(world, "send 2065550100 Hello")
    await world.slack.wait_for(lambda: len(cards(world)) == 4, timeout=20)
    while (await world.row()).card_ts is None:
        await world.slack.raw(b"", {})
    *copies, card = cards(world)
    for copy in copies:
        await press(world, copy, "Cancel")
    await world.slack.wait_for(lambda: cards(world) == [card])
    await press(world, card, "Send")
    await goes_out_once(world, card)
