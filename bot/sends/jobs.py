"""Bulk runs as jobs of procrastinate, on PostgreSQL alone: a call that a worker answers.

A job says which run wants somebody, and no more: how far it is lies in its rows, whose claims hold whoever
comes. So a job that is lost, or done twice, loses and doubles nothing.
"""

from __future__ import annotations

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import Connection, text

QUEUE = "bulk"
TASK = "carry"

# procrastinate's own table, in which each worker writes every 10 s that it lives.
_WORKERS = text("SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 s' LIMIT 1")
_CALLED = text("SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = :run AND status = 'todo'")


def has_workers(connection: Connection) -> bool:
    """Whether a worker lives, or did 30 s ago."""
    return connection.execute(_WORKERS).first() is not None


def call(connection: Connection, send_id: str) -> bool:
    """Ask the workers to carry this run; False where they were asked and none has answered yet."""
    if connection.execute(_CALLED, {"run": send_id}).first():
        return False
    jobs = App(connector=SyncPsycopgConnector())
    job = jobs.configure_task(
        TASK, queue=QUEUE, queueing_lock=send_id, connection=connection.connection.driver_connection
    )
    try:
        with connection.begin_nested():
            job.defer(send_id=send_id)
    except AlreadyEnqueued:  # by another process, at the same time
        return False
    return True
