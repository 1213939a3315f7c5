"""What people and prepare do to a send: each move one transaction; None means somebody else was first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.evidence import SMSOPS, record
from bot.sends.notes import add_note
from bot.sends.row import OPEN, OVER, UNDECIDED, Kind, Send, State, new_id, person, read, send

EXPIRES = timedelta(hours=24)


@dataclass(frozen=True)
class Ask:
    """Who asks, when (UTC), and by which signed request; a request can move something once."""

    who: str
    at: datetime
    request: str | None = None


@dataclass(frozen=True)
class Content:
    """What a person decides about a send; `chosen_at` None means now."""

    kind: Kind
    sender: str
    phone: str | None = None
    text: str | None = None
    audience: str | None = None
    message: str | None = None
    campaign: str | None = None
    description: str | None = None
    chosen_at: datetime | None = None


def move(
    connection: Connection, send_id: str, found: tuple[State, ...], to: State, *, at: datetime,
    revision: int | None = None, where: ColumnElement[bool] | None = None,
    keep_age: bool = False, **values: Any,
) -> Send | None:  # fmt: skip
    """The one conditional UPDATE that every move is; returns the row as it is now, or None without a match.

    `keep_age`: the state stays, so does its age.
    """
    statement = update(send).where(send.c.id == send_id, send.c.state.in_(found))
    if revision is not None:
        statement = statement.where(send.c.revision == revision)
    if where is not None:
        statement = statement.where(where)
    changes: dict[str, Any] = {"state": to, "revision": send.c.revision + 1, **values}
    if not keep_age:
        changes["state_at"] = at
    if not connection.execute(statement.values(changes)).rowcount:
        return None
    return read(connection, send_id)


def draft(connection: Connection, ask: Ask, content: Content, channel: str) -> str:
    """Write a new draft; returns its id. Raises Replayed when the request has already written one."""
    values = _decided(connection, content) | {
        "state": State.DRAFT, "state_at": ask.at, "revision": 1, "asked_by": ask.who, "asked_at": ask.at,
        "channel": channel, "prepare_at": ask.at, "objections": [], "attempts": 0,
        "card_revision": 0, "card_frozen": False, "card_lost": False,
    }  # fmt: skip
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(send).on_conflict_do_nothing().returning(send.c.id)
    while connection.execute(statement, values | {"id": (send_id := new_id())}).first() is None:
        pass  # an id that another send has
    record(connection, at=ask.at, who=ask.who, what="drafted", send_id=send_id, request=ask.request)
    return send_id


def edit(connection: Connection, ask: Ask, send_id: str, revision: int, content: Content) -> Send | None:
    """Change what was decided; it is a draft again, and whatever was confirmed is void."""
    values = _decided(connection, content) | _undecided(ask.at)
    moved = move(connection, send_id, OPEN, State.DRAFT, at=ask.at, revision=revision, **values)
    if moved:
        record(connection, at=ask.at, who=ask.who, what="edited", send_id=send_id, request=ask.request)
    return moved


def prepared(
    connection: Connection,
    at: datetime,
    seen: Send,
    text: str | None,
    objections: list[dict[str, str]],
    retry_at: datetime | None,
) -> Send | None:
    """Write what prepare found for the row as it was `seen`; `retry_at` when it is worth another try.

    `prepared_at` stays empty while anything stops it, and without it nothing can be confirmed. A try that
    found the same trouble again changes nothing that the card shows.
    """
    if text is None and objections == list(seen.objections):
        again = update(send).where(send.c.id == seen.id, send.c.revision == seen.revision)
        connection.execute(again.values(prepare_at=retry_at))
        return None
    stopped = text is None or any(one["severity"] == "stop" for one in objections)
    return move(
        connection, seen.id, (State.DRAFT,), State.DRAFT, at=at, revision=seen.revision, keep_age=True,
        text=text if text is not None else seen.text, prepared_at=None if stopped else at,
        prepare_at=retry_at, objections=objections, earlier=_earlier(connection, seen),
    )  # fmt: skip


def _earlier(connection: Connection, about: Send) -> dict[str, str] | None:
    """The last text that left, or may have left, for the same phone, or the same group of a sender code."""
    group = and_(send.c.sender == about.sender, send.c.audience == about.audience)
    same = group if about.person_id is None else send.c.person_id == about.person_id
    left = send.c.state.in_((State.SUBMITTED, State.MAYBE_SENT))
    found = (
        select(send.c.id, send.c.text, send.c.state, send.c.state_at)
        .where(same, left)
        .order_by(send.c.state_at.desc())
    )
    row = connection.execute(found.limit(1)).first()
    return row and {
        "id": row.id, "text": row.text or "", "at": row.state_at.isoformat(), "state": row.state,
    }  # fmt: skip


def confirm(connection: Connection, ask: Ask, send_id: str, revision: int, delay: timedelta) -> Send | None:
    """draft -> scheduled, due at the chosen time, or after the delay where that is later."""
    ahead = or_(send.c.chosen_at.is_(None), send.c.chosen_at > ask.at)  # an hour that passed was not chosen
    ready = and_(send.c.prepared_at.is_not(None), ahead)
    by = {"confirmed_by": ask.who, "confirmed_at": ask.at, "where": ready}
    return _schedule(connection, ask, send_id, (State.DRAFT,), revision, delay, "confirmed", **by)


def release(connection: Connection, ask: Ask, send_id: str, revision: int, delay: timedelta) -> Send | None:
    """held -> scheduled, due after the delay; all brakes are asked again at the look."""
    return _schedule(
        connection, ask, send_id, (State.HELD,), revision, delay, "released", chosen_at=None, moved_by=ask.who
    )


def reschedule(
    connection: Connection, ask: Ask, send_id: str, revision: int, chosen: datetime, delay: timedelta
) -> Send | None:
    """scheduled | held -> scheduled, due at another time."""
    found = (State.SCHEDULED, State.HELD)
    to = {"chosen_at": chosen, "moved_by": ask.who}
    return _schedule(connection, ask, send_id, found, revision, delay, "moved", **to)


def _schedule(
    connection: Connection,
    ask: Ask,
    send_id: str,
    found: tuple[State, ...],
    revision: int,
    delay: timedelta,
    what: str,
    **values: Any,
) -> Send | None:
    row = read(connection, send_id)
    if row is None:
        return None
    chosen = values.get("chosen_at", row.chosen_at)
    due = max(chosen or ask.at, ask.at + delay)
    moved = move(
        connection, send_id, found, State.SCHEDULED, at=ask.at, revision=revision, due_at=due,
        confirmed_print=row.fingerprint(row.text), looked_at=None, looked_print=None,
        claimed_at=None, attempts=0, why=None, **values,
    )  # fmt: skip
    if moved:
        record(
            connection,
            at=ask.at,
            who=ask.who,
            what=what,
            send_id=send_id,
            request=ask.request,
            due_at=due.isoformat(),
        )
    return moved


def cancel(connection: Connection, ask: Ask, send_id: str, why: str | None = None) -> Send | None:
    """Any state before sending -> cancelled; anyone who sees the card may ask, so no revision is wanted."""
    by = None if ask.who == SMSOPS else ask.who
    moved = move(connection, send_id, OPEN, State.CANCELLED, at=ask.at, why=why, settled_by=by)
    if moved:
        record(
            connection,
            at=ask.at,
            who=ask.who,
            what="cancelled",
            send_id=send_id,
            request=ask.request,
            why=why,
        )
    return moved


def again(connection: Connection, ask: Ask, old: Send, content: Content) -> str | None:
    """A new draft of one that is over, once; returns the new id, or None where somebody did it before."""
    once = send.c.again.is_(None)
    if move(connection, old.id, OVER, old.state, at=ask.at, where=once, keep_age=True, again="") is None:
        return None
    made = draft(connection, ask, content, old.channel)
    connection.execute(update(send).where(send.c.id == old.id).values(again=made))
    return made


def expire(connection: Connection, now: datetime) -> int:
    """Drafts and held sends that nobody decided about for 24 hours; returns how many expired."""
    old = send.c.state_at < now - EXPIRES
    rows = connection.execute(select(send.c.id).where(send.c.state.in_(UNDECIDED), old)).scalars()
    moved = [move(connection, row, UNDECIDED, State.EXPIRED, at=now, where=old) for row in rows.all()]
    for one in filter(None, moved):
        record(connection, at=now, who=SMSOPS, what="expired", send_id=one.id)
    return sum(one is not None for one in moved)


def settle(connection: Connection, ask: Ask, send_id: str, was_sent: bool) -> Send | None:
    """maybe_sent -> submitted | refused, by a person who looked in WhatCounts."""
    to = State.SUBMITTED if was_sent else State.REFUSED
    why = None if was_sent else "A person looked in WhatCounts: it was not sent."
    moved = move(connection, send_id, (State.MAYBE_SENT,), to, at=ask.at, settled_by=ask.who, why=why)
    if moved:
        what = "settled: it was sent" if was_sent else "settled: it was not sent"
        record(connection, at=ask.at, who=ask.who, what=what, send_id=send_id, request=ask.request)
    return moved


def card_gone(connection: Connection, now: datetime, taken: Send) -> None:
    """There is nowhere to draw it. What nobody sees, nobody can stop: if it has not left, it is cancelled."""
    cancel(connection, Ask(SMSOPS, now), taken.id, "Its card could be shown nowhere.")
    connection.execute(
        update(send).where(send.c.id == taken.id).values(card_lost=True, card_by=None, card_at=None)
    )


def redirect(
    connection: Connection, now: datetime, taken: Send, channel: str, why: str, note: str
) -> Send | None:
    """Send the card elsewhere, as it may not stand where it was asked for; a note in its thread says so.

    What goes to more than one phone is cancelled: the team has to see it.
    """
    if taken.kind is not Kind.SEND and taken.state in OPEN:
        cancel(connection, Ask(SMSOPS, now), taken.id, why)
    statement = update(send).where(send.c.id == taken.id)
    connection.execute(
        statement.values(card_channel=channel, card_ts=None, card_by=None, card_at=None, card_revision=0)
    )
    add_note(connection, now, taken, note)
    return read(connection, taken.id)


def _decided(connection: Connection, content: Content) -> dict[str, Any]:
    values = asdict(content)
    phone = values.pop("phone")
    return values | {"person_id": _person(connection, phone) if phone else None}


def _person(connection: Connection, phone: str) -> int:
    """The id under which everything else knows this phone."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(person).values(phone=phone)
    statement = statement.on_conflict_do_update(index_elements=["phone"], set_={"phone": phone})
    return int(connection.execute(statement.returning(person.c.id)).scalar_one())


def _undecided(at: datetime) -> dict[str, Any]:
    """The columns that a change of content voids."""
    void = (
        "prepared_at",
        "earlier",
        "held_by",
        "claimed_at",
        "confirmed_by",
        "confirmed_at",
        "confirmed_print",
        "moved_by",
        "due_at",
        "looked_at",
        "looked_print",
        "why",
    )
    return dict.fromkeys(void) | {"prepare_at": at, "objections": []}
