"""What is approved is what leaves, at its time, and once: each way round it, counted at WhatCounts."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.sends import Ask, Send, State
from bot.sends.leaving import claim
from bot.sends.table import send
from tests.approval.asked import (
    AWAITING,
    DELAY,
    EVERYONE,
    approve,
    approved_everyone,
    awaiting_everyone,
    copy_for,
    draft_everyone,
    everyone_left,
)
from tests.delivery.test_held import change_the_text
from tests.steps import SALE, form, looked, press, sends_asked, submit, told, typed
from tests.world import ANA, MAX, OLIVE, SMS, World, open_world

NOT_YOU = "another person has to approve it"


async def never_left(world: World, seconds: float = DELAY * 2) -> Send:
    """Its time passes, the loop has come round, and WhatCounts was asked nothing."""
    world.pass_time(seconds)
    await world.draft_text("Meanwhile", "2065550199")  # the loop has gone round when its card is there
    assert sends_asked(world) == 0
    return (await world.rows())[0]


async def test_nobody_approves_what_they_asked_for(world: World) -> None:
    card = await awaiting_everyone(world, MAX)
    assert "@Ana Silva" in card.read() and "@Max Weber. Nothing" not in card.read()
    await press(world, card, "Approve", MAX)
    assert NOT_YOU in await told(world, MAX, NOT_YOU)
    assert world.slack.view(MAX) is None
    assert (await never_left(world)).state is State.AWAITING


async def test_nobody_approves_what_they_confirmed_or_edited_last(world: World) -> None:
    card = await draft_everyone(world)
    await press(world, card, "Send", MAX)
    await world.card(AWAITING)
    await press(world, card, "Approve", MAX)
    await told(world, MAX, NOT_YOU)
    await press(world, card, "Edit", MAX)
    await submit(world, {"everyone": "EVERYONE", "description": "of Max"}, MAX)
    await world.card("Nothing is sent until someone presses Send.")
    await press(world, card, "Send", OLIVE)
    await world.card(AWAITING)
    await press(world, card, "Approve", MAX)
    row = await world.row()
    assert (row.edited_by, row.confirmed_by, row.state) == (MAX, OLIVE, State.AWAITING)
    await approve(world, card, ANA)
    await everyone_left(world)
    assert sends_asked(world) == 1


async def test_a_form_that_was_opened_before_an_edit_approves_nothing(world: World) -> None:
    card = await awaiting_everyone(world)
    await press(world, card, "Approve", ANA)
    await press(world, card, "Edit", OLIVE)
    await submit(world, {"everyone": "EVERYONE", "description": "other"}, OLIVE)
    await world.card("Nothing is sent until someone presses Send.")
    await submit(world, {"audience": EVERYONE}, ANA)
    assert "is a draft. Your press changed nothing." in form(world, ANA).read()
    await press(world, card, "Send", OLIVE)
    await world.card(AWAITING)
    assert (await never_left(world)).approved_by is None


async def test_a_form_that_was_opened_on_an_earlier_asking_approves_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    card = await awaiting_everyone(world)
    await press(world, card, "Approve", ANA)
    await press(world, card, "Edit", OLIVE)
    await submit(world, {"everyone": "EVERYONE", "description": "other"}, OLIVE)
    await world.card("Nothing is sent until someone presses Send.")
    await press(world, card, "Send", OLIVE)
    await world.card(AWAITING)
    await submit(world, {"audience": EVERYONE}, ANA)
    assert "was changed since you opened this" in form(world, ANA).read()
    assert (await never_left(world)).state is State.AWAITING


@pytest.mark.parametrize("when", ["awaiting", "approved"])
async def test_a_text_that_is_changed_in_whatcounts_does_not_leave(world: World, when: str) -> None:
    card = await awaiting_everyone(world)
    if when == "awaiting":
        change_the_text(world)
    await approve(world, card)
    await world.state(State.SCHEDULED)
    if when == "approved":
        change_the_text(world)
    world.pass_time(DELAY)
    row = await world.state(State.HELD)
    assert row.held_by == "content"
    assert sends_asked(world) == 0


async def test_of_two_approvers_at_once_one_is_first_and_it_leaves_once(world: World) -> None:
    card = await awaiting_everyone(world)
    copy, other = await copy_for(world, ANA), await copy_for(world, MAX)
    await press(world, copy, "Approve", ANA)
    await press(world, other, "Approve", MAX)
    await world.slack.fill(ANA, {"audience": EVERYONE})
    await world.slack.fill(MAX, {"audience": EVERYONE})
    await asyncio.gather(world.slack.submit(ANA), world.slack.submit(MAX))
    row = await world.state(State.SCHEDULED)
    assert row.approved_by in (ANA, MAX)
    late = form(world, MAX if row.approved_by == ANA else ANA)
    assert "is scheduled. Your press changed nothing." in late.read()
    assert [one.what for one in await world.timeline()].count("approved") == 1
    await everyone_left(world)
    assert sends_asked(world) == 1
    await world.slack.wait_for(lambda: "Submitted" in card.read())


async def test_an_approver_who_was_removed_meanwhile_cannot_approve(world: World) -> None:
    await world.bot.people.roles.give(MAX, world.time.now(), None, "approver", "U0OTTO")
    card = await awaiting_everyone(world)
    copy = await copy_for(world, "U0OTTO")
    await press(world, copy, "Approve", "U0OTTO")
    # by another process: this one has not read it yet
    await world.bot.database.write(lambda c: c.exec_driver_sql("DELETE FROM given_role"))
    await submit(world, {"audience": EVERYONE}, "U0OTTO")
    assert "You may not press Approve, so nothing was done. Who can: @Ana Silva, @Max Weber." in form(
        world, "U0OTTO"
    ).read()
    assert (await never_left(world)).state is State.AWAITING
    assert AWAITING in card.read()


async def test_the_approval_of_somebody_removed_before_the_look_does_not_hold(world: World) -> None:
    await world.bot.people.roles.give(MAX, world.time.now(), None, "approver", "U0OTTO")
    card = await awaiting_everyone(world)
    await approve(world, card, "U0OTTO")
    await world.state(State.SCHEDULED)
    answer = await typed(world, "people", MAX)
    assert "added by @Max Weber" in answer
    await world.bot.people.roles.take(MAX, world.time.now(), None, "approver", "U0OTTO")
    world.pass_time(DELAY)
    row = await world.state(State.AWAITING)
    assert (row.approved_by, row.due_at) == (None, None)
    why = "Who approved it may not approve any more."
    await world.slack.wait_for(lambda: why in card.read())
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "@Olive Park S-" in note.read() and "awaits approval" in note.read()
    assert sends_asked(world) == 0
    await approve(world, card, ANA)
    await world.state(State.SCHEDULED)
    await everyone_left(world)
    assert sends_asked(world) == 1


async def test_the_approval_of_somebody_removed_between_look_and_claim_does_not_hold(world: World) -> None:
    await world.bot.people.roles.give(MAX, world.time.now(), None, "approver", "U0OTTO")
    card = await awaiting_everyone(world)
    await approve(world, card, "U0OTTO")
    await world.state(State.SCHEDULED)
    world.pass_time(DELAY - 10)
    await looked(world)
    await world.bot.people.roles.take(MAX, world.time.now(), None, "approver", "U0OTTO")
    row = await world.row()
    assert row.due_at
    world.pass_time((row.due_at - world.time.now()).total_seconds())
    row = await world.state(State.AWAITING)
    assert (row.approved_by, row.due_at) == (None, None)
    assert sends_asked(world) == 0


async def test_a_freeze_between_look_and_claim_stops_it(world: World) -> None:
    await approved_everyone(world)
    world.pass_time(DELAY - 10)
    await looked(world)
    await typed(world, "freeze wrong price", ANA)
    world.pass_time(10)
    assert (await world.state(State.HELD)).held_by == "freeze"
    assert sends_asked(world) == 0


async def test_cancel_in_the_last_ten_milliseconds_stops_it(world: World) -> None:
    card = await approved_everyone(world)
    due = (await world.row()).due_at
    assert due
    world.pass_time((due - world.time.now()).total_seconds() - 10)
    await looked(world)
    left = (due - world.time.now()).total_seconds()
    row = await world.row()
    cancelled = await world.bot.sends.cancel(Ask(OLIVE, due - timedelta(seconds=0.01)), row.id)
    assert cancelled is not None
    world.pass_time(left)
    assert (await never_left(world)).state is State.CANCELLED
    await world.slack.wait_for(lambda: "Cancelled by @Olive Park" in card.read())


async def test_a_move_of_an_approved_send_asks_again(world: World) -> None:
    card = await approved_everyone(world)
    await press(world, card, "Move", OLIVE)
    at = int(world.time.now().timestamp()) + 3600
    assert (await submit(world, {"when": at})).closed
    row = await world.state(State.AWAITING)
    assert (row.approved_by, row.due_at) == (None, None)
    world.pass_time(DELAY)
    await world.card(AWAITING)
    await approve(world, card, ANA)
    row = await world.state(State.SCHEDULED)
    assert row.due_at and int(row.due_at.timestamp()) == at
    await everyone_left(world, 3600 - DELAY)
    assert sends_asked(world) == 1


async def test_what_a_move_leaves_unapproved_never_leaves(world: World) -> None:
    card = await approved_everyone(world)
    await press(world, card, "Move", OLIVE)
    await submit(world, {"when": int(world.time.now().timestamp()) + 600})
    await world.state(State.AWAITING)
    assert (await never_left(world, 700)).state is State.AWAITING
    await press(world, card, "Approve", ANA)
    assert "The time that was chosen has passed" in await told(world, ANA, "has passed")


async def test_send_now_of_a_held_one_asks_again_and_sends_once(world: World) -> None:
    card = await approved_everyone(world)
    world.pass_time(DELAY + 180)
    await world.state(State.HELD)
    await world.card("Held: nothing was sent.")
    await press(world, card, "Send Now", MAX)
    row = await world.state(State.AWAITING)
    assert (row.moved_by, row.approved_by) == (MAX, None)
    await world.card(AWAITING)
    await press(world, card, "Approve", MAX)
    await told(world, MAX, NOT_YOU)
    world.pass_time(DELAY)
    await approve(world, await world.card(AWAITING), ANA)
    await world.state(State.SCHEDULED)
    await everyone_left(world)
    assert sends_asked(world) == 1


async def test_an_edit_of_an_approved_send_is_a_draft(world: World) -> None:
    card = await approved_everyone(world)
    await press(world, card, "Edit", OLIVE)
    await submit(world, {"everyone": "EVERYONE", "sender": "12345"})
    row = await world.state(State.DRAFT)
    assert (row.approved_by, row.approved_print, row.needs_person) == (None, None, False)
    assert (await never_left(world)).state is State.DRAFT


@pytest.mark.parametrize(
    "change",
    [
        "audience = 'weekly'", "approved_by = NULL", "approved_by = asked_by",
        "approved_print = 'x'", "looked_print = 'x'", "approved_due = NULL", "kind = 'campaign'",
    ],
)  # fmt: skip
async def test_the_claim_itself_asks_what_was_approved(world: World, change: str) -> None:
    """A row that was changed by hand, after the look, behind every other brake."""
    await approved_everyone(world)
    row = await world.row()
    assert row.due_at
    world.pass_time((row.due_at - world.time.now()).total_seconds() - 10)
    await looked(world)
    due = row.due_at

    def claimed(connection: Connection) -> list[Send]:  # in one transaction: another look would mend it
        connection.exec_driver_sql(f"UPDATE send SET {change}")
        return claim(connection, due, [row.id], 1, "by hand").sends

    assert await world.bot.database.write(claimed) == []
    assert sends_asked(world) == 0


async def test_an_approval_is_for_one_time(world: World) -> None:
    await approved_everyone(world)
    row = await world.row()
    assert row.due_at
    world.pass_time((row.due_at - world.time.now()).total_seconds() - 10)
    await looked(world)
    later = row.due_at + timedelta(seconds=1)
    await world.bot.database.write(lambda c: c.execute(update(send).values(due_at=later)))
    assert await world.bot.sends.claim(later, row.id) is None
    assert sends_asked(world) == 0


@pytest.mark.parametrize("change", ["sender = '12345'", "text = 'Other'", "description = 'Other'"])
async def test_what_is_not_what_was_approved_is_found_at_the_look(world: World, change: str) -> None:
    await approved_everyone(world)
    await world.bot.database.write(lambda c: c.exec_driver_sql(f"UPDATE send SET {change}"))
    world.pass_time(DELAY)
    if "text" not in change:  # what the card shows is no more than a picture of what is read anew
        assert (await world.state(State.HELD)).held_by == "content"
        assert sends_asked(world) == 0
        return
    await world.state(State.SUBMITTED)
    assert set(world.texts()) == {SALE}


async def test_where_nobody_else_may_approve_nothing_is_asked_for(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_APPROVERS="") as world:
        card = await draft_everyone(world, MAX)
        await press(world, card, "Send", MAX)
        assert "nobody else may give it" in await told(world, MAX, "nobody else may give it", SMS)
        assert (await world.row()).state is State.DRAFT
