"""The migrations make the form that the code has, once, whoever runs them and wherever they are cut off."""

from __future__ import annotations

import asyncio
import signal
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.engine.interfaces import ReflectedColumn

import bot.migrations
from bot.database import metadata
from bot.freeze import freeze_row
from bot.migrations import HEAD, is_current, migrate
from sandbox.process import BotProcess
from tests.crash.launch import MIGRATING

TABLES = {"alembic_version", *metadata.tables}
NOBODY = {  # `migrate` wants the settings to be right, and uses none of these
    "SLACK_BOT_TOKEN": "xoxb-none",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "WHATCOUNTS_URL": "http://127.0.0.1:1",
    "WHATCOUNTS_REALM": "none",
    "WHATCOUNTS_PASSWORD": "none",
    "SMS_ADMINS": "U0MAX",
    "SMS_SENDERS": "2065551212",
    "SMS_TIMEZONE": "America/Los_Angeles",
}


def migrating(url: str, folder: Path, name: str = "bot", **more: str) -> BotProcess:
    """`migrate` as a process of its own."""
    values = NOBODY | {"DATABASE_URL": url} | more
    return BotProcess(values, folder / f"{name}.log", command=("-m", "tests.crash.launch", "migrate"))


def is_ours(name: str | None, *_: object) -> bool:
    """Not of procrastinate, which brings its own tables to PostgreSQL."""
    return not (name or "").startswith("procrastinate_")


@pytest.fixture
def engine(bare_database_url: str) -> Engine:
    return create_engine(bare_database_url)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrated_schema_is_the_one_that_the_code_has(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        opts = {"compare_server_default": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_migrated_indexes_are_those_that_the_code_has(engine: Engine) -> None:
    """Word by word, since what an index of an expression is of is not compared above."""
    migrate(engine)
    migrated = indexes(engine)
    metadata.drop_all(engine)
    assert indexes(engine) == {}
    metadata.create_all(engine)
    assert migrated == indexes(engine)
    assert "nullif" in migrated["ix_send_approved_by"].lower()
    engine.dispose()


def indexes(engine: Engine) -> dict[str, str]:
    """Of our tables, by name: how each was made."""
    sqlite = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    postgresql = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with engine.connect() as connection:
        rows = connection.execute(text(sqlite if engine.dialect.name == "sqlite" else postgresql)).all()
    return {name: how for table, name, how in rows if is_ours(table) and table != "alembic_version"}


def test_head_is_the_newest_step_and_there_is_one() -> None:
    steps = ScriptDirectory(str(Path(bot.migrations.__file__).parent))
    assert steps.get_heads() == [HEAD]


def test_no_step_takes_away_what_the_version_before_works_on(engine: Engine) -> None:
    """Nor wants of its rows what it does not know: a new column of an old table may be left out."""
    steps = [f"{number:04}" for number in range(1, int(HEAD) + 1)]
    before: dict[str, dict[str, ReflectedColumn]] = {}
    for step in steps:
        to_step(engine, step)
        after = columns(engine)
        for table, known in before.items():
            assert known.keys() <= after[table].keys(), (step, table)
            new = [after[table][name] for name in after[table].keys() - known.keys()]
            wanted = [one["name"] for one in new if not one["nullable"] and one["default"] is None]
            assert wanted == [], (step, table)
        before = after
    assert before["send"]
    engine.dispose()


def to_step(engine: Engine, step: str) -> None:
    """The form that the version had whose newest step this is."""
    config = Config()
    config.set_main_option("script_location", str(Path(bot.migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, step)


def columns(engine: Engine) -> dict[str, dict[str, ReflectedColumn]]:
    """Of our tables, by table and name."""
    found = inspect(engine)
    tables = [table for table in found.get_table_names() if is_ours(table)]
    return {table: {one["name"]: one for one in found.get_columns(table)} for table in tables}


def test_procrastinates_tables_are_those_of_its_version_that_is_installed() -> None:
    """A later one that brings migrations of its own wants a step here (0010_bulk.py)."""
    newest = max(one.name for one in (files("procrastinate") / "sql" / "migrations").iterdir() if is_sql(one))
    assert newest.startswith("03.04.00")


def is_sql(one: Traversable) -> bool:
    return one.name.endswith(".sql")


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        assert not is_current(connection)
    assert migrate(engine)
    assert not migrate(engine)
    with engine.connect() as connection:
        assert is_current(connection)
        assert connection.execute(select(freeze_row.c.id, freeze_row.c.frozen)).all() == [(1, False)]
    engine.dispose()


async def test_a_database_of_a_newer_version_stays_as_it_is_and_the_log_says_so(
    bare_database_url: str, tmp_path: Path, engine: Engine
) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    process = migrating(bare_database_url, tmp_path)
    await process.start()
    assert await process.wait() == 0
    assert "newer version of smsops (step 9999, here " in process.tail()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


async def test_four_processes_that_migrate_at_once_do_it_once(
    bare_database_url: str, tmp_path: Path, engine: Engine
) -> None:
    processes = [migrating(bare_database_url, tmp_path, f"bot{n}") for n in range(4)]
    await asyncio.gather(*(one.start() for one in processes))
    codes = await asyncio.gather(*(one.wait() for one in processes))
    assert codes == [0, 0, 0, 0], [one.tail() for one in processes]
    said = "".join(one.tail() for one in processes)
    assert said.count("the database was brought up to date") == 1
    with engine.connect() as connection:
        assert is_current(connection)
        assert len(connection.execute(select(freeze_row)).all()) == 1
    engine.dispose()


async def test_killed_in_the_middle_it_leaves_nothing_and_is_run_again(
    bare_database_url: str, tmp_path: Path, engine: Engine
) -> None:
    trap = {"KILL_AT": MIGRATING, "KILL_ONCE": str(tmp_path / "died")}
    process = migrating(bare_database_url, tmp_path, **trap)
    await process.start()
    assert await process.wait() == -signal.SIGKILL
    assert inspect(engine).get_table_names() == []
    await process.start()
    assert await process.wait() == 0, process.tail()
    assert {name for name in inspect(engine).get_table_names() if is_ours(name)} == TABLES
    engine.dispose()
