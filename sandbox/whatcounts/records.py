"""What an account holds: stored texts, contacts, their subscriptions, opt-outs, campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.whatcounts.parts import part_count


@dataclass
class Message:
    """A stored text. `label` is one label or several, with commas between."""

    id: int
    name: str
    text: str
    label: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def parts(self) -> int:
        """How many SMS it is."""
        return part_count(self.text)


@dataclass
class Contact:
    """Someone with a handset."""

    id: int
    phone: str
    first: str
    email: str | None = None
    country: str | None = None
    customer_key: str | None = None


@dataclass(frozen=True)
class Subscription:
    """A contact on a sender code, perhaps in a group."""

    id: int
    contact_id: int
    sender_id: int
    group_id: int | None


@dataclass
class OptOut:
    """A phone that gets nothing, from one sender code or (None) from any."""

    id: int
    phone: str
    sender_id: int | None = None


@dataclass(frozen=True)
class Campaign:
    """A send to a sender code that was taken."""

    id: int
    name: str
    description: str | None
    message_id: int
    sender_id: int
    group_id: int | None
    at: datetime
