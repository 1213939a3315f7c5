"""Texts that left from bulk runs, as the record of one phone knows them, and of the phones of another run.

A row has no text of its own: it is that of its send. Each question begins at a phone, or at the few runs of
late, so that it costs the same whatever the length of all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, func, or_, select, union_all

from bot.database import Utc
from bot.sends.kinds import Kind, State
from bot.sends.row import Send
from bot.sends.run import Action, RowState, bulk_row, bulk_run
from bot.sends.table import send

_HAS_LEFT = (RowState.SENDING, RowState.SUBMITTED, RowState.MAYBE_SENT)  # it left, or may have
_LEFT = (State.SENDING, State.SUBMITTED, State.MAYBE_SENT)  # the same of a text by itself
_GOES_ON = (State.SCHEDULED, State.SENDING)  # its rows that wait are still to leave
AT_MOST = 20  # runs, the newest


@dataclass(frozen=True)
class Texted:
    """What a run texted, or is to text: to one phone, or to so many `phones` of another run.

    `at` is the last time that it left (UTC); None where it is still to leave.
    """

    id: str
    state: State
    at: datetime | None
    text: str
    phones: int = 1


# Whether there is any run of texts; and whether any run has a row for one person.
HAS_RUNS = exists().where(bulk_run.c.action == Action.SEND)
IS_LISTED = exists().where(bulk_row.c.person_id == bindparam("person"))


def same_words(one: str | None, other: str | None) -> bool:
    """Whether they read the same: case and white space aside."""
    return _words(one) == _words(other)


def _words(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def _rows(*more: Any) -> Select[Any]:
    """Rows of other runs of texts, for one person."""
    columns = (send.c.id, send.c.state, send.c.text, bulk_row.c.state.label("row"), bulk_row.c.claimed_at)
    found = select(*columns, *more).join(send, send.c.id == bulk_row.c.send_id)
    found = found.join(bulk_run, bulk_run.c.send_id == bulk_row.c.send_id)
    found = found.where(bulk_row.c.person_id == bindparam("person"), bulk_run.c.action == Action.SEND)
    return found.where(send.c.id != bindparam("me"))


_since = bindparam("since", type_=Utc)
# Two questions: PostgreSQL takes ten times as long to plan one with an OR over columns of both tables.
_LEFT_TO = (
    _rows()
    .where(bulk_row.c.state.in_(_HAS_LEFT), bulk_row.c.claimed_at > _since)
    .order_by(bulk_row.c.claimed_at.desc())
    .limit(AT_MOST)
)
_WAITS_FOR = (
    _rows().where(bulk_row.c.state == RowState.WAITING, send.c.state.in_(_GOES_ON)).limit(AT_MOST)
)


def to_phone(connection: Connection, person_id: int, me: str, since: datetime) -> list[Texted]:
    """What waits for this person in runs that go on, and what runs texted since then, the newest first."""
    to = {"person": person_id, "me": me}
    rows = [*connection.execute(_WAITS_FOR, to), *connection.execute(_LEFT_TO, to | {"since": since})]
    return [_texted(row) for row in rows[:AT_MOST]]


def _texted(row: Any) -> Texted:
    if row.row == RowState.WAITING:
        return Texted(row.id, State.SCHEDULED, None, row.text)
    state = State.MAYBE_SENT if row.row == RowState.MAYBE_SENT else State.SUBMITTED
    return Texted(row.id, state, row.claimed_at, row.text)


_LAST = (
    _rows(bulk_row.c.answered_at)
    .where(bulk_row.c.state.in_((RowState.SUBMITTED, RowState.MAYBE_SENT)))
    .where(send.c.text.is_not(None), send.c.erased_at.is_(None), bulk_row.c.answered_at.is_not(None))
    .order_by(bulk_row.c.answered_at.desc())
    .limit(bindparam("most"))
)


def last_to(connection: Connection, person_id: int, me: str, most: int) -> list[Texted]:
    """The last texts of runs that left to this person, or may have, the newest first."""
    rows = connection.execute(_LAST, {"person": person_id, "me": me, "most": most})
    return [Texted(row.id, State(row.row), row.answered_at, row.text) for row in rows]


def to_list(connection: Connection, about: Send, since: datetime, lately: datetime) -> list[Texted]:
    """How many phones of this run have had its words, or are to: from a run since `since`, or from texts to
    one phone since `lately`. Only runs with the same words are looked into."""
    if not about.is_text or not about.text:
        return []
    others = select(send.c.id, send.c.state, send.c.text).join(bulk_run, bulk_run.c.send_id == send.c.id)
    recent = or_(send.c.state.in_(_GOES_ON), bulk_run.c.ended_at > since)
    others = others.where(bulk_run.c.action == Action.SEND, send.c.id != about.id, recent)
    runs = connection.execute(others.order_by(send.c.state_at.desc())).all()
    same = [run for run in runs if same_words(run.text, about.text)][:AT_MOST]
    found = [_shared(connection, about.id, run, since) for run in same]
    return [one for one in (*found, _singles(connection, about, lately)) if one]


def _shared(connection: Connection, me: str, run: Any, since: datetime) -> Texted | None:
    """How many phones of this run the other one texted since, or is to text."""
    mine, theirs = bulk_row.alias("mine"), bulk_row.alias("theirs")
    left = and_(theirs.c.state.in_(_HAS_LEFT), theirs.c.claimed_at > since)
    texted = or_(left, theirs.c.state == RowState.WAITING) if run.state in _GOES_ON else left
    same = and_(theirs.c.person_id == mine.c.person_id, theirs.c.send_id == run.id)
    shared = select(func.count(), func.max(theirs.c.claimed_at)).select_from(mine).join(theirs, same)
    shared = shared.where(mine.c.send_id == me, mine.c.state == RowState.WAITING, texted)
    count, at = connection.execute(shared).one()
    if not count:
        return None
    return Texted(run.id, State.SUBMITTED if at else State.SCHEDULED, at, run.text, count)


def _singles(connection: Connection, about: Send, since: datetime) -> Texted | None:
    """Texts to one of its phones; there are no more of them than the caps let leave in that time."""
    found = select(send.c.id, send.c.text, send.c.claimed_at, send.c.state)
    found = found.join(bulk_row, bulk_row.c.person_id == send.c.person_id)
    found = found.where(bulk_row.c.send_id == about.id, bulk_row.c.state == RowState.WAITING)
    found = found.where(send.c.kind == Kind.SEND, send.c.state.in_(_LEFT), send.c.claimed_at > since)
    rows = connection.execute(found.order_by(send.c.claimed_at.desc()))
    same = [row for row in rows if same_words(row.text, about.text)]
    if not same:
        return None
    return Texted(same[0].id, State(same[0].state), same[0].claimed_at, same[0].text, len(same))


_JUST = union_all(
    select(send.c.text).where(
        send.c.person_id == bindparam("person"), send.c.kind == Kind.SEND, send.c.state.in_(_LEFT),
        send.c.claimed_at > _since,
    ),
    select(send.c.text).join(bulk_row, bulk_row.c.send_id == send.c.id).where(
        bulk_row.c.person_id == bindparam("person"), bulk_row.c.send_id != bindparam("me"),
        bulk_row.c.state.in_(_HAS_LEFT), bulk_row.c.claimed_at > _since,
    ),
)  # fmt: skip


def has_just_had(connection: Connection, person_id: int, me: str, words: str, since: datetime) -> bool:
    """Whether these words left to this person since then, by themselves or from another run."""
    rows = connection.execute(_JUST, {"person": person_id, "me": me, "since": since}).scalars()
    return any(same_words(one, words) for one in rows)


# The state as no index has it: with one PostgreSQL tries each index of few rows against each part of the OR,
# and takes four times as long to plan it.
_state = send.c.state + ""
_RUNS = (
    select(
        send.c.state, send.c.due_at, send.c.asked_by, send.c.approved_by,
        bulk_run.c.ended_at, bulk_run.c.valid, bulk_run.c.counts,
    )
    .join(send, send.c.id == bulk_run.c.send_id)
    .where(
        bulk_run.c.action == Action.SEND, send.c.id != bindparam("me"),
        or_(
            _state == State.SENDING,
            bulk_run.c.ended_at > _since,
            and_(
                _state == State.SCHEDULED, send.c.due_at >= _since,
                send.c.due_at <= bindparam("until", type_=Utc),
            ),
        ),
    )
)  # fmt: skip


def runs_between(connection: Connection, me: str, since: datetime, until: datetime) -> Sequence[Any]:
    """Other runs of texts that were going on since then, or begin until then, for `texts_of`."""
    return connection.execute(_RUNS, {"me": me, "since": since, "until": until}).all()


def texts_of(runs: Sequence[Any], since: datetime, who: str | None = None) -> int:
    """Texts of those that were going on since then, or are to begin; of all, or those `who` asked for.

    A run that another person approved counts as one, as a campaign does; of the others each phone does.
    """
    mine = [one for one in runs if who is None or one.asked_by == who]
    return sum(1 if one.approved_by else _texts(one) for one in mine if _is_of(one, since))


def _is_of(run: Any, since: datetime) -> bool:
    if run.ended_at is not None:
        return bool(run.ended_at > since)
    return bool(run.state == State.SENDING or run.due_at >= since)


def _texts(run: Any) -> int:
    if run.ended_at is None:
        return int(run.valid)
    return sum(int(run.counts.get(one, 0)) for one in _HAS_LEFT)
