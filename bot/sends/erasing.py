"""What is not kept: one person on request (`forget`), and texts and numbers of long ago (SMS_RETENTION_DAYS).

The evidence stays as it is: it names people by an id, so that no chain is broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, String, Text, and_, cast, delete, exists, or_, select, text, update

from bot.database import metadata
from bot.errors import Objected
from bot.evidence import SMSOPS, record, record_each
from bot.phones import find, ten_digits
from bot.sends.content import Ask
from bot.sends.ending import cancel
from bot.sends.hashes import hash_of_phone
from bot.sends.kinds import Kind, State
from bot.sends.notes import note
from bot.sends.optouts import optout
from bot.sends.run import Action, RowState, bulk_row, bulk_run
from bot.sends.table import IS_TO_MANY, person, send
from bot.sends.told import without

AT_ONCE = 5  # sends of long ago, each time: Slack takes some 50 edits of cards in a minute
FORGOTTEN = "The phone was erased on request."
AHEAD = (State.SCHEDULED, State.SENDING)
PAST = (State.SUBMITTED, State.REFUSED, State.CANCELLED, State.EXPIRED, State.MAYBE_SENT)


@dataclass(frozen=True)
class Forgotten:
    """How many sends were erased, whether an opt-out still holds, and where the number still stands."""

    sends: int
    is_stopped: bool
    elsewhere: Sequence[str]


def forget(connection: Connection, now: datetime, phone: str) -> Forgotten:
    """Erase this number (normal form) and all that is kept of whom it belongs to.

    What was still to go to it is cancelled. Raises Objected where it is not known, and while it is being
    texted or stopped: the opt-out would be lost to WhatCounts.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # it reads every table whole
    known = select(person.c.id).where(person.c.phone == phone).with_for_update()
    person_id = connection.execute(known).scalar()
    if person_id is None:
        raise Objected("smsops does not know this number. Nothing was erased.")
    theirs = select(send.c.id, send.c.kind, send.c.state).where(_is_to(person_id))
    rows = connection.execute(theirs.with_for_update()).all()
    _not_under_way([(row.id, Kind(row.kind), State(row.state)) for row in rows])
    _not_in_a_run(connection, person_id)
    for row in rows:
        cancel(connection, Ask(SMSOPS, now), row.id, FORGOTTEN)
    ids = [row.id for row in rows if Kind(row.kind) is not Kind.TEST]
    _erase_sends(connection, now, ids, "erased")
    is_stopped = erase_people(connection, [person_id])
    record(connection, at=now, who=SMSOPS, what="forgot a person", person_id=person_id, sends=len(ids))
    return Forgotten(len(ids), is_stopped, elsewhere(connection, phone))


def _is_to(person_id: int) -> Any:
    leg = cast(send.c.legs, String).like(f'%"person_id": {person_id},%')
    return or_(send.c.person_id == person_id, leg)


def _not_under_way(rows: Iterable[tuple[str, Kind, State]]) -> None:
    for send_id, kind, state in rows:
        if state is State.SENDING or (kind is Kind.STOP and state is State.SCHEDULED):
            doing = "being stopped in WhatCounts" if kind is Kind.STOP else "being sent"
            raise Objected(f"{send_id} is {doing} just now. Nothing was erased. Try again when that is done.")


def _not_in_a_run(connection: Connection, person_id: int) -> None:
    """A text that waits in a list is skipped (`bot.sends.rows.take`); an opt-out must reach WhatCounts."""
    due = and_(bulk_row.c.state == RowState.WAITING, bulk_run.c.action == Action.STOP)
    found = select(bulk_row.c.send_id).join(bulk_run, bulk_run.c.send_id == bulk_row.c.send_id)
    found = found.join(send, send.c.id == bulk_row.c.send_id).where(send.c.state.in_(AHEAD))
    found = found.where(bulk_row.c.person_id == person_id, or_(bulk_row.c.state == RowState.SENDING, due))
    if run := connection.execute(found.limit(1)).scalar():
        said = f"The list {run} has this number, and is being carried out. Nothing was erased."
        raise Objected(f"{said} Try again when that is over, or cancel it first.")


def _erase_sends(connection: Connection, now: datetime, ids: Sequence[str], what: str) -> None:
    """Their texts, those that are quoted beside them, and their notes; the cards are drawn without."""
    if not ids:
        return
    gone: dict[str, Any] = {
        "text": None, "earlier": None, "objections": [], "accepted": None, "erased_at": now,
        "revision": send.c.revision + 1,
    }  # fmt: skip
    connection.execute(update(send).where(send.c.id.in_(ids)).values(gone))
    connection.execute(delete(note).where(note.c.send_id.in_(ids)))
    _erase_quotes(connection, ids)
    nothing: dict[str, Any] = {"file_name": "a file", "found_in": None, "examples": []}
    connection.execute(update(bulk_run).where(bulk_run.c.send_id.in_(ids)).values(nothing))
    contacts = select(send.c.contact_id).where(send.c.id.in_(ids), send.c.contact_id.is_not(None))
    erase_people(connection, connection.execute(contacts).scalars().all())
    record_each(connection, ids, at=now, who=SMSOPS, what=what)


def _erase_quotes(connection: Connection, ids: Sequence[str]) -> None:
    """What younger sends to the same people show of them."""
    gone = connection.execute(select(send.c.sender, send.c.person_id).where(send.c.id.in_(ids))).all()
    senders, people = {row.sender for row in gone}, {row.person_id for row in gone} - {None}
    listed = select(bulk_row.c.person_id).where(
        bulk_row.c.send_id.in_(ids), bulk_row.c.person_id.is_not(None)
    )
    who = or_(send.c.person_id.in_(people), send.c.person_id.in_(listed))
    for same in (who, and_(send.c.sender.in_(senders), IS_TO_MANY)):
        rows = connection.execute(select(send.c.id, send.c.earlier).where(same, send.c.erased_at.is_(None)))
        for row in rows.all():
            if row.earlier and (left := without(row.earlier, ids)) != row.earlier:
                changed = {"earlier": left, "revision": send.c.revision + 1}
                connection.execute(update(send).where(send.c.id == row.id).values(changed))


def erase_people(connection: Connection, ids: Sequence[int]) -> bool:
    """Erase what is kept of these people; whether one of them was stopped, of whom a hash is kept."""
    is_stopped = False
    rows = connection.execute(select(person).where(person.c.id.in_(ids)))
    for row in rows.all():
        held = connection.execute(select(exists().where(optout.c.person_id == row.id))).scalar_one()
        kept = hash_of_phone(connection, row.phone) if held and row.phone else row.hash
        gone = dict.fromkeys(("phone", "email", "first_name", "customer_key")) | {"hash": kept}
        connection.execute(update(person).where(person.c.id == row.id).values(gone))
        is_stopped = is_stopped or bool(held)
    return is_stopped


def erase_old(connection: Connection, now: datetime, kept_for: timedelta) -> int:
    """Erase the texts of sends that are over and were asked for longer ago, and numbers of no later ones.

    A few each time, the oldest first; returns how many.
    """
    old = (send.c.erased_at.is_(None), send.c.asked_at < now - kept_for, send.c.state_at < now - kept_for)
    found = select(send.c.id, send.c.person_id, send.c.legs).where(*old, send.c.state.in_(PAST))
    rows = connection.execute(found.order_by(send.c.asked_at).limit(AT_ONCE)).all()
    if not rows:
        return 0
    _erase_sends(connection, now, [row.id for row in rows], "erased by age")
    people = {row.person_id for row in rows} | {leg["person_id"] for row in rows for leg in row.legs or ()}
    erase_people(connection, [one for one in people - {None} if not is_used(connection, one)])
    return len(rows)


def is_used(connection: Connection, person_id: int) -> bool:
    """Whether a send that is not erased is to them or lists them; tests are asked last, as they take long."""
    kept = select(send.c.id).where(send.c.erased_at.is_(None))
    tests = kept.where(send.c.kind == Kind.TEST, _is_to(person_id))
    listed = kept.join(bulk_row, bulk_row.c.send_id == send.c.id).where(bulk_row.c.person_id == person_id)
    questions = (kept.where(send.c.person_id == person_id), listed, tests)
    return any(connection.execute(one.limit(1)).first() for one in questions)


def elsewhere(connection: Connection, phone: str) -> list[str]:
    """The columns where somebody wrote this number into other words, a text to somebody else say.

    Found as it is found to be masked, however it is spelled; and its ten digits in a row.
    """
    ten = ten_digits(phone)
    found = []
    for name, table in sorted(metadata.tables.items()):
        for column in table.columns:
            if isinstance(column.type, String | Text) or column.type.__class__.__name__ == "JSON":
                said = cast(column, Text)
                near = select(said).where(said.contains(ten[-4:], autoescape=True))
                with connection.execute(near.execution_options(yield_per=1000)) as texts:
                    if any(ten in one or phone in find(one) for one in texts.scalars()):
                        found.append(f"{name}.{column.name}")
    return found
