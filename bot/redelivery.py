"""What makes a request of Slack's itself, however often it comes and whoever carried it.

The key goes into the evidence of what the request moved, or of its refusal, where it is UNIQUE: so a copy
changes nothing, after a restart too, and in whichever process it arrives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest


def request_key(request: AsyncBoltRequest) -> str | None:
    """The key of a command, press, shortcut or submitted form; None for a search, which changes nothing.

    Slack makes one trigger_id for each thing that somebody does (docs.slack.dev, handling user interaction),
    and it lies in the signed body. So it is the same in a replay, byte for byte, and where the same payload
    is sent with a new timestamp and signature, which the signature alone would take for another request.
    Whoever does it a second time makes a new one. A payload without a trigger_id has its signature.
    """
    if request.body.get("type") == "block_suggestion":
        return None
    if trigger := request.body.get("trigger_id"):
        return _hashed(f"trigger {trigger}")
    signature = request.headers.get("x-slack-signature")
    return _hashed(f"signature {signature[0]}") if signature else None


def event_key(body: Mapping[str, Any]) -> str:
    """The key of an event: its event_id, the same whenever Slack brings it (docs.slack.dev, Events API).

    Not the retry headers: the first delivery may never have arrived.
    """
    return _hashed(f"event {body['event_id']}")


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
