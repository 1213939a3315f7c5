"""The moves of a repeating campaign: each time made a day ahead, once; pause, resume; what is coming."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select, update

from bot.evidence import SMSOPS, record
from bot.repeats import Moment
from bot.sends.content import Ask
from bot.sends.ending import EXPIRES, cancel
from bot.sends.kinds import Kind, State
from bot.sends.leaving import LATE
from bot.sends.moves import is_moved, move, write_row
from bot.sends.notes import add_note
from bot.sends.row import WITH_PEOPLE, Send, read, read_all
from bot.sends.series import AHEAD, PAUSED, STILL, begin, open_times, place, runs
from bot.sends.table import send
from bot.sends.told import kept, told

PASSED = "Its time passed while its campaign was paused."

Missed = Callable[[Send, Sequence[Moment]], str]


class Coming(NamedTuple):
    """One time to come: of which campaign, on which local day, when (UTC); the send, if it is made."""

    campaign: Send
    day: date
    due_at: datetime
    made: Send | None = None


def make(connection: Connection, now: datetime, series: str, note: Missed) -> list[str]:
    """Make the times of a day ahead; returns the ids of those that are new. Safe from several processes.

    What fell due while nothing ran is not caught up: `note` tells the thread of it. Only the last of it is
    made, if it is not older than a day: it is late, so it is held and asks.
    """
    wanted = (send.c.id == series, send.c.make_at <= now, send.c.state == State.SCHEDULED)
    if connection.execute(select(send.c.id).where(*wanted).with_for_update()).first() is None:
        return []
    row = read(connection, series)
    assert row is not None
    assert row.make_day is not None
    if row.confirmed_print != row.fingerprint(row.text):
        _stop(connection, now, row)
        return []
    moments = list(takewhile(lambda one: one.at - AHEAD <= now, row.rule.moments(row.make_day)))
    late = [one for one in moments if one.at < now - LATE]
    asks = [one for one in late[-1:] if one.at > now - EXPIRES]
    past = late[: len(late) - len(asks)]
    have = _days(connection, series)  # their own already: after Resume it comes by days that were made
    missed = [one for one in past if one.day not in have]
    wanting = [one for one in moments if one not in past and one.day not in have]
    made = [_make(connection, now, row, one) for one in wanting]
    make_day = row.rule.next_day(moments[-1].day) if moments else row.make_day
    values = place(row.rule, now + timedelta(seconds=1), make_day)
    is_moved(connection, series, (State.SCHEDULED,), State.SCHEDULED, at=now, keep_age=True, **values)
    if missed:
        days = [one.day.isoformat() for one in missed]
        record(connection, at=now, who=SMSOPS, what="missed", send_id=series, days=days)
        add_note(connection, now, row, note(row, missed))
    return made


def _days(connection: Connection, series: str) -> set[date]:
    return set(connection.execute(select(send.c.on_day).where(send.c.series == series)).scalars())


def _stop(connection: Connection, now: datetime, row: Send) -> None:
    """What is in the row is not what was confirmed: nothing is made of it."""
    why = "What stands in the record is not what was confirmed. End it, and draft it again."
    stopped: dict[str, Any] = {"held_by": "content", "why": why} | STILL
    is_moved(connection, row.id, (State.SCHEDULED,), State.HELD, at=now, **stopped)
    record(connection, at=now, who=SMSOPS, what="held", send_id=row.id, rule="content", why=why)


_DECIDED = ("sender", "audience", "message", "campaign", "description", "text", "edited_by", "confirmed_by")
_APPROVED = ("confirmed_at", "needs_person", "asked_of", "approved_by", "approved_at")


def _make(connection: Connection, now: datetime, row: Send, moment: Moment) -> str:
    """One time, as a draft that prepare schedules by itself.

    It carries what was confirmed and approved of its rule: the text and the audience.
    """
    values = {name: getattr(row, name) for name in (*_DECIDED, *_APPROVED)} | {
        "kind": Kind.CAMPAIGN, "state": State.DRAFT, "chosen_at": moment.at, "prepare_at": now,
        "series": row.id, "on_day": moment.day, "accepted": [*row.accepted] or None,
    }  # fmt: skip
    made = write_row(connection, Ask(row.asked_by, now), values, row.channel)
    written = read(connection, made)
    assert written is not None
    print_of = written.fingerprint(written.text)
    is_approved = row.approved_by is not None and row.approved_print == row.confirmed_print
    prints = {"confirmed_print": print_of, "approved_print": print_of if is_approved else None}
    connection.execute(update(send).where(send.c.id == made).values(prints))
    record(
        connection, at=now, who=SMSOPS, what="made", send_id=made, print=print_of, series=row.id,
        day=moment.day.isoformat(),
    )  # fmt: skip
    return made


def occur(
    connection: Connection, at: datetime, seen: Send, objections: Sequence[Mapping[str, str]],
    stop: Mapping[str, str] | None, note: str | None,
) -> Send | None:  # fmt: skip
    """One time that was made: draft -> scheduled for its hour, or held where something stops it."""
    if stop and stop["rule"] == PAUSED and runs(connection, seen.id):
        return None  # it was resumed meanwhile
    values: dict[str, Any] = {"prepare_at": None, "earlier": kept(told(connection, seen)), "prepared_at": at}
    to = State.SCHEDULED if stop is None else State.HELD
    if stop is None:
        due = seen.chosen_at
        values |= {"due_at": due, "objections": [*objections], "why": None, "held_by": None}
        values |= {"approved_due": due if seen.approved_by else None}
    else:
        values |= {"objections": [stop], "why": stop["sentence"], "held_by": stop["rule"]}
    moved = move(
        connection, seen.id, (State.DRAFT,), to, at=at, revision=seen.revision,
        where=send.c.confirmed_print.is_not(None), **values,
    )  # fmt: skip
    if moved and stop is None and moved.due_at:
        record(
            connection, at=at, who=SMSOPS, what="scheduled", send_id=seen.id, due_at=moved.due_at.isoformat(),
            print=moved.confirmed_print,
        )  # fmt: skip
    elif moved and stop:
        record(
            connection, at=at, who=SMSOPS, what="held", send_id=seen.id, rule=stop["rule"],
            why=stop["sentence"],
        )  # fmt: skip
        add_note(connection, at, moved, note)
    return moved


_RUNS = send.c.kind == Kind.REPEAT


def pause(connection: Connection, ask: Ask, series: str) -> Send | None:
    """running -> held: nothing more is made, and what is made and has not left is held, too."""
    paused: dict[str, Any] = {"held_by": PAUSED, "settled_by": ask.who} | STILL
    found = (State.SCHEDULED,)
    moved = move(connection, series, found, State.HELD, at=ask.at, where=_RUNS, **paused)
    if moved is None:
        return None
    record(connection, at=ask.at, who=ask.who, what="paused", send_id=series, request=ask.request)
    for one, state in open_times(connection, series):
        if state in (State.SCHEDULED, State.DRAFT):
            _hold(connection, ask, one, f"Its repeating campaign {series} is paused.")
    return moved


def _hold(connection: Connection, ask: Ask, send_id: str, why: str) -> None:
    """A draft that somebody has edited is theirs, and is asked for a confirmation anyhow."""
    held: dict[str, Any] = dict.fromkeys(("looked_at", "looked_print", "prepare_at"))
    held |= {"held_by": PAUSED, "why": why, "objections": [], "where": send.c.confirmed_print.is_not(None)}
    if is_moved(connection, send_id, (State.SCHEDULED, State.DRAFT), State.HELD, at=ask.at, **held):
        record(connection, at=ask.at, who=ask.who, what="held", send_id=send_id, rule=PAUSED, why=why)


def resume(connection: Connection, ask: Ask, series: str, revision: int, delay: timedelta) -> Send | None:
    """held -> running from its next time on; nothing that passed meanwhile is caught up."""
    row = read(connection, series)
    if row is None or row.kind is not Kind.REPEAT:
        return None
    values: dict[str, Any] = begin(row, ask.at, delay) | {"held_by": None, "settled_by": None}
    values |= {"revision": revision, "where": and_(_RUNS, send.c.held_by == PAUSED)}
    moved = move(connection, series, (State.HELD,), State.SCHEDULED, at=ask.at, **values)
    if moved is None:
        return None
    record(connection, at=ask.at, who=ask.who, what="resumed", send_id=series, request=ask.request)
    held = (send.c.series == series, send.c.state == State.HELD, send.c.held_by == PAUSED)
    for one in connection.execute(select(send.c.id, send.c.chosen_at).where(*held)).all():
        if one.chosen_at is None or one.chosen_at <= ask.at + delay:
            cancel(connection, Ask(SMSOPS, ask.at), one.id, PASSED)
        else:
            _wake(connection, ask, one.id)
    return moved


def _wake(connection: Connection, ask: Ask, send_id: str) -> None:
    """It is prepared anew, as if it had just been made."""
    anew: dict[str, Any] = dict.fromkeys(("held_by", "why", "prepared_at", "due_at")) | {"prepare_at": ask.at}
    if is_moved(connection, send_id, (State.HELD,), State.DRAFT, at=ask.at, **anew):
        record(connection, at=ask.at, who=ask.who, what="resumed", send_id=send_id)


def coming(connection: Connection, until: datetime) -> list[Coming]:
    """What the repeating campaigns that run will send before then, the next first; also what is not made yet.

    What was skipped, or has left, is not among it.
    """
    running = WITH_PEOPLE.where(send.c.make_at.is_not(None), send.c.state == State.SCHEDULED)
    found: list[Coming] = []
    for row in [Send.of(one) for one in connection.execute(running)]:
        found += _made(connection, row, until)
        assert row.make_day is not None
        ahead = takewhile(lambda one: one.at < until, row.rule.moments(row.make_day))
        found += [Coming(row, one.day, one.at) for one in ahead]
    return sorted(found, key=lambda one: (one.due_at, one.campaign.id))


def _made(connection: Connection, row: Send, until: datetime) -> list[Coming]:
    ids = [one for one, _ in open_times(connection, row.id)]
    made = []
    for one in read_all(connection, ids):
        at = one.due_at or one.chosen_at
        if one.on_day is not None and at is not None and at < until:
            made.append(Coming(row, one.on_day, at, one))
    return made

