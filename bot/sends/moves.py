"""What people and prepare do to a send: each move one transaction; None means somebody else was first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.evidence import record
from bot.sends.content import Ask, Content, decided, forget_contact
from bot.sends.copies import open_copies
from bot.sends.kinds import OPEN, OVER, State
from bot.sends.optouts import keep_optouts
from bot.sends.reading import keep_run, read_anew
from bot.sends.row import Send, new_id, read
from bot.sends.series import begin
from bot.sends.table import send
from bot.sends.told import kept, told
from bot.sends.wanted import UNAPPROVED, Wanted, asked

NOT_LET_THROUGH: dict[str, Any] = {"through_freeze_by": None, "through_freeze_print": None}


def is_moved(
    connection: Connection, send_id: str, found: tuple[State, ...], to: State, *, at: datetime,
    revision: int | None = None, mine: str | None = None, where: ColumnElement[bool] | None = None,
    keep_age: bool = False, **values: Any,
) -> bool:  # fmt: skip
    """The one conditional UPDATE that every move is; returns whether a row matched.

    `mine`: the claim that it must be under. `keep_age`: the state stays, so does its age.
    """
    statement = _update(found, revision is not None, mine is not None)
    if where is not None:
        statement = statement.where(where)
    changes: dict[str, Any] = {"state": to, **values}
    if not keep_age:
        changes["state_at"] = at
    if unknown := changes.keys() - _COLUMNS:  # a condition that is misspelt must not be passed over
        raise TypeError(f"no columns of a send: {', '.join(sorted(unknown))}")
    counted = {name: value for name, value in changes.items() if isinstance(value, ColumnElement)}
    if counted:
        statement = statement.values(counted)
    given = {name: value for name, value in changes.items() if name not in counted}
    known = {"one": send_id, "seen": revision, "mine": mine}
    return connection.execute(statement, known | given).rowcount == 1


_COLUMNS = frozenset(send.c.keys())


@cache
def _update(found: tuple[State, ...], has_revision: bool, has_claim: bool) -> Update:
    """Made once for each kind of move, as to make it takes longer than to run it."""
    statement = update(send).where(send.c.id == bindparam("one"), send.c.state.in_(found))
    if has_revision:
        statement = statement.where(send.c.revision == bindparam("seen"))
    if has_claim:
        statement = statement.where(send.c.claim == bindparam("mine"))
    return statement.values(revision=send.c.revision + 1)


def move(
    connection: Connection, send_id: str, found: tuple[State, ...], to: State, **how: Any
) -> Send | None:
    """`is_moved`, and the row as it is then; None without a match."""
    return read(connection, send_id) if is_moved(connection, send_id, found, to, **how) else None


def draft(connection: Connection, ask: Ask, content: Content, channel: str) -> str:
    """Write a new draft; returns its id. Raises Replayed when the request has already written one."""
    values = decided(connection, content) | {"state": State.DRAFT, "prepare_at": ask.at}
    send_id = write_row(connection, ask, values, channel)
    keep_run(connection, send_id, content)
    record(connection, at=ask.at, who=ask.who, what="drafted", send_id=send_id, request=ask.request)
    return send_id


def stop(connection: Connection, ask: Ask, contents: Sequence[Content], channel: str) -> list[str]:
    """Write opt-outs that were confirmed where they were asked for: due at once; returns their ids.

    From here on smsops itself texts these phones no more by these sender codes. Raises Replayed.
    """
    request = [ask.request, *(None for _ in contents)]  # it causes all of them, and one row says so
    return [
        _stop(connection, replace(ask, request=request[place]), content, channel)
        for place, content in enumerate(contents)
    ]


def _stop(connection: Connection, ask: Ask, content: Content, channel: str) -> str:
    values = decided(connection, content) | {
        "state": State.SCHEDULED, "text": "", "due_at": ask.at, "confirmed_by": ask.who,
        "confirmed_at": ask.at,
    }  # fmt: skip
    send_id = write_row(connection, ask, values, channel)
    keep_optouts(connection, ask.at, send_id, values["person_id"], content.senders)
    written = read(connection, send_id)
    assert written is not None
    print_of = written.fingerprint(written.text)
    connection.execute(update(send).where(send.c.id == send_id).values(confirmed_print=print_of))
    record(
        connection, at=ask.at, who=ask.who, what="asked to stop", send_id=send_id, request=ask.request,
        print=print_of,
    )  # fmt: skip
    return send_id


def write_row(connection: Connection, ask: Ask, values: dict[str, Any], channel: str) -> str:
    """A new row of these columns; returns its id."""
    values = values | {
        "state_at": ask.at, "revision": 1, "asked_by": ask.who, "asked_at": ask.at, "channel": channel,
        "objections": [], "attempts": 0, "card_revision": 0, "card_frozen": False, "card_lost": False,
    }  # fmt: skip
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(send).on_conflict_do_nothing(index_elements=["id"]).returning(send.c.id)
    while connection.execute(statement, values | {"id": (send_id := new_id())}).first() is None:
        pass  # an id that another send has
    return send_id


def edit(connection: Connection, ask: Ask, send_id: str, revision: int, content: Content) -> Send | None:
    """Change what was decided; it is a draft again, and whatever was confirmed is void."""
    before = read(connection, send_id)
    values = decided(connection, content) | _undecided(ask.at) | {"edited_by": ask.who}
    values["corrects"] = before.corrects if before and _is_for_them(before, values) else None
    moved = move(connection, send_id, OPEN, State.DRAFT, at=ask.at, revision=revision, **values)
    if moved:
        forget_contact(connection, before.contact_id if before else None)
        read_anew(connection, send_id, content)
        record(connection, at=ask.at, who=ask.who, what="edited", send_id=send_id, request=ask.request)
    else:
        forget_contact(connection, values["contact_id"])
    return moved


def _is_for_them(before: Send, values: dict[str, Any]) -> bool:
    """Whether it still goes to those who read what it corrects."""
    people = ("kind", "sender", "audience", "person_id")
    return all(getattr(before, name) == values[name] for name in people)


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
        prepare_at=retry_at, objections=objections, earlier=kept(told(connection, seen)),
    )  # fmt: skip


Accepted = Sequence[Mapping[str, str]]  # objections that who confirms has seen, and confirms all the same


def confirm(
    connection: Connection, ask: Ask, send_id: str, revision: int, delay: timedelta,
    accepted: Accepted = (), wanted: Wanted | None = None,
) -> Send | None:  # fmt: skip
    """draft -> scheduled, due at the chosen time, or after the delay where that is later.

    Here and below: to awaiting, without a time, where another person is `wanted`.
    """
    ahead = or_(send.c.chosen_at.is_(None), send.c.chosen_at > ask.at)  # an hour that passed was not chosen
    ready = and_(send.c.prepared_at.is_not(None), ahead)
    by = {"confirmed_by": ask.who, "confirmed_at": ask.at, "where": ready, "accepted": [*accepted]}
    return _schedule(connection, ask, send_id, (State.DRAFT,), revision, delay, "confirmed", wanted, **by)


def release(
    connection: Connection, ask: Ask, send_id: str, revision: int, delay: timedelta,
    accepted: Accepted = (), wanted: Wanted | None = None,
) -> Send | None:  # fmt: skip
    """held -> scheduled, due after the delay; all brakes are asked again at the look.

    One that was held before its hour keeps it.
    """
    row = read(connection, send_id)
    chosen = row.chosen_at if row and row.keeps_time(ask.at) else None
    now = {"chosen_at": chosen, "moved_by": ask.who, "accepted": [*accepted]}
    return _schedule(connection, ask, send_id, (State.HELD,), revision, delay, "released", wanted, **now)


def reschedule(
    connection: Connection, ask: Ask, send_id: str, revision: int, chosen: datetime, delay: timedelta,
    wanted: Wanted | None = None,
) -> Send | None:  # fmt: skip
    """scheduled | held -> scheduled, due at another time."""
    found = (State.SCHEDULED, State.HELD)
    to = {"chosen_at": chosen, "moved_by": ask.who} | NOT_LET_THROUGH
    return _schedule(connection, ask, send_id, found, revision, delay, "moved", wanted, **to)


def _schedule(
    connection: Connection,
    ask: Ask,
    send_id: str,
    found: tuple[State, ...],
    revision: int,
    delay: timedelta,
    what: str,
    wanted: Wanted | None,
    **values: Any,
) -> Send | None:
    row = read(connection, send_id)
    if row is None:
        return None
    chosen = values.get("chosen_at", row.chosen_at)
    accepted = values.pop("accepted", [])
    values["accepted"] = [*row.accepted, *accepted] or None
    due = max(chosen or ask.at, ask.at + delay) if wanted is None else None
    runs = begin(row, ask.at, delay) if wanted is None else {}
    moved = move(
        connection, send_id, found, State.SCHEDULED if wanted is None else State.AWAITING, at=ask.at,
        revision=revision, confirmed_print=row.fingerprint(row.text), looked_at=None,
        looked_print=None, claimed_at=None, attempts=0, why=None,
        **(asked(wanted, ask.at, chosen) if wanted else UNAPPROVED), **({"due_at": due} | runs), **values,
    )  # fmt: skip
    if moved and wanted:
        open_copies(connection, send_id, wanted.people)
    if moved:
        detail: dict[str, Any] = {"due_at": moved.due_at.isoformat()} if moved.due_at else {}
        detail |= {"approval": "wanted"} if wanted else {}
        detail |= {"accepted": [_in_short(one) for one in accepted]} if accepted else {}
        record(
            connection, at=ask.at, who=ask.who, what=what, send_id=send_id, request=ask.request,
            print=moved.confirmed_print, **detail,
        )  # fmt: skip
    return moved


def _in_short(accepted: Mapping[str, str]) -> dict[str, str]:
    """What somebody confirmed all the same, without the words that a person read: the record is for good."""
    return {key: accepted[key] for key in ("rule", "about", "reason") if key in accepted}


def again(connection: Connection, ask: Ask, old: Send, content: Content) -> str | None:
    """A new draft of one that is over, once; returns the new id, or None where somebody did it before."""
    once = send.c.again.is_(None)
    if not is_moved(connection, old.id, OVER, old.state, at=ask.at, where=once, keep_age=True, again=""):
        return None
    made = draft(connection, ask, content, old.channel)
    connection.execute(update(send).where(send.c.id == old.id).values(again=made))
    return made


def _undecided(at: datetime) -> dict[str, Any]:
    """The columns that a change of content voids."""
    void = (
        "prepared_at",
        "earlier",
        "accepted",
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
        "next_day",
        "make_day",
        "make_at",
        *NOT_LET_THROUGH,
    )
    return dict.fromkeys(void) | UNAPPROVED | {"prepare_at": at, "objections": []}
