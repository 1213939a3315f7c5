"""docs/repeating.md says of the rules, the buttons and the hours what the code does."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import commands
from bot.card.picture import END, PAUSE_TIMES, RESUME_TIMES, SKIP
from bot.repeats import LAST_SAFE_DAY, SHOWN, resolve
from bot.sends.series import AHEAD
from bot.settings import names

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "repeating.md").read_text()
LA = ZoneInfo("America/Los_Angeles")


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"{AHEAD // timedelta(hours=1)} hours before its hour" in PAGE
    assert f"on a date (1 to {LAST_SAFE_DAY})" in PAGE
    assert SHOWN == 5 and "the next five times" in PAGE


def test_its_buttons_are_those_of_the_cards() -> None:
    for each in (SKIP, PAUSE_TIMES, RESUME_TIMES, END):
        assert f"*{each.label}*" in PAGE


def test_its_days_of_clock_changes_are_right() -> None:
    spring = resolve(date(2026, 3, 8), time(2, 30), LA)
    assert (spring.how, spring.at.astimezone(LA).time()) == ("skipped", time(3))
    autumn = resolve(date(2026, 11, 1), time(1, 30), LA)
    assert (autumn.how, autumn.at.astimezone(LA).fold) == ("twice", 0)
    assert autumn.at == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_what_it_names_is_there() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert linked and [one for one in linked if not (ROOT / "docs" / one).exists()] == []
    assert set(re.findall(r"`/sms (\w+)`", PAGE)) <= {one.name for one in commands.load()}
    assert set(re.findall(r"\bSMS_[A-Z_]+\b", PAGE)) <= set(names())
