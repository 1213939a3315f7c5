"""The words of `/sms history`: `@ana campaign weekly maybe sent since 2026-11-01` -> what is wanted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UsageError
from bot.phones import normal
from bot.sends import Kind, State
from bot.sends.past import Filter
from bot.text import unslack

VERBS = {kind.value: kind for kind in Kind} | {
    "text": Kind.SEND, "texts": Kind.SEND, "campaigns": Kind.CAMPAIGN, "tests": Kind.TEST, "stops": Kind.STOP,
    "repeats": Kind.REPEAT, "repeating": Kind.REPEAT,
}  # fmt: skip
STATES = {state.value.replace("_", " "): state for state in State} | {
    "sent": State.SUBMITTED, "not sent": State.REFUSED, "canceled": State.CANCELLED,
}  # fmt: skip
SINCE, UNTIL, ON = ("since", "from", "after"), ("until", "before"), ("on",)
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_PHONE = re.compile(r"(?<![\w-])\+?(?:1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?![\w-])")
_WORD = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')


@dataclass(frozen=True)
class Read:
    """What was understood; the phone is in its normal form, and is looked up by whoever has the record."""

    wanted: Filter
    phone: str | None = None


def read(typed: str, groups: Iterable[str], zone: ZoneInfo, now: datetime) -> Read:
    """From the words as Slack sent them. Raises UsageError that says which word was not understood.

    A day is one of the account's `zone`; `until` a day includes it.
    """
    wanted, phone = Filter(), None
    if found := _USER.search(typed):
        wanted, typed = replace(wanted, who=found[1]), _USER.sub(" ", typed, count=1)
    typed = unslack(typed)
    if found := _PHONE.search(typed):
        phone, typed = normal(found[0]), _PHONE.sub(" ", typed, count=1)
    words = [next(part for part in one if part) for one in _WORD.findall(typed) if any(one)]
    while words:
        wanted, words = _next(wanted, words, set(groups), zone, now)
    return Read(wanted, phone)


def _next(
    wanted: Filter, words: list[str], groups: set[str], zone: ZoneInfo, now: datetime
) -> tuple[Filter, list[str]]:
    """What the first words say, and those that are left."""
    word, rest = words[0], words[1:]
    low, two = word.casefold(), " ".join(words[:2]).casefold()
    if word in groups:
        return replace(wanted, audience=word), rest
    if low in ("group", "to") and rest:
        return replace(wanted, audience=rest[0]), rest[1:]
    if two in STATES:
        return replace(wanted, state=STATES[two]), words[2:]
    if low in STATES:
        return replace(wanted, state=STATES[low]), rest
    if low in VERBS:
        return replace(wanted, kind=VERBS[low]), rest
    if low in (*SINCE, *UNTIL, *ON) and rest:
        return _between(wanted, low, _day(rest[0], zone, now), zone), rest[1:]
    if low in ("today", "yesterday"):
        return _between(wanted, "on", _day(low, zone, now), zone), rest
    raise UsageError(
        f"“{_quoted(word)}” was not understood. A person, a verb, a group, a phone, a state, and"
        " since, until or on a day such as 2026-11-01 are."
    )


def _between(wanted: Filter, word: str, day: date, zone: ZoneInfo) -> Filter:
    begin, end = begin_of(day, zone), begin_of(day + timedelta(days=1), zone)
    if word in UNTIL:
        return replace(wanted, until=end if word == "until" else begin)
    if word in SINCE:
        return replace(wanted, since=begin if word != "after" else end)
    return replace(wanted, since=begin, until=end)


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in this zone."""
    return datetime.combine(day, time(), zone)


def _day(word: str, zone: ZoneInfo, now: datetime) -> date:
    today = now.astimezone(zone).date()
    if word.casefold() in ("today", "yesterday"):
        return today - timedelta(days=word.casefold() == "yesterday")
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise UsageError(f"“{_quoted(word)}” is not a day such as 2026-11-01.") from None


def _quoted(word: str) -> str:
    return word[:40].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
