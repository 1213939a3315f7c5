"""Whether a send needs another person, computed from its blast radius (product.md 5.5); pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.sends import Kind
from bot.settings import Approval

# SMS_APPROVAL -> the kinds that another person approves.
_KINDS: dict[Approval, frozenset[Kind]] = {
    "none": frozenset(),
    "everyone": frozenset({Kind.EVERYONE}),
    "campaign": frozenset({Kind.EVERYONE, Kind.CAMPAIGN, Kind.REPEAT}),
}


def needs_person(kind: Kind, setting: Approval, objections: Iterable[Mapping[str, str]] = ()) -> bool:
    """By its kind as SMS_APPROVAL says, or as one of the rules' objections (their rows) has that severity."""
    return kind in _KINDS[setting] or any(one["severity"] == "person" for one in objections)
