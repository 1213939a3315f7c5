"""Reading a file into the rows of a bulk run, before anybody can confirm it: by one reader, from its start.

Nothing of it has left then, so a reading that broke off is begun anew, and what it had written is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.sends.content import Content
from bot.sends.optouts import optout
from bot.sends.run import RowState, Skipped, bulk_row, bulk_run
from bot.sends.table import person, send

AT_ONCE = 500  # rows in one transaction
EXAMPLES = 5  # invalid lines that the card shows


class Found(Protocol):
    """One line of the file as it was read: a phone in its normal form, or a sentence on what is wrong."""

    @property
    def line(self) -> int: ...

    @property
    def phone(self) -> str | None: ...

    @property
    def why(self) -> str | None: ...


def keep_run(connection: Connection, send_id: str, content: Content) -> None:
    """What a bulk run is besides its send."""
    if content.action is None:
        return
    values = {"action": content.action, "file_id": content.file_id, "file_name": content.file_name}
    nothing: dict[str, Any] = {"examples": [], "area_codes": [], "counts": {}}
    connection.execute(insert(bulk_run).values(send_id=send_id, **values, **nothing))


def read_anew(connection: Connection, send_id: str, content: Content) -> None:
    """It was edited: whom it is for depends on its file and on its sender code, so the file is read again."""
    if content.action is None:
        return
    values = {"action": content.action, "file_id": content.file_id, "file_name": content.file_name}
    unread: dict[str, Any] = {"reading": None, "reading_by": None, "read_at": None, "print": None}
    connection.execute(update(bulk_run).where(bulk_run.c.send_id == send_id).values(values | unread))


def begin(connection: Connection, send_id: str, token: str, me: int, dead: set[int]) -> bool:
    """Take the reading, if nobody has it who lives; whether it is ours. What was read before is not kept.

    Never of a run that has begun: its rows say what has left.
    """
    free = or_(bulk_run.c.reading.is_(None), bulk_run.c.reading_by.in_(dead))
    unread = update(bulk_run).where(bulk_run.c.send_id == send_id, bulk_run.c.read_at.is_(None), free)
    unread = unread.where(bulk_run.c.begun_at.is_(None))
    return connection.execute(unread.values(reading=token, reading_by=me)).rowcount == 1


def clear(connection: Connection, send_id: str, token: str) -> bool:
    """Delete some of what an earlier reading had written; whether there may be more."""
    if not _is_ours(connection, send_id, token):
        return False
    some = select(bulk_row.c.line).where(bulk_row.c.send_id == send_id).limit(10 * AT_ONCE)
    gone = delete(bulk_row).where(bulk_row.c.send_id == send_id, bulk_row.c.line.in_(some))
    return connection.execute(gone).rowcount > 0


Row = dict[str, Any]  # of bulk_row


def keep(
    connection: Connection, send_id: str, token: str, batch: Sequence[Found], erased: frozenset[str]
) -> list[Row] | None:
    """Write these lines; returns their rows, or None where the reading is not ours any more.

    The first line of a phone counts, the others are duplicates. `erased`: phones whose owners had opted out
    before their number was erased; they are not kept anew.
    """
    about = _is_ours(connection, send_id, token)
    if about is None:
        return None
    people = _people(connection, [one.phone for one in batch if one.phone and one.phone not in erased])
    known = _among(connection, send_id, people.values())
    stopped = _stopped(connection, people.values(), about.sender) if about.action != "stop" else set()
    rows: list[Row] = []
    for one in batch:
        person_id = people.get(one.phone or "")
        why = one.why if one.phone is None else _skipped(person_id, known, stopped)
        state = RowState.WAITING if why is None else RowState.SKIPPED
        rows.append(
            {"send_id": send_id, "line": one.line, "person_id": person_id, "state": state, "why": why}
        )
        known |= {person_id} if person_id else set()
    connection.execute(insert(bulk_row), rows)
    return rows


def _skipped(person_id: int | None, known: set[int], stopped: set[int]) -> str | None:
    if person_id is None:
        return Skipped.ERASED
    if person_id in known:
        return Skipped.DUPLICATE
    return Skipped.STOPPED if person_id in stopped else None


def _is_ours(connection: Connection, send_id: str, token: str) -> Any:
    """The action and sender code of the run, locked; None where another reads it, or it was edited."""
    columns = (bulk_run.c.action, send.c.sender)
    found = select(*columns).join(send, send.c.id == bulk_run.c.send_id)
    mine = found.where(bulk_run.c.send_id == send_id, bulk_run.c.reading == token)
    return connection.execute(mine.with_for_update(of=bulk_run)).first()


def _people(connection: Connection, phones: Sequence[str]) -> dict[str, int]:
    """The ids under which these are known; in one order, so that two readers never wait for each other."""
    if not phones:
        return {}
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = upsert(person).values([{"phone": one} for one in sorted(set(phones))])
    connection.execute(new.on_conflict_do_nothing(index_elements=["phone"]))
    known = select(person.c.phone, person.c.id).where(person.c.phone.in_(phones))
    return {row.phone: row.id for row in connection.execute(known)}


def _among(connection: Connection, send_id: str, people: Iterable[int]) -> set[int]:
    """Which of them an earlier line has."""
    earlier = select(bulk_row.c.person_id).where(
        bulk_row.c.send_id == send_id, bulk_row.c.person_id.in_(list(people))
    )
    return set(connection.execute(earlier).scalars())


def _stopped(connection: Connection, people: Iterable[int], sender: str) -> set[int]:
    where = (optout.c.sender == sender, optout.c.person_id.in_(list(people)))
    return set(connection.execute(select(optout.c.person_id).where(*where)).scalars())


def finish(connection: Connection, now: datetime, send_id: str, token: str, found: Mapping[str, Any]) -> bool:
    """All of it is read; `found` are the columns that say what is in it. False where it is not ours."""
    mine = update(bulk_run).where(bulk_run.c.send_id == send_id, bulk_run.c.reading == token)
    values = {"read_at": now, "reading": None, "reading_by": None, **found}
    return connection.execute(mine.values(values)).rowcount == 1


def give_up(connection: Connection, send_id: str, token: str) -> None:
    """It could not be read; whoever tries next begins anew."""
    mine = update(bulk_run).where(bulk_run.c.send_id == send_id, bulk_run.c.reading == token)
    connection.execute(mine.values(reading=None, reading_by=None))


def readers(connection: Connection, send_id: str) -> set[int]:
    """The process that reads it, or did when it died."""
    mine = select(bulk_run.c.reading_by).where(bulk_run.c.send_id == send_id)
    return {one for one in connection.execute(mine).scalars() if one is not None}
