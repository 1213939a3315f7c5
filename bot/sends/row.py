"""A send as it lies in the database: `Send`, one row read."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, bindparam, select

from bot.repeats import Repeat
from bot.sends.kinds import TEXTS, TO_MANY, Kind, State
from bot.sends.legs import Leg
from bot.sends.run import Action, Run, bulk_run
from bot.sends.table import person, send

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud without doubt


def new_id() -> str:
    """A short id for people to say and type: `S-7K3QXM`."""
    return "S-" + "".join(secrets.choice(_CROCKFORD) for _ in range(6))


@dataclass(frozen=True)
class Send:
    """One row; every time is aware, UTC. `phone` is the normal form (12065550100), for one-phone sends.

    `sender` and `phone` are those of the leg whose turn it is where the send has `legs`.
    """

    id: str
    kind: Kind
    state: State
    state_at: datetime
    revision: int
    sender: str
    person_id: int | None
    contact_id: int | None
    country: str | None
    legs: Sequence[Leg]
    audience: str | None
    message: str | None
    campaign: str | None
    description: str | None
    label: str | None
    chosen_at: datetime | None
    asked_by: str
    asked_at: datetime
    channel: str
    edited_by: str | None
    text: str | None
    prepared_at: datetime | None
    prepare_at: datetime | None
    objections: Sequence[Mapping[str, str]]
    accepted: Sequence[Mapping[str, str]]
    earlier: Mapping[str, str] | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    confirmed_print: str | None
    moved_by: str | None
    due_at: datetime | None
    needs_person: bool
    asked_of: str | None
    remind_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    approved_print: str | None
    approved_due: datetime | None
    rejected_by: str | None
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
    corrects: str | None
    oops_by: str | None
    oops_at: datetime | None
    through_freeze_by: str | None
    through_freeze_print: str | None
    repeats: Mapping[str, str] | None
    next_day: date | None
    make_day: date | None
    make_at: datetime | None
    series: str | None
    on_day: date | None
    card_channel: str | None
    card_ts: str | None
    card_revision: int
    card_frozen: bool
    card_by: int | None
    card_at: datetime | None
    card_lost: bool
    erased_at: datetime | None = None
    phone: str | None = None
    email: str | None = None
    first_name: str | None = None
    customer_key: str | None = None
    run: Run | None = None  # of a bulk run

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        values = row._asdict()
        values["run"] = _run_of(values)
        legs = [Leg(**leg) for leg in values["legs"] or ()]
        read = {"kind": Kind(values["kind"]), "state": State(values["state"]), "legs": legs}
        return cls(**values | read | {"accepted": values["accepted"] or ()})

    def fingerprint(self, text: str | None) -> str:
        """A hash over all that a confirmation binds: text, audience, sender, names (product.md 4)."""
        one = (self.sender, self.person_id) if not self.legs else (None, None)  # else it goes from leg to leg
        names = (self.audience, self.message, self.campaign, self.description)
        more = [self.label, self.contact_id, self.country, *(leg.target for leg in self.legs)]
        more += [self.run.action, self.run.print] if self.run else []
        rule = (sorted(self.repeats.items()),) if self.repeats else ()
        bound = (self.kind, text, *one, *names, *(more if any(more) else ()), *rule)
        return hashlib.sha256(json.dumps(bound).encode()).hexdigest()

    @property
    def rule(self) -> Repeat:
        """When a repeating campaign leaves; of a `repeat` alone."""
        assert self.repeats is not None
        return Repeat.read(self.repeats)

    @property
    def is_made_by_rule(self) -> bool:
        """One time of a repeating campaign, as its rule made it: nobody has edited it."""
        return self.series is not None and self.state is State.DRAFT and self.confirmed_print is not None

    @property
    def is_held_ahead(self) -> bool:
        """Held before it was ever scheduled, and before its hour: one time of a repeating campaign."""
        is_early = self.chosen_at is not None and self.chosen_at > self.state_at
        return self.state is State.HELD and self.series is not None and self.due_at is None and is_early

    def keeps_time(self, now: datetime) -> bool:
        """Held ahead of its hour, which is still to come: released, it leaves then."""
        return self.is_held_ahead and self.chosen_at is not None and self.chosen_at > now

    @property
    def is_let_through(self) -> bool:
        """Whether a freeze does not stop it: what an admin let through is what was confirmed.

        What is stored for a correction texts nobody, and there is no correction without it.
        """
        let = self.through_freeze_by is not None and self.through_freeze_print == self.confirmed_print
        return let or self.is_stored_in_freeze

    @property
    def is_stored_in_freeze(self) -> bool:
        return self.kind is Kind.CREATE and self.corrects is not None

    @property
    def is_text(self) -> bool:
        """Whether somebody reads it; the rest changes WhatCounts."""
        return self.kind in TEXTS or (self.run is not None and self.run.action is Action.SEND)

    @property
    def is_to_many(self) -> bool:
        """Whether more than one phone gets it, so that the team has to see its card."""
        return self.kind in TO_MANY or self.kind is Kind.BULK

    @property
    def leg(self) -> Leg | None:
        """The leg whose turn it is, or was last."""
        return next((leg for leg in self.legs if leg.target == self.target), None)

    @property
    def target(self) -> tuple[int | None, str]:
        """Whom the next request is about, and by which sender code."""
        return (self.person_id, self.sender)

    @property
    def wire_campaign(self) -> str:
        """The campaign name as it leaves: with the id, so that a person finds it in WhatCounts."""
        return f"{self.campaign} {self.id}"




_RUN = {f"run_{column.name}": column for column in bulk_run.c}


def _joined() -> Select[Any]:
    contact = person.alias("contact")
    said = (contact.c.email, contact.c.first_name, contact.c.customer_key)
    runs = [column.label(name) for name, column in _RUN.items()]
    joined = select(send, person.c.phone, *said, *runs).outerjoin(person, person.c.id == send.c.person_id)
    joined = joined.outerjoin(contact, contact.c.id == send.c.contact_id)
    return joined.outerjoin(bulk_run, bulk_run.c.send_id == send.c.id)


def _run_of(values: dict[str, Any]) -> Run | None:
    """The bulk run, whose columns are taken out of those of the send; None where it is none."""
    found = {column.name: values.pop(name) for name, column in _RUN.items()}
    return Run.of(found) if found["send_id"] else None


# Rows as `Send.of` reads them. Made once: to make it takes longer than to run it.
WITH_PEOPLE = _joined()
_ONE = WITH_PEOPLE.where(send.c.id == bindparam("one"))
_THESE = WITH_PEOPLE.where(send.c.id.in_(bindparam("ids", expanding=True)))


def read(connection: Connection, send_id: str) -> Send | None:
    """The row with its phone, or None."""
    row = connection.execute(_ONE, {"one": send_id}).first()
    return None if row is None else Send.of(row)


def read_all(connection: Connection, ids: Sequence[str]) -> list[Send]:
    """Those rows that there are, in no order."""
    found = connection.execute(_THESE, {"ids": list(ids)}) if ids else ()
    return [Send.of(row) for row in found]
