"""A send as it lies in the database: the table, its states, and `Send`, one row read."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    select,
)

from bot.database import Utc, metadata


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
    """What goes out, and to whom."""

    SEND = "send"  # one text to one phone
    CAMPAIGN = "campaign"  # a stored message to one group


person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("phone", String(16), nullable=False, unique=True),  # the normal form: 12065550100
)

send = Table(
    "send",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_at", Utc, nullable=False),  # since when it is in this state
    Column("revision", Integer, nullable=False),  # +1 with every change that the card shows
    # what a person decides: any change of these makes it a draft again
    Column("sender", String(64), nullable=False),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=True),
    Column("audience", Text, nullable=True),  # the group's name
    Column("message", Text, nullable=True),  # the stored message's name
    Column("campaign", Text, nullable=True),
    Column("description", Text, nullable=True),
    Column("chosen_at", Utc, nullable=True),  # when it shall leave; None: now
    # who asked, where
    Column("asked_by", String(32), nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("channel", String(32), nullable=False),
    # prepare
    Column("text", Text, nullable=True),  # exactly what people will read
    Column("prepared_at", Utc, nullable=True),
    Column("prepare_at", Utc, nullable=True),  # when to try again; None: not wanted
    Column("objections", JSON, nullable=False),  # [{rule, severity, sentence}]
    Column("earlier", JSON(none_as_null=True), nullable=True),  # the last text to them: {id, at, text}
    # confirm
    Column("confirmed_by", String(32), nullable=True),
    Column("confirmed_at", Utc, nullable=True),
    Column("confirmed_print", String(64), nullable=True),  # the fingerprint that was confirmed
    Column("moved_by", String(32), nullable=True),  # who moved or released it last, after that
    Column("due_at", Utc, nullable=True),
    # look, claim, outcome
    Column("looked_at", Utc, nullable=True),
    Column("looked_print", String(64), nullable=True),  # the fingerprint that the look found
    Column("claimed_by", Integer, nullable=True),  # the process
    Column("claim", String(32), nullable=True),  # this one claim
    Column("claimed_at", Utc, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("held_by", String(32), nullable=True),  # the rule that held it last
    Column("why", Text, nullable=True),  # why it is held, refused, cancelled, in doubt: one sentence
    Column("answer", JSON(none_as_null=True), nullable=True),  # what WhatCounts said when it took it
    Column("settled_by", String(32), nullable=True),  # who cancelled it, or looked in WhatCounts
    Column("again", String(12), nullable=True),  # the new draft that was made of it
    # the card
    Column("card_channel", String(32), nullable=True),
    Column("card_ts", String(32), nullable=True),
    Column("card_revision", Integer, nullable=False),  # what the card shows; behind `revision`: to be drawn
    Column("card_frozen", Boolean, nullable=False),  # whether it says that sends are frozen
    Column("card_by", Integer, nullable=True),  # the process that is drawing it
    Column("card_at", Utc, nullable=True),
    Column("card_lost", Boolean, nullable=False),  # there is nowhere to draw it
    Index("ix_send_due", "state", "due_at"),
    Index("ix_send_audience", "sender", "audience"),
    Index("ix_send_person_id", "person_id"),
)

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud without doubt


def new_id() -> str:
    """A short id for people to say and type: `S-7K3QXM`."""
    return "S-" + "".join(secrets.choice(_CROCKFORD) for _ in range(6))


@dataclass(frozen=True)
class Send:
    """One row; every time is aware, UTC. `phone` is the normal form (12065550100), for one-phone sends."""

    id: str
    kind: Kind
    state: State
    state_at: datetime
    revision: int
    sender: str
    person_id: int | None
    audience: str | None
    message: str | None
    campaign: str | None
    description: str | None
    chosen_at: datetime | None
    asked_by: str
    asked_at: datetime
    channel: str
    text: str | None
    prepared_at: datetime | None
    prepare_at: datetime | None
    objections: Sequence[Mapping[str, str]]
    earlier: Mapping[str, str] | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    confirmed_print: str | None
    moved_by: str | None
    due_at: datetime | None
    looked_at: datetime | None
    looked_print: str | None
    claimed_by: int | None
    claim: str | None
    claimed_at: datetime | None
    attempts: int
    held_by: str | None
    why: str | None
    answer: Mapping[str, Any] | None
    settled_by: str | None
    again: str | None
    card_channel: str | None
    card_ts: str | None
    card_revision: int
    card_frozen: bool
    card_by: int | None
    card_at: datetime | None
    card_lost: bool
    phone: str | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        values = {name: row._mapping[name] for name in _NAMES if name in row._mapping}
        return cls(**values | {"kind": Kind(values["kind"]), "state": State(values["state"])})

    def fingerprint(self, text: str | None) -> str:
        """A hash over all that a confirmation binds: text, audience, sender, names (product.md 4)."""
        bound = (
            self.kind,
            text,
            self.sender,
            self.person_id,
            self.audience,
            self.message,
            self.campaign,
            self.description,
        )
        return hashlib.sha256(json.dumps(bound).encode()).hexdigest()

    @property
    def wire_campaign(self) -> str:
        """The campaign name as it leaves: with the id, so that a person finds it in WhatCounts."""
        return f"{self.campaign} {self.id}"


_NAMES = tuple(field.name for field in fields(Send))


def with_phone() -> Select[Any]:
    """Rows as `Send.of` reads them."""
    return select(send, person.c.phone).outerjoin(person, person.c.id == send.c.person_id)


def read(connection: Connection, send_id: str) -> Send | None:
    """The row with its phone, or None."""
    row = connection.execute(with_phone().where(send.c.id == send_id)).first()
    return None if row is None else Send.of(row)
