"""The data file: dated, with sources, each area code once, and no law that the facts name is missing."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime

import pytest

from bot.rules.law import DATA, law
from bot.rules.zones import zones_of

FILE = tomllib.loads(DATA.read_text())
# The states that are stricter than federal law, and by what they are kept here.
STRICTER = {
    "Florida", "Oklahoma", "Washington", "Texas", "Connecticut", "Maryland", "Mississippi", "Louisiana",
    "Alabama", "Massachusetts", "Rhode Island", "Kentucky", "New Jersey", "Utah", "Pennsylvania", "Nevada",
}  # fmt: skip


def test_it_is_dated_and_every_entry_has_a_source() -> None:
    assert date(2026, 11, 1) <= FILE["checked"]
    for one in (FILE["everywhere"], *FILE["state"]):
        assert one["sources"] and all(source.startswith("http") for source in one["sources"])
        assert one["said"]


def test_every_stricter_state_is_there_by_name_or_covered_by_what_holds_for_all() -> None:
    named = [one["name"] for one in FILE["state"]] + FILE["everywhere"]["covers"]
    assert sorted(named) == sorted(STRICTER)


def test_an_area_code_belongs_to_one_state() -> None:
    codes = [code for one in FILE["state"] for code in one["area_codes"]]
    assert len(codes) == len(set(codes)) == len(law().states)
    assert all(200 < code < 1000 for code in codes)


def test_no_state_is_let_more_than_all() -> None:
    """Both are asked, so that a mistake in a state's row cannot open what is shut for all."""
    for code in law().states:
        whose = [hours.whose for hours in law().hours("America/New_York", code)]
        assert whose[0] == "America/New_York" and len(whose) == 2


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2026, 11, 26), True),  # Thanksgiving, the fourth Thursday
        (date(2026, 11, 19), False),
        (date(2027, 1, 1), True),
        (date(2027, 12, 31), True),  # 1 January 2028 is a Saturday
        (date(2027, 7, 5), True),  # 4 July is a Sunday
        (date(2027, 5, 31), True),  # the last Monday of May
        (date(2027, 5, 24), False),
        (date(2027, 12, 25), True),
        (date(2027, 12, 24), True),  # as 25 December is a Saturday
    ],
)
def test_the_holidays_are_those_of_the_united_states(day: date, is_one: bool) -> None:
    assert law().is_holiday(day) is is_one
    noon = datetime(day.year, day.month, day.day, 17, 30, tzinfo=UTC)
    assert law().hours("America/New_York", 401)[1].allow(noon) is (not is_one and day.weekday() < 6)


@pytest.mark.parametrize(
    ("phone", "zones"),
    [
        ("12065550100", {"America/Los_Angeles"}),
        ("18085550100", {"Pacific/Honolulu"}),
        ("19075550100", {"America/Anchorage", "America/Adak"}),
        ("18505550100", {"America/New_York", "America/Chicago"}),  # the Florida panhandle lies in two
        ("12195550100", {"America/New_York", "America/Chicago"}),
        ("19155550100", {"America/Denver", "America/Chicago"}),
        ("16045550100", {"America/Vancouver"}),
    ],
)
def test_a_phone_is_in_every_zone_where_its_number_may_be(phone: str, zones: set[str]) -> None:
    assert zones_of(phone) == zones


@pytest.mark.parametrize("phone", ["18005550100", "18885550100", "19995550100"])
def test_a_number_that_tells_no_place_is_in_all_zones_of_the_states(phone: str) -> None:
    assert zones_of(phone) == law().anywhere
