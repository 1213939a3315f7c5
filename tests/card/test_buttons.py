"""Each button of a card, by each role: only who may is obeyed, and all others read why and who can."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.sends import State
from sandbox.slack import Message
from tests.steps import (
    ALIEN,
    GUEST,
    cancelled_text,
    doubtful_text,
    held_text,
    press,
    scheduled_text,
    told,
)
from tests.world import ANA, MAX, OLIVE, OTTO, World

Begin = Callable[[World], Awaitable[Message]]

STRANGERS = dict.fromkeys((GUEST, ALIEN), "eople of other workspaces can read these cards, but not use them.")
MOVES: list[tuple[Begin, str, State]] = [
    (World.draft_text, "Send", State.SCHEDULED),
    (held_text, "Send Now", State.SCHEDULED),
    (doubtful_text, "It Was Sent", State.SUBMITTED),
    (doubtful_text, "It Was Not Sent", State.REFUSED),
]
FORMS: list[tuple[Begin, str]] = [
    (World.draft_text, "Edit"),
    (scheduled_text, "Edit"),
    (scheduled_text, "Move"),
    (held_text, "Move"),
]
CANCELS: list[tuple[Begin, str]] = [
    (World.draft_text, OLIVE),
    (World.draft_text, OTTO),
    (scheduled_text, ANA),
    (scheduled_text, OTTO),
    (held_text, MAX),
    (held_text, OTTO),
]


async def refused(world: World, card: Message, button: str, user: str, why: str) -> None:
    """A press that is not obeyed: the row is as it was, no modal opens, the person reads why."""
    before = await world.row()
    await press(world, card, button, user)
    await told(world, user, why)
    after = await world.row()
    assert (after.state, after.revision, after.due_at) == (before.state, before.revision, before.due_at)
    assert world.slack.view(user) is None


async def refused_to_all_without_a_right(world: World, card: Message, button: str) -> None:
    for user in (ANA, OTTO):
        why = f"You may not press {button}, so nothing was done. Who can: @Max Weber, @Olive Park."
        await refused(world, card, button, user, why)
    for user, why in STRANGERS.items():
        await refused(world, card, button, user, why)


@pytest.mark.parametrize("user", [OLIVE, MAX])
@pytest.mark.parametrize(("begin", "button", "after"), MOVES)
async def test_a_button_that_moves_a_send_obeys_operators_and_admins_alone(
    sqlite_world: World, begin: Begin, button: str, after: State, user: str
) -> None:
    card = await begin(sqlite_world)
    if user == OLIVE:
        await refused_to_all_without_a_right(sqlite_world, card, button)
    await press(sqlite_world, card, button, user)
    await sqlite_world.state(after)
    assert [one.who for one in await sqlite_world.timeline() if one.who != "smsops"][-1] == user


@pytest.mark.parametrize(("begin", "button"), FORMS)
async def test_a_button_that_opens_a_form_obeys_operators_and_admins_alone(
    sqlite_world: World, begin: Begin, button: str
) -> None:
    card = await begin(sqlite_world)
    await refused_to_all_without_a_right(sqlite_world, card, button)
    for user in (OLIVE, MAX):
        await press(sqlite_world, card, button, user)
        assert sqlite_world.slack.view(user) is not None


async def test_draft_again_obeys_operators_and_admins_alone(sqlite_world: World) -> None:
    card = await cancelled_text(sqlite_world)
    await refused_to_all_without_a_right(sqlite_world, card, "Draft Again")
    await press(sqlite_world, card, "Draft Again", MAX)
    await sqlite_world.state(State.DRAFT)
    assert (await sqlite_world.row()).asked_by == MAX


@pytest.mark.parametrize(("begin", "user"), CANCELS)
async def test_every_full_member_may_cancel_until_the_claim(
    sqlite_world: World, begin: Begin, user: str
) -> None:
    card = await begin(sqlite_world)
    for stranger, why in STRANGERS.items():
        await refused(sqlite_world, card, "Cancel", stranger, why)
    await press(sqlite_world, card, "Cancel", user)
    await sqlite_world.card("Nothing was sent.")
    sqlite_world.pass_time(10)
    fact = (await sqlite_world.timeline())[-1]
    assert (fact.who, fact.what) == (user, "cancelled")
    assert sqlite_world.texts() == []


async def test_outside_the_channels_of_the_settings_a_card_can_only_be_cancelled(
    channels_world: World,
) -> None:
    world = channels_world
    card = await world.draft_text()
    send_id = (await world.row()).id
    # the channel was taken out of SMS_CHANNELS after the card was drawn
    await world.bot.database.write(
        lambda c: c.exec_driver_sql(f"UPDATE send SET channel = 'C0RANDOM' WHERE id = '{send_id}'")
    )
    await refused(world, card, "Send", OLIVE, "Texts are sent from #sms only. Nothing was done here.")
    await press(world, card, "Cancel", OTTO)
    await world.state(State.CANCELLED)
