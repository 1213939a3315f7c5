"""What a setting's text becomes: one small reader for each kind, raising ValueError with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date, time
from difflib import get_close_matches
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UsageError
from bot.phones import normal
from bot.settings.values import Caps, Delays, Group, People, QuietHours, Rate, Sender

T = TypeVar("T", Delays, Rate, Caps)


def quoted(value: str) -> str:
    """The value as an error may show it: one line, no longer than a person reads."""
    return repr(value if len(value) <= 60 else value[:57] + "...")


def items(value: str) -> list[str]:
    """The comma-separated items, without the empty ones; a repeated item is an error."""
    found = [item.strip() for item in value.split(",") if item.strip()]
    for item in found:
        if found.count(item) > 1:
            raise ValueError(f"{quoted(item)} is listed twice.")
    return found


def people(value: str) -> People:
    found = items(value)
    for item in found:
        if item != "*" and not (re.fullmatch(r"[UW][A-Z0-9]{2,}", item) or is_usergroup(item)):
            raise ValueError(
                f"{quoted(item)} is not a user id: copy the member ID (U...) from the profile,"
                " or the id of a user group (S...)."
            )
    groups = frozenset(item for item in found if is_usergroup(item))
    return People(frozenset(found) - {"*"} - groups, "*" in found, groups)


def is_usergroup(value: str) -> bool:
    """Whether it looks like the id of a Slack user group."""
    return re.fullmatch(r"S[A-Z0-9]{4,}", value) is not None


def admins(value: str) -> People:
    found = people(value)
    if found.anyone:
        raise ValueError("'*' is not possible here: list the user ids of the admins.")
    if not found:
        raise ValueError("it names nobody: list at least one user id.")
    return found


def channel(value: str) -> str:
    if not re.fullmatch(r"[CGD][A-Z0-9]{2,}", value):
        raise ValueError(f"{quoted(value)} is not a channel id: copy it (C...) from the channel's details.")
    return value


def channels(value: str) -> frozenset[str]:
    return frozenset(channel(item) for item in items(value))


def senders(value: str) -> tuple[Sender, ...]:
    """`2065551212=Main line,12345`: the code as the API takes it; without a label the code is the label."""
    found = []
    for item in items(value):
        code, _, label = (part.strip() for part in item.partition("="))
        found.append(sender(code, label))
    if not found:
        raise ValueError("it names no sender code.")
    _only_once([sender.code for sender in found])
    _fits([sender.label for sender in found], 55)
    return tuple(found)


def sender(code: str, label: str = "") -> Sender:
    """One sender code; without a label the code is the label. Raises ValueError with a sentence."""
    if not re.fullmatch(r"[A-Za-z0-9]{3,15}", code):
        raise ValueError(f"{quoted(code)} is not a sender code: 3 to 15 digits or letters.")
    return Sender(code, label or code)


def group(name: str, place: str = "") -> Group:
    """One group, and the zone of its people. Raises ValueError with a sentence."""
    if not name.strip() or not name.isprintable() or name != name.strip():
        raise ValueError(f"{quoted(name)} is not a group's name: one line, without spaces around it.")
    return Group(name, zone(place).key if place else None)


def groups(value: str) -> tuple[Group, ...]:
    """`weekly,vip@America/New_York`: the name exactly as in WhatCounts, and a zone where it has its own."""
    found = []
    for item in items(value):
        name, at, place = (part.strip() for part in item.rpartition("@"))
        if at and not name:
            raise ValueError(f"{quoted(item)} has no group name before the @.")
        found.append(group(name, place) if at else group(place))
    _only_once([group.name for group in found])
    _fits([group.name for group in found], 75)
    return tuple(found)


def phones(value: str) -> tuple[str, ...]:
    """Phones in normal form, "12065551212"."""
    try:
        found = [normal(item) for item in items(value)]
    except UsageError as error:
        raise ValueError(str(error)) from None
    twice = [place for place, item in enumerate(found, 1) if item in found[: place - 1]]
    if twice:  # by its place: a number does not stand in a log
        raise ValueError(f"the phone at place {twice[0]} is listed twice.")
    return tuple(found)


def _fits(found: list[str], length: int) -> None:
    """Slack's selects take 100 options of 75 characters, a sender's label with its code."""
    if len(found) > 100:
        raise ValueError(f"it lists {len(found)}; Slack's forms show 100 at most.")
    for item in found:
        if len(item) > length:
            raise ValueError(
                f"{quoted(item[:30])}… is longer than the {length} characters that Slack's forms show."
            )


def _only_once(found: list[str]) -> None:
    for item in found:
        if found.count(item) > 1:
            raise ValueError(f"{quoted(item)} is listed twice.")


def zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # unknown; a path; a directory such as "America"
        near = get_close_matches(value, available_timezones(), n=1)
        hint = f"did you mean {near[0]}?" if near else "write one such as America/Los_Angeles."
        raise ValueError(f"{quoted(value)} is not a time zone; {hint}") from None


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A reader of whole numbers within these limits."""

    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
            raise ValueError(f"{quoted(value)} is not a whole number from {lowest} to {highest}.")
        return int(value)

    return read


def numbers(kind: type[T], lowest: int, highest: int) -> Callable[[str], T]:
    """A reader of `name=number,...` into a dataclass; a name that is left out keeps its default."""
    number = whole(lowest, highest)
    names = [field.name for field in fields(kind)]

    def read(value: str) -> T:
        pairs = [tuple(part.strip() for part in item.partition("=")) for item in items(value)]
        for name, _, _ in pairs:
            if name not in names:
                raise ValueError(f"{quoted(name)} is none of {', '.join(names)}; write {names[0]}=5, say.")
        _only_once([name for name, _, _ in pairs])
        return kind(**{name: number(amount) for name, _, amount in pairs})

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """A reader that takes one of these words."""

    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"{quoted(value)} is none of {', '.join(words)}.")
        return value

    return read


def quiet_hours(value: str) -> str | QuietHours:
    if value in ("us", "off"):
        return value
    start, _, end = value.partition("-")
    try:
        if not re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", value):
            raise ValueError
        hours = QuietHours(time.fromisoformat(start), time.fromisoformat(end))
    except ValueError:
        raise ValueError(f"{quoted(value)} is none of us, off, or hours such as 20:00-09:00.") from None
    if hours.start == hours.end:
        raise ValueError(f"{quoted(value)} begins and ends at one time: write off, or two different times.")
    return hours


def dates(value: str) -> tuple[date, ...]:
    try:
        return tuple(sorted(date.fromisoformat(item) for item in items(value)))
    except ValueError as error:
        raise ValueError(f"{quoted(value)} is not a list of dates such as 2026-12-25: {error}.") from None


def line(longest: int) -> Callable[[str], str]:
    """A reader of one line of text."""

    def read(value: str) -> str:
        if not value.isprintable() or len(value) > longest:
            raise ValueError(f"{quoted(value)} is not one line of at most {longest} characters.")
        return value

    return read
