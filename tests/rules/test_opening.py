"""Opening hours against the clock changes: nothing is let through that the data file does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.law import law
from bot.rules.opening import DAY, HORIZON, MARGIN, Hours, let_through, next_allowed

US_ZONES = sorted(
    law().anywhere
    | {"America/Boise", "America/Detroit", "America/Indiana/Indianapolis", "America/Juneau"}
    | {
        "America/Puerto_Rico",
        "Pacific/Guam",
        "America/Metlakatla",
        "America/North_Dakota/Center",
        "America/Kentucky/Louisville",
    }
)
ODD = ["Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu"]
FIRST, YEARS = datetime(2026, 1, 1, tzinfo=UTC), 10
instants = st.integers(0, YEARS * 366 * DAY * 60).map(lambda second: FIRST + timedelta(seconds=second))
codes = st.sampled_from([None, *sorted(law().states)])


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The hours around which the offset of a zone changes, in ten years."""
    was = FIRST.astimezone(zone).utcoffset()
    for hour in range(YEARS * 366 * 24):
        at = FIRST + timedelta(hours=hour)
        if (offset := at.astimezone(zone).utcoffset()) != was:
            yield at
            was = offset


PENNSYLVANIA = (215, 223, 267, 272, 412, 445, 484, 570, 582, 610, 717, 724, 814, 835, 878)
CLOSED_ON_HOLIDAYS = {
    205, 251, 256, 334, 659, 938, 225, 318, 337, 457, 504, 985, 228, 471, 601, 662, 769,  # AL, LA, MS
    385, 435, 801, 401, *PENNSYLVANIA,  # Utah, Rhode Island
}  # fmt: skip


def _holidays() -> set[date]:
    """The legal holidays, day by day, in other words than the data's (5 U.S.C. 6103): by what day it is."""
    found = set()
    for number in range((YEARS + 2) * 366):
        day = date(2025, 1, 1) + timedelta(days=number)
        week, monday = (day.day - 1) // 7 + 1, day.isoweekday() == 1
        is_last_monday = monday and (day + timedelta(days=7)).month != day.month
        if (
            (day.month, day.day) in {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}
            or (monday and (day.month, week) in {(1, 3), (2, 3), (9, 1), (10, 2)})
            or (day.month == 5 and is_last_monday)
            or (day.isoweekday() == 4 and (day.month, week) == (11, 4))
        ):
            found.add(day)
            found |= {day - timedelta(days=1)} if day.isoweekday() == 6 else set()
            found |= {day + timedelta(days=1)} if day.isoweekday() == 7 else set()
    return found


HOLIDAYS = _holidays()
HOLIDAY_CODES = st.sampled_from(sorted(CLOSED_ON_HOLIDAYS))


@given(st.sampled_from(sorted(HOLIDAYS)), st.integers(0, DAY - 1), st.sampled_from(US_ZONES), HOLIDAY_CODES)
@settings(max_examples=400, deadline=None)
def test_on_a_holiday_nothing_is_let_through_where_it_is_one(
    day: date, minute: int, zone: str, code: int
) -> None:
    at = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
    assert let_through(law().hours(zone, code), at.astimezone(UTC)) is not None


def is_lawful(at: datetime, zone: str, code: int | None) -> bool:
    """The law said once more, in other words than the code's: 9 to 20, Sunday from 12, and the states."""
    local = at.astimezone(ZoneInfo(zone))
    hour, day = local.hour + local.minute / 60, local.isoweekday()
    if not (12 if day == 7 else 9) <= hour < 20:
        return False
    if code in (270, 364, 502, 606, 859):
        return hour >= 10
    if code in CLOSED_ON_HOLIDAYS and (local.date() in HOLIDAYS):
        return False
    if code in (205, 251, 256, 334, 659, 938, 225, 318, 337, 457, 504, 985, 228, 471, 601, 662, 769):
        return day != 7
    if code in (385, 435, 801):
        return day != 7
    if code == 401:
        return 10 <= hour < 17 if day > 5 else hour < 18
    return True


@pytest.mark.parametrize("zone", US_ZONES)
def test_over_the_clock_changes_of_ten_years_nothing_is_let_through_that_the_law_forbids(zone: str) -> None:
    hours = law().hours(zone)
    moments = [FIRST, *changes(ZoneInfo(zone))]
    let, shut = 0, 0
    for change in moments:
        for minute in range(-36 * 60, 36 * 60, 5):
            at = change + timedelta(minutes=minute, seconds=59)
            if let_through(hours, at) is None:
                let += 1
                assert is_lawful(at, zone, None) and is_lawful(at + timedelta(seconds=40), zone, None), at
            else:
                shut += 1
                assert not (is_lawful(at, zone, None) and is_lawful(at + MARGIN, zone, None)), at
    assert let and shut


@given(instants, st.sampled_from(US_ZONES), codes)
@settings(max_examples=800, deadline=None)
def test_no_instant_outside_the_law_is_let_through(at: datetime, zone: str, code: int | None) -> None:
    if let_through(law().hours(zone, code), at) is None:
        assert is_lawful(at, zone, code)
        assert is_lawful(at + timedelta(seconds=40), zone, code)


@given(instants, st.lists(st.sampled_from(US_ZONES), min_size=1, max_size=3), codes)
@settings(max_examples=200, deadline=None)
def test_the_next_allowed_time_is_lawful_everywhere_and_the_first_to_the_minute(
    at: datetime, zones: list[str], code: int | None
) -> None:
    hours = [one for zone in zones for one in law().hours(zone, code)]
    found = next_allowed(hours, at)
    if found is None:  # such as Honolulu and Guam: no hour of the day is right in both
        assert all(let_through(hours, at + timedelta(minutes=15 * step)) for step in range(4 * 24 * 7))
        return
    assert found >= at
    assert let_through(hours, found) is None
    assert all(is_lawful(found, zone, code) for zone in zones)
    before = found - at
    assert all(let_through(hours, at + before * share / 50) for share in range(50) if before)
    if found > at:
        assert let_through(hours, max(at, found - timedelta(seconds=1)))


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", *ODD])
@pytest.mark.parametrize("opening", [0, 2 * 60 + 15, 2 * 60 + 30, 9 * 60])
def test_an_opening_in_an_hour_that_is_skipped_or_repeated_is_found(zone: str, opening: int) -> None:
    hours = Hours(ZoneInfo(zone), [((opening, opening + 60),)] * 7)
    for change in [FIRST, *changes(ZoneInfo(zone))][:8]:
        for back in (1, 5, 25):
            found = next_allowed([hours], change - timedelta(hours=back))
            assert found is not None
            assert let_through([hours], found) is None
            # a day of 23 hours and one that skips the hour itself are the longest wait there is
            assert found - change < timedelta(days=2)


def test_a_skipped_opening_opens_at_the_first_minute_after_it() -> None:
    """14 March 2027, New York: 2:00 is followed by 3:00."""
    hours = Hours(ZoneInfo("America/New_York"), [((150, 300),)] * 7)
    night = datetime(2027, 3, 14, 5, 0, tzinfo=UTC)
    assert next_allowed([hours], night) == datetime(2027, 3, 14, 7, 0, tzinfo=UTC)


def test_what_opens_never_has_no_next_time() -> None:
    never = Hours(ZoneInfo("UTC"), [()] * 7)
    assert next_allowed([never], FIRST) is None
    assert never.opens(FIRST) is None
    assert timedelta(days=366) < HORIZON


def test_two_hours_that_are_never_open_together_have_no_next_time() -> None:
    morning, evening = (Hours(ZoneInfo("UTC"), [((start, start + 60),)] * 7) for start in (480, 1080))
    assert next_allowed([morning, evening], FIRST) is None


def test_a_minute_before_closing_nothing_is_let_through_any_more() -> None:
    """What the look lets through may leave 40 s later."""
    hours = law().hours("America/New_York")
    closing = datetime(2027, 7, 1, 20, 0, tzinfo=ZoneInfo("America/New_York"))
    assert let_through(hours, closing - timedelta(minutes=1, seconds=1)) is None
    assert let_through(hours, closing - timedelta(minutes=1)) is not None
