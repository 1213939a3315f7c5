"""The table of sends and that of people, with their indexes, and conditions that an index answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    false,
    literal_column,
)

from bot.database import Utc, metadata
from bot.sends.kinds import TO_MANY, Kind, State

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("phone", String(16), nullable=True, unique=True),  # the normal form: 12065550100
    # what was said of a contact, one row each time: a later contact does not change an earlier record
    Column("email", String(254), nullable=True),
    Column("first_name", String(100), nullable=True),
    Column("customer_key", String(100), nullable=True),
    Column("hash", String(64), nullable=True),  # of a phone that was erased and had been stopped
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
    Column("sender", String(64), nullable=False),  # "" where none is meant
    Column("person_id", Integer, ForeignKey("person.id"), nullable=True),  # the phone
    Column("contact_id", Integer, ForeignKey("person.id"), nullable=True),  # e-mail, names
    Column("country", String(2), nullable=True),
    Column("legs", JSON(none_as_null=True), nullable=True),  # of a send that is several requests
    Column("audience", Text, nullable=True),  # the group's name
    Column("message", Text, nullable=True),  # the stored message's name
    Column("campaign", Text, nullable=True),
    Column("description", Text, nullable=True),
    Column("label", Text, nullable=True),
    Column("chosen_at", Utc, nullable=True),  # when it shall leave; None: now
    # who asked, where
    Column("asked_by", String(32), nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("edited_by", String(32), nullable=True),  # who changed last what shall leave
    # prepare
    Column("text", Text, nullable=True),  # exactly what people will read
    Column("prepared_at", Utc, nullable=True),
    Column("prepare_at", Utc, nullable=True),  # when to try again; None: not wanted
    Column("objections", JSON, nullable=False),  # [{rule, severity, sentence}]
    Column("accepted", JSON(none_as_null=True), nullable=True),  # confirmed all the same
    Column("earlier", JSON(none_as_null=True), nullable=True),  # the last text to them: {id, at, text}
    # confirm
    Column("confirmed_by", String(32), nullable=True),
    Column("confirmed_at", Utc, nullable=True),
    Column("confirmed_print", String(64), nullable=True),  # the fingerprint that was confirmed
    Column("moved_by", String(32), nullable=True),  # who moved or released it last, after that
    Column("due_at", Utc, nullable=True),
    # approval; whatever changes what leaves, or when, voids it
    Column("needs_person", Boolean, nullable=False, server_default=false()),  # nothing leaves without it
    Column("asked_of", Text, nullable=True),  # who was asked for it, mrkdwn
    Column("remind_at", Utc, nullable=True),  # when they are asked once more
    Column("approved_by", String(32), nullable=True),
    Column("approved_at", Utc, nullable=True),
    Column("approved_print", String(64), nullable=True),  # the fingerprint that was approved
    Column("approved_due", Utc, nullable=True),  # the time that was approved
    Column("rejected_by", String(32), nullable=True),  # `why` holds the reason
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
    # after a wrong text
    Column("corrects", String(12), nullable=True),  # the send that this one corrects
    Column("oops_by", String(32), nullable=True),  # who said that it was wrong
    Column("oops_at", Utc, nullable=True),
    Column("through_freeze_by", String(32), nullable=True),  # the admin who lets it leave in a freeze
    Column("through_freeze_print", String(64), nullable=True),  # the fingerprint that was let through
    # repeating: the rule of a `repeat`, or of which rule and which local day this is one time
    Column("repeats", JSON(none_as_null=True), nullable=True),  # {every, first, at, zone}
    Column("next_day", Date, nullable=True),  # its first day that is not past; kept when it ends
    Column("make_day", Date, nullable=True),  # the first day that is not made yet
    Column("make_at", Utc, nullable=True),  # when one of the two moves on; None: it does not run
    Column("series", String(12), nullable=True),  # the `repeat` of which this is one time
    Column("on_day", Date, nullable=True),
    # the card
    Column("card_channel", String(32), nullable=True),
    Column("card_ts", String(32), nullable=True),
    Column("card_revision", Integer, nullable=False),  # what the card shows; behind `revision`: to be drawn
    Column("card_frozen", Boolean, nullable=False),  # whether it says that sends are frozen
    Column("card_by", Integer, nullable=True),  # the process that is drawing it
    Column("card_at", Utc, nullable=True),
    Column("card_lost", Boolean, nullable=False),  # there is nowhere to draw it
    Column("erased_at", Utc, nullable=True),  # its text and phone are not kept any more
    Index("ix_send_due_id", "state", "due_at", "id"),
    Index("ix_send_looked", "state", "looked_at"),
    Index("ix_send_card_frozen", "state", "card_frozen"),
    Index("ix_send_audience", "sender", "audience"),
    Index("ix_send_person_id", "person_id"),
    Index("ix_send_claimed_at", "claimed_at"),
    Index("ix_send_asked_by", "asked_by", "claimed_at"),
    Index("ix_send_card_ts", "card_ts"),
    Index("ix_send_asked", "asked_at", "id"),
    Index("ix_send_asker", "asked_by", "asked_at", "id"),
)

# Few rows of many: those whose card is behind, and those that are being drawn.
_behind = and_(send.c.card_revision < send.c.revision, ~send.c.card_lost)
Index("ix_send_behind", send.c.state_at, sqlite_where=_behind, postgresql_where=_behind)
_drawing = send.c.card_by.is_not(None)
Index("ix_send_card_by", send.c.card_by, sqlite_where=_drawing, postgresql_where=_drawing)

_stored = and_(send.c.kind == Kind.CREATE, send.c.state == State.SUBMITTED)
IS_STORED_CORRECTION = and_(_stored, send.c.corrects.is_not(None), send.c.again.is_(None))
_erased = person.c.hash.is_not(None)
Index("ix_person_hash", person.c.hash, sqlite_where=_erased, postgresql_where=_erased)
_correction = send.c.corrects.is_not(None)  # few rows of many
Index("ix_send_corrects", send.c.corrects, sqlite_where=_correction, postgresql_where=_correction)
# Written out, not bound: so both databases see that an index of few rows answers it.
_to_many: Any = bindparam("to_many", sorted(TO_MANY), expanding=True, literal_execute=True)
_scheduled: Any = bindparam("scheduled", State.SCHEDULED, literal_execute=True)
IS_TO_MANY = send.c.kind.in_(_to_many)
TO_WATCH = and_(IS_TO_MANY, send.c.state == _scheduled)
Index("ix_send_to_many", send.c.sender, send.c.state_at, sqlite_where=IS_TO_MANY, postgresql_where=IS_TO_MANY)
# SQLite takes an index for what it names, not for how few it holds: so this one names all that is asked.
_watched = (send.c.kind, send.c.state, send.c.due_at)
Index("ix_send_watched", *_watched, sqlite_where=TO_WATCH, postgresql_where=TO_WATCH)

# The filters of the history, in its order; of few rows, so that a text to one phone pays for none.
IS_NO_TEXT: Any = send.c.kind != bindparam("one_phone", Kind.SEND, literal_execute=True)
STAYS = (State.CANCELLED, State.EXPIRED, State.HELD, State.MAYBE_SENT, State.REFUSED)
_stays: Any = bindparam("stays", STAYS, expanding=True, literal_execute=True)
HAS_STAYED = send.c.state.in_(_stays)
# Who else did something to it: by name, since of those whom others help there may be as many as sends. An
# expression, as PostgreSQL takes `!=` for true of nearly every row, and would go through all of them.
OTHER_HANDS: dict[str, ColumnElement[str]] = {
    name: literal_column(f"nullif({name}, asked_by)", String)
    for name in (
        "edited_by", "confirmed_by", "approved_by", "rejected_by", "moved_by", "settled_by", "oops_by",
    )
}  # fmt: skip
_to_group = send.c.audience.is_not(None)
_in_order = (send.c.asked_at, send.c.id)
for _name, _columns, _few in (
    ("ix_send_kind", (send.c.kind, *_in_order), IS_NO_TEXT),
    ("ix_send_stayed", (send.c.state, *_in_order), HAS_STAYED),
    ("ix_send_to_group", (send.c.audience, *_in_order), _to_group),
    *((f"ix_send_{name}", (hand, *_in_order), hand.is_not(None)) for name, hand in OTHER_HANDS.items()),
):
    Index(_name, *_columns, sqlite_where=_few, postgresql_where=_few)
# Each local day of a repeating campaign once; and those that want something made, few rows of many.
_one_time = send.c.series.is_not(None)
_place = (send.c.series, send.c.on_day)
Index("ix_send_series", *_place, unique=True, sqlite_where=_one_time, postgresql_where=_one_time)
_runs = send.c.make_at.is_not(None)
Index("ix_send_make_at", send.c.make_at, sqlite_where=_runs, postgresql_where=_runs)
