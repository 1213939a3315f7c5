"""Legs: a send that is several requests (a test to three phones, a stop on two sender codes) goes in turn.

The row carries the phone and the sender code of the leg whose turn it is, so that each request is claimed,
and doubted, as any other; what came of the others lies in `send.legs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

# `unknown`: WhatCounts does not know this phone there, which is an end where it was stopped elsewhere.
Came = Literal["open", "done", "refused", "doubt", "unknown"]

# Between two tries of what is asked for until it is done; there is no last one.
PAUSES = [timedelta(seconds=one) for one in (15, 30, 60, 120, 300, 600, 1800, 3600)]


DENIALS = 4

Target = tuple[int | None, str]


@dataclass(frozen=True)
class Leg:
    """One request of several: to whom, by which sender code, and what came of it so far."""

    person_id: int | None
    sender: str
    to: str  # the masked phone
    came: Came = "open"
    tries: int = 0
    denials: int = 0  # tries to which WhatCounts said that it does not know this phone there
    at: str = ""  # when it is asked again, ISO 8601, UTC; "" at once
    why: str | None = None

    @property
    def target(self) -> Target:
        return (self.person_id, self.sender)


def after(legs: Sequence[Leg], target: Target, now: datetime, came: Came, why: str | None) -> list[Leg]:
    """The legs, with what came of one of them; one that stays open is asked again later and later."""

    def changed(leg: Leg) -> Leg:
        again = (now + PAUSES[min(leg.tries, len(PAUSES) - 1)]).isoformat()
        return replace(leg, came=came, tries=leg.tries + 1, why=why, at=again)

    return [changed(leg) if leg.target == target else leg for leg in legs]


def denied(legs: Sequence[Leg], target: Target, now: datetime, why: str) -> list[Leg]:
    """The legs, when WhatCounts said that it does not know this phone there; it is believed in the end."""
    leg = next(leg for leg in legs if leg.target == target)
    believed = leg.denials == leg.tries and leg.denials + 1 >= DENIALS  # never said anything else
    came: Came = "unknown" if believed else "open"
    counted = [replace(one, denials=one.denials + 1) if one is leg else one for one in legs]
    return after(counted, target, now, came, why)


def settled(legs: Sequence[Leg], target: Target, came: Came) -> list[Leg]:
    """The legs, after a person looked for those in doubt; the one of `target` was under way."""

    def is_doubtful(leg: Leg) -> bool:
        return leg.came == "doubt" or (leg.came == "open" and leg.target == target)

    return [replace(leg, came=came, why=None) if is_doubtful(leg) else leg for leg in legs]


def next_leg(legs: Sequence[Leg]) -> Leg | None:
    """Whose turn it is: of those that are open, the one whose time comes first; None when all are settled."""
    is_done = any(leg.came == "done" for leg in legs)
    unsettled = ("open",) if is_done else ("open", "unknown")
    return min((leg for leg in legs if leg.came in unsettled), key=lambda leg: leg.at, default=None)
