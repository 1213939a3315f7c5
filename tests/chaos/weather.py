"""The kinds of faults, and what strikes about once a second while one of them rages."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM, Signals

import psycopg
from sqlalchemy import make_url

from sandbox.process import BotProcess
from sandbox.whatcounts.faults import FAULTS, Fault, Faults, Taken
from sandbox.whatcounts.plan import Plan
from tests.chaos.fleet import Fleet
from tests.postgres import Server
from tests.quick import LIMITS

ONE_IN = 10  # answers of the API is a fault, where it has any
LONGEST = 0.2  # seconds, before a call is carried out and after it: a stroke finds some under way
# A read that is refused in words holds what it was read for, which is right and sends nothing: none of those.
PASSING = ("timeout_before", "close_before", "reset_after", "truncate", "stall", "garbage", "error_502")


@dataclass
class Sky:
    """What may be struck, and when it was."""

    fleet: Fleet
    database_url: str
    server: Server | None
    random: Random
    struck: list[tuple[float, float]] = field(default_factory=list)  # from, to; unix seconds

    def victim(self) -> BotProcess | None:
        """One that is up, or None."""
        up = self.fleet.up()
        return self.random.choice(up) if up else None


async def kill(sky: Sky) -> bool:
    """A power cut."""
    return _signal(sky, SIGKILL)


async def terminate(sky: Sky) -> bool:
    """A platform restarts it."""
    return _signal(sky, SIGTERM)


def _signal(sky: Sky, number: Signals) -> bool:
    if bot := sky.victim():
        sky.fleet.strike(bot, number)
    return bot is not None


async def pause(sky: Sky) -> bool:
    """The machine stands still for longer than a request may last."""
    bot = sky.victim()
    if bot is None:
        return False
    sky.fleet.strike(bot, SIGSTOP)
    try:
        await asyncio.sleep(LIMITS.whole + sky.random.uniform(0.2, 1.0))
    finally:
        bot.send_signal(SIGCONT)
        sky.fleet.well(bot)
    return True


async def deploy(sky: Sky) -> bool:
    """A new process takes the place of the oldest, which is told to stop when the new one is ready."""
    oldest = sky.fleet.bots[0]
    await sky.fleet.add()
    await sky.fleet.retire(oldest)
    return True


async def end_sessions(sky: Sky) -> bool:
    """The database ends every session."""
    plain = make_url(sky.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as admin:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    return True


async def restart_database(sky: Sky) -> bool:
    """PostgreSQL stops in the middle of all, and comes back."""
    assert sky.server
    await asyncio.to_thread(sky.server.stop)
    sky.server.launch()  # in this thread, with which it would end
    await asyncio.to_thread(sky.server.wait_ready)
    return True


async def lock_database(sky: Sky) -> bool:
    """Somebody else writes to the SQLite file for longer than the bot waits for it (busy_timeout, 5 s)."""
    with closing(sqlite3.connect(str(make_url(sky.database_url).database), isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout=1000")
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(sky.random.uniform(5.2, 6.0))
    return True


async def calm(sky: Sky) -> bool:
    """Nothing."""
    return False


async def any_of_them(sky: Sky) -> bool:
    """One of all that may strike PostgreSQL."""
    return await sky.random.choice((kill, terminate, pause, end_sessions, restart_database))(sky)


@dataclass(frozen=True)
class Kind:
    """A kind of faults; whether it may leave a send in doubt, and a card that is posted twice.

    `strokes`: so many at least while 300 sends fall due, or it has shown nothing.
    """

    name: str
    strike: Callable[[Sky], Awaitable[bool]]
    api: bool = False
    doubts: bool = True
    copies: bool = True
    longer: float = 1.0  # than other storms, since a stroke takes long
    strokes: int = 1


KINDS = {
    kind.name: kind
    for kind in (
        Kind("none", calm, doubts=False, copies=False, strokes=0),
        Kind("SIGKILL", kill),
        Kind("SIGTERM", terminate, doubts=False, copies=False),
        Kind("SIGSTOP", pause, copies=False),
        Kind("deploys", deploy, doubts=False, copies=False, longer=5.0, strokes=20),
        Kind("sessions end", end_sessions),
        Kind("PostgreSQL restarts", restart_database),
        Kind("SQLite locked", lock_database),
        Kind("10 % of answers", calm, api=True, copies=False, strokes=0),
        Kind("SIGKILL, 10 %", kill, api=True),
        Kind("all of it, 10 %", any_of_them, api=True),
    )
}


async def rage(sky: Sky, strike: Callable[[Sky], Awaitable[bool]], every: float, until: float) -> None:
    """Strike about `every` s until the time `until` (unix seconds), one stroke after the other; one at least,
    also where the machine was so slow that this time has passed."""
    while True:
        left = max(until - time.time(), 0)
        await asyncio.sleep(min(left, every * sky.random.uniform(0.5, 1.5)))
        began = time.time()
        if await strike(sky):
            sky.struck.append((began, time.time()))
        if time.time() >= until:
            return


class Api(Faults):
    """Every call takes its time, one in so many (0: none) ends by a fault; by the seed and what is asked."""

    def __init__(self, seed: int, one_in: int) -> None:
        super().__init__()
        self._seed, self._one_in = seed, one_in
        self._reads = 0

    def take(self, plan: Plan) -> Taken:
        self._reads += plan.kind == "read"
        about = self._reads if plan.kind == "read" else sorted(plan.values.items())
        random = Random(f"{self._seed} {about}")
        before, after = random.uniform(0, LONGEST), random.uniform(0, LONGEST)
        if not self._one_in or random.randrange(self._one_in):
            return Taken(None, frozenset(), before, after, ())
        name = random.choice(PASSING if plan.kind == "read" else OUTCOMES)
        fault = Fault(name, 1, None, 0.0, FAULTS[name].executed)
        return Taken(fault, frozenset(), before, after, (name,))


OUTCOMES = [name for name, spec in FAULTS.items() if spec.stage == "outcome" and not spec.operations]
