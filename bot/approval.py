"""Whether a send needs another person, computed from its blast radius (product.md 5.5); pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.sends import Kind, Send
from bot.sends.run import Action
from bot.settings import Approval, Settings

# SMS_APPROVAL -> the kinds that another person approves.
_KINDS: dict[Approval, frozenset[Kind]] = {
    "none": frozenset(),
    "everyone": frozenset({Kind.EVERYONE}),
    "campaign": frozenset({Kind.EVERYONE, Kind.CAMPAIGN, Kind.REPEAT}),
}


def needs_person(kind: Kind, setting: Approval, objections: Iterable[Mapping[str, str]] = ()) -> bool:
    """By its kind as SMS_APPROVAL says, or as one of the rules' objections (their rows) has that severity."""
    return kind in _KINDS[setting] or any(one["severity"] == "person" for one in objections)


def reaches_far(send: Send, settings: Settings) -> bool:
    """Everybody of a sender code, or the texts of a list over SMS_BULK_LIMIT (product.md 5.5).

    Who approves it types whom it goes to, and it can be cancelled for the longest of the delays.
    """
    texts = send.run.valid if send.run and send.run.action is Action.SEND else 0
    return send.kind is Kind.EVERYONE or texts > settings.bulk_limit
