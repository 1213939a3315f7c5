"""The database's form, step by step (alembic).

Expand, then contract: a step adds what the new version needs and takes nothing from the one before, which
goes on working on it (a rolling deploy, a deploy that is taken back). What nobody uses any more is taken away
by a step of a later release, when no version that used it can be started again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0013"

LOCK = 77_000  # the advisory lock under which one process migrates and the others wait

log = logging.getLogger(__name__)


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest form."""
    return step(connection) == HEAD


def newer(connection: Connection) -> str | None:
    """What to say of a database that a later version of smsops has brought further; None of any other."""
    found = step(connection)
    if found is None or found <= HEAD:
        return None
    return f"it is that of a newer version of smsops (step {found}, here {HEAD})"


def behind(connection: Connection) -> str | None:
    """What to say of a database that wants migrating; None of one that this version can work on."""
    found = step(connection)
    if found is not None and found >= HEAD:
        return None
    return f"the database is at step {found or 'none'} and this version wants {HEAD}: python -m bot migrate"


def step(connection: Connection) -> str | None:
    """The step at which the database is; None where it never had one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine) -> bool:
    """Bring the database to HEAD; False when it was there already. Safe from several processes at once.

    PostgreSQL: under an advisory lock of the migration's own transaction; SQLite: BEGIN IMMEDIATE. A process
    that dies in the middle leaves nothing behind: the transaction is rolled back. A newer database, as in the
    middle of a rolling deploy, or after one that was taken back, stays as it is.
    """
    with engine.connect() as connection:
        if said := newer(connection):
            log.warning("the database: %s, which this one can work on if it is the one before", said)
        if said or is_current(connection):
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
