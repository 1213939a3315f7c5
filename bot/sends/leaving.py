"""The moves around the request: look, hold, claim, what is known afterwards; delivery makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from bot.database import Utc
from bot.evidence import SMSOPS, record, record_each
from bot.freeze import frozen_since, hold_still
from bot.registry import is_registered
from bot.sends.kinds import TEXTS, Kind, State
from bot.sends.moves import is_moved, move
from bot.sends.notes import add_note
from bot.sends.optouts import stopped
from bot.sends.row import Send, read_all
from bot.sends.run import Action, bulk_run
from bot.sends.series import MAY_LEAVE, PAUSED, runs
from bot.sends.table import send

LATE = timedelta(minutes=2)  # later than this is held, never sent (product.md 5.4)
NOT_AT_ALL = timedelta(0)
LOOK_HOLDS = timedelta(seconds=30)  # a claim wants a look not older than this (never-twice.md 2)


_LOOKED = (
    update(send)
    .where(
        send.c.id == bindparam("one"), send.c.state == State.SCHEDULED, send.c.revision == bindparam("seen")
    )
    .values(looked_at=bindparam("now"), looked_print=bindparam("print"))
)


def looked(connection: Connection, now: datetime, send_id: str, revision: int, fingerprint: str) -> bool:
    """Write that all brakes were asked and let it pass, and what the text was; the card does not show it."""
    seen = {"one": send_id, "seen": revision, "now": now, "print": fingerprint}
    return connection.execute(_LOOKED, seen).rowcount == 1


def hold(
    connection: Connection, now: datetime, send_id: str, revision: int, objection: Mapping[str, str],
    note: str | None,
) -> Send | None:  # fmt: skip
    """scheduled -> held, with the rule's sentence; `note` goes into the card's thread.

    Not for a pause that is over: whoever resumes frees what it holds, but not what is held later.
    """
    rule, why = objection["rule"], objection["sentence"]
    if rule == PAUSED and runs(connection, send_id):
        return None
    moved = move(
        connection, send_id, (State.SCHEDULED,), State.HELD, at=now, revision=revision, why=why, held_by=rule,
        looked_at=None, looked_print=None, objections=[objection],
    )  # fmt: skip
    if moved:
        record(connection, at=now, who=SMSOPS, what="held", send_id=send_id, rule=rule, why=why)
        add_note(connection, now, moved, note)
    return moved


@dataclass(frozen=True)
class Claims:
    """The sends that are ours now; ids of those asked for that are not scheduled any more, and of those that
    another transaction has in hand at this moment, so that nobody knows yet."""

    sends: list[Send]
    gone: set[str]
    busy: set[str]


def claim(
    connection: Connection, now: datetime, ids: Sequence[str], me: int, token: str,
    waited: timedelta = NOT_AT_ALL,
) -> Claims:  # fmt: skip
    """scheduled -> sending, once over all processes; committed before the first byte leaves.

    The WHERE holds all that must still be so: state, due and not late (but for the time that it `waited` for
    our own throttle), a look not older than 30 s, that the look found what was confirmed, and what another
    person approved, for this time, where it needs that; no freeze, sender code and group registered, no text
    without a group but to one phone or asked for as one to everyone, the phone not stopped; of a repeating
    campaign, that it runs and that none of its other times is in doubt. An opt-out leaves
    in a freeze, late, and whatever is registered now. `token` names the claim of each of them.
    """
    hold_still(connection)  # before the rows: a freeze locks what was let through after itself
    found = connection.execute(_MINE, {"ids": list(ids)}).scalars().all()
    busy = set(ids) - set(found)
    if not found:
        return Claims([], set(), busy)
    times = {"now": now, "in_time": now - LATE - waited, "fresh": now - LOOK_HOLDS}
    values = {"state": State.SENDING, "state_at": now, "claimed_by": me, "claim": token, "claimed_at": now}
    moved = connection.execute(_CLAIM, times | values | {"ids": found}).scalars().all()
    record_each(connection, moved, at=now, who=SMSOPS, what="sending", claim=token, process=me)
    rest = {"ids": list(set(found) - set(moved))}
    gone = set(connection.execute(_NOT_SCHEDULED, rest).scalars()) if rest["ids"] else set()
    return Claims(read_all(connection, moved), gone, busy)


# A text that names no group goes to one phone, or was asked for as one to everyone (product.md 5.1).
_NEEDS_GROUP = and_(send.c.kind.in_(TEXTS), send.c.person_id.is_(None), send.c.kind != Kind.EVERYONE)
# What another person approved is what the look found, at the time that it is due.
_APPROVED = or_(
    ~send.c.needs_person,
    and_(
        send.c.approved_by.is_not(None),
        send.c.approved_by != send.c.asked_by,
        send.c.approved_print == send.c.looked_print,
        send.c.approved_due == send.c.due_at,
    ),
)
# What an admin let through is what was confirmed; what is stored for a correction texts nobody.
_let_through = or_(
    and_(
        send.c.through_freeze_by.is_not(None), send.c.through_freeze_print == send.c.confirmed_print
    ),
    and_(send.c.kind == Kind.CREATE, send.c.corrects.is_not(None)),
    exists().where(bulk_run.c.send_id == send.c.id, bulk_run.c.action == Action.STOP),  # opt-outs
)  # fmt: skip


_allowed = and_(
    send.c.due_at >= bindparam("in_time", type_=Utc),
    or_(send.c.kind == Kind.CREATE, exists(is_registered("sender", send.c.sender))),
    or_(
        and_(send.c.audience.is_(None), ~_NEEDS_GROUP),
        exists(is_registered("group", send.c.audience)),
    ),
    ~exists(stopped()),
    or_(send.c.kind != Kind.EVERYONE, send.c.audience.is_(None)),
    _APPROVED,
    MAY_LEAVE,
    or_(_let_through, ~exists(frozen_since(send.c.due_at))),
)
_MAY_LEAVE = and_(
    send.c.due_at <= bindparam("now", type_=Utc),
    send.c.looked_at >= bindparam("fresh", type_=Utc),
    send.c.looked_at <= bindparam("now", type_=Utc),
    send.c.looked_print == send.c.confirmed_print,
    or_(send.c.kind == Kind.STOP, _allowed),
)
# Made once: to make them takes longer than to run them.
_OF_THESE = send.c.id.in_(bindparam("ids", expanding=True))
# By key: an alarm or a note that is just being written for a send (KEY SHARE) does not make it busy.
_MINE = select(send.c.id).where(_OF_THESE).with_for_update(key_share=True, skip_locked=True)
_CLAIM = (
    update(send)
    .where(_OF_THESE, send.c.state == State.SCHEDULED, _MAY_LEAVE)
    .values(revision=send.c.revision + 1, attempts=send.c.attempts + 1)
    .returning(send.c.id)
)
_NOT_SCHEDULED = select(send.c.id).where(_OF_THESE, send.c.state != State.SCHEDULED)


_NO_RUN = send.c.kind != Kind.BULK


def unclaim(connection: Connection, now: datetime, send_id: str, token: str, why: str) -> bool:
    """sending -> scheduled for a claim under which its maker made no request: it does not count as a try.

    Not of a bulk run, whose claim is its start: its rows may be on their way already.
    """
    moved = is_moved(
        connection, send_id, (State.SENDING,), State.SCHEDULED, at=now, mine=token, where=_NO_RUN,
        looked_at=None, claimed_at=None, attempts=send.c.attempts - 1,
    )  # fmt: skip
    if moved:
        record(connection, at=now, who=SMSOPS, what="not claimed", send_id=send_id, claim=token, why=why)
    return moved
