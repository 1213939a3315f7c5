"""The registry: sender codes and groups that may be sent to, matched exactly (product.md 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.settings import Group, Sender


@dataclass(frozen=True)
class Registry:
    """What the API cannot list: it names neither sender codes nor groups (the vendor's overview page)."""

    senders: Sequence[Sender]
    groups: Sequence[Group]

    @property
    def default_sender(self) -> Sender:
        return self.senders[0]

    def sender(self, code: str | None) -> Sender | None:
        """The registered sender code, or None."""
        return next((sender for sender in self.senders if sender.code == code), None)

    def group(self, name: str | None) -> Group | None:
        """The registered group of exactly this name, or None: a near miss is a miss."""
        return next((group for group in self.groups if group.name == name), None)
