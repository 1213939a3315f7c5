"""Engine, transactions, liveness; and what differs between SQLite and PostgreSQL.

A transaction is a plain function that takes a connection: `await database.write(function, ...)` runs it
whole, in a thread, inside one transaction, and returns what it returns. It cannot be cancelled half-way, and
one hop to a thread costs a quarter of what a hop a statement (aiosqlite) does: 0.7 ms against 2.9 ms for a
draft.
"""

from __future__ import annotations

import asyncio
import fcntl
import functools
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.engines import POSTGRES_THREADS, postgres_engine, sqlite_engine
from bot.journal import taken, tell
from bot.together import Together, Work, in_one_transaction

P = ParamSpec("P")
T = TypeVar("T")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SQLITE_READERS = 2
SCRUBBING = 20.0  # seconds
ALIVE = 77  # the class of the advisory locks by which live processes are known
CHIEF = 78  # the class of the one by which one of them does what is to be done once for all
POOLED = (
    "its sessions change from one transaction to the next, so that nobody could know which processes live;"
    " give smsops an address without a transaction pooler (PgBouncer, pool_mode = transaction) in between"
)


class DatabaseError(Exception):
    """The database said no or was away; holds the kind of error, never a value (PostgreSQL's DETAIL does)."""


class Unconfirmed(DatabaseError):
    """The database did not answer to the commit: what was to be written may be there, or not."""


class Utc(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database: `write` and `read` transactions, and who is alive on it.

    SQLite gets one writer thread (WAL, synchronous=FULL, BEGIN IMMEDIATE: a read-then-write never finds its
    snapshot stale) and readers beside it; PostgreSQL a pool of threads that do both.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.me = secrets.randbelow(2**31 - 1) + 1  # this process, as claims and locks name it
        self._lease: Connection | None = None
        self._is_chief = False
        self._lock_file: IO[str] | None = None
        if self.is_sqlite:
            self._writer, self._reader = (
                sqlite_engine(self.url, "BEGIN IMMEDIATE", 1),
                sqlite_engine(self.url, "BEGIN", SQLITE_READERS),
            )
            self._asker = self._reader
            self._writing = ThreadPoolExecutor(1, "writer")
            self._reading = ThreadPoolExecutor(SQLITE_READERS, "reader")
        else:
            self._writer = self._reader = postgres_engine(self.url)
            self._asker = self._reader.execution_options(isolation_level="AUTOCOMMIT")
            self._writing = self._reading = ThreadPoolExecutor(POSTGRES_THREADS, "database")
        self._liveness = ThreadPoolExecutor(1, "liveness")
        self._together = Together(self._commit_together)

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `work(connection, ...)` returns, after its transaction is committed.

        Raises DatabaseError: nothing was written; or Unconfirmed, where that is not known.
        """
        return await _hop(self._writing, _written, self._writer, functools.partial(work, **kwargs), args)

    async def write_together(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write`, in one transaction with whatever else is asked for meanwhile. Raises DatabaseError."""
        wanted = functools.partial(work, **kwargs)
        written: T = await self._together.write(lambda connection: wanted(connection, *args))
        return written

    async def _commit_together(self, works: Sequence[Work]) -> list[Any]:
        results = await _hop(self._writing, in_one_transaction, self._writer, works)
        return [
            DatabaseError(_kind(one)) if isinstance(one, DBAPIError) else one for one in results
        ]

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `work(connection, ...)` returns, from one snapshot. Raises DatabaseError."""
        return await _hop(self._reading, _transaction, self._reader, functools.partial(work, **kwargs), args)

    async def ask(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `read`, but each question for itself: on PostgreSQL without a transaction, a tenth of a tick.

        Raises DatabaseError.
        """
        return await _hop(self._reading, _transaction, self._asker, functools.partial(work, **kwargs), args)

    async def on_engine(self, work: Callable[[Engine], T]) -> T:
        """What `work(engine)` returns; for what opens its own transactions, as a migration does."""
        return await _hop(self._writing, work, self._writer)

    async def scrub(self) -> None:
        """Leave nothing of what was erased in the database's files. Raises DatabaseError.

        Also beside a process that serves: SQLite waits until nobody reads an older picture.
        """
        await _hop(self._writing, _scrub_sqlite if self.is_sqlite else _vacuum, self._writer)

    async def come_alive(self) -> None:
        """Take the lock by which others know that this process lives. Raises DatabaseError.

        The system lets go of it the moment the process dies (PostgreSQL: the session ends; SQLite: flock).
        SQLite serves one process; a second one is refused here.
        """
        await _hop(self._liveness, self._lock_file_or_fail if self.is_sqlite else self._lease_or_fail)

    async def dead(self, claimers: set[int]) -> set[int]:
        """Which of these processes are known to be dead. Raises DatabaseError."""
        if self.is_sqlite:  # one process at a time: whoever is not me has gone
            return claimers - {self.me}
        alive = await self.read(_alive)
        return claimers - alive

    async def processes(self) -> int:
        """How many processes live on this database. Raises DatabaseError."""
        return 1 if self.is_sqlite else len(await self.read(_alive))

    async def is_chief(self) -> bool:
        """Whether this process does what is done once for all: whoever asked first, while it lives.

        Raises DatabaseError.
        """
        if not self.is_sqlite and not self._is_chief:
            self._is_chief = await _hop(self._liveness, self._elect)
        return self.is_sqlite or self._is_chief

    async def still_alive(self) -> bool:
        """Whether the lock is still held; if it dropped (the session ended) it is taken under a new name."""
        if self.is_sqlite:
            return True
        try:
            await _hop(self._liveness, self._ping)
        except DatabaseError:
            await _hop(self._liveness, self._renew)
            return False
        return True

    async def close(self) -> None:
        await _hop(self._liveness, self._let_go)
        for executor in {self._writing, self._reading, self._liveness}:
            executor.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()

    def _lock_file_or_fail(self) -> None:
        if not self.url.database or self.url.database == ":memory:":
            return
        try:
            self._lock_file = open(f"{self.url.database}.lock", "a")  # noqa: SIM115 - held until close()
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseError(
                "another smsops process uses this SQLite file;"
                " SQLite serves one process, PostgreSQL any number"
            ) from None
        except OSError as error:
            raise DatabaseError(f"the file cannot be opened ({error.strerror})") from None

    def _lease_or_fail(self) -> None:
        lease = self._writer.connect().execution_options(isolation_level="AUTOCOMMIT")
        lease.detach()
        lease.execute(text("SELECT pg_advisory_lock(:kind, :me)"), {"kind": ALIVE, "me": self.me})
        self._lease = lease
        if self._is_pooled(lease):
            raise DatabaseError(POOLED)

    def _is_pooled(self, lease: Connection) -> bool:
        """Whether something in between gives the lease another session than the one that holds its lock.

        While somebody else is in a transaction a pooler cannot help but show it: either that transaction got
        the session with the lock, or the lease is given another one now.
        """
        locks = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = :kind AND objid = :me"
        mine = {"kind": ALIVE, "me": self.me}
        with self._writer.begin() as other:
            theirs = other.execute(text("SELECT pg_backend_pid()")).scalar_one()
            holders = set(other.execute(text(locks), mine).scalars())
            ours = lease.execute(text("SELECT pg_backend_pid()")).scalar_one()
        return holders != {ours} or theirs == ours

    def _elect(self) -> bool:
        asked = text("SELECT pg_try_advisory_lock(:kind, 1)")
        return bool(self._held_lease().execute(asked, {"kind": CHIEF}).scalar_one())

    def _ping(self) -> None:
        self._held_lease().execute(text("SELECT 1"))

    def _held_lease(self) -> Connection:
        if self._lease is None or self._lease.invalidated:
            raise DatabaseError("the session by which others know this process has ended")
        return self._lease

    def _renew(self) -> None:
        self._let_go()
        self.me = secrets.randbelow(2**31 - 1) + 1
        self._lease_or_fail()

    def _let_go(self) -> None:
        self._is_chief = False
        if self._lease is not None:
            lease, self._lease = self._lease, None
            with suppress(SQLAlchemyError):  # the server notices the end of a session later
                lease.execute(text("SELECT pg_advisory_unlock_all()"))
            with suppress(DBAPIError):
                lease.close()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


async def _hop(executor: ThreadPoolExecutor, work: Callable[..., T], *args: Any) -> T:
    """Run in a thread; a database error comes out with its kind and constraint only, never the values."""
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, functools.partial(work, *args))
    except DBAPIError as error:
        raise DatabaseError(_kind(error)) from None


def _scrub_sqlite(engine: Engine) -> None:
    """VACUUM writes every page anew, and the log that held the old ones is emptied into the file and cut."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM")
        deadline = time.monotonic() + SCRUBBING
        while raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise DatabaseError("somebody is reading it; stop smsops and do this once more")
            time.sleep(0.05)
    except sqlite3.OperationalError as error:
        raise DatabaseError(f"its file could not be written anew ({error.sqlite_errorname})") from None
    finally:
        raw.close()


def _vacuum(engine: Engine) -> None:
    """The rows of before are given up; backups, and the server's own log, keep them for their time."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("SET statement_timeout = 0", "VACUUM", "RESET statement_timeout"):
            connection.execute(text(statement))


def _kind(error: DBAPIError) -> str:
    origin = error.orig
    state = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None) or ""
    constraint = getattr(getattr(origin, "diag", None), "constraint_name", None) or ""
    return " ".join(part for part in (type(origin).__name__, state, constraint) if part)


def _transaction(engine: Engine, work: Callable[..., T], args: tuple[Any, ...]) -> T:
    with engine.begin() as connection:
        return work(connection, *args)


def _written(engine: Engine, work: Callable[..., T], args: tuple[Any, ...]) -> T:
    """As `_transaction`; an error of the commit itself leaves open whether it was one."""
    with engine.connect() as connection:
        taken(connection)  # what was rolled back on it
        with connection.begin() as transaction:
            result = work(connection, *args)
            try:
                transaction.commit()
            except DBAPIError as error:
                raise Unconfirmed(_kind(error)) from None
        tell(taken(connection))
        return result


def _alive(connection: Connection) -> set[int]:
    rows = connection.execute(
        text(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = :kind AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        {"kind": ALIVE},
    )
    return set(rows.scalars())
