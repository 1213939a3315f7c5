"""App Home: what waits for a person comes first; drawn at its opening and when something changes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, select

from bot.home.calendar import Coming, end_of, first_day, in_words
from bot.homes import EVERY, PACE
from bot.sends import State
from bot.sends.ahead import ahead
from bot.sends.table import send
from sandbox.slack import Slack, View
from tests.approval.asked import awaiting_everyone
from tests.repeat.steps import running, time_in
from tests.steps import (
    GUEST,
    cancelled_text,
    doubtful_text,
    form,
    held_text,
    scheduled_campaign,
    submit,
    submitted_text,
    typed,
)
from tests.world import ANA, MAX, OLIVE, OTTO, SMS, World, open_world


async def opened(world: World, user: str = OLIVE) -> View:
    """Somebody opens App Home; the tab, once it is drawn."""
    answer = await world.slack.open_home(user)
    assert answer.status == 200
    return await world.slack.wait_for(lambda: world.slack.home(user))


async def says(world: World, words: str, user: str = OLIVE) -> str:
    """What the tab says, as soon as it says this."""

    def read() -> str | None:
        home = world.slack.home(user)
        return home.read() if home and words in home.read() else None

    return str(await world.slack.wait_for(read))


def published(slack: Slack) -> int:
    return sum(call.method == "views.publish" for call in slack.calls)


async def test_it_is_drawn_when_it_is_opened(world: World) -> None:
    read = (await opened(world)).read()
    assert "Nothing waits for you." in read
    assert "Nothing is planned in the next 14 days." in read
    assert "Nothing has been sent yet." in read
    assert "At work. The scheduled sends are being watched." in read


async def test_what_waits_for_somebody_comes_first_and_by_their_role(world: World) -> None:
    await held_text(world, "held one")
    await doubtful_text(world, "doubtful one")
    await awaiting_everyone(world)
    olive, ana = (await opened(world)).read(), (await opened(world, ANA)).read()
    assert olive.index("Held: 1.") < olive.index("May have been sent: 1.") < olive.index("The next two weeks")
    assert "held one" in olive and "doubtful one" in olive
    assert "To approve" not in olive  # she asked for it
    assert "To approve: 1." in ana and "Held: 1." not in ana


async def test_it_changes_when_a_send_does(world: World) -> None:
    await opened(world)
    await scheduled_campaign(world, when=int((world.time.now() + timedelta(days=2)).timestamp()))
    world.pass_time(PACE.total_seconds() + 1)
    read = await says(world, "1 campaign in the next 14 days")
    assert "Spring sale → weekly" in read


async def test_what_did_not_change_is_not_published_again(world: World) -> None:
    await opened(world)
    before = published(world.slack)
    await typed(world, "show S-000000")  # a refusal is recorded; nothing on the page is different
    world.pass_time(EVERY.total_seconds() + 1)
    await _looked_at_since(world)
    assert published(world.slack) == before


async def _looked_at_since(world: World) -> None:
    """Until the home was looked at after the clock was put forward."""
    async with asyncio.timeout(20):
        while True:
            rows = await world.bot.database.read(
                lambda c: c.exec_driver_sql("SELECT taken_at, looked_at FROM home").all()
            )
            work = await world.bot.sends.work(world.time.now(), timedelta(0), 1)
            if not work.homes and all(row[0] is None for row in rows):
                return
            await asyncio.sleep(0.02)  # a row tells nobody that it has changed


async def test_only_those_who_opened_it_get_one(sqlite_world: World) -> None:
    await opened(sqlite_world)
    await cancelled_text(sqlite_world)
    sqlite_world.pass_time(PACE.total_seconds() + 1)
    await _looked_at_since(sqlite_world)
    assert sqlite_world.slack.home(ANA) is None


async def test_a_freeze_stands_above_it(sqlite_world: World) -> None:
    await opened(sqlite_world)
    await typed(sqlite_world, "freeze wrong price", ANA)
    sqlite_world.pass_time(PACE.total_seconds() + 1)
    read = await says(sqlite_world, "Sends are frozen by @Ana Silva")
    assert read.index("Sends are frozen") < read.index("Waiting for you")


async def test_a_slack_that_is_away_gets_it_later(sqlite_world: World) -> None:
    world = sqlite_world
    world.slack.faults.refuse("views.publish", "internal_error")
    await world.slack.open_home(OLIVE)
    await world.slack.wait_for(lambda: published(world.slack) == 1)
    assert world.slack.home(OLIVE) is None
    world.pass_time(31)
    await says(world, "Nothing waits for you.")


async def test_an_opening_that_comes_again_draws_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await opened(world)
    before = published(world.slack)
    await world.slack.redeliver()
    world.pass_time(PACE.total_seconds() + 1)
    await _looked_at_since(world)
    assert published(world.slack) == before


@pytest.mark.parametrize(
    ("user", "said"),
    [(GUEST, "This page is for full members of this workspace."), (OTTO, "You hold no role in smsops")],
)
async def test_who_may_not_use_it_reads_a_plain_sentence(sqlite_world: World, user: str, said: str) -> None:
    await submitted_text(sqlite_world, "not for them")
    read = (await opened(sqlite_world, user)).read()
    assert said in read and "not for them" not in read


async def test_numbers_are_masked(sqlite_world: World) -> None:
    await submitted_text(sqlite_world)
    read = (await opened(sqlite_world)).read()
    assert "•••••••0100" in read
    assert "2065550100" not in read


async def test_it_leads_to_the_card(sqlite_world: World) -> None:
    card = await held_text(sqlite_world)
    blocks = str((await opened(sqlite_world)).blocks)
    assert f"https://sandbox.slack.com/archives/{SMS}/p{card.ts.replace('.', '')}|Open its card" in blocks


@pytest.mark.parametrize(
    ("user", "verbs"), [(OLIVE, {"Send", "Campaign", "History", "Freeze"}), (ANA, {"History", "Freeze"})]
)
async def test_it_has_a_button_for_every_verb_of_this_person(
    sqlite_world: World, user: str, verbs: set[str]
) -> None:
    shown = (await sqlite_world.slack.command(user, "")).shown
    assert shown is not None
    assert verbs <= set(shown.buttons())
    assert set((await opened(sqlite_world, user)).buttons()) == set(shown.buttons())


async def choose_channel(world: World, user: str = OLIVE) -> None:
    answer = await world.slack.view_click(user, "sms.home.channel", SMS)
    assert answer.ok, answer
    world.pass_time(PACE.total_seconds() + 1)
    await says(world, "go to the channel on the right", user)


async def test_its_button_drafts_a_text_whose_card_goes_to_the_chosen_channel(world: World) -> None:
    await opened(world)
    await choose_channel(world)
    await world.slack.view_click(OLIVE, "Send")
    assert form(world).title == "Text one phone"
    await submit(world, {"phone": "2065550100", "text": "From home"})
    await world.card("Nothing is sent until someone presses Send.")
    assert (await world.row()).channel == SMS


async def test_without_a_channel_nothing_is_drafted(sqlite_world: World) -> None:
    await opened(sqlite_world)
    await sqlite_world.slack.view_click(OLIVE, "Campaign")
    assert "no channel is chosen" in form(sqlite_world).read()


async def test_where_one_channel_is_allowed_there_is_nothing_to_choose(channels_world: World) -> None:
    read = (await opened(channels_world)).read()
    assert "Cards of what you send from here go to #sms." in read
    await channels_world.slack.view_click(OLIVE, "Campaign")
    assert form(channels_world).title == "Campaign to a group"


async def test_a_list_opens_as_a_page_and_is_turned_there(sqlite_world: World) -> None:
    world = sqlite_world
    for number in range(12):
        await typed(world, f"send 2065550100 Number {number}")
    await opened(world)
    await world.slack.view_click(OLIVE, "History")
    assert "Number 11" in form(world).read()
    await world.slack.view_click(OLIVE, "Next Page")
    await world.slack.wait_for(lambda: "Number 0" in form(world).read())


async def test_a_filter_from_a_page_becomes_a_page(sqlite_world: World) -> None:
    world = sqlite_world
    await cancelled_text(world, "no more")
    await scheduled_campaign(world)
    await opened(world)
    await world.slack.view_click(OLIVE, "History")
    await world.slack.view_click(OLIVE, "Filter")
    await world.slack.fill(OLIVE, {"verb": "campaign"})
    assert (await world.slack.submit(OLIVE)).ok
    read = form(world).read()
    assert "Spring sale" in read and "no more" not in read


async def test_a_freeze_from_home_is_told_in_the_chosen_channel(sqlite_world: World) -> None:
    world = sqlite_world
    await opened(world)
    await choose_channel(world)
    await world.slack.view_click(OLIVE, "Freeze")
    assert "Sends are frozen" in form(world).read()
    await world.slack.wait_for(
        lambda: [one for one in world.slack.messages(SMS) if "Sends are frozen" in one.read()]
    )


async def test_blackout_days_stand_in_the_calendar(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_BLACKOUT="2099-01-01") as world:
        assert "Blackout" not in (await opened(world)).read()
    today = (world.time.now() + timedelta(days=3)).date().isoformat()
    async with open_world(sqlite_url, SMS_BLACKOUT=today) as world:
        read = (await opened(world, MAX)).read()
        assert "Blackout day" in read and "Blackout days: " in read


def test_the_next_one_is_one_that_can_leave() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    monday = datetime(2026, 11, 30, 12, tzinfo=zone)
    coming = [Coming(monday, "spring → weekly"), Coming(monday + timedelta(days=2), "spring → vip")]
    said = in_words(coming, [], {monday.date()}, zone)
    assert "Next: Wed 2 Dec 12:00, spring → vip." in said and "Blackout days: Mon 30 Nov." in said
    assert "Next" not in in_words(coming[:1], [], {monday.date()}, zone)


async def test_what_waits_for_me_is_not_hidden_by_what_waits_for_others(sqlite_world: World) -> None:
    world = sqlite_world
    await held_text(world)
    held = (await world.row()).id
    others = [{"id": f"S-OTHER{n}", "channel": "C0OTHER", "card_ts": None} for n in range(12)]

    def write(connection: Connection) -> None:
        (row,) = connection.execute(select(send).where(send.c.id == held)).mappings()
        earlier = {"due_at": row["due_at"] - timedelta(hours=1)}
        connection.execute(insert(send), [dict(row) | earlier | one for one in others])

    await world.bot.database.write(write)
    found = await world.bot.database.read(lambda c: ahead(c, MAX, world.bot.now(), world.bot.now()))
    assert held in [one.id for one in found.held.sends]


async def test_every_time_of_a_repeating_campaign_stands_in_the_calendar_made_or_not(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    rule = (await running(world)).rule
    end = end_of(first_day(world.bot.now(), rule.zone), rule.zone)
    times = list(takewhile(lambda one: one.at < end, rule.moments(rule.first)))
    await opened(world)
    read = await says(world, f"{len(times)} campaigns in the next 14 days. Next: ")
    assert read.count("Spring sale → weekly") == 1 + len(times)  # in words the next, in the table each
    world.pass_time(2.1 * 3600)
    await time_in(world, State.SCHEDULED)
    await opened(world, MAX)
    read = await says(world, f"{len(times)} campaigns in the next 14 days. Next: ", MAX)
    assert read.count("Spring sale → weekly") == 1 + len(times)
