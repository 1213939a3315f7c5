"""Opening hours: wall times of a zone at which something may leave, and when they open next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Windows = Sequence[tuple[int, int]]  # minutes of a day: from, and up to but not with

DAY = 24 * 60
MINUTE = timedelta(minutes=1)
# What is let through leaves up to 40 s later: a look holds for 30 s, and a request may take 10 s to begin. So
# all of the next minute has to be open.
MARGIN = MINUTE
HORIZON = timedelta(days=400)


@dataclass(frozen=True)
class Hours:
    """When something is open, Monday first; `said` in words, `whose` says of whom."""

    zone: ZoneInfo
    week: Sequence[Windows]
    said: str = ""
    whose: str = ""
    is_closed: Callable[[date], bool] = lambda day: False

    def open_on(self, day: date) -> Windows:
        return () if self.is_closed(day) else self.week[day.weekday()]

    def allow(self, at: datetime) -> bool:
        """Whether it is open at this instant."""
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.open_on(local.date()))

    def opens(self, at: datetime) -> datetime | None:
        """The first instant from then on at which it is open (UTC), whatever the clocks do meanwhile."""
        if self.allow(at):
            return at
        day = at.astimezone(self.zone).date()
        for number in range(HORIZON.days):
            for opening in self._openings(day + timedelta(days=number)):
                if opening > at and self.allow(opening):
                    return opening
        return None

    def _openings(self, day: date) -> Iterator[datetime]:
        """The instants at which a clock on the wall shows the openings of this day, in their order."""
        for start, _ in self.open_on(day):
            wall = datetime.combine(day, time(start // 60, start % 60))
            first, second = (self._instant(wall, fold) for fold in (0, 1))
            if first <= second:
                yield from (first, second)  # one instant, or the two of an hour that comes twice
            else:  # no clock shows it: the hour is skipped, and what follows it opens
                yield self._after_the_skip(second, first)

    def _instant(self, wall: datetime, fold: int) -> datetime:
        return wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)

    def _after_the_skip(self, before: datetime, after: datetime) -> datetime:
        """The instant between these at which the clocks are put forward, to the minute."""
        offset = after.astimezone(self.zone).utcoffset()
        while after - before > MINUTE:
            middle = before + (after - before) // 2
            middle = middle.replace(second=0, microsecond=0)
            if middle <= before:
                break
            if middle.astimezone(self.zone).utcoffset() == offset:
                after = middle
            else:
                before = middle
        return after


def let_through(hours: Iterable[Hours], at: datetime) -> Hours | None:
    """None where all are open until what is let through has left; else one that is shut."""
    for moment in (at, at + MARGIN):
        for one in hours:
            if not one.allow(moment):
                return one
    return None


def next_allowed(hours: Sequence[Hours], at: datetime) -> datetime | None:
    """The first instant from then on at which all of them let something through (UTC); None in no year."""
    last = at + HORIZON
    while at < last:
        opened = [one.opens(at) for one in hours]
        latest = max((one for one in opened if one is not None), default=at)
        if None in opened:
            return None
        if latest == at and let_through(hours, at) is None:
            return at
        at = latest if latest > at else at + MARGIN
    return None
