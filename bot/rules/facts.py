"""What a brake is asked about (`Facts`), what it says (`Objection`), and what it is (`Brake`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from bot.freeze import Freeze
from bot.registry import Registry
from bot.sends import Send
from bot.sends.history import Earlier, History, leaves_at
from bot.sends.leaving import NOT_AT_ALL
from bot.sends.optouts import OptOut
from bot.settings import Caps, QuietHours, Settings

# `stop`: it does not leave. `person`: another person has to approve. `look`: who confirms has to confirm this
# as well, seeing why. `notice`: told, and stops nothing.
Severity = Literal["stop", "person", "look", "notice"]


@dataclass(frozen=True)
class Objection:
    """A brake's no, or its warning, as a sentence for people that says what to do.

    `about`: what exactly it objects to; a second look that somebody gave holds for this alone. `next_at`:
    when it would object no more (UTC). `wants_reason`: who confirms it all the same has to say why. `quote`:
    a text that is shown with it, and kept nowhere.
    """

    rule: str
    severity: Severity
    sentence: str
    about: str = ""
    next_at: datetime | None = None
    wants_reason: bool = False
    quote: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.rule, self.about or self.sentence)

    def as_row(self) -> dict[str, str]:
        row = {"rule": self.rule, "severity": self.severity, "sentence": self.sentence}
        return row | ({"next_at": self.next_at.isoformat()} if self.next_at else {})

    def as_accepted(self, who: str, at: datetime, reason: str) -> dict[str, str]:
        """How it lies in the row once somebody confirmed it all the same."""
        rule, about = self.key
        row = {"rule": rule, "about": about, "sentence": self.sentence, "by": who, "at": at.isoformat()}
        return row | ({"reason": reason} if self.wants_reason else {})


@dataclass(frozen=True)
class Terms:
    """What the settings say to the brakes."""

    quiet_hours: Literal["us", "off"] | QuietHours = "off"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))  # the account's
    blackout: frozenset[date] = frozenset()
    caps: Caps = field(default_factory=Caps)
    brand: str | None = None
    test_phones: frozenset[str] = frozenset()
    bulk_limit: int | None = None  # None: nobody else need approve

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            settings.quiet_hours, settings.timezone, frozenset(settings.blackout), settings.caps,
            settings.brand, frozenset(settings.test_phones),
            None if settings.approval == "none" else settings.bulk_limit,
        )  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """All the rules know. `text` would leave now; `at_look`: seconds before the claim, not at prepare.

    `stopped` is an opt-out of somebody whom it is for; `waited`: how long our own throttle kept it; `names`
    are those of the stored messages, where they were read; `history`: what they and others got and will get;
    `delay`: between a confirm and the request.
    """

    send: Send
    text: str
    now: datetime
    registry: Registry
    freeze: Freeze
    at_look: bool
    stopped: OptOut | None = None
    waited: timedelta = NOT_AT_ALL
    names: frozenset[str] = frozenset()
    history: History = field(default_factory=History)
    terms: Terms = field(default_factory=Terms)
    delay: timedelta = NOT_AT_ALL

    @property
    def leaves_at(self) -> datetime:
        """When it would leave (UTC)."""
        return leaves_at(self.send, self.now, self.delay)

    @property
    def is_to_many(self) -> bool:
        return self.send.is_to_many and self.send.is_text

    @property
    def earlier(self) -> Iterable[Earlier]:
        return self.history.earlier


Rule = Callable[[Facts], Objection | None]


@dataclass(frozen=True)
class Brake:
    """One brake as docs/brakes.md has it. `rule` is None for what is no question to the facts of a send.

    `stops`: a sentence for people; `severity`, `asked` and `source` in the words of the table.
    """

    name: str
    rule: Rule | None
    stops: str
    severity: str
    asked: str
    source: str


def is_accepted(objection: Objection, accepted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether somebody gave this very objection a second look and confirmed all the same."""
    return any((one["rule"], one["about"]) == objection.key for one in accepted)
