"""Who may do what, where (product.md 5.5, 7): three roles, this workspace's full members; empty: nobody.

A role is held by people and by Slack user groups, of the environment or given in Slack (`/sms people`).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import NotAllowed
from bot.roles import ROLES, Roles
from bot.settings import Settings
from bot.usergroups import UserGroups

KNOWN_FOR = 600.0  # seconds for which a profile is trusted; it is asked for again after that
PROFILES = 5_000  # kept at most

READ = frozenset(ROLES)  # lists, history, status
SEND = frozenset({"operator", "admin"})
APPROVE = frozenset({"approver", "admin"})
FREEZE = frozenset(ROLES)
ADMIN = frozenset({"admin"})
ANYONE = frozenset({"member"})  # any full member of this workspace

SILENT = "Slack did not say who you are, so nothing was done. Try again."


class Unknown(NotAllowed):
    """Slack does not say who this is: who is not known may do nothing."""


@dataclass(frozen=True)
class Person:
    """Who presses or types; `roles`: `member` for every full member of this workspace, and what is set.

    `unknown`: user groups that hold a role, and of which Slack does not say who is in them.
    """

    id: str
    roles: frozenset[str]
    unknown: frozenset[str] = frozenset()

    def may(self, roles: frozenset[str]) -> bool:
        return bool(self.roles & roles)


@dataclass(frozen=True)
class Holders:
    """Who holds one of some roles: people by id; `anyone`: every full member.

    `unknown`: user groups of which Slack does not say who is in them.
    """

    ids: frozenset[str]
    anyone: bool
    unknown: frozenset[str]


@dataclass
class People:
    """Knows who holds a role and asks Slack (`profile`, users.info) who is a full member here."""

    settings: Settings
    profile: Callable[[str], Awaitable[Mapping[str, Any]]]
    own_team: Callable[[], Awaitable[str]]
    roles: Roles
    groups: UserGroups
    clock: Callable[[], float] = time.monotonic
    _known: dict[tuple[str, str | None], tuple[float, bool]] = field(default_factory=dict)

    async def person(self, user: str, team: str | None) -> Person:
        """The person with their roles. Raises NotAllowed for guests, bots and people of other workspaces.

        Raises Unknown, which is one too, when Slack cannot be asked: who is not known may do nothing.
        """
        if not await self._is_full_member(user, team):
            raise NotAllowed("Guests and people of other workspaces can read these cards, but not use them.")
        return await self.member(user)

    async def member(self, user: str) -> Person:
        """Somebody who is known to be a full member here, with their roles of now."""
        await self.groups.learn(self.usergroups())
        held = {role: self._holds(user, role) for role in ROLES}
        unknown = frozenset(group for _, groups in held.values() for group in groups)
        roles = {role for role, (is_in, _) in held.items() if is_in}
        return Person(user, frozenset({"member"} | roles), unknown)

    def _holds(self, user: str, role: str) -> tuple[bool, set[str]]:
        """Whether the role is theirs, and the groups that might make it so, were it known who is in them."""
        anyone, people, groups = self.named(role)
        if anyone or user in people:
            return True, set()
        members = {group: self.groups.known(group) for group in groups}
        if any(user in (known or ()) for known in members.values()):
            return True, set()
        return False, {group for group, known in members.items() if known is None}

    def named(self, role: str) -> tuple[bool, frozenset[str], frozenset[str]]:
        """Who holds the role: whether it is everyone; people; user groups."""
        said = {
            "operator": self.settings.operators,
            "approver": self.settings.approvers,
            "admin": self.settings.admins,
        }[role]
        given = self.roles.by_role.get(role, frozenset())
        groups = frozenset(one for one in given if is_group(one))
        return said.anyone, said.ids | (given - groups), said.groups | groups

    async def holders(self, roles: frozenset[str]) -> Holders:
        """Who holds one of these roles, as far as it is known."""
        found = [self.named(role) for role in ROLES if role in roles]
        await self.groups.learn(self.usergroups())
        groups = {one: self.groups.known(one) for one in {g for _, _, some in found for g in some}}
        people = {one for _, named, _ in found for one in named}
        ids = people.union(*(known or () for known in groups.values()))
        unknown = frozenset(one for one, known in groups.items() if known is None)
        return Holders(frozenset(ids), any(anyone for anyone, _, _ in found), unknown)

    async def still_holds(self, user: str, roles: frozenset[str]) -> bool:
        """Whether somebody holds one of these roles now, for what they decided before.

        Slack's silence on whether they are a full member takes no role away; its silence on a user group does
        not give one. Raises Unknown where only such a group could.
        """
        try:
            if not await self._is_full_member(user, None):
                return False
        except Unknown:
            pass
        await self.groups.learn(self.usergroups())
        held = [self._holds(user, role) for role in ROLES if role in roles]
        if any(is_in for is_in, _ in held):
            return True
        if any(groups for _, groups in held):
            raise Unknown("Slack does not say who is in the user group of who approved it.")
        return False

    def usergroups(self) -> list[str]:
        """The user groups that hold a role."""
        return sorted({one for role in ROLES for one in self.named(role)[2]})

    async def _is_full_member(self, user: str, team: str | None) -> bool:
        known = self._known.get((user, team))
        if known and known[0] > self.clock():
            return known[1]
        try:
            own_team = await self.own_team()
            profile = await self.profile(user)
        except (OSError, TimeoutError):
            raise Unknown(SILENT) from None
        full = team in (None, own_team) and is_full_member(profile, own_team)
        if len(self._known) >= PROFILES:
            self._known.clear()
        self._known[user, team] = (self.clock() + KNOWN_FOR, full)
        return full

    def require(self, person: Person, roles: frozenset[str], what: str) -> None:
        """Raises NotAllowed, with who can, when the person has none of the roles."""
        if person.may(roles):
            return
        silent = person.unknown & {one for role in ROLES if role in roles for one in self.named(role)[2]}
        if silent:
            whom = " or ".join(mention(one) for one in sorted(silent))
            raise Unknown(f"Slack did not say whether you are in {whom}, so nothing was done. Try again.")
        raise NotAllowed(f"You may not {what}, so nothing was done. {self.who(roles)}")

    def require_channel(self, channel: str) -> None:
        """Raises NotAllowed outside the channels of SMS_CHANNELS (empty: anywhere)."""
        if self.settings.channels and channel not in self.settings.channels:
            there = ", ".join(f"<#{one}>" for one in sorted(self.settings.channels))
            raise NotAllowed(f"Texts are sent from {there} only. Nothing was done here.")

    def who(self, roles: frozenset[str]) -> str:
        """Who can, as a sentence with mentions."""
        return f"Who can: {self.names(roles)}."

    def names(self, roles: frozenset[str], without: Collection[str] = ()) -> str:
        """The people and user groups of these roles, with mentions; but for some people."""
        found = [self.named(role) for role in ROLES if role in roles]
        if any(anyone for anyone, _, _ in found) or roles & ANYONE:
            return "every full member of this workspace"
        named = sorted({one for _, people, _ in found for one in people} - set(without))
        named += sorted({one for _, _, groups in found for one in groups})
        return ", ".join(map(mention, named))


def is_group(one: str) -> bool:
    """Whether it is the id of a user group, and not of a person."""
    return one.startswith("S")


def mention(one: str) -> str:
    """A person or a user group, mrkdwn."""
    return f"<!subteam^{one}>" if is_group(one) else f"<@{one}>"


def is_full_member(profile: Mapping[str, Any], own_team: str) -> bool:
    """Whether users.info describes a full member of this workspace: no guest, bot, stranger or ex-member."""
    marks = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    if any(profile.get(mark) for mark in marks):
        return False
    return profile.get("team_id") in (None, own_team)
