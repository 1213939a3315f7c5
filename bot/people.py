"""Who may do what, where (product.md 5.5, 7): three roles, this workspace's full members; empty: nobody."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import NotAllowed
from bot.settings import Settings

KNOWN_FOR = 600.0  # seconds for which a profile is trusted; it is asked for again after that
PROFILES = 5_000  # kept at most

ROLES = ("operator", "approver", "admin")
READ = frozenset(ROLES)  # lists, history, status
SEND = frozenset({"operator", "admin"})
FREEZE = frozenset(ROLES)
ADMIN = frozenset({"admin"})
ANYONE = frozenset({"member"})  # any full member of this workspace


@dataclass(frozen=True)
class Person:
    """Who presses or types; `roles`: `member` for every full member of this workspace, and what is set."""

    id: str
    roles: frozenset[str]

    def may(self, roles: frozenset[str]) -> bool:
        return bool(self.roles & roles)


@dataclass
class People:
    """Knows the roles by settings and asks Slack (`profile`, users.info) who is a full member here."""

    settings: Settings
    profile: Callable[[str], Awaitable[Mapping[str, Any]]]
    own_team: Callable[[], Awaitable[str]]
    clock: Callable[[], float] = time.monotonic
    _known: dict[tuple[str, str | None], tuple[float, bool]] = field(default_factory=dict)

    async def person(self, user: str, team: str | None) -> Person:
        """The person with their roles. Raises NotAllowed for guests, bots and people of other workspaces.

        Raises NotAllowed also when Slack cannot be asked: who is not known may do nothing.
        """
        if not await self._is_full_member(user, team):
            raise NotAllowed("Guests and people of other workspaces can read these cards, but not use them.")
        named = {
            "operator": self.settings.operators,
            "approver": self.settings.approvers,
            "admin": self.settings.admins,
        }
        return Person(
            user, frozenset({"member"} | {role for role, who in named.items() if who.anyone or user in who})
        )

    async def _is_full_member(self, user: str, team: str | None) -> bool:
        known = self._known.get((user, team))
        if known and known[0] > self.clock():
            return known[1]
        try:
            own_team = await self.own_team()
            profile = await self.profile(user)
        except (OSError, TimeoutError):
            raise NotAllowed("Slack did not say who you are, so nothing was done. Try again.") from None
        full = team in (None, own_team) and is_full_member(profile, own_team)
        if len(self._known) >= PROFILES:
            self._known.clear()
        self._known[user, team] = (self.clock() + KNOWN_FOR, full)
        return full

    def require(self, person: Person, roles: frozenset[str], what: str) -> None:
        """Raises NotAllowed, with who can, when the person has none of the roles."""
        if not person.may(roles):
            raise NotAllowed(f"You may not {what}, so nothing was done. {self.who(roles)}")

    def require_channel(self, channel: str) -> None:
        """Raises NotAllowed outside the channels of SMS_CHANNELS (empty: anywhere)."""
        if self.settings.channels and channel not in self.settings.channels:
            there = ", ".join(f"<#{one}>" for one in sorted(self.settings.channels))
            raise NotAllowed(f"Texts are sent from {there} only. Nothing was done here.")

    def who(self, roles: frozenset[str]) -> str:
        """Who can, as a sentence with mentions."""
        return f"Who can: {self.names(roles)}."

    def names(self, roles: frozenset[str]) -> str:
        """The people of these roles, with mentions."""
        named = {
            "operator": self.settings.operators,
            "approver": self.settings.approvers,
            "admin": self.settings.admins,
        }
        asked = [named[role] for role in ROLES if role in roles]
        if any(who.anyone for who in asked) or roles & ANYONE:
            return "every full member of this workspace"
        return ", ".join(f"<@{user}>" for user in sorted({user for who in asked for user in who}))


def is_full_member(profile: Mapping[str, Any], own_team: str) -> bool:
    """Whether users.info describes a full member of this workspace: no guest, bot, stranger or ex-member."""
    marks = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    if any(profile.get(mark) for mark in marks):
        return False
    return profile.get("team_id") in (None, own_team)
