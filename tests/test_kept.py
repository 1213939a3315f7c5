"""A claim that was committed is there after PostgreSQL has crashed, whatever the server is set to."""

from __future__ import annotations

from bot.database import Database


async def test_a_commit_waits_for_the_disk_where_the_server_would_not(postgres_url: str) -> None:
    """The tests' server is set to `off`, as some are for speed: what it confirmed may not survive a crash."""
    database = Database(postgres_url)
    try:
        said = await database.read(lambda c: c.exec_driver_sql("SHOW synchronous_commit").scalar_one())
    finally:
        await database.close()
    assert said == "on"
