"""Those who may approve are asked in their direct messages, once, reminded, and told what became of it."""

from __future__ import annotations

import asyncio

import pytest

from bot.delivery.approval import remind
from bot.sends import State
from tests.approval.asked import (
    AWAITING,
    DELAY,
    EVERYONE,
    all_drawn,
    approve,
    approved_everyone,
    awaiting_campaign,
    awaiting_everyone,
    copies,
    copy_for,
    dm,
    draft_everyone,
    everyone_left,
)
from tests.steps import GROUP_DELAY, form, press, sends_asked, submit, told, typed
from tests.world import ANA, MAX, OLIVE, OTTO, World, open_world

HOUR = 3600
LEADS = "S0LEADS"
STILL = "still waits for your approval"


async def test_a_press_on_a_copy_works_and_all_cards_are_right(world: World) -> None:
    card = await awaiting_everyone(world)
    mine, other = await copy_for(world, ANA), await copy_for(world, MAX)
    await press(world, mine, "Cancel", ANA)
    await world.state(State.CANCELLED)
    cards = (card, mine, other)
    await world.slack.wait_for(lambda: all("Cancelled by @Ana Silva" in each.read() for each in cards))
    assert [each.buttons() for each in cards] == [["Draft Again"]] * 3
    assert (await world.row()).card_ts == card.ts


async def test_who_rejects_says_why_and_who_asked_is_told_in_the_thread(world: World) -> None:
    card = await awaiting_everyone(world)
    await press(world, await copy_for(world, ANA), "Reject", ANA)
    view = await submit(world, {"reason": "  "}, ANA)
    assert view.errors == {"reason": "Say why: who asked for it reads it."}
    await submit(world, {"reason": "Wrong price, says 206 555 0100"}, ANA)
    row = await world.state(State.DRAFT)
    assert (row.rejected_by, row.confirmed_by, row.needs_person) == (ANA, None, False)
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    said = "@Olive Park @Ana Silva rejected S-"
    assert note.read().startswith(said)
    assert "Wrong price, says •••••••0100. It is a draft again. Nothing was sent." in note.read()
    await world.slack.wait_for(lambda: "Rejected by @Ana Silva: Wrong price" in card.read())
    assert card.buttons() == ["Send", "Edit", "Cancel"]
    assert [one.what for one in await world.timeline()][-1] == "rejected"
    await press(world, card, "Send", OLIVE)
    await world.state(State.AWAITING)
    await approve(world, await world.card(AWAITING))
    await world.state(State.SCHEDULED)
    await everyone_left(world)
    assert sends_asked(world) == 1
    assert len(copies(world, ANA)) == 1


@pytest.mark.parametrize("typing", ["everyone", "EVERYONE on 12345", "2065551212"])
async def test_approve_asks_for_the_audiences_name(sqlite_world: World, typing: str) -> None:
    world = sqlite_world
    card = await awaiting_everyone(world)
    await press(world, card, "Approve", ANA)
    assert "goes to EVERYONE on 2065551212: to all of its contacts." in form(world, ANA).read()
    view = await submit(world, {"audience": typing}, ANA)
    assert view.errors == {"audience": f"Type {EVERYONE}, or go back: nothing is approved yet."}
    assert (await world.row()).state is State.AWAITING
    assert (await submit(world, {"audience": " everyone  ON 2065551212 "}, ANA)).closed
    await world.state(State.SCHEDULED)


async def test_a_campaign_wants_another_person_where_the_settings_say_so(database_url: str) -> None:
    async with open_world(database_url, SMS_APPROVAL="campaign") as world:
        card = await awaiting_campaign(world)
        assert sends_asked(world) == 0
        await press(world, card, "Approve", ANA)
        assert world.slack.view(ANA) is None  # a group is approved at once
        await world.state(State.SCHEDULED)
        world.pass_time(GROUP_DELAY)
        await world.state(State.SUBMITTED)
        assert sends_asked(world) == 1


async def test_without_approval_one_person_sends_to_everyone_after_the_long_delay(database_url: str) -> None:
    async with open_world(database_url, SMS_APPROVAL="none") as world:
        card = await draft_everyone(world)
        assert "300 seconds after Send is pressed" in card.read()
        await press(world, card, "Send")
        await world.state(State.SCHEDULED)
        world.pass_time(DELAY - 20)
        assert sends_asked(world) == 0
        await everyone_left(world, 20)
        assert sends_asked(world) == 1


async def test_the_setting_that_was_widened_meanwhile_holds_at_the_look(database_url: str) -> None:
    async with open_world(database_url, SMS_APPROVAL="none") as world:
        await press(world, await draft_everyone(world), "Send")
        await world.state(State.SCHEDULED)
        object.__setattr__(world.bot.settings, "approval", "everyone")  # as after a restart
        world.pass_time(DELAY)
        await world.state(State.AWAITING)
        card = await world.card(AWAITING)
        assert "It needs another person's approval now." in card.read()
        assert sends_asked(world) == 0


async def test_who_was_asked_is_reminded_once_in_their_direct_messages(world: World) -> None:
    await awaiting_everyone(world)
    await copy_for(world, ANA)
    await copy_for(world, MAX)
    await all_drawn(world)
    world.pass_time(3.9 * HOUR)
    await remind(world.bot)  # the chore that runs every few seconds
    world.pass_time(0.2 * HOUR)
    await remind(world.bot)
    said = await world.card(STILL, dm(ANA))
    assert "EVERYONE on 2065551212" in said.read() and "@Olive Park" in said.read()
    await world.card(STILL, dm(MAX))
    world.pass_time(5 * HOUR)
    await remind(world.bot)
    await world.draft_text("Meanwhile")
    reminders = [one for one in world.slack.messages(dm(ANA)) if STILL in one.read()]
    assert len(reminders) == 1
    assert world.slack.messages(dm(OLIVE)) == []


async def test_nobody_is_reminded_of_what_is_decided(sqlite_world: World) -> None:
    world = sqlite_world
    await approved_everyone(world, when=int(world.time.now().timestamp()) + 20 * HOUR)
    world.pass_time(6 * HOUR)
    await remind(world.bot)
    await world.draft_text("Meanwhile")
    assert not [one for one in world.slack.messages(dm(ANA)) if STILL in one.read()]


async def test_what_nobody_approves_for_a_day_expires(world: World) -> None:
    card = await awaiting_everyone(world)
    copy = await copy_for(world, ANA)
    world.pass_time(24 * HOUR + 1)
    assert await world.bot.sends.expire(world.bot.now()) == 1
    world.bot.wake.set()
    await world.state(State.EXPIRED)
    await world.slack.wait_for(lambda: "Expired." in card.read() and "Expired." in copy.read())
    assert copy.buttons() == ["Draft Again"]
    assert sends_asked(world) == 0


async def test_a_copy_whose_post_was_not_answered_is_posted_again_and_one_is_left(world: World) -> None:
    card = await draft_everyone(world)
    await press(world, card, "Send")
    copy = await copy_for(world, ANA)
    await all_drawn(world)
    row = await world.row()
    # as after a crash between the post and its record
    await world.bot.database.write(
        lambda c: c.exec_driver_sql(
            "UPDATE card_copy SET ts = NULL, shown = 0, taken_at = NULL WHERE who = 'U0ANA'"
        )
    )
    world.bot.wake.set()
    await world.slack.wait_for(lambda: len(copies(world, ANA)) == 2)
    await all_drawn(world)
    await press(world, copy, "Approve", ANA)
    await told(world, ANA, f"That was a copy of the card of {row.id}, now removed.", dm(ANA))
    await world.slack.wait_for(lambda: len(copies(world, ANA)) == 1)
    await approve(world, copies(world, ANA)[0], ANA)
    await world.state(State.SCHEDULED)


async def test_a_press_on_a_copy_that_was_posted_and_not_recorded_is_obeyed(world: World) -> None:
    card = await awaiting_everyone(world)
    copy = await copy_for(world, ANA)
    await all_drawn(world)
    await world.bot.database.write(
        lambda c: c.exec_driver_sql("UPDATE card_copy SET ts = NULL, channel = NULL WHERE who = 'U0ANA'")
    )
    await approve(world, copy, ANA)
    await world.state(State.SCHEDULED)
    await world.slack.wait_for(lambda: "approved by" in copy.read() and "approved by" in card.read())
    assert len(copies(world, ANA)) == 1


async def test_while_slack_is_away_the_copies_follow_later(world: World) -> None:
    card = await draft_everyone(world)
    world.slack.faults.refuse("chat.postMessage", "internal_error", 2)
    await press(world, card, "Send")
    await world.state(State.AWAITING)
    await world.card(AWAITING)
    refused = lambda: [one for one in world.slack.called("chat.postMessage") if one.error]  # noqa: E731
    await world.slack.wait_for(lambda: len(refused()) == 2)
    assert copies(world, ANA) == copies(world, MAX) == []
    world.pass_time(31)
    await copy_for(world, ANA)
    await copy_for(world, MAX)
    assert [len(copies(world, user)) for user in (ANA, MAX)] == [1, 1]


async def test_while_slack_does_not_say_whether_somebody_is_a_guest_they_get_no_copy(world: World) -> None:
    card = await draft_everyone(world)
    world.slack.faults.refuse("users.info", "internal_error", None)
    await press(world, card, "Send")
    await world.card(AWAITING)

    def asked_for() -> set[str]:
        return {str(one.args.get("user")) for one in world.slack.called("users.info") if one.error}

    await world.slack.wait_for(lambda: {ANA, MAX} <= asked_for())
    assert copies(world, ANA) == copies(world, MAX) == []
    world.slack.faults.clear()
    world.pass_time(31)
    await copy_for(world, ANA)
    await copy_for(world, MAX)


async def test_a_user_group_approves_by_its_members_and_is_named_by_its_mention(database_url: str) -> None:
    async with open_world(database_url, SMS_APPROVERS=LEADS) as world:
        card = await awaiting_everyone(world)
        assert "@Max Weber, @leads" in card.read()
        await copy_for(world, ANA)
        await press(world, card, "Approve", OTTO)
        await told(world, OTTO, "Who can: @Max Weber, @leads.")
        assert copies(world, "U0GUEST") == []  # in the group, and a guest
        await approve(world, card, ANA)
        await world.state(State.SCHEDULED)
        await everyone_left(world)
        assert sends_asked(world) == 1


async def test_who_left_the_user_group_approves_nothing_and_their_approval_does_not_hold(
    database_url: str,
) -> None:
    async with open_world(database_url, SMS_APPROVERS=LEADS) as world:
        clock = world.bot.people.groups
        card = await awaiting_everyone(world)
        await approve(world, card, ANA)
        await world.state(State.SCHEDULED)
        world.slack.world.groups[LEADS].users.remove(ANA)
        clock._known.clear()  # a minute has passed
        world.pass_time(DELAY)
        await world.state(State.AWAITING)
        card = await world.card("Who approved it may not approve any more.")
        await press(world, card, "Approve", ANA)
        await told(world, ANA, "You may not press Approve")
        assert sends_asked(world) == 0


async def test_while_slack_does_not_say_who_is_in_a_group_it_gives_no_role(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_APPROVERS="", SMS_OPERATORS=LEADS) as world:
        world.slack.faults.refuse("usergroups.users.list", "internal_error", None)
        world.bot.people.groups._known.clear()
        read = await typed(world, "send 2065550100 Hello", ANA)
        assert read.startswith("Slack did not say whether you are in @leads, so nothing was done.")
        await typed(world, "send 2065550100 Hello", MAX)  # an admin needs no group
        await world.card("Nothing is sent until someone presses Send.")


async def test_who_comes_while_a_group_is_asked_for_waits_for_the_same_answer(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_OPERATORS=LEADS) as world:
        groups = world.bot.people.groups
        await groups.learn([LEADS])
        groups._known.clear()
        asked = len(world.slack.called("usergroups.users.list"))
        held = world.slack.faults.hold("usergroups.users.list")
        first = asyncio.create_task(groups.learn([LEADS]))
        await held.reached.wait()
        typing = asyncio.create_task(typed(world, "send 2065550100 Hello", ANA))
        await world.slack.raw(b"", {})  # a round trip to the bot, which has begun with the command before
        held.release()
        await asyncio.gather(first, typing)
        await world.card("Nothing is sent until someone presses Send.")
        assert len(world.slack.called("usergroups.users.list")) == asked + 1


async def test_a_known_list_holds_for_an_hour_and_then_no_more(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_OPERATORS=LEADS) as world:
        groups, clock = world.bot.people.groups, [0.0]
        groups.clock = lambda: clock[0]
        groups._known.clear()
        await groups.learn([LEADS])
        world.slack.faults.refuse("usergroups.users.list", "internal_error", None)
        for at, holds in ((3599.0, True), (3601.0, False)):
            clock[0] = at
            await groups.learn([LEADS])
            assert (ANA in (groups.known(LEADS) or ())) == holds
        asked = len(world.slack.called("usergroups.users.list"))
        await groups.learn([LEADS])  # it was asked a moment ago
        assert len(world.slack.called("usergroups.users.list")) == asked


@pytest.mark.parametrize("group", ["S0GONE", "S0NONE"])
async def test_a_group_that_is_disabled_or_not_there_holds_nobody(sqlite_url: str, group: str) -> None:
    async with open_world(sqlite_url, SMS_OPERATORS=group) as world:
        read = await typed(world, "send 2065550100 Hello", OTTO)
        assert f"Who can: @Max Weber, @{'gone' if group == 'S0GONE' else group}." in read


async def test_where_any_full_member_approves_nobody_is_written_to_but_the_admins(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_APPROVERS="*") as world:
        card = await awaiting_everyone(world)
        assert "every full member of this workspace" in card.read()
        await copy_for(world, MAX)
        await approve(world, card, OTTO)
        await world.state(State.SCHEDULED)
        assert copies(world, ANA) == []


async def test_whom_nobody_can_write_to_is_not_written_to_for_ever_and_the_card_is_there(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    card = await draft_everyone(world)
    world.slack.faults.refuse("chat.postMessage", "user_not_found", None)
    await press(world, card, "Send")
    await world.card(AWAITING)
    await world.slack.wait_for(lambda: len(world.slack.called("chat.postMessage")) >= 3)
    await all_drawn(world)
    tried = len(world.slack.called("chat.postMessage"))
    world.pass_time(120)
    world.bot.wake.set()
    await all_drawn(world)
    assert len(world.slack.called("chat.postMessage")) == tried
    await approve(world, card, ANA)
    await world.state(State.SCHEDULED)
