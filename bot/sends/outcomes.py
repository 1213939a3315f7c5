"""What came of a claim: nothing left, WhatCounts took it or refused it, nobody knows, nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_

from bot.evidence import SMSOPS, record
from bot.freeze import BLOWN, count_failure, forget_failures
from bot.sends.kinds import TEXTS, Kind, State
from bot.sends.legs import Came, Leg, after, denied, next_leg
from bot.sends.moves import is_moved, move
from bot.sends.notes import add_note
from bot.sends.row import Send
from bot.sends.table import send

STOPPED = "smsops stopped in the middle of this."


# What the record says came of one request.
LEG_WORDS: dict[str, str] = {
    "done": State.SUBMITTED.value,
    "refused": State.REFUSED.value,
    "doubt": State.MAYBE_SENT.value,
    "open": "not done yet",
}


@dataclass(frozen=True)
class Claimed:
    """A claim as it lies in the row: of which send, which one, by which process."""

    id: str
    kind: Kind
    claim: str
    by: int


def untouched(connection: Connection, now: datetime, claimed: Send, why: str) -> bool:
    """sending -> scheduled, by the live claimer alone, with proof that nothing left."""
    moved = _settle(
        connection, now, claimed, (State.SENDING,), State.SCHEDULED, looked_at=None, looked_print=None
    )
    if moved:
        record(
            connection,
            at=now,
            who=SMSOPS,
            what="not reached",
            send_id=claimed.id,
            claim=claimed.claim,
            why=why,
        )
    return moved


def outcome(
    connection: Connection, now: datetime, claimed: Send, to: State, why: str | None = None,
    answer: dict[str, Any] | None = None, note: str | None = None,
) -> bool:  # fmt: skip
    """What is known after the POST; whether it was written.

    A late answer also beats `maybe_sent`, and a person who found nothing: a yes of WhatCounts is the truth;
    where a person settled it otherwise, the thread is told.
    """
    moved = _settle(connection, now, claimed, (State.SENDING, State.MAYBE_SENT), to, why=why, answer=answer)
    if not moved and to is State.SUBMITTED:
        late_yes = {"why": None, "answer": answer, "settled_by": None}
        by_person = send.c.settled_by.is_not(None)
        moved = _settle(connection, now, claimed, (State.REFUSED, to), to, where=by_person, **late_yes)
        note = f"{_late(claimed)}\n{note}" if note else _late(claimed)
    if moved:
        record(
            connection, at=now, who=SMSOPS, what=to.value, send_id=claimed.id, claim=claimed.claim,
            why=why, answer=answer,
        )  # fmt: skip
        add_note(connection, now, claimed, note)
        _fuse(connection, now, claimed, to is State.SUBMITTED)
    return moved


def _fuse(connection: Connection, now: datetime, claimed: Send, is_taken: bool) -> None:
    """Texts that fail one after the other freeze all sends: something is wrong, and nobody has seen it."""
    if claimed.kind not in TEXTS:
        return
    if is_taken:
        forget_failures(connection)
    elif count_failure(connection, now):
        add_note(connection, now, claimed, f"<@{claimed.asked_by}> {FROZEN}")


FROZEN = f"*smsops froze all sends*: {BLOWN}. Find out why, then an admin types `/sms unfreeze`."


def _settle(
    connection: Connection, now: datetime, claimed: Send, found: tuple[State, ...], to: State,
    where: ColumnElement[bool] | None = None, **values: Any,
) -> bool:  # fmt: skip
    if claimed.claim is None:
        return False
    return is_moved(
        connection, claimed.id, found, to, at=now, mine=claimed.claim, where=where, **values
    )


def abandon(
    connection: Connection, now: datetime, claims: Sequence[Claimed], me: int, note: Callable[[Send], str]
) -> list[Send]:
    """sending -> maybe_sent for claims that nobody is carrying out: nobody can know whether it left.

    An opt-out, which does nothing more when it is asked for twice, goes back to scheduled. Returns those in
    doubt.
    """
    left = []
    for one in claims:
        why = "smsops could not write down what came of it." if one.by == me else STOPPED
        if one.kind is Kind.STOP:
            _once_more(connection, now, one, why)
            continue
        found = (State.SENDING,)
        moved = move(connection, one.id, found, State.MAYBE_SENT, at=now, mine=one.claim, why=why)
        if moved:
            what = State.MAYBE_SENT.value
            record(connection, at=now, who=SMSOPS, what=what, send_id=one.id, claim=one.claim, why=why)
            add_note(connection, now, moved, note(moved))
            left.append(moved)
    return left


def _late(claimed: Send) -> str:
    return f"<@{claimed.asked_by}> WhatCounts' answer came late: it took {claimed.id}."


def _once_more(connection: Connection, now: datetime, one: Claimed, why: str) -> None:
    looked: dict[str, Any] = {"looked_at": None, "looked_print": None}
    if is_moved(
        connection, one.id, (State.SENDING,), State.SCHEDULED, at=now, mine=one.claim, why=why, **looked
    ):
        record(connection, at=now, who=SMSOPS, what="asked once more", send_id=one.id, why=why)


def came_of_leg(
    connection: Connection, now: datetime, claimed: Send, came: Came, why: str | None = None,
    answer: dict[str, Any] | None = None, note: str | None = None, is_denied: bool = False,
) -> bool:  # fmt: skip
    """What came of one request of several; the next leg's turn, or the end. False for another's claim.

    An `open` leg of an opt-out is asked again, each time later; `is_denied`: WhatCounts does not know the
    phone there. A yes that comes late is the truth also where the claim was given up, or a person settled it.
    The note of a test is told when its last leg is over, if one is in doubt.
    """
    found = denied(claimed.legs, claimed.target, now, why or "") if is_denied else None
    legs = found or after(claimed.legs, claimed.target, now, came, why)
    to, values = _turn_to(claimed, legs, now, why, answer)
    moved = _settle(connection, now, claimed, (State.SENDING, State.MAYBE_SENT), to, **values)
    if not moved and came == "done":
        moved, note = _late_yes(connection, now, claimed, to, values), _late(claimed)
    elif claimed.kind is not Kind.STOP and to is not State.MAYBE_SENT:
        note = None
    if moved:
        said = {"to": claimed.leg.to, "sender": claimed.sender} if claimed.leg else {}
        record(
            connection, at=now, who=SMSOPS, what=LEG_WORDS[came], send_id=claimed.id, claim=claimed.claim,
            person_id=claimed.person_id, why=why, answer=answer, **said,
        )  # fmt: skip
        add_note(connection, now, claimed, note)
        _fuse(connection, now, claimed, came == "done")
    return moved


def _turn_to(
    claimed: Send, legs: Sequence[Leg], now: datetime, why: str | None, answer: dict[str, Any] | None
) -> tuple[State, dict[str, Any]]:
    """The state after a leg, and the columns: of the leg whose turn it is, or of the end."""
    values: dict[str, Any] = {"legs": [asdict(leg) for leg in legs]}
    coming = next_leg(legs)
    if coming is None:
        said = None if claimed.kind is Kind.STOP else why  # it is stopped, wherever it was known
        return _all_in_all(legs), values | {"why": said, "answer": answer}
    failing = next((leg.why for leg in legs if leg.came in ("open", "unknown") and leg.why), None)
    values |= {"why": failing, "person_id": coming.person_id, "sender": coming.sender}
    values |= {"looked_at": None, "claimed_at": None, "attempts": 0}
    if claimed.kind is Kind.STOP:  # a test keeps its time: what kept it too long makes it late
        values["due_at"] = max(now, datetime.fromisoformat(coming.at)) if coming.at else now
    return State.SCHEDULED, values


def _late_yes(
    connection: Connection, now: datetime, claimed: Send, to: State, values: dict[str, Any]
) -> bool:
    """A yes when the claim was given up and the same leg waits to be asked again, or a person settled it."""
    same_leg = and_(send.c.person_id == claimed.person_id, send.c.sender == claimed.sender)
    if _settle(connection, now, claimed, (State.SCHEDULED,), to, where=same_leg, **values):
        return True
    by_person = send.c.settled_by.is_not(None)
    ended = {"legs": values["legs"], "why": None, "settled_by": None, "answer": values.get("answer")}
    found = (State.REFUSED, State.SUBMITTED)
    return _settle(connection, now, claimed, found, State.SUBMITTED, where=by_person, **ended)


def _all_in_all(legs: Sequence[Leg]) -> State:
    """A doubt about one is a doubt about all; one that was taken makes the send submitted."""
    came = {leg.came for leg in legs}
    if "doubt" in came:
        return State.MAYBE_SENT
    return State.SUBMITTED if "done" in came else State.REFUSED
