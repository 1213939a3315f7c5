"""The moves around the request: look, hold, claim, what is known afterwards; delivery makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from bot.evidence import SMSOPS, record
from bot.freeze import frozen_now, hold_still
from bot.registry import Registry
from bot.sends.moves import move
from bot.sends.notes import add_note
from bot.sends.row import Send, State, send

STOPPED = "smsops stopped while it was sending this."

LATE = timedelta(minutes=2)  # later than this is held, never sent (product.md 5.4)
LOOK_HOLDS = timedelta(seconds=30)  # a claim wants a look not older than this (never-twice.md 2)


@dataclass(frozen=True)
class Claimers:
    """Who can still be carrying out a claim: not the `dead`, and this process only what it has `in_hand`."""

    dead: set[int]
    me: int
    in_hand: set[str]


def looked(connection: Connection, now: datetime, send_id: str, revision: int, fingerprint: str) -> bool:
    """Write that all brakes were asked and let it pass, and what the text was; the card does not show it."""
    statement = (
        update(send)
        .where(send.c.id == send_id, send.c.state == State.SCHEDULED, send.c.revision == revision)
        .values(looked_at=now, looked_print=fingerprint)
    )
    return connection.execute(statement).rowcount == 1


def hold(
    connection: Connection, now: datetime, send_id: str, revision: int, rule: str, why: str, note: str | None
) -> Send | None:
    """scheduled -> held, with the rule's sentence; `note` goes into the card's thread."""
    moved = move(
        connection, send_id, (State.SCHEDULED,), State.HELD, at=now, revision=revision, why=why, held_by=rule,
        looked_at=None, looked_print=None,
    )  # fmt: skip
    if moved:
        record(connection, at=now, who=SMSOPS, what="held", send_id=send_id, rule=rule, why=why)
        add_note(connection, now, moved, note)
    return moved


def claim(
    connection: Connection, now: datetime, send_id: str, me: int, token: str, registry: Registry
) -> Send | None:
    """scheduled -> sending, once over all processes; committed before the first byte leaves.

    The WHERE holds all that must still be so: state, due and not late, no freeze, a look not older than 30 s,
    that the look found what was confirmed, and that sender code and group are registered with this process
    too (the look may be of one with other settings).
    """
    mine = select(send.c.id).where(send.c.id == send_id).with_for_update(skip_locked=True)
    if connection.execute(mine).first() is None:
        return None  # somebody is at the row: the next tick is soon enough, and a freeze need not wait for it
    hold_still(connection)
    ready = and_(
        send.c.due_at <= now,
        send.c.due_at >= now - LATE,
        send.c.looked_at >= now - LOOK_HOLDS,
        send.c.looked_at <= now,
        send.c.looked_print == send.c.confirmed_print,
        send.c.sender.in_([one.code for one in registry.senders]),
        or_(send.c.audience.is_(None), send.c.audience.in_([one.name for one in registry.groups])),
        ~exists(frozen_now()),
    )
    moved = move(
        connection, send_id, (State.SCHEDULED,), State.SENDING, at=now, where=ready,
        claimed_by=me, claim=token, claimed_at=now, attempts=send.c.attempts + 1,
    )  # fmt: skip
    if moved:
        record(connection, at=now, who=SMSOPS, what="sending", send_id=send_id, claim=token, process=me)
    return moved


def unclaim(connection: Connection, now: datetime, send_id: str, token: str, why: str) -> Send | None:
    """sending -> scheduled for a claim under which its maker made no request: it does not count as a try."""
    moved = move(
        connection, send_id, (State.SENDING,), State.SCHEDULED, at=now, where=send.c.claim == token,
        looked_at=None, claimed_at=None, attempts=send.c.attempts - 1,
    )  # fmt: skip
    if moved:
        record(connection, at=now, who=SMSOPS, what="not claimed", send_id=send_id, claim=token, why=why)
    return moved


def untouched(connection: Connection, now: datetime, claimed: Send, why: str) -> Send | None:
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
) -> Send | None:  # fmt: skip
    """What is known after the POST; a late answer also beats `maybe_sent`, and a person who found nothing.

    A yes of WhatCounts is the truth; where a person settled it otherwise, the thread is told.
    """
    moved = _settle(connection, now, claimed, (State.SENDING, State.MAYBE_SENT), to, why=why, answer=answer)
    if moved is None and to is State.SUBMITTED:
        late_yes = {"why": None, "answer": answer, "settled_by": None}
        by_person = send.c.settled_by.is_not(None)
        moved = _settle(connection, now, claimed, (State.REFUSED, to), to, where=by_person, **late_yes)
        late = f"<@{claimed.asked_by}> WhatCounts' answer came late: it took {claimed.id}."
        note = f"{late}\n{note}" if note else late
    if moved:
        record(
            connection, at=now, who=SMSOPS, what=to.value, send_id=claimed.id, claim=claimed.claim,
            why=why, answer=answer,
        )  # fmt: skip
        add_note(connection, now, moved, note)
    return moved


def _settle(
    connection: Connection, now: datetime, claimed: Send, found: tuple[State, ...], to: State,
    where: ColumnElement[bool] | None = None, **values: Any,
) -> Send | None:  # fmt: skip
    if claimed.claim is None:
        return None
    mine = send.c.claim == claimed.claim
    mine = mine if where is None else and_(mine, where)
    return move(connection, claimed.id, found, to, at=now, where=mine, **values)


def abandon(
    connection: Connection, now: datetime, claimers: Claimers, note: Callable[[Send], str]
) -> list[Send]:
    """sending -> maybe_sent for every claim that nobody is carrying out: nobody can know whether it left."""
    whose = or_(send.c.claimed_by.in_(claimers.dead), send.c.claimed_by == claimers.me)
    nobody = and_(whose, send.c.id.not_in(claimers.in_hand))  # in hand also under a name of before a renewal
    found = select(send.c.id, send.c.claim, send.c.claimed_by).where(send.c.state == State.SENDING, nobody)
    left = []
    for row in connection.execute(found).all():
        why = "smsops could not write down what came of it." if row.claimed_by == claimers.me else STOPPED
        mine = send.c.claim == row.claim
        moved = move(connection, row.id, (State.SENDING,), State.MAYBE_SENT, at=now, where=mine, why=why)
        if moved:
            what = State.MAYBE_SENT.value
            record(connection, at=now, who=SMSOPS, what=what, send_id=row.id, claim=row.claim, why=why)
            add_note(connection, now, moved, note(moved))
            left.append(moved)
    return left
