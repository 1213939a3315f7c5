"""A process of the bot, real but for its three ends; it runs when the machine says so, and can be killed."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from bot.database import DatabaseError
from bot.delivery import Delivery
from bot.homes import Homes
from bot.people import People
from bot.registry import Register
from bot.roles import Roles
from bot.sends import Sends
from bot.settings import Settings
from bot.stored import StoredMessages
from bot.usergroups import UserGroups
from bot.wiring import Bot
from tests.model.account import Account, Line, Request
from tests.model.channel import Board, Pen
from tests.model.clock import Loop, Time
from tests.model.gates import ON, Gate, Gates
from tests.model.records import Records, Store

T = TypeVar("T")

STEPS = 2_000  # gates that one process may pass without any time passing


@functools.cache
def settings() -> Settings:
    return Settings.read(
        {
            "SLACK_BOT_TOKEN": "xoxb-1-2-3", "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
            "WHATCOUNTS_URL": "http://127.0.0.1:9", "WHATCOUNTS_REALM": "acme", "WHATCOUNTS_PASSWORD": "pw",
            "SMS_ADMINS": "U0MAX", "SMS_SENDERS": "2065551212=Main line,12345=Short code",
            "SMS_GROUPS": "weekly", "SMS_TIMEZONE": "America/Los_Angeles",
            "SMS_DELAY_SECONDS": "phone=5,group=5", "SMS_QUIET_HOURS": "off",
        }
    )  # fmt: skip


class Alarms:
    """The clock (bot.scheduler.Clock) as delivery sees it; the machine wakes everybody when time passes."""

    def alarm(self, times: object) -> None:
        pass


class Process:
    """`records`, `account` and `board` are shared with the others; the loop and the bot are not."""

    def __init__(
        self, time: Time, records: Records, account: Account, board: Board,
        begins: Callable[[str], None], leaves: Callable[[Process, Request], None],
        posts: Callable[[Process, str], None],
    ) -> None:  # fmt: skip
        self.loop, self.gates = Loop(time), Gates()
        self.store = Store(records, self.gates, time)
        line = Line(account, self.gates, begins, functools.partial(leaves, self))
        pen = Pen(board, self.gates, functools.partial(posts, self))
        register = Register(self.store)
        asyncio.set_event_loop(self.loop)
        self.bot = Bot(
            settings=settings(), slack=pen, whatcounts=line, database=self.store, sends=Sends(self.store),
            stored=StoredMessages(line, time.now), register=register,
            people=People(settings(), None, None, Roles(self.store), UserGroups(None)),
            homes=Homes(self.store), now=time.now,
        )  # fmt: skip
        self.delivery = Delivery(self.bot, Alarms())
        self.stopping: asyncio.Task[None] | None = None
        self.running: asyncio.Task[None] | None = None

    def serve(self) -> None:
        """Begin to deliver, as after a start."""
        self.running = self.do(self._serve())
        self.run()

    async def _serve(self) -> None:
        self.bot.wake.set()
        with suppress(DatabaseError):  # chores read it again
            await self.bot.register.refresh()
        await self.delivery.run()

    def do(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T | None]:
        """Begin something in this process; None comes of it where the database was away."""
        task = self.loop.create_task(_unless_away(work))
        self.loop.settle()
        return task

    def wake(self) -> None:
        self.bot.wake.set()
        self.loop.settle()

    def drain(self) -> None:
        """SIGTERM: it stops in its own time, as its gates open."""
        if self.stopping is None:
            self.stopping = self.do(self.delivery.stop())

    @property
    def name(self) -> str:
        return f"process {min(self.store.was)}"

    @property
    def has_stopped(self) -> bool:
        return self.stopping is not None and self.stopping.done()

    def open(self, gate: Gate, how: str = ON) -> None:
        gate.way.set_result(how)
        self.loop.settle()

    def run(self, hold: str | tuple[str, ...] | None = None, steps: int = STEPS) -> None:
        """Pass what lies open, the oldest first; gates that are called `hold` stay shut."""
        held = (hold,) if isinstance(hold, str) else hold or ()
        for _ in range(steps):
            if not (ahead := [gate for gate in self.gates.shut if gate.name not in held]):
                return
            self.open(ahead[0])
        assert steps < STEPS, "a process never comes to rest"

    def reaches(self, place: str) -> Gate | None:
        """Get on with all else; the gate of this name, if it stands there then."""
        self.wake()
        self.run(place)
        return next((gate for gate in self.gates.shut if gate.name == place), None)

    def sweep(self) -> None:
        """Make away with a dead process: nothing it still does is done to anybody."""
        self.gates.is_gone = True
        for _ in range(50):
            if not (left := asyncio.all_tasks(self.loop)):
                break
            for task in left:
                task.cancel()
            self.loop.settle()
        self.loop.close()


async def _unless_away(work: Coroutine[Any, Any, T]) -> T | None:
    try:
        return await work
    except DatabaseError:
        return None
