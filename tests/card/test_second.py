"""The second look: what is odd is shown, and confirmed for itself; what comes up later holds the text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest_asyncio

from bot.sends import Send, State
from bot.settings import Group
from bot.wiring import utc_now
from sandbox.slack import Message
from tests.steps import (
    GROUP_DELAY,
    READY,
    SALE,
    draft_campaign,
    form,
    press,
    scheduled_campaign,
    sends_asked,
    submit,
    submitted_text,
    told,
    typed,
)
from tests.world import MAX, OLIVE, SMS, World, open_world

SEATTLE = ZoneInfo("America/Los_Angeles")
WEDNESDAY = datetime(2027, 3, 10, tzinfo=SEATTLE)


@pytest_asyncio.fixture
async def night(database_url: str) -> AsyncIterator[World]:
    """A bot that keeps the hours of the United States; it is 21:30 in Seattle."""
    async with open_world(database_url, SMS_QUIET_HOURS="us") as opened:
        set_clock(opened, WEDNESDAY.replace(hour=21, minute=30))
        yield opened


def set_clock(world: World, at: datetime) -> None:
    """The bot's clock says this."""
    world.time.ahead = at.astimezone(UTC) - utc_now()
    world.bot.wake.set()


async def drafted(world: World, text: str, user: str = OLIVE) -> Message:
    """Somebody types it; the card of this one, with what is odd about it."""
    await typed(world, f"send 2065550100 {text}", user)
    row = await world.row()
    return await world.slack.wait_for(lambda: world._card(row.id, SMS) if _is_odd(world, row.id) else None)


def _is_odd(world: World, send_id: str) -> bool:
    card = world._card(send_id, SMS)
    return card is not None and "Look again:" in card.read()


async def until(world: World, send_id: str, state: State) -> Send:
    """This send, as soon as it is in this state."""

    async with asyncio.timeout(10):
        while (row := await world.bot.sends.get(send_id)) is None or row.state is not state:
            await world.slack.raw(b"", {})  # a round trip to the bot, which goes on with its work meanwhile
    return row


async def again(world: World, text: str = "Hello") -> Message:
    """The same text to the same phone once more: its card, ready to be sent."""
    await submitted_text(world, text)
    return await drafted(world, text)


async def test_the_same_text_within_ten_minutes_wants_its_own_confirmation(world: World) -> None:
    card = await again(world)
    first, second = await world.rows()
    assert "The same was sent to them 0 min before, " in card.read()
    await press(world, card, "Send")
    shown = form(world).read()
    assert first.id in shown and "Hello" in shown
    assert (await world.row()).state is State.DRAFT
    await submit(world, {})
    scheduled = await world.state(State.SCHEDULED)
    (accepted,) = scheduled.accepted
    assert (accepted["rule"], accepted["about"], accepted["by"]) == ("repeat", first.id, OLIVE)
    card = await world.card("Confirmed all the same")
    assert "within 10 minutes" not in card.read() and first.id in card.read()
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello", "Hello"]
    confirmed = next(fact for fact in await world.timeline() if fact.what == "confirmed")
    assert confirmed.detail["accepted"][0]["about"] == first.id
    assert second.id == scheduled.id


async def test_a_campaign_in_the_words_of_an_older_one_wants_its_own_confirmation(world: World) -> None:
    await scheduled_campaign(world)
    world.pass_time(GROUP_DELAY)
    first = await world.state(State.SUBMITTED)
    world.pass_time(timedelta(days=8).total_seconds())
    card = await draft_campaign(world)
    assert f"These are the words that they got as {first.id}, " in card.read()
    assert "Send them once more only if that is meant." in card.read()
    await press(world, card, "Send")
    assert first.id in form(world).read()
    assert (await world.row()).state is State.DRAFT
    await submit(world, {})
    (accepted,) = (await world.state(State.SCHEDULED)).accepted
    assert (accepted["rule"], accepted["about"]) == ("same text", first.id)


async def test_who_cancels_the_second_look_sends_nothing(world: World) -> None:
    card = await again(world)
    await press(world, card, "Send")
    world.pass_time(60)
    await typed(world, "status")
    assert (await world.row()).state is State.DRAFT
    assert world.texts() == ["Hello"]


async def test_what_comes_up_while_the_form_is_open_is_shown_before_it_is_confirmed(world: World) -> None:
    """Somebody else sends the same while Olive reads."""
    card = await again(world)
    await press(world, card, "Send")
    others = await drafted(world, "Hello", MAX)
    await press(world, others, "Send", MAX)
    await submit(world, {}, MAX)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    third = await world.row()
    await submit(world, {})
    shown = form(world).read()
    assert third.id in shown
    assert [row.state for row in await world.rows()].count(State.DRAFT) == 1
    await submit(world, {})
    world.pass_time(5)
    await world.slack.wait_for(lambda: len(world.texts()) == 3 or None)
    assert world.texts() == ["Hello"] * 3


async def test_what_is_scheduled_for_them_counts_and_is_held_when_the_other_one_left(world: World) -> None:
    """Olive schedules a text; Max sends the same at once, and is told; hers is held when it comes due."""
    await typed(world, "send")
    later = int((world.time.now() + timedelta(minutes=6)).timestamp())
    await submit(world, {"phone": "2065550100", "text": "Hello", "when": later})
    await press(world, await world.card(READY), "Schedule")
    first = await world.state(State.SCHEDULED)
    others = await drafted(world, "Hello", MAX)
    await press(world, others, "Send", MAX)
    assert f"scheduled for them as {first.id}" in form(world, MAX).read()
    await submit(world, {}, MAX)
    world.pass_time(5)
    second = await world.state(State.SUBMITTED)
    world.pass_time(360)
    held = await until(world, first.id, State.HELD)
    assert held.held_by == "repeat"
    card = await world.card("Held: nothing was sent.")
    assert f"as {second.id}" in card.read()
    await press(world, card, "Send Now")
    assert second.id in form(world).read()
    await submit(world, {})
    await until(world, first.id, State.SCHEDULED)
    world.pass_time(5)
    await until(world, first.id, State.SUBMITTED)
    assert world.texts() == ["Hello", "Hello"]


async def test_a_text_at_night_wants_a_reason_that_is_kept(night: World) -> None:
    await typed(night, "send 2065550100 Your taxi is here")
    card = await night.card("Look again:")
    assert "21:30 in America/Los_Angeles" in card.read()
    await press(night, card, "Send")
    view = form(night)
    assert "Why at this hour" in view.read()
    await submit(night, {"reason": "  "})
    assert "reason" in view.errors
    await submit(night, {"reason": "She asked for it, call 206 555 0199"})
    row = await night.state(State.SCHEDULED)
    assert row.accepted[0]["reason"] == "She asked for it, call •••••••0199"
    assert "Why: She asked for it, call •••••••0199" in (await night.card("Confirmed all the same")).read()
    night.pass_time(5)
    await night.state(State.SUBMITTED)
    assert night.texts() == ["Your taxi is here"]
    confirmed = next(fact for fact in await night.timeline() if fact.what == "confirmed")
    assert confirmed.detail["accepted"][0]["reason"].startswith("She asked for it")


async def test_a_campaign_at_night_cannot_be_confirmed_and_can_in_the_morning(night: World) -> None:
    await typed(night, "campaign Spring sale")
    await submit(night, {"group": "weekly"})
    card = await night.card("Stops it:")
    assert "The next allowed time: Thu 11 Mar 2027 09:00 America/Los_Angeles (UTC-08:00)" in card.read()
    assert "In your time:" in card.read()
    assert "Send" not in card.buttons()
    set_clock(night, WEDNESDAY + timedelta(days=1, hours=9, seconds=1))
    card = await night.card(READY)
    await press(night, card, "Send")
    await night.state(State.SCHEDULED)
    night.pass_time(GROUP_DELAY)
    await night.state(State.SUBMITTED)
    assert sends_asked(night) == 1


async def test_a_draft_of_the_day_is_stopped_when_it_is_confirmed_at_night(night: World) -> None:
    set_clock(night, WEDNESDAY.replace(hour=15))
    card = await draft_campaign(night)
    set_clock(night, WEDNESDAY.replace(hour=21))
    await press(night, card, "Send")
    assert "Nothing was done." in await told(night, OLIVE, "It would leave Wed 10 Mar 2027 at 21:01")
    assert (await night.row()).state is State.DRAFT


async def test_what_comes_due_at_night_as_the_zone_of_its_group_changed_is_held(night: World) -> None:
    set_clock(night, WEDNESDAY.replace(hour=18))
    await scheduled_campaign(night)
    await night.bot.register.add(MAX, night.time.now(), None, Group("weekly", "America/New_York"))
    night.pass_time(GROUP_DELAY)
    held = await night.state(State.HELD)
    assert held.held_by == "hours"
    card = await night.card("Held: nothing was sent.")
    assert "21:01 in America/New_York" in card.read() and "In your time:" in card.read()
    await press(night, card, "Send Now")
    await told(night, OLIVE, "Nothing was done.")
    await press(night, card, "Move")
    tonight = int((WEDNESDAY.replace(hour=23)).timestamp())
    view = await submit(night, {"when": tonight})
    assert "02:00 in America/New_York" in view.errors["when"]
    morning = int((WEDNESDAY + timedelta(days=1, hours=10)).timestamp())
    await submit(night, {"when": morning})
    await night.state(State.SCHEDULED)
    set_clock(night, WEDNESDAY + timedelta(days=1, hours=10))
    await night.state(State.SUBMITTED)
    assert sends_asked(night) == 1


async def test_a_test_to_the_test_phones_leaves_at_night(night: World) -> None:
    await typed(night, "test Spring sale")
    await press(night, await night.card(READY), "Send")
    night.pass_time(5)
    await night.state(State.SUBMITTED)
    assert night.texts() == [SALE, SALE]


async def test_an_opt_out_leaves_at_night(night: World) -> None:
    await typed(night, "stop 2065550100")
    await submit(night, {})
    await night.state(State.SUBMITTED)


async def test_curly_quotes_are_made_straight_on_request(sqlite_world: World) -> None:
    world = sqlite_world
    card = await world.draft_text("“Hello”")
    assert "curly quotes" in card.read()
    await press(world, card, "Make Quotes Straight")
    await world.slack.wait_for(lambda: ("curly" not in card.read() and READY in card.read()) or None)
    assert (await world.row()).text == '"Hello"'
    assert "Make Quotes Straight" not in card.buttons()
