"""A database of the version before, with rows in it, becomes one of now: every row as it was."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Engine, MetaData, insert, inspect, select, text

from bot.database import Database, DatabaseError
from bot.migrations import HEAD, migrate
from bot.sends import Ask, Content, Kind, Sends, State
from bot.sends.notes import note
from bot.sends.table import send
from tests.crash.launch import MIGRATING
from tests.test_migrations import migrating, to_step

AT = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]


def to_first(engine: Engine) -> None:
    """The form that the version before left."""
    to_step(engine, "0001")


def send_row(number: int, **values: Any) -> dict[str, Any]:
    known = {
        "id": f"S-00000{number}", "kind": "send", "state": "scheduled", "state_at": AT, "revision": 3,
        "sender": "2065551212", "asked_by": "U0OLIVE", "asked_at": AT, "channel": "C0SMS", "text": "é ☕",
        "objections": [], "earlier": None, "confirmed_by": "U0OLIVE", "confirmed_at": AT, "due_at": AT,
        "attempts": 0, "card_channel": "C0SMS", "card_ts": f"1.00000{number}", "card_revision": 3,
        "card_frozen": False, "card_lost": False, "person_id": None, "audience": None, "message": None,
        "campaign": None, "description": None, "confirmed_print": "f" * 64, "answer": None, "why": None,
    }  # fmt: skip
    return known | values


def fill(connection: Connection) -> None:
    """Rows as that version wrote them, that refer to one another."""
    tables = MetaData()
    tables.reflect(connection)

    def put(name: str, *rows: dict[str, Any]) -> None:
        connection.execute(insert(tables.tables[name]), list(rows))

    people = [{"phone": f"1206555010{number}"} for number in (1, 2)]
    texts = [
        send_row(1, person_id=1),
        send_row(2, person_id=2, state="submitted", answer={"raw": "SUCCESS"}, text="It's “done”"),
    ]
    campaign = {"kind": "campaign", "audience": "weekly", "message": "Spring sale", "campaign": "Spring"}
    sends = [*texts, send_row(3, **campaign, state="held", why="late", earlier={"id": "S-000002"})]
    stamped = [_stamped(connection, row) for row in sends]
    put("person", *people)
    put("send", *stamped)
    facts = [("S-000001", "drafted", "r1"), ("S-000002", "submitted", None), (None, "froze", "r2")]
    for send_id, what, request in facts:
        at = _time(connection, AT)
        put("evidence", {"send_id": send_id, "at": at, "who": "U0OLIVE", "what": what, "detail": {"a": [1]},
                         "request": request})  # fmt: skip
    put("note", {"send_id": "S-000003", "text": "It is held.", "at": _time(connection, AT)})
    connection.execute(tables.tables["freeze"].update().values(frozen=True, why="wrong price"))


def _time(connection: Connection, at: datetime) -> datetime:
    return at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at


def _stamped(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    return {key: _time(connection, one) if isinstance(one, datetime) else one for key, one in row.items()}


def all_rows(connection: Connection) -> Rows:
    """Every row of every table, as it lies there."""
    tables = sorted(inspect(connection).get_table_names())
    found = {name: connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1')).all() for name in tables}
    return {name: [dict(row._mapping) for row in rows] for name, rows in found.items()}


@pytest_asyncio.fixture
async def old(bare_database_url: str) -> AsyncIterator[Database]:
    """A database of the version before, in use."""
    database = Database(bare_database_url)
    await database.on_engine(to_first)
    await database.write(fill)
    yield database
    await database.close()


async def test_every_row_is_as_before(old: Database) -> None:
    before = await old.read(all_rows)
    assert [len(before[name]) for name in ("person", "send", "evidence", "note")] == [2, 3, 3, 1]
    assert await old.on_engine(migrate)
    after = await old.read(all_rows)
    for name in ("person", "send", "evidence", "note", "freeze"):
        kept = [{key: row[key] for key in was} for was, row in zip(before[name], after[name], strict=True)]
        assert kept == before[name], name
        new = [row[key] for row in after[name] for key in row.keys() - before[name][0].keys()]
        assert set(new) <= {None, 0}  # nothing, false, or a count that begins
    assert all(after[name] == [] for name in ("optout", "registered", "finding", "card_copy", "given_role"))


async def test_what_refers_to_nothing_is_still_refused(old: Database) -> None:
    await old.on_engine(migrate)
    columns = {"at": AT, "text": "a note"}
    for bad in (
        lambda c: c.execute(insert(note), columns | {"send_id": "S-999999"}),
        lambda c: c.execute(text("UPDATE send SET person_id = 99 WHERE id = 'S-000001'")),
        lambda c: c.execute(text("UPDATE send SET contact_id = 99 WHERE id = 'S-000001'")),
        lambda c: c.execute(text("DELETE FROM person WHERE id = 1")),
        lambda c: c.execute(text("DELETE FROM send WHERE id = 'S-000001'")),
        lambda c: c.execute(text("INSERT INTO optout VALUES (1, '12345', 'S-999999', '2026-07-01')")),
        lambda c: c.execute(text("INSERT INTO person (id, phone) VALUES (9, '12065550101')")),
    ):
        with pytest.raises(DatabaseError):
            await old.write(bad)


async def test_the_sends_of_before_are_read_and_moved_by_the_version_of_now(old: Database) -> None:
    await old.on_engine(migrate)
    sends = Sends(old)
    first = await sends.get("S-000001")
    assert first
    assert (first.kind, first.phone, first.text, first.legs) == (Kind.SEND, "12065550101", "é ☕", [])
    assert (await sends.cancel(Ask("U0MAX", AT), first.id)) is not None
    (stop,) = await sends.stop(
        Ask("U0MAX", AT), [Content(Kind.STOP, phone="12065550101", senders=("12345",))], "C0SMS"
    )
    stopped = await sends.get(stop)
    assert stopped
    assert (stopped.person_id, stopped.state) == (first.person_id, State.SCHEDULED)
    found = await old.read(lambda c: c.execute(select(send.c.id).where(send.c.person_id == 1)).all())
    assert len(found) == 2


async def test_killed_in_the_middle_it_leaves_the_version_before_whole(
    old: Database, bare_database_url: str, tmp_path: Path
) -> None:
    before = await old.read(all_rows)
    trap = {"KILL_AT": MIGRATING, "KILL_ONCE": str(tmp_path / "died")}
    process = migrating(bare_database_url, tmp_path, **trap)
    await process.start()
    assert await process.wait() == -signal.SIGKILL
    assert await old.read(all_rows) == before
    assert before["alembic_version"] == [{"version_num": "0001"}]
    await process.start()
    assert await process.wait() == 0, process.tail()
    after = await old.read(all_rows)
    assert [row["id"] for row in after["send"]] == [row["id"] for row in before["send"]]
    assert after["alembic_version"] == [{"version_num": HEAD}]
