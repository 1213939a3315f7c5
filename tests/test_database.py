"""The database: whole transactions or none, errors without values, and who is alive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import Connection, make_url, select, text, update
from sqlalchemy.exc import StatementError

from bot.database import Database, DatabaseError
from bot.freeze import freeze_row
from bot.sends.table import person


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


def add(connection: Connection, *phones: str) -> None:
    for phone in phones:
        connection.execute(person.insert().values(phone=phone))


def phones(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT phone FROM person ORDER BY phone")).scalars())


async def test_what_is_written_is_read(database: Database) -> None:
    await database.write(add, "12065550100", "12065550101")
    assert await database.read(phones) == ["12065550100", "12065550101"]


async def test_a_transaction_that_fails_half_way_leaves_nothing(database: Database) -> None:
    def fail(connection: Connection) -> None:
        add(connection, "12065550100")
        raise LookupError("half-way")

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await database.read(phones) == []


async def test_an_error_names_its_kind_and_never_the_values(database: Database) -> None:
    await database.write(add, "12065550100")
    with pytest.raises(DatabaseError) as caught:
        await database.write(add, "12065550101", "12065550100")
    assert caught.value.__cause__ is None
    assert "1206555" not in str(caught.value)
    assert any(kind in str(caught.value) for kind in ("UniqueViolation", "IntegrityError"))
    assert await database.read(phones) == ["12065550100"]


async def test_a_caller_that_is_cancelled_does_not_cut_its_transaction(database: Database) -> None:
    begun, loop = asyncio.Event(), asyncio.get_running_loop()

    def both(connection: Connection) -> None:
        add(connection, "12065550100")
        loop.call_soon_threadsafe(begun.set)
        add(connection, "12065550101")

    writing = asyncio.create_task(database.write(both))
    await begun.wait()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await database.write(add, "12065550102")  # SQLite has one writer: this comes after it
    while len(found := await database.read(phones)) < 3:
        pass
    assert found == ["12065550100", "12065550101", "12065550102"]


async def test_many_writers_at_once_lose_nothing(database: Database) -> None:
    def count(connection: Connection) -> int:
        return int(connection.execute(text("SELECT count(*) FROM person")).scalar_one())

    await asyncio.gather(*(database.write(add, f"1206555{n:04}") for n in range(60)))
    assert await database.read(count) == 60


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 8, 10, 30, 0, 123456, tzinfo=UTC),
        datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-7))),
    ],
)
async def test_a_time_comes_back_as_the_same_instant_in_utc(database: Database, at: datetime) -> None:
    def there_and_back(connection: Connection) -> datetime:
        connection.execute(update(freeze_row).values(at=at))
        found = connection.execute(select(freeze_row.c.at)).scalar_one()
        assert isinstance(found, datetime)
        return found

    back = await database.write(there_and_back)
    assert back == at
    assert back.utcoffset() == timedelta(0)


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    def write(connection: Connection) -> None:
        connection.execute(update(freeze_row).values(at=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the case

    with pytest.raises(StatementError, match="a naive time"):
        await database.write(write)


async def test_sqlite_is_set_to_keep_what_it_confirmed(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    wanted = ["wal", 2, 5000, 1]

    def settings(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    assert await database.write(settings) == wanted
    assert await database.read(settings) == wanted
    await database.close()


async def test_a_second_process_on_one_sqlite_file_is_refused(sqlite_url: str) -> None:
    first, second = Database(sqlite_url), Database(sqlite_url)
    await first.come_alive()
    with pytest.raises(DatabaseError, match="another smsops process uses this SQLite file"):
        await second.come_alive()
    await first.close()
    await second.close()
    third = Database(sqlite_url)
    await third.come_alive()
    await third.close()


async def test_on_sqlite_every_other_claimer_is_dead(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.come_alive()
    assert await database.dead({database.me, 1, 2}) == {1, 2}
    assert await database.still_alive()
    await database.close()


async def test_processes_on_postgresql_know_who_lives(postgres_url: str) -> None:
    first, second = Database(postgres_url), Database(postgres_url)
    await first.come_alive()
    await second.come_alive()
    both = {first.me, second.me}
    assert await first.dead(both | {4711}) == {4711}
    await second.close()
    assert await first.dead(both) == {second.me}
    await first.close()


async def test_a_process_in_another_database_of_the_server_does_not_count(
    postgres_url: str, postgres: str
) -> None:
    here, elsewhere = Database(postgres_url), Database(postgres)
    await elsewhere.come_alive()
    assert await here.dead({elsewhere.me}) == {elsewhere.me}
    await here.close()
    await elsewhere.close()


def end_sessions(postgres: str, url: str) -> None:
    """The server ends every session of that database, as at a fail-over."""
    plain = make_url(postgres).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (make_url(url).database,),
        )


async def test_a_process_whose_session_was_ended_takes_another_name(postgres: str, postgres_url: str) -> None:
    database, watcher = Database(postgres_url), Database(postgres_url)
    await database.come_alive()
    was = database.me
    assert await database.still_alive()
    end_sessions(postgres, postgres_url)
    assert await watcher.dead({was}) == {was}
    assert not await database.still_alive()
    assert database.me != was
    assert await watcher.dead({was, database.me}) == {was}
    assert await database.still_alive()
    await watcher.close()
    await database.close()


async def test_one_process_does_what_is_done_once_for_all_and_another_when_it_goes(postgres_url: str) -> None:
    first, second = Database(postgres_url), Database(postgres_url)
    await first.come_alive()
    await second.come_alive()
    assert [await one.is_chief() for one in (first, second, first, second)] == [True, False, True, False]
    await first.close()
    assert await second.is_chief()
    await second.close()


async def test_a_process_whose_session_was_ended_is_no_chief_until_it_is_elected(
    postgres: str, postgres_url: str
) -> None:
    first, second = Database(postgres_url), Database(postgres_url)
    await first.come_alive()
    await second.come_alive()
    assert await first.is_chief()
    end_sessions(postgres, postgres_url)
    assert not await second.still_alive()
    assert await second.is_chief()
    assert not await first.still_alive()
    assert not await first.is_chief()
    await first.close()
    await second.close()


async def test_an_election_that_finds_its_session_ended_is_an_error_that_the_next_look_mends(
    postgres: str, postgres_url: str
) -> None:
    database = Database(postgres_url)
    await database.come_alive()
    end_sessions(postgres, postgres_url)
    for _ in range(2):
        with pytest.raises(DatabaseError):
            await database.is_chief()
    assert not await database.still_alive()
    assert await database.is_chief()
    await database.close()


async def test_on_sqlite_the_one_process_does_everything(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    assert await database.is_chief()
    await database.close()


async def test_sessions_that_were_ended_are_replaced_without_an_error(
    postgres: str, postgres_url: str
) -> None:
    database = Database(postgres_url)
    await asyncio.gather(*(database.write(add, f"1206555{n:04}") for n in range(8)))
    end_sessions(postgres, postgres_url)
    await database.write(add, "12065559999")
    assert len(await database.read(phones)) == 9
    await database.close()


async def test_a_file_that_cannot_be_opened_is_a_database_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'smsops.db'}")
    with pytest.raises(DatabaseError):
        await database.come_alive()
    with pytest.raises(DatabaseError):
        await database.read(phones)
    await database.close()


async def test_a_server_that_is_not_there_is_a_database_error() -> None:
    database = Database("postgresql+psycopg://somebody:secret@127.0.0.1:1/smsops")
    with pytest.raises(DatabaseError) as caught:
        await database.come_alive()
    assert "secret" not in str(caught.value)
    await database.close()
