"""`/sms subscribe <phone> [group]`: an SMS contact that is there already, to a sender code."""

from __future__ import annotations

import pytest

from bot.sends import Kind, State
from tests.delivery.members import (
    ADD_PHONE,
    GIL,
    WEEKLY_ID,
    asked,
    confirm,
    draft_subscription,
    groups_of,
    know_gil,
)
from tests.steps import form, press, submit, told, typed
from tests.world import ANA, OLIVE, SMS, World


async def test_a_subscription_goes_the_whole_way(world: World) -> None:
    card = await draft_subscription(world)
    assert "Subscribe •••••••0110 → 2065551212" in card.read()
    assert "Group\nweekly" in card.read()
    assert card.buttons() == ["Subscribe", "Edit", "Cancel"]
    assert asked(world, ADD_PHONE) == 0
    await press(world, card, "Subscribe")
    await world.card("Scheduled. It is subscribed")
    assert card.buttons() == ["Cancel", "Edit"]
    world.pass_time(5)
    row = await world.state(State.SUBMITTED)
    assert "WhatCounts took it." in (await world.card("Subscribed")).read()
    assert card.buttons() == []
    assert (row.kind, row.phone, row.audience, row.card_ts) == (Kind.SUBSCRIBE, GIL, "weekly", card.ts)
    assert groups_of(world) == [WEEKLY_ID]
    assert asked(world, ADD_PHONE) == 1
    assert len(world.slack.messages(SMS)) == 1
    assert [one.what for one in await world.timeline()] == ["drafted", "confirmed", "sending", "submitted"]


async def test_by_the_form_to_another_sender_code_without_a_group(world: World) -> None:
    know_gil(world)
    assert await typed(world, "subscribe") == ""
    assert form(world).title == "Subscribe a phone"
    assert (await submit(world, {"phone": "+1 206-555-0110", "sender": "12345"})).closed
    card = await world.card("Nothing is changed until someone presses Subscribe.")
    assert "12345 (Short code)" in card.read()
    assert "Group\nnone" in card.read()
    await confirm(world, card)
    await world.state(State.SUBMITTED)
    assert groups_of(world, sender="12345") == [None]


async def test_who_is_subscribed_already_is_said_to_be(world: World) -> None:
    await confirm(world, await draft_subscription(world, "2065550104 weekly"))  # Eve: on it, in no group
    card = await world.card("WhatCounts says that it was subscribed already.")
    assert "Whether it is in the group weekly, it does not tell." in card.read()
    assert (await world.row()).state is State.SUBMITTED
    assert groups_of(world, "12065550104") == [None]
    assert asked(world, ADD_PHONE) == 1


async def test_a_group_that_whatcounts_ignores_is_told_on_the_card_and_in_its_thread(world: World) -> None:
    world.whatcounts.faults.next("drop_group", operation=ADD_PHONE)
    card = await confirm(world, await draft_subscription(world))
    await world.card("But its answer does not name the group weekly: it may be in no group.")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    row = await world.row()
    assert f"@Olive Park {row.id}: But its answer does not name the group weekly" in note.read()
    assert "Look in WhatCounts." in note.read()
    assert row.state is State.SUBMITTED


async def test_a_group_that_whatcounts_does_not_have_is_ignored_by_it_and_told(sqlite_world: World) -> None:
    del sqlite_world.whatcounts.realm.groups["vip"]
    await confirm(sqlite_world, await draft_subscription(sqlite_world, "2065550110 vip"))
    await sqlite_world.card("But its answer does not name the group vip: it may be in no group.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("subscribe 206555", "not a US or Canadian phone number"),
        ("subscribe weekly", "not a phone number"),
        ("subscribe 2065550100 weekyl", "“weekyl” is not registered. Did you mean weekly?"),
        ("subscribe 2065550100 Weekly", "“Weekly” is not registered. Did you mean weekly?"),
        ("subscribe 2065550100 VIP", "“VIP” is not registered. Did you mean vip?"),
        ("subscribe 2065550100 staff", "“staff” is not registered."),
    ],
)
async def test_words_that_do_not_fit_are_refused_and_nothing_is_drafted(
    sqlite_world: World, words: str, said: str
) -> None:
    read = await typed(sqlite_world, words)
    assert said in read
    assert "Nothing was drafted." in read
    assert "Usage: /sms subscribe <phone> [group]" in read
    assert f"/sms {words}" in read
    assert await sqlite_world.rows() == []


async def test_the_form_says_all_that_is_wrong_and_keeps_what_was_typed(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "subscribe")
    view = form(world)
    for name, value in (("sender", "99999"), ("group", "gone")):  # as from a form of before they went
        gone = {"text": {"type": "plain_text", "text": value}, "value": value}
        view.values[name][name]["selected_option"] = gone
    view = await submit(world, {"phone": "12"})
    assert "Give ten digits" in view.errors["phone"]
    assert view.errors["sender"] == "Choose a registered sender code."
    assert view.errors["group"] == "Choose a registered group."
    assert view.value("phone") == "12"
    assert await world.rows() == []


async def test_edit_shows_what_was_decided_and_changes_it(world: World) -> None:
    card = await draft_subscription(world)
    await press(world, card, "Edit")
    view = form(world)
    assert view.title == "Edit"
    assert (view.value("phone"), view.value("group")) == (GIL, "weekly")
    await submit(world, {"group": "vip"})
    await world.slack.wait_for(lambda: "Group\nvip" in card.read() and "Subscribe" in card.buttons())
    await confirm(world, card)
    await world.state(State.SUBMITTED)
    assert groups_of(world) == [43]


async def test_what_was_cancelled_can_be_drafted_again(sqlite_world: World) -> None:
    world = sqlite_world
    card = await draft_subscription(world)
    await press(world, card, "Cancel")
    await world.card("Cancelled by @Olive Park")
    assert "Nothing was changed." in card.read()
    await press(world, card, "Draft Again")
    await world.card("Nothing is changed until someone presses Subscribe.")
    first, second = await world.rows()
    kept = ("kind", "phone", "sender", "audience", "person_id")
    assert [getattr(second, name) for name in kept] == [getattr(first, name) for name in kept]


async def test_a_freeze_holds_it(world: World) -> None:
    card = await draft_subscription(world)
    await typed(world, "freeze wrong list")
    await confirm(world, card)
    await world.card("Held: nothing was changed. Sends were frozen when it was due: wrong list.")
    assert card.buttons() == ["Subscribe Now", "Cancel"]
    assert asked(world, ADD_PHONE) == 0


async def test_what_was_typed_again_by_a_replay_is_drafted_once(world: World) -> None:
    await draft_subscription(world)
    assert "This was answered already" in (await world.slack.replay()).text
    assert len(await world.rows()) == 1


async def test_who_is_no_operator_is_refused(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "subscribe 2065550100", ANA)
    assert "You may not use /sms subscribe, so nothing was done." in read
    card = await draft_subscription(sqlite_world)
    await press(sqlite_world, card, "Subscribe", ANA)
    await told(sqlite_world, ANA, "You may not press Subscribe")
    assert (await sqlite_world.row()).state is State.DRAFT
    assert sqlite_world.slack.view(OLIVE) is None


async def test_without_registered_groups_the_form_asks_for_none(bare_world: World) -> None:
    await typed(bare_world, "subscribe", "U0MAX")
    view = form(bare_world, "U0MAX")
    assert "Group" not in view.read()
    assert (await submit(bare_world, {"phone": "2065550100"}, "U0MAX")).closed
    await bare_world.card("Nothing is changed until someone presses Subscribe.")
