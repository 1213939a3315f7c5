"""Who is in a Slack user group, as this process knows it: asked for each minute, held for an hour."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

FRESH = 60.0  # seconds; usergroups.users.list may be asked 20 times a minute (docs.slack.dev, rate limits)
HOLDS = 3600.0  # seconds for which a list counts that Slack does not give anew
PAUSE = 15.0  # seconds after which a Slack that did not say it is asked again

Away = (OSError, TimeoutError)


@dataclass
class UserGroups:
    """`ask` gets the members of a group from Slack; it raises OSError or TimeoutError where Slack is away."""

    ask: Callable[[str], Awaitable[frozenset[str]]]
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)
    _failed: dict[str, float] = field(default_factory=dict)
    _asking: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def known(self, group: str) -> frozenset[str] | None:
        """Its members; None where Slack has not said it for an hour."""
        return self._known[group][1] if self._age(group) <= HOLDS else None

    async def learn(self, groups: Collection[str], fresh: float = FRESH) -> None:
        """Ask for those that were not asked for lately, all at once; so nobody waits for each of them.

        Whoever wants one that is being asked for waits for the same answer.
        """
        if stale := [one for one in groups if self._age(one) > fresh and self._may_ask(one)]:
            await asyncio.wait({self._renewal(one) for one in stale})

    async def refresh(self, groups: Collection[str]) -> None:
        """Ask for those that a listener would have to ask for soon."""
        await self.learn(groups, FRESH / 2)

    def _may_ask(self, group: str) -> bool:
        return self.clock() - self._failed.get(group, float("-inf")) >= PAUSE

    def _renewal(self, group: str) -> asyncio.Task[None]:
        if group not in self._asking:
            self._asking[group] = asyncio.create_task(self._renew(group))
        return self._asking[group]

    async def _renew(self, group: str) -> None:
        try:
            self._known[group] = (self.clock(), await self.ask(group))
            self._failed.pop(group, None)
        except Away as error:
            self._failed[group] = self.clock()
            log.warning("Slack did not say who is in the user group %s: %s", group, error)
        finally:
            del self._asking[group]

    def _age(self, group: str) -> float:
        known = self._known.get(group)
        return self.clock() - known[0] if known else float("inf")
