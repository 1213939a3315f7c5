"""The settings that are more than a word: roles, sender codes, groups, delays, rates, caps, hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class People:
    """Who holds a role: Slack user ids and user-group ids; `anyone` for `*`, every full member here."""

    ids: frozenset[str] = frozenset()
    anyone: bool = False
    groups: frozenset[str] = frozenset()

    def __contains__(self, user: object) -> bool:
        """Whether this person is named; `anyone` asks for more: who is a full member."""
        return user in self.ids

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.ids))

    def __bool__(self) -> bool:
        return self.anyone or bool(self.ids or self.groups)


@dataclass(frozen=True)
class Sender:
    """A sender code as the API takes it, and the words that people know it by."""

    code: str
    label: str


@dataclass(frozen=True)
class Group:
    """A group's exact name and the IANA zone of its people; None is the account's zone."""

    name: str
    zone: str | None = None


@dataclass(frozen=True)
class Delays:
    """Seconds between a confirm and the POST, by kind of audience."""

    phone: int = 5
    group: int = 60
    everyone: int = 300


@dataclass(frozen=True)
class Rate:
    """Calls a second: one-off texts of one sender code, and all other calls."""

    send: int = 1
    other: int = 10


@dataclass(frozen=True)
class Caps:
    """The most sends for one person in a day, and for everybody in an hour."""

    person: int = 200
    hour: int = 500


@dataclass(frozen=True)
class QuietHours:
    """Local times between which nothing goes out; `start` is later than `end` where it spans midnight."""

    start: time
    end: time
