"""A page of the history, and of what waits, beside a million rows; against the same beside ten thousand."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, text

from bench.measures import Row
from bench.rows import OLIVE, schedule
from bench.slack import QuickSlack
from bot.database import Database
from bot.migrations import migrate
from bot.sends import Kind, Sends, State
from bot.sends.pages import Cursor
from bot.sends.past import Filter
from bot.sends.table import send
from tests.databases import database as postgres_database
from tests.postgres import cluster

FEW, MANY = 10_000, 1_000_000
ROUNDS, PAGE = 15, 10
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ANA = "U0ANA"  # she decided one of a hundred, so that a late page beside few rows is as long as beside many
# Few are no text to one phone that Olive asked for and that left; what waits does not grow with the rest.
RARE = {
    "kind": "CASE WHEN n % 500 = 0 THEN 'campaign' ELSE 'send' END",
    "audience": "CASE WHEN n % 500 = 0 THEN 'weekly' ELSE NULL END",
    "state": "CASE WHEN n % 100 = 0 THEN 'refused' WHEN n > :count - 500 THEN 'scheduled'"
    " ELSE 'submitted' END",
    "settled_by": "CASE WHEN n % 100 = 2 THEN 'U0ANA' ELSE NULL END",
    "person_id": "CASE WHEN n % (:count / 20) = 3 THEN person_id ELSE NULL END",
}
SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count)",
    "postgresql": "WITH series AS (SELECT generate_series(1, :count) AS n)",
}
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '{first}', '+' || (n * 20) || ' seconds')",
    "postgresql": "timestamptz '{first}+00' + n * interval '20 seconds'",
}
ID = {"sqlite": "printf('S%011d', n)", "postgresql": "'S' || lpad(n::text, 11, '0')"}


async def history(slack: QuickSlack, port: int, folder: Path) -> list[Row]:
    """The default list, each filter, what waits: the first page and a late one."""
    rows = await _pages("SQLite", *(f"sqlite:///{folder / name}.db" for name in ("few", "many")))
    with cluster() as server:
        assert server, "no PostgreSQL"
        with postgres_database(server) as few, postgres_database(server) as many:
            return rows + await _pages("PostgreSQL", few, many)


Ask = Callable[["Filled", bool], Awaitable[object]]


@dataclass(frozen=True)
class Filled:
    """A database, and how many rows are in it."""

    database: Database
    count: int

    def cursor(self, is_late: bool) -> Cursor | None:
        """After four fifths of them, the newest first."""
        at = FIRST + timedelta(seconds=20 * self.count // 5)
        return Cursor(at, "S", self.count) if is_late else None


async def _pages(name: str, few_url: str, many_url: str) -> list[Row]:
    few, many = await _filled(few_url, FEW), await _filled(many_url, MANY)
    filters = await _filters(few.database)
    rows = []
    for what, wanted in filters.items():
        rows += await _beside(f"history{what}", name, few, many, _past(wanted))
    rows += await _beside("scheduled", name, few, many, _waiting)
    await few.database.close()
    await many.database.close()
    return rows


async def _beside(what: str, name: str, few: Filled, many: Filled, ask: Ask) -> list[Row]:
    rows = []
    for page, is_late in (("first page", False), ("late page", True)):
        spent = [[await _spent(ask(one, is_late)) for one in (few, many)] for _ in range(ROUNDS)]
        small, large = (median(side) * 1000 for side in zip(*spent[2:], strict=True))
        ratio, against = large / small, f"of 10,000 {small:.1f} ms"
        title = f"{what}, {page}, {name}"
        rows += [Row(title, f"{large:.1f} ms", against, f"{ratio:.2f}", "at most 2.00", ratio <= 2)]
    return rows


async def _spent(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def _filled(url: str, count: int) -> Filled:
    """One send as a person makes it, and `count` more of it, made by the database."""
    database = Database(url)
    await database.on_engine(migrate)
    await schedule(database, 1, datetime.now(UTC) + timedelta(days=30))
    await database.write(_multiply, count)
    return Filled(database, count)


def _multiply(connection: Connection, count: int) -> None:
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text("SELECT set_config('statement_timeout', '0', true)"))
    at = AT[dialect].format(first=f"{FIRST:%Y-%m-%d %H:%M:%S}")
    made = RARE | {"id": ID[dialect], "asked_at": at, "claimed_at": at, "state_at": at, "due_at": at}
    names = [column.name for column in send.columns]
    values = ", ".join(made.get(name, name) for name in names)
    listed = ", ".join(names)
    first = "(SELECT * FROM send LIMIT 1) AS first"
    insert = f"INSERT INTO send ({listed}) {SERIES[dialect]} SELECT {values} FROM series, {first}"
    connection.execute(text(insert), {"count": count})
    if dialect == "postgresql":
        connection.execute(text("ANALYZE send"))


async def _filters(database: Database) -> dict[str, Filter]:
    person = await database.read(lambda c: c.execute(text("SELECT max(id) FROM person")).scalar_one())
    since = FIRST + timedelta(hours=6)  # a fifth of 10,000 is later than that: no page is empty
    return {
        "": Filter(), ", kind": Filter(kind=Kind.CAMPAIGN), ", texts": Filter(kind=Kind.SEND),
        ", refused": Filter(state=State.REFUSED), ", submitted": Filter(state=State.SUBMITTED),
        ", scheduled": Filter(state=State.SCHEDULED), ", group": Filter(audience="weekly"),
        ", phone": Filter(to=person), ", who asked": Filter(who=OLIVE), ", who decided": Filter(who=ANA),
        ", since": Filter(since=since), ", until": Filter(until=since),
    }  # fmt: skip


def _past(wanted: Filter) -> Ask:
    return lambda filled, is_late: Sends(filled.database).past(wanted, filled.cursor(is_late), PAGE)


async def _waiting(filled: Filled, is_late: bool) -> object:
    cursor = Cursor(FIRST + timedelta(days=1), "S", 100) if is_late else None
    return await Sends(filled.database).waiting(cursor, PAGE)
