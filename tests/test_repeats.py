"""The days and instants of a repeating campaign, against oracles that share no code with it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.repeats import Every, Moment, Repeat, ordinal, resolve

# Lord Howe's clocks change by half an hour; Santiago's and Cairo's skip midnight.
ZONES = [
    ZoneInfo(key)
    for key in (
        "America/Los_Angeles", "America/Santiago", "Africa/Cairo", "Europe/Berlin", "Australia/Lord_Howe",
        "America/Phoenix",
    )
]  # fmt: skip
BEGIN, END = date(2026, 1, 1), date(2036, 1, 1)
HORIZON = timedelta(hours=16)  # nobody's day begins so much before UTC's, or so much after
AROUND = [time(*one) for one in ((0, 0), (0, 30), (1, 15), (1, 45), (2, 0), (2, 30), (3, 0), (23, 30))]
LA = ZoneInfo("America/Los_Angeles")

zones = st.sampled_from(ZONES)
days = st.dates(BEGIN, END)
walls = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def minutes(day: date) -> Iterator[datetime]:
    """Every minute of the world around this day, UTC."""
    start = datetime.combine(day, time(), UTC) - HORIZON
    return (start + timedelta(minutes=number) for number in range(60 * 60))


def oracle(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first minute in UTC that a clock on the wall shows as this time, or as a later one of the day.

    Where the clocks never show it before the day is over, the first minute of the next day.
    """
    wanted = datetime.combine(day, wall)
    return next(one for one in minutes(day) if one.astimezone(zone).replace(tzinfo=None) >= wanted)


def changes(zone: ZoneInfo) -> list[tuple[date, time]]:
    """The local days of ten years on which the clocks change, each with times around the change."""
    found = []
    day = BEGIN
    while day < END:
        eve = day - timedelta(days=1)
        if len({datetime.combine(one, time(12), zone).utcoffset() for one in (eve, day)}) > 1:
            found += [(one, wall) for one in (eve, day) for wall in AROUND]
        day += timedelta(days=1)
    return found


@settings(max_examples=150, deadline=None)
@given(days, walls, zones)
@example(date(2026, 3, 8), time(2, 30), LA)  # skipped
@example(date(2026, 11, 1), time(1, 30), LA)  # twice
@example(date(2026, 9, 6), time(0, 0), ZoneInfo("America/Santiago"))  # midnight is skipped
@example(date(2026, 4, 24), time(0, 30), ZoneInfo("Africa/Cairo"))
@example(date(2026, 10, 4), time(2, 15), ZoneInfo("Australia/Lord_Howe"))  # half an hour
def test_a_wall_time_is_the_first_minute_at_which_the_clock_shows_it_or_a_later_one(
    day: date, wall: time, zone: ZoneInfo
) -> None:
    assert resolve(day, wall, zone).at == oracle(day, wall, zone)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_so_it_is_at_every_clock_change_of_ten_years(zone: ZoneInfo) -> None:
    around = changes(zone)
    assert bool(around) is (zone.key != "America/Phoenix")
    for day, wall in around:
        found = resolve(day, wall, zone)
        assert found.at == oracle(day, wall, zone), (day, wall)
        shown = found.at.astimezone(zone)
        assert (found.how == "skipped") is (shown.replace(tzinfo=None) != datetime.combine(day, wall))
        later = (found.at + timedelta(minutes=number) for number in range(1, 181))
        shown_later = {one.astimezone(zone).replace(tzinfo=None) for one in later}
        assert (found.how == "twice") is (datetime.combine(day, wall) in shown_later), (day, wall)


def by_hand(rule: Repeat) -> list[date]:
    """Its days, by looking at each day of ten years."""

    def is_one(day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        return {
            Every.DAILY: True,
            Every.WEEKDAYS: day.isoweekday() <= 5,
            Every.WEEKLY: (day - rule.first).days % 7 == 0,
            Every.MONTHLY: day.day == rule.first.day,
            Every.LAST: day.day == last,
        }[rule.every]

    all_days = (rule.first + timedelta(days=number) for number in range((END - rule.first).days))
    return [day for day in all_days if is_one(day)]


rules = st.builds(Repeat, st.sampled_from(Every), days, walls, zones).filter(
    lambda rule: rule.every is not Every.MONTHLY or rule.first.day <= 28
)


@settings(max_examples=120, deadline=None)
@given(rules, st.data())
def test_its_days_over_ten_years_are_those_of_a_calendar(rule: Repeat, data: st.DataObject) -> None:
    expected = by_hand(rule)
    assert list(takewhile(lambda day: day < END, rule.days(rule.first))) == expected
    since = data.draw(st.dates(BEGIN, END))
    found = list(takewhile(lambda day: day < END, rule.days(since)))
    assert found == [day for day in expected if day >= since]


CRON = {
    Every.DAILY: lambda first: {},
    Every.WEEKDAYS: lambda first: {"day_of_week": "mon-fri"},
    Every.WEEKLY: lambda first: {"day_of_week": str(first.weekday())},
    Every.MONTHLY: lambda first: {"day": str(first.day)},
    Every.LAST: lambda first: {"day": "last"},
}


@settings(max_examples=60, deadline=None)
@given(rules)
def test_its_days_are_those_of_apscheduler_where_no_clock_changes(rule: Repeat) -> None:
    trigger = CronTrigger(hour=12, minute=0, timezone=UTC, **CRON[rule.every](rule.first))
    at, found = datetime.combine(rule.first, time(), UTC), []
    for _ in range(40):
        at = trigger.get_next_fire_time(None, at)
        found.append(at.date())
        at += timedelta(minutes=1)
    assert list(islice(rule.days(rule.first), 40)) == found


@settings(max_examples=100, deadline=None)
@given(rules, st.integers(0, 400))
def test_each_day_has_one_time_and_they_come_in_order(rule: Repeat, ahead: int) -> None:
    found = list(islice(rule.moments(rule.first + timedelta(days=ahead)), 60))
    assert len({one.day for one in found}) == len(found)
    assert all(one.at < two.at for one, two in pairwise(found))
    since = found[10].at
    assert next(rule.after(since)) == found[10]
    assert next(rule.after(since + timedelta(seconds=1))) == found[11]
    assert rule.next_day(found[10].day) == found[11].day


def is_skipped(day: date, wall: time, zone: ZoneInfo) -> bool:
    """Whether no minute of the world is shown as this one: there and back it becomes another."""
    local = datetime.combine(day, wall, zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(Every), st.dates(BEGIN, date(2026, 1, 28)), walls | st.sampled_from(AROUND), zones)
@example(Every.DAILY, BEGIN, time(0, 0), ZoneInfo("America/Santiago"))
@example(Every.DAILY, BEGIN, time(0, 30), ZoneInfo("Africa/Cairo"))
@example(Every.DAILY, BEGIN, time(23, 30), ZoneInfo("Africa/Cairo"))  # twice, and midnight is between
@example(Every.DAILY, BEGIN, time(1, 45), ZoneInfo("Australia/Lord_Howe"))
def test_over_ten_years_each_day_of_the_rule_is_there_once_at_its_wall_time_or_right_after_the_gap(
    every: Every, first: date, wall: time, zone: ZoneInfo
) -> None:
    rule = Repeat(every, first, wall, zone)
    found = list(takewhile(lambda one: one.day < END, rule.moments(first)))
    assert [one.day for one in found] == by_hand(rule), "each local day of the rule, once"
    assert all(one.at < two.at for one, two in pairwise(found))
    for one in found:
        shown, wanted = one.at.astimezone(zone), datetime.combine(one.day, wall)
        assert (shown.date(), shown.fold) == (one.day, 0), "on its day, and the first where it comes twice"
        if is_skipped(one.day, wall, zone):
            before = (one.at - timedelta(minutes=1)).astimezone(zone)
            assert before.replace(tzinfo=None) < wanted < shown.replace(tzinfo=None)
        else:
            assert shown.replace(tzinfo=None) == wanted


def test_a_rule_is_kept_and_read_as_it_was() -> None:
    rule = Repeat(Every.WEEKLY, date(2026, 11, 30), time(10, 5), LA)
    assert Repeat.read(rule.keep()) == rule
    assert rule.keep()["at"] == "10:05"


@pytest.mark.parametrize(
    ("every", "words"),
    [
        (Every.DAILY, "every day at 10:00, America/Los_Angeles"),
        (Every.WEEKDAYS, "every weekday at 10:00, America/Los_Angeles"),
        (Every.WEEKLY, "every Monday at 10:00, America/Los_Angeles"),
        (Every.MONTHLY, "on the 30th of every month at 10:00, America/Los_Angeles"),
        (Every.LAST, "on the last day of every month at 10:00, America/Los_Angeles"),
    ],
)
def test_a_rule_is_read_back_in_words(every: Every, words: str) -> None:
    assert Repeat(every, date(2026, 11, 30), time(10), LA).words() == words


def test_the_next_five_say_their_offset_and_what_the_clocks_do() -> None:
    spring = Repeat(Every.DAILY, date(2026, 3, 6), time(2, 30), LA)
    assert spring.coming(spring.first) == [
        "Fri 06 Mar 2026 02:30 (UTC-08:00)",
        "Sat 07 Mar 2026 02:30 (UTC-08:00)",
        "Sun 08 Mar 2026 03:00 (UTC-07:00): the clocks skip 02:30 then, so it is the first minute after",
        "Mon 09 Mar 2026 02:30 (UTC-07:00)",
        "Tue 10 Mar 2026 02:30 (UTC-07:00)",
    ]
    autumn = Repeat(Every.DAILY, date(2026, 11, 1), time(1, 30), LA)
    assert autumn.coming(autumn.first)[0] == (
        "Sun 01 Nov 2026 01:30 (UTC-07:00): the clocks show 01:30 twice then, and it is the first"
    )


def test_a_midnight_that_is_skipped_belongs_to_its_day() -> None:
    zone = ZoneInfo("America/Santiago")
    found = resolve(date(2026, 9, 6), time(0), zone)
    assert found == Moment(date(2026, 9, 6), datetime(2026, 9, 6, 4, 0, tzinfo=UTC), "skipped")
    assert found.at.astimezone(zone).time() == time(1)


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (28, "28th")],
)
def test_ordinals(number: int, word: str) -> None:
    assert ordinal(number) == word
