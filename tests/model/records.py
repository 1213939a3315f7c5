"""One database in memory under all processes: a transaction is one step, with a gate before and after it."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from bot.database import Database, DatabaseError
from bot.migrations import migrate
from bot.registry import seed
from bot.settings import Group, Sender
from bot.together import Together, Work, in_one_transaction
from tests.model.clock import START, Time
from tests.model.gates import Gates

P = ParamSpec("P")
T = TypeVar("T")

SENDERS = [Sender("2065551212", "Main line"), Sender("12345", "Short code")]
GROUPS = [Group("weekly")]


class Row(NamedTuple):
    """A send as it lies there, read past the code under test."""

    id: str
    kind: str
    state: str
    revision: int
    sender: str
    person_id: int | None
    audience: str | None
    message: str | None
    text: str | None
    due: datetime | None
    looked: datetime | None
    claimed_by: int | None
    claim: str | None
    settled_by: str | None
    card_by: int | None
    card_ts: str | None
    legs: list[dict[str, Any]]

    @property
    def target(self) -> tuple[int | None, str]:
        """Whom the next request is about, and by which sender code."""
        return self.person_id, self.sender


ROWS = """SELECT id, kind, state, revision, sender, person_id, audience, message, text, due_at, looked_at,
          claimed_by, claim, settled_by, card_by, card_ts, legs FROM send ORDER BY rowid"""


def _when(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if value else None


def _row(found: Any) -> Row:
    row = Row(*found)
    legs = json.loads(found[-1]) if found[-1] else []
    return row._replace(due=_when(found[9]), looked=_when(found[10]), legs=legs)


@functools.cache
def _base() -> tuple[Engine, sqlite3.Connection, bytes]:
    """The engine that all examples use in turn, its connection, and the database as each begins with it."""
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, hide_parameters=True)
    migrate(engine)
    with engine.begin() as connection:
        seed(connection, START, SENDERS, GROUPS)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    raw.execute("PRAGMA foreign_keys=ON")
    return engine, raw, raw.serialize()


@dataclass
class Records:
    """What is committed; who is alive on it. `committed` is told of every commit, and when it was
    asked for, by both clocks."""

    committed: Callable[[float, datetime], None] = lambda began, asked: None
    is_away: bool = False
    alive: set[int] = field(default_factory=set)
    chief: int = 0  # whose session holds the lock of the chief
    names: int = 0
    _facts: int = 0

    def __post_init__(self) -> None:
        self._engine, self._raw, begins = _base()
        self._raw.deserialize(begins)

    def name(self) -> int:
        """A new name for a process that lives."""
        self.names += 1
        self.alive.add(self.names)
        return self.names

    def run(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """One transaction, whole; it is read by nobody in between. Raises what `work` raises."""
        with self._engine.begin() as connection:
            return work(connection, *args, **kwargs)

    def run_together(self, works: Sequence[Work]) -> list[Any]:
        """Several as the bot itself puts them into one transaction."""
        return in_one_transaction(self._engine, works)

    def rows(self) -> dict[str, Row]:
        return {row.id: row for row in map(_row, self._raw.execute(ROWS))}

    def facts(self) -> list[tuple[str, str, dict[str, Any]]]:
        """The evidence that was written since this was last asked for: send, what, detail."""
        found = self._raw.execute(
            "SELECT id, send_id, what, detail FROM evidence WHERE id > ? ORDER BY id", (self._facts,)
        ).fetchall()
        self._facts = found[-1][0] if found else self._facts
        return [(send_id, what, json.loads(detail)) for _, send_id, what, detail in found if send_id]

    def ask(self, question: str, *values: Any) -> Any:
        """The first column of the first row, read past the code under test."""
        with closing(self._raw.execute(question, values)) as found:
            row = found.fetchone()
        return row[0] if row else None


class Store(Database):
    """The database as one process has it."""

    def __init__(self, records: Records, gates: Gates, clock: Time) -> None:
        self.records, self.gates, self.clock = records, gates, clock
        self.is_sqlite = False  # several processes
        self.me = records.name()
        self.was = {self.me}  # all names that it had
        self._is_chief = False
        self._together = Together(self._commit_together)

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._commit(work.__name__, lambda: self.records.run(work, *args, **kwargs))

    async def write_together(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def wanted(connection: Connection) -> T:
            return work(connection, *args, **kwargs)

        wanted.__name__ = work.__name__  # the gates are called so
        written: T = await self._together.write(wanted)
        return written

    async def _commit_together(self, works: Sequence[Work]) -> list[Any]:
        name = works[0].__name__
        results = await self._commit(name, lambda: self.records.run_together(works))
        return [DatabaseError("no") if isinstance(one, DBAPIError) else one for one in results]

    async def _commit(self, name: str, transaction: Callable[[], T]) -> T:
        began, asked = self.clock.seconds, self.clock.now()
        if await self.gates.at(f"before {name}", "away") == "away" or self.records.is_away:
            raise DatabaseError("away")
        value = _kind_only(transaction)
        self.records.committed(began, asked)
        if await self.gates.at(f"after {name}", "lost") == "lost":
            raise DatabaseError("the answer to the commit was lost")
        return value

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self.records.is_away:
            await self.gates.at(f"reading {work.__name__}")
            raise DatabaseError("away")
        value = _kind_only(lambda: self.records.run(work, *args, **kwargs))
        if await self.gates.at(f"reading {work.__name__}", "lost") == "lost":
            raise DatabaseError("the answer was lost")
        return value

    async def ask(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self.read(work, *args, **kwargs)

    async def dead(self, claimers: set[int]) -> set[int]:
        await self.gates.at("reading who is alive")
        return claimers - self.records.alive

    async def is_chief(self) -> bool:
        """It believes so until it finds that its session has ended, as the real one does."""
        if not self._is_chief:
            await self.gates.at("reading who is chief")
            if self.me not in self.records.alive:
                raise DatabaseError("the session by which others know this process has ended")
            if self.records.chief not in self.records.alive:
                self.records.chief = self.me
            self._is_chief = self.records.chief == self.me
        return self._is_chief

    async def still_alive(self) -> bool:
        await self.gates.at("reading whether I am alive")
        if self.me in self.records.alive:
            return True
        self.me = self.records.name()
        self.was.add(self.me)
        self._is_chief = False
        return False

    async def close(self) -> None:
        self.records.alive -= self.was


def _kind_only(transaction: Callable[[], T]) -> T:
    try:
        return transaction()
    except DBAPIError as error:
        raise DatabaseError(type(error.orig).__name__) from None
