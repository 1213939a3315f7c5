"""SQLAlchemy's engines as each database wants them: SQLite with one writer, PostgreSQL behind a network."""

from __future__ import annotations

import os
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

POSTGRES_THREADS = 8
# Those that wait for more (remote_apply) stay as they are.
COMMIT_WAITS = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
SWITCHING = 5.0  # seconds in which another process may make the same switch to WAL


def sqlite_engine(url: Any, begin: str, connections: int) -> Engine:
    """Connections that begin a transaction with `begin`; a commit is on the disk (synchronous=FULL)."""
    engine = create_engine(url.set(query={}), pool_size=connections, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # sqlite3 must not begin by itself
        for pragma in ("busy_timeout=5000", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. For this switch SQLite does not wait for another process that makes it just now."""
    deadline = time.monotonic() + SWITCHING
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def postgres_engine(url: Any) -> Engine:
    """Connections that notice within seconds when network or server have gone; a commit is on the disk.

    Also where the server is set not to wait for it: a claim that was lost in its crash would be made again,
    and the text would leave twice (8 of 100 did so).
    """
    engine = create_engine(
        url,
        pool_size=POSTGRES_THREADS,
        max_overflow=1,  # the session that holds the lock of a live process
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "keepalives_idle": 10,  # a connection that was cut without a word is noticed
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,  # ms
            "application_name": f"smsops {os.getpid()}",
            "prepare_threshold": None,  # a pooler may give the next statement another session
            "options": (
                "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000 -c timezone=UTC"
                # and the server notices that a machine has gone: its locks say that it lives
                " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
            ),
        },
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _: Any) -> None:
        connection.execute(COMMIT_WAITS)
        connection.commit()

    return engine
