"""Of which kind a send is, and where it is in its life."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a send is in its life (the moves are drawn in `bot/sends/__init__.py`)."""

    DRAFT = "draft"  # written; nobody has confirmed it
    AWAITING = "awaiting"  # confirmed; another person must approve
    SCHEDULED = "scheduled"  # leaves at due_at, unless something objects
    HELD = "held"  # stopped, and asking
    SENDING = "sending"  # claimed: the request may be on its way
    SUBMITTED = "submitted"  # the API took it
    REFUSED = "refused"  # the API said no, or was never reached; nothing was sent
    MAYBE_SENT = "maybe_sent"  # nobody knows; a person settles it
    CANCELLED = "cancelled"  # a person, or a card that could not be posted, stopped it
    EXPIRED = "expired"  # nobody decided for 24 hours


OPEN = (State.DRAFT, State.AWAITING, State.SCHEDULED, State.HELD)  # everything before sending
OVER = (State.REFUSED, State.CANCELLED, State.EXPIRED)  # nothing was sent; may be drafted again
UNDECIDED = (State.DRAFT, State.AWAITING, State.HELD)  # expires


class Kind(StrEnum):
    """What goes out: a text, or a change in WhatCounts."""

    SEND = "send"  # one text to one phone
    CAMPAIGN = "campaign"  # a stored message to one group
    EVERYONE = "everyone"  # a stored message to all contacts of a sender code
    TEST = "test"  # a stored text to the test phones
    CREATE = "create"  # a new stored message
    SUBSCRIBE = "subscribe"  # a phone to a sender code
    CONTACT = "contact"  # a contact with e-mail and phone to a sender code
    STOP = "stop"  # a phone out of sender codes
    BULK = "bulk"  # one of these for each phone of a file: one text, a subscription, an opt-out
    REPEAT = "repeat"  # the rule of a repeating campaign; each of its times is a campaign of its own


# Somebody reads it; the rest changes WhatCounts.
TEXTS = frozenset({Kind.SEND, Kind.CAMPAIGN, Kind.EVERYONE, Kind.TEST})
TO_MANY = frozenset({Kind.CAMPAIGN, Kind.EVERYONE})  # the team has to see its card
