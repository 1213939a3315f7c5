"""The hours of the law, as us_hours.toml has them, for a phone and for a zone."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.opening import Hours, Windows

DATA = Path(__file__).parent / "us_hours.toml"


@dataclass(frozen=True)
class State:
    """A state that is stricter than all: its hours by weekday, Monday first; holidays closed or not."""

    name: str
    said: str
    week: Sequence[Windows]
    holidays: bool


@dataclass(frozen=True)
class Law:
    """The file, read: hours of everybody, of single states by area code; zones of area codes in two."""

    everywhere: State
    states: Mapping[int, State]
    straddling: Mapping[int, frozenset[str]]
    anywhere: frozenset[str]
    is_holiday: Callable[[date], bool]

    def hours(self, zone: str, area_code: int | None = None) -> list[Hours]:
        """What holds in this zone, and for a phone of this area code; all of them have to be open."""
        place, state = ZoneInfo(zone), self.states.get(area_code or 0)
        found = [Hours(place, self.everywhere.week, self.everywhere.said, zone)]
        if state is not None:
            closed = self.is_holiday if state.holidays else _never
            found.append(Hours(place, state.week, state.said, state.name, closed))
        return found


def _never(day: date) -> bool:
    return False


@functools.cache
def law() -> Law:
    """The file is read once, by whoever asks first."""
    data = tomllib.loads(DATA.read_text())
    everywhere = data["everywhere"]
    states = {
        code: _state(one["name"], everywhere | one) for one in data["state"] for code in one["area_codes"]
    }
    straddling = {
        code: frozenset(zones.split()) for zones, codes in data["straddling"].items() for code in codes
    }
    return Law(
        everywhere=_state("the United States", everywhere),
        states=states,
        straddling=straddling,
        anywhere=frozenset(data["anywhere"]["zones"]),
        is_holiday=_holidays(data["holidays"]),
    )


def _state(name: str, said: Mapping[str, Any]) -> State:
    weekday, saturday, sunday = (_windows(said[day]) for day in ("weekdays", "saturday", "sunday"))
    return State(name, said["said"], (*[weekday] * 5, saturday, sunday), said.get("holidays", False))


def _windows(said: str) -> Windows:
    """`09:00-20:00`; closed where it is empty."""
    if not said:
        return ()
    start, end = ((int(hour), int(minute)) for hour, _, minute in map(_parts, said.split("-")))
    return ((start[0] * 60 + start[1], end[0] * 60 + end[1]),)


def _parts(clock: str) -> tuple[str, str, str]:
    return clock.partition(":")


def _holidays(said: Mapping[str, Any]) -> Callable[[date], bool]:
    @functools.lru_cache(maxsize=400)
    def is_holiday(day: date) -> bool:
        return day in _of_year(said, day.year) | _of_year(said, day.year + 1)  # 1 January on a Saturday

    return is_holiday


def _of_year(said: Mapping[str, Any], year: int) -> set[date]:
    """The legal holidays of a year, and the days on which those at a weekend are kept."""
    found = {date.fromisoformat(f"{year}-{each}") for each in said["fixed"]}
    found |= {_nth(year, *each) for each in said["moving"]}
    kept = {5: timedelta(days=-1), 6: timedelta(days=1)}
    return found | {day + kept[day.weekday()] for day in found if day.weekday() in kept}


def _nth(year: int, month: int, which: int, weekday: int) -> date:
    """The n-th weekday (1: Monday) of a month; -1 the last."""
    days = [date(year, month, 1) + timedelta(days=number) for number in range(31)]
    found = [day for day in days if day.month == month and day.isoweekday() == weekday]
    return found[which - 1 if which > 0 else which]
