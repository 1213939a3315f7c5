"""When a repeating campaign leaves: its rule, its days, and the one place where wall time becomes UTC; pure.

The days are dateutil's (rrule), which knows no clock. APScheduler's CronTrigger is not asked: where a clock
change skips midnight (Santiago, Cairo) it leaves out the day, and it gives a time that comes twice twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, FR, MO, MONTHLY, TH, TU, WE, WEEKLY, rrule

SHOWN = 5  # times that are read back
LAST_SAFE_DAY = 28  # the last that every month has
MINUTE = timedelta(minutes=1)

How = Literal["", "skipped", "twice"]


class Every(StrEnum):
    """How often; the first day says on which weekday, or on which day of the month."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    LAST = "last"  # the last day of each month


@dataclass(frozen=True)
class Moment:
    """One time: its local day, its instant (UTC), and what the clocks do to it on that day.

    `skipped`: there is no such minute, and it is the first one after; `twice`: it is the first of the two.
    """

    day: date
    at: datetime
    how: How = ""


def resolve(day: date, wall: time, zone: ZoneInfo) -> Moment:
    """A wall time of a local day, as an instant (UTC).

    A time that a clock change skips becomes the first valid minute after it, one that comes twice the first
    (never-twice.md 5).
    """
    local = datetime.combine(day, wall, zone)
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return Moment(day, first)
    if first < second:
        return Moment(day, first, "twice")
    return Moment(day, _end_of_gap(second, first, zone), "skipped")  # by the offset of after, and of before


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between these two (UTC) at which the offset changes; it is a whole minute."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


@dataclass(frozen=True)
class Repeat:
    """The rule that a person chose: how often, from which local day on, at which wall time of a zone."""

    every: Every
    first: date
    at: time
    zone: ZoneInfo

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """From a row's `repeats`."""
        first, at = date.fromisoformat(kept["first"]), time.fromisoformat(kept["at"])
        return cls(Every(kept["every"]), first, at, ZoneInfo(kept["zone"]))

    def keep(self) -> dict[str, str]:
        """For a row's `repeats`."""
        first, at = self.first.isoformat(), f"{self.at:%H:%M}"
        return {"every": self.every.value, "first": first, "at": at, "zone": self.zone.key}

    def days(self, since: date) -> Iterator[date]:
        """Its local days, from `since` on, if it has begun by then."""
        start = datetime.combine(max(self.first, since), time())
        return (one.date() for one in self._rule(start))

    def _rule(self, start: datetime) -> rrule:
        if self.every is Every.DAILY:
            return rrule(DAILY, dtstart=start)
        if self.every is Every.WEEKDAYS:
            return rrule(WEEKLY, byweekday=(MO, TU, WE, TH, FR), dtstart=start)
        if self.every is Every.WEEKLY:
            return rrule(WEEKLY, byweekday=self.first.weekday(), dtstart=start)
        return rrule(MONTHLY, bymonthday=-1 if self.every is Every.LAST else self.first.day, dtstart=start)

    def moment(self, day: date) -> Moment:
        """When it leaves on this day."""
        return resolve(day, self.at, self.zone)

    def moments(self, since: date) -> Iterator[Moment]:
        """When it leaves, from this day on."""
        return map(self.moment, self.days(since))

    def after(self, at: datetime) -> Iterator[Moment]:
        """When it leaves, from this instant on."""
        eve = at.astimezone(self.zone).date() - timedelta(days=1)  # a day that is skipped ends in the next
        return (one for one in self.moments(eve) if one.at >= at)

    def next_day(self, day: date) -> date:
        """Its first day after this one."""
        return next(self.days(day + timedelta(days=1)))

    def words(self) -> str:
        """`every weekday at 10:00, America/Los_Angeles`."""
        return f"{self._often()} at {self.at:%H:%M}, {self.zone.key}"

    def _often(self) -> str:
        if self.every is Every.DAILY:
            return "every day"
        if self.every is Every.WEEKDAYS:
            return "every weekday"
        if self.every is Every.WEEKLY:
            return f"every {self.first:%A}"
        if self.every is Every.LAST:
            return "on the last day of every month"
        return f"on the {ordinal(self.first.day)} of every month"

    def said(self, moment: Moment) -> str:
        """`Mon 30 Nov 2026 10:00 (UTC-08:00)`, and what the clocks do to it."""
        local = moment.at.astimezone(self.zone)
        offset = local.strftime("%z")
        said = f"{local:%a %d %b %Y %H:%M} (UTC{offset[:3]}:{offset[3:5]})"
        if moment.how == "skipped":
            return f"{said}: the clocks skip {self.at:%H:%M} then, so it is the first minute after"
        if moment.how == "twice":
            return f"{said}: the clocks show {self.at:%H:%M} twice then, and it is the first"
        return said

    def coming(self, since: date) -> list[str]:
        """The next five times from this day on, as people read them."""
        return [self.said(one) for one in islice(self.moments(since), SHOWN)]


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th` ... `28th`."""
    last = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"
