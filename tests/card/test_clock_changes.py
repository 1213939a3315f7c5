"""A time that was chosen is an instant: over the clock changes of eight zones it is shown so, and kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.blocks import account_time
from bot.sends import State
from tests.steps import GROUP_DELAY, draft_campaign, press, sends_asked
from tests.world import open_world

# Changes by an hour and by half of one, at midnight, on other days of the week, in the south, and of old law.
ZONES = (
    "America/New_York", "America/Los_Angeles", "Europe/Berlin", "America/Santiago", "Africa/Cairo",
    "Australia/Lord_Howe", "Asia/Jerusalem", "Australia/Sydney",
)  # fmt: skip
SHOWN = re.compile(r"\w{3} (\d\d? \w{3} \d{4} \d\d:\d\d) (\S+) \(UTC([+-]\d\d):(\d\d)\)")
STEP = timedelta(minutes=15)


def changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """When the clocks change, found by asking for the offset at each quarter of an hour (UTC)."""
    at, found = datetime(year, 1, 1, tzinfo=UTC), []
    while at.year == year:
        if at.astimezone(zone).utcoffset() != (at - STEP).astimezone(zone).utcoffset():
            found.append(at)
        at += STEP
    return found


def instant(shown: str) -> datetime:
    """The one instant that the words mean, by the offset alone."""
    found = SHOWN.fullmatch(shown)
    assert found, shown
    wall, _, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(f"{hours[0]}{minutes}"))
    return datetime.strptime(wall, "%d %b %Y %H:%M").replace(tzinfo=timezone(offset))


@pytest.mark.parametrize("name", ZONES)
def test_what_is_shown_around_a_clock_change_means_one_instant(name: str) -> None:
    zone, repeated = ZoneInfo(name), 0
    for change in (one for year in range(2026, 2030) for one in changes(zone, year)):
        around = [change + STEP * n for n in range(-12, 13)]
        shown = [account_time(at, zone) for at in around]
        assert [instant(each) for each in shown] == around
        walls = [each.partition(" (UTC")[0] for each in shown]
        repeated += len(walls) - len(set(walls))
    assert repeated, "no clock was set back: the test showed nothing"


@pytest.mark.parametrize("name", ZONES)
async def test_it_leaves_at_its_instant_and_not_at_the_same_wall_time_before_or_after(
    sqlite_url: str, name: str
) -> None:
    """Chosen in the hour that comes twice, and on both sides of the hour that does not come."""
    zone, now = ZoneInfo(name), datetime.now(UTC)
    coming = [one for year in (now.year + 1, now.year + 2) for one in changes(zone, year)][:2]
    async with open_world(sqlite_url, SMS_TIMEZONE=name, SMS_QUIET_HOURS="off") as world:
        for number, (change, message) in enumerate(zip(coming, ("welcome", "Spring sale"), strict=True), 1):
            world.time.ahead += change - timedelta(hours=3) - world.time.now()
            due = change + timedelta(minutes=15)
            card = await draft_campaign(world, message, when=int(due.timestamp()))
            assert account_time(due, zone) in card.read()
            await press(world, card, "Schedule")
            assert (await world.state(State.SCHEDULED)).due_at == due
            world.time.ahead += due - timedelta(seconds=20) - world.time.now()
            world.pass_time(0)
            await world.slack.command("U0OLIVE", "status")
            assert ((await world.row()).state, sends_asked(world)) == (State.SCHEDULED, number - 1)
            world.pass_time(20 + GROUP_DELAY)
            await world.state(State.SUBMITTED)
            assert sends_asked(world) == number
