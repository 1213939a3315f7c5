"""The fields by which a form asks how a campaign repeats, and reads that back while it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from bot.blocks import choice, context, day_box, escape, field, hour_box, option
from bot.repeats import LAST_SAFE_DAY, Every, Repeat
from bot.sends import Send

View = dict[str, Any]

NEVER = "never"
USUAL = time(10)  # what the field begins with
WORDS = {
    NEVER: "Never: it leaves once",
    Every.DAILY: "Daily",
    Every.WEEKDAYS: "Weekdays, Monday to Friday",
    Every.WEEKLY: "Weekly, on the weekday of the first day",
    Every.MONTHLY: "Monthly, on the date of the first day (1 to 28)",
    Every.LAST: "Monthly, on the last day",
}


@dataclass(frozen=True)
class Timetable:
    """What stands in the fields; `every` None: it does not repeat."""

    every: Every | None = None
    first: date | None = None
    at: time | None = None

    @classmethod
    def of(cls, send: Send | None) -> Self:
        """That of a send which is to be changed, or of a new one."""
        if send is None or send.repeats is None:
            return cls()
        return cls(send.rule.every, send.rule.first, send.rule.at)

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> Self:
        """From a view's values, or a form's; of fields that are not shown nothing is taken."""
        every, first, at = (values.get(name) for name in ("repeats", "first", "at"))
        return cls(
            None if every in (None, "", NEVER) else Every(every),
            date.fromisoformat(first) if first else None,
            time.fromisoformat(at) if at else None,
        )

    def begun(self, now: datetime, zone: ZoneInfo) -> Timetable:
        """With what its fields begin with: tomorrow, at ten."""
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return Timetable(self.every, self.first or tomorrow, self.at or USUAL)

    def rule(self, zone: ZoneInfo) -> Repeat | None:
        """The rule; None where something is missing, or the field does not repeat."""
        if self.every is None or self.first is None or self.at is None:
            return None
        return Repeat(self.every, self.first, self.at, zone)

    def problems(self, now: datetime, zone: ZoneInfo) -> dict[str, str]:
        """Why this is no rule, by field."""
        if self.every is None:
            return {}
        found = {} if self.at else {"at": "Choose the time of day."}
        if self.first is None:
            return found | {"first": "Choose the first day."}
        if self.first < now.astimezone(zone).date():
            return found | {"first": "This day is past. Choose today or a later one."}
        if self.every is Every.MONTHLY and self.first.day > LAST_SAFE_DAY:
            said = "Not every month has this day. Choose 1 to 28, or Monthly, on the last day."
            return found | {"first": said}
        return found


def repeat_field(chosen: Timetable) -> View:
    """The select; to choose in it changes the form."""
    options = [option(words, value) for value, words in WORDS.items()]
    return field("repeats", "Repeats", choice(options, chosen.every or NEVER)) | {"dispatch_action": True}


def time_fields(chosen: Timetable, now: datetime, zone: ZoneInfo) -> list[View]:
    """First day and time, and what comes of them: in words, and the next five times."""
    begun = chosen.begun(now, zone)
    return [
        field("first", "First day", day_box(begun.first)) | {"dispatch_action": True},
        field("at", "Time", hour_box(begun.at), f"In the account's zone, {zone.key}.")
        | {"dispatch_action": True},
        context(_read_back(begun, now, zone)) | {"block_id": "times"},
    ]


def _read_back(chosen: Timetable, now: datetime, zone: ZoneInfo) -> str:
    rule, wrong = chosen.rule(zone), chosen.problems(now, zone)
    if rule is None or wrong:
        return " ".join(wrong.values())
    since = next(rule.after(now)).day
    times = "\n".join(f"• {escape(one)}" for one in rule.coming(since))
    return f"It leaves *{escape(rule.words())}*. The next five times:\n{times}"
