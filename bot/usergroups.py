"""Who is in a Slack user group, as this process knows it: asked for each minute, held for an hour."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

FRESH = 60.0  # seconds; usergroups.users.list may be asked 20 times a minute (docs.slack.dev, rate limits)
HOLDS = 3600.0  # seconds for which a list counts that Slack does not give anew

Away = (OSError, TimeoutError)


@dataclass
class UserGroups:
    """`ask` gets the members of a group from Slack; it raises OSError or TimeoutError where Slack is away."""

    ask: Callable[[str], Awaitable[frozenset[str]]]
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)

    async def members(self, group: str) -> frozenset[str] | None:
        """Its members; None where Slack does not say, and has not for an hour."""
        if self._age(group) > FRESH:
            await self._renew(group)
        return self._known[group][1] if self._age(group) <= HOLDS else None

    async def refresh(self, groups: Iterable[str]) -> None:
        """Ask for those that a listener would have to ask for soon."""
        for group in groups:
            if self._age(group) > FRESH / 2:
                await self._renew(group)

    async def _renew(self, group: str) -> None:
        try:
            self._known[group] = (self.clock(), await self.ask(group))
        except Away as error:
            log.warning("Slack did not say who is in the user group %s: %s", group, error)

    def _age(self, group: str) -> float:
        known = self._known.get(group)
        return self.clock() - known[0] if known else float("inf")
