"""Trigger ids and response URLs: short-lived rights that Slack hands out with a request."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

TRIGGER_SECONDS = 3.0  # docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_USES, RESPONSE_SECONDS = 5, 30 * 60.0  # the same page


@dataclass
class Trigger:
    """The right to open one view for the person who did something, within 3 seconds, once."""

    user: str
    at: float
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """The right to answer an interaction; `ts` is the message that it may replace (None: none)."""

    user: str
    channel: str
    at: float
    ts: str | None = None
    thread_ts: str | None = None
    ephemeral: bool = False
    uses: int = 0


@dataclass
class Tickets:
    """All that were handed out; `now` is unix seconds."""

    now: Callable[[], float]
    triggers: dict[str, Trigger] = field(default_factory=dict)
    responses: dict[str, ResponseUrl] = field(default_factory=dict)

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A fresh trigger_id."""
        name = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[name] = Trigger(user, self.now(), view_id)
        return name

    def response(self, url: ResponseUrl) -> str:
        """The secret at the end of a fresh response_url."""
        secret = f"T0SANDBOX/{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        self.responses[secret] = url
        return secret
