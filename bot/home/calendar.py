"""The coming two weeks as a table: a column a weekday, beginning with today; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import shorten
from bot.home.links import address
from bot.sends import Kind, Send, State
from bot.sends.ahead import COUNTED
from bot.sends.questions import leaving_at

View = dict[str, Any]

WEEKS, WEEK = 2, 7
DAYS = WEEKS * WEEK
A_DAY = 4  # lines of a cell; "+3 more" says what is left
NAME = 28  # characters of a name in a cell
BLACKOUT = "Blackout day"
NOTHING = f"Nothing is planned in the next {DAYS} days."
NOT_YET = {State.DRAFT: "draft", State.AWAITING: "not approved", State.HELD: "held"}


@dataclass(frozen=True)
class Coming:
    """One thing that leaves, or shall, at a time (UTC); `url`: of its card, where it has one."""

    at: datetime
    what: str
    mark: str = ""
    url: str | None = None

    @classmethod
    def of(cls, send: Send, workspace: str | None) -> Coming:
        return cls(leaving_at(send), _what(send), NOT_YET.get(send.state, ""), address(send, workspace))

    @classmethod
    def of_rule(cls, campaign: Send, at: datetime, workspace: str | None) -> Coming:
        """A time of a repeating campaign that is not made yet; it links to the card of the campaign."""
        return cls(at, _what(campaign), "", address(campaign, workspace))


def _what(send: Send) -> str:
    to = "EVERYONE" if send.kind is Kind.EVERYONE else send.audience or ""
    return f"{shorten(send.message or '', NAME)} → {shorten(to, NAME)}"


def first_day(now: datetime, zone: ZoneInfo) -> date:
    """Today, in the account's zone."""
    return now.astimezone(zone).date()


def end_of(first: date, zone: ZoneInfo) -> datetime:
    """The moment after the last day of the table."""
    return datetime.combine(first + timedelta(days=DAYS), time(), zone)


def calendar(
    first: date, coming: Sequence[Coming], texts: Sequence[datetime], blackout: Collection[date],
    zone: ZoneInfo,
) -> View:  # fmt: skip
    """Slack's table block (docs.slack.dev, table block): 7 columns, a row of weekdays and one a week."""
    days = [first + timedelta(days=n) for n in range(DAYS)]
    singles = Counter(at.astimezone(zone).date() for at in texts)
    cells = [
        _cell(day, _of_day(day, coming, zone), singles[day], day in blackout, zone, is_first=day == first)
        for day in days
    ]
    head = [{"type": "raw_text", "text": f"{day:%a}"} for day in days[:WEEK]]
    rows = [head, *(cells[start : start + WEEK] for start in range(0, DAYS, WEEK))]
    return {
        "type": "table", "block_id": "calendar", "rows": rows,
        "column_settings": [{"is_wrapped": True} for _ in range(WEEK)],
    }  # fmt: skip


def _of_day(day: date, coming: Sequence[Coming], zone: ZoneInfo) -> list[Coming]:
    found = [one for one in coming if one.at.astimezone(zone).date() == day]
    return sorted(found, key=lambda one: one.at)


def _cell(
    day: date, coming: list[Coming], singles: int, is_shut: bool, zone: ZoneInfo, *, is_first: bool
) -> View:
    name = short(day).replace(" ", "\N{NO-BREAK SPACE}")
    title = f"Today, {name}" if is_first else name
    lines = [[_text(title, bold=True)]]
    lines += [[_text(BLACKOUT, italic=True)]] if is_shut else []
    lines += [_line(one, zone, is_shut) for one in coming[:A_DAY]]
    more = len(coming) - A_DAY
    lines += [[_text(f"+{more} more")]] if more > 0 else []
    lines += [[_text(_singles(singles))]] if singles else []
    broken = [part for line in lines for part in (*line, _text("\n"))][:-1]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": broken}]}


def _singles(count: int) -> str:
    many = f"{COUNTED} or more" if count >= COUNTED else f"{count}"
    return f"{many} single text{'s' if count != 1 else ''}"


def _line(one: Coming, zone: ZoneInfo, is_shut: bool) -> list[View]:
    said = f"{one.at.astimezone(zone):%H:%M} {one.what}"
    link = {"type": "link", "url": one.url, "text": said} if one.url else _text(said)
    mark = ", ".join(filter(None, [one.mark, "cannot leave" if is_shut else ""]))
    return [link, *([_text(f" ({mark})", italic=True)] if mark else [])]


def _text(text: str, **style: bool) -> View:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def short(day: date) -> str:
    """`27 Nov`"""
    return f"{day.day} {day:%b}"


def in_words(
    coming: Sequence[Coming], texts: Sequence[datetime], blackout: Collection[date], zone: ZoneInfo
) -> str:
    """What the table says, for who does not read it: how many, which is next, the shut days; plain text."""
    many = f"{len(coming)} campaign{'s' if len(coming) != 1 else ''}"
    planned = " and ".join([many, *([_singles(len(texts))] if texts else [])])
    said = f"{planned} in the next {DAYS} days." if coming or texts else NOTHING
    may_leave = [one for one in coming if not one.mark and one.at.astimezone(zone).date() not in blackout]
    if may_leave:
        first = min(may_leave, key=lambda one: one.at)
        at = first.at.astimezone(zone)
        said += f" Next: {at:%a} {short(at)} {at:%H:%M}, {first.what}."
    shut = ", ".join(f"{day:%a} {short(day)}" for day in sorted(blackout))
    return said + (f" Blackout days: {shut}." if shut else "")
