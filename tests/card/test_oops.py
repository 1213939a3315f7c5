"""Oops: one press freezes all and asks for the correction; an admin lets that one through, and only that."""

from __future__ import annotations

import asyncio

import pytest

from bot.evidence import evidence
from bot.sends import Kind, Send, State
from sandbox.slack import Message
from tests.steps import (
    GROUP_DELAY,
    draft_campaign,
    form,
    press,
    scheduled_campaign,
    submit,
    submitted_text,
    told,
    typed,
)
from tests.world import ANA, MAX, OLIVE, OTTO, World, open_world

RIGHT = "Tidewater Coffee: sorry, the sale is 10 percent, not 20. Reply STOP to opt out"
WRONG = "Tidewater Coffee: Spring sale! 20 percent off all beans this week. Reply STOP to opt out"
DRAFTED = "Campaign · Spring sale correction"
WEEKLY = 3  # phones of the group that get its texts


async def submitted_campaign(world: World) -> Message:
    await scheduled_campaign(world)
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    return await world.card("Submitted")


async def the(world: World, kind: Kind, state: State, corrects: str | None = None) -> Send:
    """The newest send of this kind, as soon as it is in this state."""
    async with asyncio.timeout(20):
        while True:
            rows = [one for one in await world.rows() if one.kind is kind and one.corrects == corrects]
            if rows and rows[-1].state is state:
                return rows[-1]
            await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile


async def whats(world: World, what: str) -> int:
    """How often the record says this, of whatever."""
    asked = evidence.select().where(evidence.c.what == what)
    return len(await world.bot.database.read(lambda connection: connection.execute(asked).all()))


def campaigns(world: World) -> int:
    """How many requests to send to a group WhatCounts got."""
    return sum("sendMessageToSenderCode" in one.target for one in world.whatcounts.requests)


async def corrected(world: World) -> tuple[Send, Message]:
    """A campaign was wrong and Olive wrote what is right: the wrong one's row, the correction's card."""
    card = await submitted_campaign(world)
    wrong = await world.row()
    await press(world, card, "Oops")
    assert (await submit(world, {"text": RIGHT})).closed
    await the(world, Kind.CAMPAIGN, State.DRAFT, wrong.id)
    return wrong, await world.card(DRAFTED)


async def ready(world: World, card: Message, *labels: str) -> Message:
    """The card, as soon as these can be pressed on it."""
    return await world.slack.wait_for(lambda: card if {*labels} <= {*card.buttons()} else None)


async def test_the_whole_way_of_a_correction_to_a_group(world: World) -> None:
    card = await submitted_campaign(world)
    wrong = await world.row()
    await press(world, card, "Oops")
    freeze = await world.bot.sends.frozen()
    assert (freeze.frozen, freeze.by, freeze.why) == (True, OLIVE, f"the text of {wrong.id} was wrong")
    assert WRONG in form(world).read()
    assert (await submit(world, {"text": RIGHT})).closed
    stored = await the(world, Kind.CREATE, State.SUBMITTED, wrong.id)
    assert stored.message == f"Spring sale correction {stored.id}"
    assert [one.text for one in world.whatcounts.realm.messages if one.name == stored.message] == [RIGHT]
    correction = await ready(world, await world.card(DRAFTED), "Send", "Let Through Freeze")
    await press(world, correction, "Send")
    await ready(world, correction, "Move", "Let Through Freeze")
    assert "it leaves only if an admin who did not write it lets it through" in correction.read()
    await press(world, correction, "Let Through Freeze", MAX)
    lets = "Sends are frozen, and @Max Weber lets this one leave."
    await world.slack.wait_for(lambda: lets in correction.read())
    world.pass_time(GROUP_DELAY)
    await world.slack.wait_for(lambda: "Submitted" in correction.read())
    assert [one for one in world.texts() if one == RIGHT] == [RIGHT] * WEEKLY
    assert campaigns(world) == 2
    assert (await world.bot.sends.frozen()).frozen


async def test_all_else_stays_frozen(world: World) -> None:
    _, correction = await corrected(world)
    await ready(world, correction, "Let Through Freeze")
    await press(world, correction, "Let Through Freeze", MAX)
    await typed(world, "send 2065550100 Something else")
    await press(world, await ready(world, await world.card("Something else"), "Send"), "Send")
    await the(world, Kind.SEND, State.SCHEDULED)
    world.pass_time(5)
    held = await the(world, Kind.SEND, State.HELD)
    assert held.held_by == "freeze"
    await press(world, correction, "Send")
    await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
    world.pass_time(GROUP_DELAY)
    await world.slack.wait_for(lambda: "Submitted" in correction.read())
    assert "Something else" not in world.texts()
    assert world.texts().count(RIGHT) == WEEKLY


async def correction_row(world: World) -> Send:
    """The newest campaign that corrects another."""
    return [one for one in await world.rows() if one.corrects and one.kind is Kind.CAMPAIGN][-1]


SLOW = 20.0  # seconds: with a copy for each approver Slack's room for edits is used up for a while


async def slowly(world: World, card: Message, *labels: str) -> Message:
    """As `ready`, where there are copies of the card."""
    return await world.slack.wait_for(lambda: card if {*labels} <= {*card.buttons()} else None, SLOW)


async def awaiting_correction(world: World) -> Message:
    """The card of a correction whose Send asked another person; who wrote it is Olive."""
    wrong = await approved_campaign(world)
    await press(world, wrong, "Oops")
    assert (await submit(world, {"text": RIGHT})).closed
    correction = await world.card(DRAFTED)
    await press(world, await ready(world, correction, "Send"), "Send")
    return await slowly(world, correction, "Approve", "Let Through Freeze")


async def approved_campaign(world: World) -> Message:
    await draft_campaign(world)
    card = await world.card("Nothing is sent until someone presses Send.")
    await press(world, card, "Send")
    await press(world, await ready(world, card, "Approve"), "Approve", ANA)
    await world.state(State.SCHEDULED)
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    return await world.card("Submitted")


async def test_an_admins_approval_of_a_correction_lets_it_through_the_freeze(database_url: str) -> None:
    async with open_world(database_url, SMS_APPROVAL="campaign") as world:
        correction = await awaiting_correction(world)
        await press(world, correction, "Approve", MAX)
        await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
        assert (await correction_row(world)).through_freeze_by == MAX
        world.pass_time(GROUP_DELAY)
        await the(world, Kind.CAMPAIGN, State.SUBMITTED, (await correction_row(world)).corrects)
        assert world.texts().count(RIGHT) == WEEKLY
        assert (await world.bot.sends.frozen()).frozen


@pytest.mark.parametrize("first", ["approval", "letting through"])
async def test_a_correction_that_an_approver_approved_also_wants_an_admin(
    database_url: str, first: str
) -> None:
    async with open_world(database_url, SMS_APPROVAL="campaign") as world:
        correction = await awaiting_correction(world)
        if first == "letting through":
            await press(world, correction, "Let Through Freeze", MAX)
            await world.slack.wait_for(lambda: "lets this one leave" in correction.read(), SLOW)
            row = await correction_row(world)
            assert (row.state, row.approved_by) == (State.AWAITING, None), "that approves nothing"
        await press(world, correction, "Approve", ANA)
        await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
        if first == "approval":
            assert campaigns(world) == 1
            assert (await correction_row(world)).through_freeze_by is None
            await slowly(world, correction, "Move", "Let Through Freeze")
            await press(world, correction, "Let Through Freeze", MAX)
            await world.slack.wait_for(lambda: "lets this one leave" in correction.read(), SLOW)
        world.pass_time(GROUP_DELAY)
        await the(world, Kind.CAMPAIGN, State.SUBMITTED, (await correction_row(world)).corrects)
        assert campaigns(world) == 2


async def let_through_and_scheduled(world: World) -> Message:
    """A correction that is on its way, and that Max let through."""
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Send"), "Send")
    await ready(world, correction, "Move", "Let Through Freeze")
    await press(world, correction, "Let Through Freeze", MAX)
    await world.slack.wait_for(lambda: "lets this one leave" in correction.read())
    return correction


@pytest.mark.parametrize("again", ["in the same freeze", "in a later one"])
async def test_a_freeze_stops_what_was_let_through_before_it(world: World, again: str) -> None:
    correction = await let_through_and_scheduled(world)
    if again == "in a later one":
        await typed(world, "unfreeze", MAX)
    said = await typed(world, "freeze account is hacked")
    stopped = "@Olive Park stopped what an admin had let through, too"
    assert (stopped in said) == (again == "in the same freeze")
    await world.slack.wait_for(lambda: "lets this one leave" not in correction.read())
    assert (await correction_row(world)).through_freeze_by is None
    world.pass_time(GROUP_DELAY)
    row = await the(world, Kind.CAMPAIGN, State.HELD, (await correction_row(world)).corrects)
    assert row.held_by == "freeze"
    assert campaigns(world) == 1
    facts = [fact.what for fact in await world.bot.sends.timeline(row.id)]
    assert "not let through any more" in facts


async def test_what_a_former_admin_let_through_is_held(world: World) -> None:
    await world.bot.people.roles.give(MAX, world.time.now(), None, "admin", ANA)
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Send"), "Send")
    await ready(world, correction, "Move", "Let Through Freeze")
    await press(world, correction, "Let Through Freeze", ANA)
    await world.slack.wait_for(lambda: "lets this one leave" in correction.read())
    await world.bot.people.roles.take(MAX, world.time.now(), None, "admin", ANA)
    world.pass_time(GROUP_DELAY)
    await the(world, Kind.CAMPAIGN, State.HELD, (await correction_row(world)).corrects)
    assert campaigns(world) == 1


async def test_what_was_approved_stays_so_when_the_freeze_held_it_and_it_is_let_through(
    database_url: str,
) -> None:
    async with open_world(database_url, SMS_APPROVAL="campaign") as world:
        correction = await awaiting_correction(world)
        await press(world, correction, "Approve", ANA)
        await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
        world.pass_time(GROUP_DELAY)
        await the(world, Kind.CAMPAIGN, State.HELD, (await correction_row(world)).corrects)
        await slowly(world, correction, "Send Now", "Let Through Freeze")
        await press(world, correction, "Let Through Freeze", MAX)
        row = await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
        assert (row.needs_person, row.approved_by, row.approved_due) == (True, ANA, row.due_at)
        world.pass_time(GROUP_DELAY)
        await the(world, Kind.CAMPAIGN, State.SUBMITTED, row.corrects)
        assert campaigns(world) == 2


async def test_an_admins_approval_while_nothing_is_frozen_lets_nothing_through(database_url: str) -> None:
    async with open_world(database_url, SMS_APPROVAL="campaign") as world:
        correction = await awaiting_correction(world)
        await typed(world, "unfreeze", MAX)
        await slowly(world, correction, "Approve")
        await press(world, correction, "Approve", MAX)
        row = await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
        assert row.through_freeze_by is None


async def test_a_correction_that_says_the_wrong_thing_again_wants_a_second_look(world: World) -> None:
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Edit"), "Edit")
    assert (await submit(world, {"message": "Spring sale"})).closed
    same = "The same was sent to them"
    await world.slack.wait_for(lambda: WRONG in correction.read() and same in correction.read())
    await press(world, await ready(world, correction, "Send"), "Send")
    assert same in form(world).read()
    assert campaigns(world) == 1


async def test_held_by_the_freeze_it_leaves_after_an_admin_lets_it_through(world: World) -> None:
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Send"), "Send")
    await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
    world.pass_time(GROUP_DELAY)
    await ready(world, correction, "Send Now", "Let Through Freeze")
    assert campaigns(world) == 1
    await press(world, correction, "Send Now")
    assert "Sends are still frozen" in await told(world, OLIVE, "Sends are still frozen")
    await press(world, correction, "Let Through Freeze", MAX)
    await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
    world.pass_time(GROUP_DELAY)
    await world.slack.wait_for(lambda: "Submitted" in correction.read())
    assert world.texts().count(RIGHT) == WEEKLY
    assert campaigns(world) == 2


@pytest.mark.parametrize("user", [OLIVE, ANA, OTTO])
async def test_only_an_admin_lets_it_through(sqlite_world: World, user: str) -> None:
    world = sqlite_world
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Let Through Freeze"), "Let Through Freeze", user)
    assert "Who can: @Max Weber." in await told(world, user, "You may not press Let Through Freeze")
    assert (await correction_row(world)).through_freeze_by is None


async def test_nobody_lets_through_what_they_wrote(world: World) -> None:
    card = await submitted_campaign(world)
    await press(world, card, "Oops", MAX)
    assert (await submit(world, {"text": RIGHT}, MAX)).closed
    correction = await world.card(DRAFTED)
    await press(world, await ready(world, correction, "Let Through Freeze"), "Let Through Freeze", MAX)
    await told(world, MAX, "another admin has to let it through")
    assert (await correction_row(world)).through_freeze_by is None


async def test_nobody_lets_through_what_they_edited(sqlite_world: World) -> None:
    world = sqlite_world
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Edit"), "Edit", MAX)
    assert (await submit(world, {"name": "Another name"}, MAX)).closed
    await world.slack.wait_for(lambda: "Another name" in correction.read())
    await press(world, await ready(world, correction, "Let Through Freeze"), "Let Through Freeze", MAX)
    await told(world, MAX, "another admin has to let it through")


@pytest.mark.parametrize("label", ["Edit", "Move"])
async def test_a_later_change_makes_it_void(world: World, label: str) -> None:
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Let Through Freeze"), "Let Through Freeze", MAX)
    await world.slack.wait_for(lambda: "lets this one leave" in correction.read())
    if label == "Move":
        await press(world, correction, "Send")
        await ready(world, correction, "Move")
    await press(world, correction, label)
    soon = int(world.time.now().timestamp()) + 70
    await submit(world, {"name": "Another name"} if label == "Edit" else {"when": soon})
    await ready(world, correction, "Let Through Freeze")
    assert "lets this one leave" not in correction.read()
    if label == "Edit":
        await press(world, await ready(world, correction, "Send"), "Send")
    await the(world, Kind.CAMPAIGN, State.SCHEDULED, (await correction_row(world)).corrects)
    world.pass_time(GROUP_DELAY + 15)
    await the(world, Kind.CAMPAIGN, State.HELD, (await correction_row(world)).corrects)
    assert campaigns(world) == 1


async def test_sent_to_others_it_is_no_correction_any_more(sqlite_world: World) -> None:
    world = sqlite_world
    _, correction = await corrected(world)
    await press(world, await ready(world, correction, "Edit"), "Edit")
    assert (await submit(world, {"group": "vip"})).closed
    await world.slack.wait_for(lambda: "Group vip" in correction.read() and "Send" in correction.buttons())
    assert "Let Through Freeze" not in correction.buttons()
    assert "Corrects" not in correction.read()


async def test_a_flood_of_clicks_freezes_once_and_asks_once(world: World) -> None:
    card = await submitted_campaign(world)
    pressing = [world.slack.click(user, card, "Oops") for user in (OLIVE, MAX, ANA) * 5]
    answers = await asyncio.gather(*pressing)
    assert all(answer.ok for answer in answers)
    assert await whats(world, "froze") == 1
    assert await whats(world, "said Oops") == 1
    first = (await world.row()).oops_by
    forms = [user for user in (OLIVE, MAX, ANA) if world.slack.view(user)]
    assert forms == ([first] if first != ANA else [])  # who may not write one is not asked for it
    await world.slack.wait_for(lambda: world.slack.replies(card))
    assert len([one for one in world.slack.replies(card) if "was wrong" in one.read()]) == 1


async def test_the_thread_has_the_times(sqlite_world: World) -> None:
    world = sqlite_world
    card = await submitted_campaign(world)
    await press(world, card, "Oops")
    note = await world.slack.wait_for(lambda: next(iter(world.slack.replies(card)), None))
    read = note.read()
    for said in ("Asked for ", "Confirmed ", "Left ", "WhatCounts took it ", "Oops "):
        assert f"• {said}" in read
    assert "WhatCounts answered “submitted”, id " in read
    assert "(@Max Weber)" in read


async def test_who_pressed_sees_what_is_still_to_go(sqlite_world: World) -> None:
    world = sqlite_world
    card = await submitted_campaign(world)
    await world.draft_text("Later")
    await press(world, card, "Oops")
    read = await told(world, OLIVE, "Everything is frozen.")
    assert "Text → •••••••0100" in read


async def test_a_wrong_text_to_one_phone_is_corrected_to_that_phone(world: World) -> None:
    card = await submitted_text(world, "Wrong")
    wrong = await world.row()
    await press(world, card, "Oops")
    assert (await submit(world, {"text": "Right"})).closed
    correction = await world.card(f"Corrects\n{wrong.id}")
    await press(world, await ready(world, correction, "Let Through Freeze"), "Let Through Freeze", MAX)
    await world.slack.wait_for(lambda: "lets this one leave" in correction.read())
    await press(world, correction, "Send")
    await the(world, Kind.SEND, State.SCHEDULED, wrong.id)
    world.pass_time(5)
    await the(world, Kind.SEND, State.SUBMITTED, wrong.id)
    assert world.texts() == ["Wrong", "Right"]
    assert {one.phone for one in world.whatcounts.sent} == {"12065550100"}


async def test_the_form_can_be_had_again_and_one_correction_is_written(world: World) -> None:
    card = await submitted_text(world, "Wrong")
    await press(world, card, "Oops")
    await world.slack.close_view(OLIVE)
    await press(world, await ready(world, card, "Write Correction"), "Write Correction")
    await press(world, card, "Write Correction", MAX)
    assert (await submit(world, {"text": "Right"})).closed
    view = await submit(world, {"text": "Other"}, MAX)
    assert not view.closed
    assert len(await world.rows()) == 2
    await world.slack.wait_for(lambda: "Its correction: S-" in card.read())
    assert card.buttons() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("Wrong", "This is the text that was wrong."), ("x" * 161, "WhatCounts takes 160"), (" ", "is empty")],
)
async def test_a_text_that_cannot_be_the_correction(sqlite_world: World, text: str, said: str) -> None:
    world = sqlite_world
    await press(world, await submitted_text(world, "Wrong"), "Oops")
    view = await submit(world, {"text": text})
    assert said in view.errors["text"]
    assert len(await world.rows()) == 1


async def test_an_approver_freezes_and_is_not_asked(sqlite_world: World) -> None:
    world = sqlite_world
    card = await submitted_text(world, "Wrong")
    await press(world, card, "Oops", ANA)
    await told(world, ANA, "Everything is frozen.")
    assert world.slack.view(ANA) is None
    assert (await world.bot.sends.frozen()).by == ANA


async def test_an_outsider_does_not_freeze(sqlite_world: World) -> None:
    world = sqlite_world
    await press(world, await submitted_text(world, "Wrong"), "Oops", OTTO)
    await told(world, OTTO, "You may not press Oops")
    assert not (await world.bot.sends.frozen()).frozen


async def test_where_slack_opens_no_form_it_is_frozen_all_the_same(sqlite_world: World) -> None:
    world = sqlite_world
    card = await submitted_text(world, "Wrong")
    world.slack.faults.refuse("views.open", "internal_error")
    await press(world, card, "Oops")
    assert "Press Write Correction on the card." in await told(world, OLIVE, "Everything is frozen.")
    assert (await world.bot.sends.frozen()).frozen
    await ready(world, card, "Write Correction")


async def test_tests_and_changes_have_no_oops(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "test Spring sale")
    await press(world, await world.card("Test · Spring sale"), "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    card = await world.card("Submitted")
    assert card.buttons() == []


async def test_a_text_that_was_stored_without_an_answer_is_drafted_too(world: World) -> None:
    card = await submitted_campaign(world)
    wrong = await world.row()
    await press(world, card, "Oops")
    world.whatcounts.faults.next("close_after", operation="createMessage")
    assert (await submit(world, {"text": RIGHT})).closed
    await the(world, Kind.CAMPAIGN, State.DRAFT, wrong.id)
    assert len([one for one in world.whatcounts.realm.messages if one.text == RIGHT]) == 1
