"""The database's form, step by step (alembic); each step also runs while the version before still works."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0003"  # the newest step; a test holds it to the files

LOCK = 77_000  # the advisory lock under which one process migrates and the others wait

log = logging.getLogger(__name__)


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest form."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]


def migrate(engine: Engine) -> bool:
    """Bring the database to HEAD; False when it was there already. Safe from several processes at once.

    PostgreSQL: under an advisory lock of the migration's own transaction; SQLite: BEGIN IMMEDIATE. A process
    that dies in the middle leaves nothing behind: the transaction is rolled back.
    """
    with engine.connect() as connection:
        if is_current(connection):
            return False
    with _unreferred(engine) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('statement_timeout', '0', true)"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if is_current(connection):
            return False
        _upgrade(connection)
    return True


@contextmanager
def _unreferred(engine: Engine) -> Iterator[Connection]:
    """A connection on which a table may be made anew, as SQLite's way of changing a column is.

    SQLite: foreign keys are off for it, which works outside a transaction alone, and are checked at the end
    (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    """
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        pragma = connection.connection.cursor().execute
        pragma("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            pragma("PRAGMA foreign_keys=ON")


def _upgrade(connection: Connection) -> None:
    from alembic import command  # 20 MB that a start without a migration need not load
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise RuntimeError("a migration left rows that refer to nothing")
    log.info("the database is at step %s", HEAD)
