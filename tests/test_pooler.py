"""Behind a transaction pooler nobody could know which processes live: the start says so (with PgBouncer)."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.database import Database, DatabaseError
from sandbox.process import free_port

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIG = """
[databases]
{name} = host={host} port={port} dbname={name} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
ignore_startup_parameters = extra_float_digits,options
logfile = {folder}/pgbouncer.log
"""


@contextmanager
def pooled(url: str, mode: str) -> Iterator[str]:
    """The database behind a PgBouncer, as a URL; a folder of its own, and gone afterwards."""
    if PGBOUNCER is None:
        pytest.skip("no PgBouncer: install pgbouncer")
    direct, listen = make_url(url), free_port()
    folder = Path(tempfile.mkdtemp(prefix="smsops-pool-", dir="/tmp"))
    config = folder / "pgbouncer.ini"
    where = {"host": direct.query.get("host") or direct.host, "port": direct.port or 5432}
    config.write_text(CONFIG.format(name=direct.database, listen=listen, mode=mode, folder=folder, **where))
    user = "nobody" if os.geteuid() == 0 else None  # PgBouncer refuses to run as root
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    process = subprocess.Popen([PGBOUNCER, "-q", config], user=user, stderr=subprocess.DEVNULL)
    try:
        address = f"postgresql+psycopg://postgres@127.0.0.1:{listen}/{direct.database}"
        _wait_until_open(address.replace("+psycopg", ""))
        yield address
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def _wait_until_open(address: str) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise


async def test_a_transaction_pooler_is_refused_at_the_start_and_the_cure_is_named(postgres_url: str) -> None:
    with pooled(postgres_url, "transaction") as address:
        database = Database(address)
        with pytest.raises(DatabaseError) as refused:
            await database.come_alive()
        await database.close()
    assert "without a transaction pooler" in str(refused.value)


async def test_a_pooler_that_keeps_sessions_is_taken(postgres_url: str) -> None:
    with pooled(postgres_url, "session") as address:
        database, direct = Database(address), Database(postgres_url)
        await database.come_alive()
        assert await direct.dead({database.me}) == set()
        await database.close()
        await direct.close()


async def test_a_direct_address_is_taken(postgres_url: str) -> None:
    database = Database(postgres_url)
    await database.come_alive()
    assert await database.still_alive()
    await database.close()
