"""How a send ends without a request: cancelled, expired, settled by a person, no place for its card."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from bot.evidence import SMSOPS, record
from bot.sends.content import Ask
from bot.sends.copies import follow
from bot.sends.kinds import OPEN, TEXTS, UNDECIDED, Kind, State
from bot.sends.legs import Leg, settled
from bot.sends.moves import move
from bot.sends.notes import add_note
from bot.sends.optouts import forget_optouts
from bot.sends.row import Send, read
from bot.sends.series import STILL, open_times
from bot.sends.table import send

EXPIRES = timedelta(hours=24)


def cancel(connection: Connection, ask: Ask, send_id: str, why: str | None = None) -> Send | None:
    """Any state before sending -> cancelled; anyone who sees the card may ask, so no revision is wanted.

    An opt-out that WhatCounts was asked for once may be there: it is not cancelled any more.
    """
    by = None if ask.who == SMSOPS else ask.who
    unasked = or_(send.c.kind != Kind.STOP, send.c.claim.is_(None))
    values: dict[str, Any] = {"why": why, "settled_by": by, "where": unasked} | STILL
    moved = move(connection, send_id, OPEN, State.CANCELLED, at=ask.at, **values)
    if moved:
        forget_optouts(connection, send_id)
        record(
            connection,
            at=ask.at,
            who=ask.who,
            what="cancelled",
            send_id=send_id,
            request=ask.request,
            why=why,
        )
        _cancel_times(connection, ask, moved)
    return moved


def _cancel_times(connection: Connection, ask: Ask, ended: Send) -> None:
    """What a repeating campaign had made and what has not left ends with it."""
    if ended.kind is Kind.REPEAT:
        why = f"Its repeating campaign {ended.id} was ended."
        for one, _ in open_times(connection, ended.id):
            cancel(connection, replace(ask, request=None), one, why)


def expire(connection: Connection, now: datetime) -> int:
    """Drafts and held sends that nobody decided about for 24 hours; returns how many expired.

    One time of a repeating campaign, made a day ahead, has 24 hours from its own; what is paused stays so.
    """
    hour = or_(send.c.series.is_(None), send.c.chosen_at.is_(None), send.c.chosen_at < now - EXPIRES)
    is_paused = and_(send.c.kind == Kind.REPEAT, send.c.state == State.HELD)
    old = and_(send.c.state_at < now - EXPIRES, hour, ~is_paused)
    rows = connection.execute(select(send.c.id).where(send.c.state.in_(UNDECIDED), old)).scalars()
    moved = [move(connection, row, UNDECIDED, State.EXPIRED, at=now, where=old) for row in rows.all()]
    for one in filter(None, moved):
        record(connection, at=now, who=SMSOPS, what="expired", send_id=one.id)
    return sum(one is not None for one in moved)


def settle(connection: Connection, ask: Ask, send_id: str, was_sent: bool) -> Send | None:
    """maybe_sent -> submitted | refused, by a person who looked in WhatCounts; also a stop not done yet.

    One of several requests that was taken makes the send submitted, whatever the others came to.
    """
    row = read(connection, send_id)
    legs = _settled(row, was_sent) if row else []
    is_taken = was_sent or any(leg.came == "done" for leg in legs)
    to = State.SUBMITTED if is_taken else State.REFUSED
    done = "sent" if row and row.kind in TEXTS else "done"
    why = None if was_sent else f"A person looked in WhatCounts: it was not {done}."
    open_stop = and_(send.c.kind == Kind.STOP, send.c.state == State.SCHEDULED)
    doubtful = or_(send.c.state == State.MAYBE_SENT, open_stop)
    found = (State.MAYBE_SENT, State.SCHEDULED)
    moved = move(
        connection, send_id, found, to, at=ask.at, where=doubtful, settled_by=ask.who, why=why,
        legs=[asdict(leg) for leg in legs] or None,
    )  # fmt: skip
    if moved:
        what = f"settled: it was {'' if was_sent else 'not '}{done}"
        record(connection, at=ask.at, who=ask.who, what=what, send_id=send_id, request=ask.request)
    return moved


def _settled(row: Send, was_done: bool) -> list[Leg]:
    """Who stopped a phone in WhatCounts has stopped it on every sender code that the card names as open."""
    if row.kind is Kind.STOP:
        return [replace(leg, came="done", why=None) for leg in row.legs]
    return settled(row.legs, row.target, "done" if was_done else "refused")


def card_gone(connection: Connection, now: datetime, taken: Send) -> None:
    """There is nowhere to draw it. What nobody sees, nobody can stop: if it has not left, it is cancelled.

    But an opt-out goes on, seen or not.
    """
    if taken.kind is not Kind.STOP:
        cancel(connection, Ask(SMSOPS, now), taken.id, "Its card could be shown nowhere.")
    follow(connection, taken.id)
    connection.execute(
        update(send).where(send.c.id == taken.id).values(card_lost=True, card_by=None, card_at=None)
    )


def redirect(
    connection: Connection, now: datetime, taken: Send, channel: str, why: str, note: str
) -> Send | None:
    """Send the card elsewhere, as it may not stand where it was asked for; a note in its thread says so.

    What goes to many, or needs another person, is cancelled: the team has to see it.
    """
    if (taken.is_to_many or taken.kind is Kind.REPEAT or taken.needs_person) and taken.state in OPEN:
        cancel(connection, Ask(SMSOPS, now), taken.id, why)
    statement = update(send).where(send.c.id == taken.id)
    connection.execute(
        statement.values(card_channel=channel, card_ts=None, card_by=None, card_at=None, card_revision=0)
    )
    add_note(connection, now, taken, note)
    return read(connection, taken.id)
