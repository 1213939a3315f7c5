"""Many sends at once in a database, each as a person would have made it, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bot.database import Database
from bot.evidence import evidence
from bot.sends import Ask, Content, Kind, Send, Sends, State
from bot.sends.row import new_id, read
from bot.sends.table import person, send

OLIVE, CHANNEL = "U0OLIVE", "C0BENCH"
BASE = 2_000_000  # of the phones of many, and of their ids


async def schedule(database: Database, count: int, due_at: datetime) -> None:
    """`count` texts, each to another phone, confirmed, their cards drawn, all due at one instant (UTC)."""
    sends, now = Sends(database), datetime.now(UTC)
    text = f"Hello at {due_at:%X.%f}"  # the same text would leave once only
    content = Content(Kind.SEND, "2065551212", phone="12065550100", text=text, chosen_at=due_at)
    first = await sends.get(await sends.draft(Ask(OLIVE, now), content, CHANNEL))
    assert first
    await sends.prepared(now, first, content.text, [], None)
    prepared = await sends.get(first.id)
    assert prepared
    assert await sends.confirm(Ask(OLIVE, now), first.id, prepared.revision, timedelta(0))
    await database.write(_copy, first.id, count - 1)


def _copy(connection: Connection, send_id: str, count: int) -> None:
    drawn = {"card_revision": send.c.revision, "card_channel": CHANNEL, "card_ts": "1.0"}
    connection.execute(update(send).where(send.c.id == send_id).values(drawn))
    row: dict[str, Any] = dict(connection.execute(select(send).where(send.c.id == send_id)).one()._mapping)
    row["legs"] = row["earlier"] = row["answer"] = row["accepted"] = None
    first = read(connection, send_id)
    assert first
    taken = set(connection.execute(select(send.c.id)).scalars())
    ids: set[str] = set()
    while len(ids) < count:
        ids |= {new_id()} - taken
    free = (connection.execute(select(func.max(person.c.id))).scalar() or 0) + 1
    people = range(max(BASE, free), max(BASE, free) + count)
    rows = [
        row | _to(first, who) | {"id": one, "card_ts": one}
        for who, one in zip(people, sorted(ids), strict=True)
    ]
    for start in range(0, count, 5000):
        part = people[start : start + 5000]
        connection.execute(insert(person), [{"id": who, "phone": f"1206{who:07}"} for who in part])
        connection.execute(insert(send), rows[start : start + 5000])


def _to(first: Send, who: int) -> dict[str, Any]:
    """The same text to another phone, confirmed: to one phone it would leave once only."""
    return {"person_id": who, "confirmed_print": replace(first, person_id=who).fingerprint(first.text)}


async def counted(database: Database, state: State) -> int:
    """How many sends are in this state."""
    return (await Sends(database).counts()).get(state, 0)


async def lateness(database: Database) -> list[float]:
    """How many seconds after it was due each send was claimed."""

    def found(connection: Connection) -> list[float]:
        claimed = select(evidence.c.at, send.c.due_at).join(send, send.c.id == evidence.c.send_id)
        rows = connection.execute(claimed.where(evidence.c.what == State.SENDING.value))
        return [(row.at - row.due_at).total_seconds() for row in rows]

    return await database.read(found)


async def last(database: Database, what: State) -> datetime:
    """When the last one came to this, by the record (UTC)."""

    def newest(connection: Connection) -> datetime:
        found: datetime = connection.execute(
            select(func.max(evidence.c.at)).where(evidence.c.what == what.value)
        ).scalar_one()
        return found

    return await database.read(newest)
