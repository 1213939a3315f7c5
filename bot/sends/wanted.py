"""What a send keeps while another person's approval is wanted, and what voids it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

REMIND = timedelta(hours=4)  # after this who was asked is asked once more

# Nobody has approved, nobody is asked.
UNAPPROVED: dict[str, Any] = {
    "needs_person": False, "asked_of": None, "remind_at": None, "approved_by": None, "approved_at": None,
    "approved_print": None, "approved_due": None, "rejected_by": None,
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Another person's approval: `asked_of` names, with mentions, who may give it; `people` get its card."""

    asked_of: str
    people: Sequence[str] = ()


def asked(wanted: Wanted, at: datetime, chosen: datetime | None) -> dict[str, Any]:
    """The columns of what awaits approval since `at`; the reminder comes before half the time has passed."""
    half = at + (chosen - at) / 2 if chosen and chosen > at else None
    remind_at = min(filter(None, (half, at + REMIND)))
    return UNAPPROVED | {"needs_person": True, "asked_of": wanted.asked_of, "remind_at": remind_at}
