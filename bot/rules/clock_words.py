"""Words against the clock: "tomorrow", "Friday", a past date, compared with the time at which it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.rules.facts import Facts, Objection
from bot.rules.hours import audience_zones
from bot.sends import Kind

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
DAY = re.compile(rf"\b(?:(last|next) )?({'|'.join(_DAYS)})\b(?!s)", re.IGNORECASE)
NEAR = re.compile(r"\b(today|tonight|tomorrow|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
GREETING = re.compile(r"\bgood (morning|afternoon|evening|night)\b", re.IGNORECASE)
DATES = (
    re.compile(rf"\b(?P<month>{_MONTH}) {_NUMBER}\b(?:,? (?P<year>20\d\d))?", re.IGNORECASE),
    re.compile(rf"\b{_NUMBER} (?P<month>{_MONTH})(?: (?P<year>20\d\d))?\b", re.IGNORECASE),
    re.compile(r"(?<![\d/.-])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\d/%])"),
    re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
)
HOURS = {"morning": (4, 12), "afternoon": (12, 18), "evening": (16, 23), "night": (18, 24)}  # from, to before
LATELY = timedelta(days=90)  # a date without a year that was so long ago is one of this year, and past
FRACTIONS = ("1/2", "1/3", "1/4", "2/3", "3/4")
STALE = 5  # days ahead: a weekday so far off is more likely the one of this week, which is over


def clock_words(facts: Facts) -> Objection | None:
    """What the text says of its time is not so when it leaves (product.md 5.9)."""
    if not facts.send.is_text or facts.send.kind is Kind.TEST:
        return None
    zone = ZoneInfo(min(audience_zones(facts)))
    leaves, written = facts.leaves_at.astimezone(zone), facts.send.asked_at.astimezone(zone).date()
    if facts.send.series or facts.send.repeats:  # "today" is said anew each time
        written = leaves.date()
    found = list(dict.fromkeys(_found(facts.text, leaves, written)))
    if not found:
        return None
    when = f"It would leave {leaves:%A, %d %b %Y} at {leaves:%H:%M} in {zone.key}"
    return Objection(
        "clock words", "look", f"{when}, but the text says {' and '.join(found)}.",
        f"{leaves:%Y-%m-%d} {' '.join(found)}",
    )  # fmt: skip


def _found(text: str, leaves: datetime, written: date) -> Iterator[str]:
    today = leaves.date()
    if today != written:
        yield from (f"“{one[0]}”, written on another day" for one in NEAR.finditer(text))
    for one in DAY.finditer(text):
        ahead = (_DAYS.index(one[2].lower()) - today.weekday()) % 7
        if not one[1] and ahead >= STALE:
            yield f"“{one[0]}”, which was {'yesterday' if ahead == 6 else 'two days before'}"
    for one in GREETING.finditer(text):
        start, end = HOURS[one[1].lower()]
        if not start <= leaves.hour < end:
            yield f"“{one[0]}”"
    for pattern in DATES:
        for one in pattern.finditer(text):
            day = _date(one, today)
            if day is not None and day < today and one[0] not in FRACTIONS:
                yield f"“{one[0].strip()}”, which is past"


def _date(found: re.Match[str], today: date) -> date | None:
    """The date that is meant; None for what is none."""
    year, month, day = (found.group(name) for name in ("year", "month", "day"))
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
        near = [date(today.year + step, number, int(day)) for step in (-1, 0, 1)]
    except ValueError:
        return None
    return next(one for one in near if today - one <= LATELY)
