"""The loop: at each wake-up it asks the rows what wants doing and starts a task for each not in hand."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from bot.card.words import maybe_note
from bot.command import Command
from bot.database import DatabaseError
from bot.delivery.approval import remind
from bot.delivery.copying import draw_copy
from bot.delivery.draw import Drawer
from bot.delivery.hands import Hands
from bot.delivery.homes import draw_home
from bot.delivery.keeping import Keeping
from bot.delivery.leave import leave
from bot.delivery.lists import Lists
from bot.delivery.occur import make
from bot.delivery.prepare import look_first, prepare
from bot.delivery.reporting import report
from bot.delivery.requests import turn, turn_unused
from bot.delivery.watching import keep_watch, reconcile
from bot.pace import NoTurn
from bot.scheduler import Clock
from bot.sends import Due, Kind
from bot.sends.work import Work
from bot.wiring import Bot, where

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=5)  # alarms are set for what falls due in this time
MANY = 200  # rows a step that are taken up at one wake-up
CHORES_EVERY = 10.0  # seconds between looks for dead processes and expired drafts
AT_ONCE = {
    "prepare": 8, "look": 8, "draw": 4, "copies": 2, "notes": 1, "follow": 1, "make": 2, "watch": 1,
    "reconcile": 1, "keep": 1, "homes": 2, "carry": 4, "optouts": 1, "report": 1,
}  # fmt: skip
HANDS = {"leave": 8, "stop": 4}  # an opt-out may wait long for a silent WhatCounts: it takes no text's place
LEAVING = tuple(HANDS)
BUSY = 50  # steps under way, from which on the loop takes a breath between two rounds
BREATH = 0.2  # seconds
DRAIN = 20.0  # seconds for what is in flight; a request has a deadline of 20 s itself
GIVING_UP = 1.0  # for what is cancelled then to write that it is in doubt
LAST_DRAWING = 2.0

NONE: Mapping[str, Command] = MappingProxyType({})

Step = Callable[[str], Awaitable[bool]]


class Delivery:
    """Prepares, looks, sends and draws, as the rows say; holds nothing that a restart would lose."""

    def __init__(self, bot: Bot, clock: Clock, commands: Mapping[str, Command] = NONE) -> None:
        """`commands`: what App Home offers."""
        self._bot = bot
        self._clock = clock
        self._drawer = Drawer(bot)
        self._was_frozen = False  # at the last look for work
        self._keeping = Keeping(bot)
        self._lists = Lists(bot, self._start)
        self._steps: dict[str, Step] = {
            "prepare": lambda send_id: prepare(bot, send_id),
            "look": lambda send_id: look_first(bot, send_id, self._waited(send_id)),
            "draw": self._drawer.draw,
            "copies": lambda copy_id: draw_copy(bot, copy_id),
            "notes": lambda _: self._drawer.post_notes(),
            "follow": self._follow,
            "make": lambda series: make(bot, series),
            "watch": lambda _: keep_watch(bot),
            "reconcile": lambda _: self._reconcile(),
            "keep": lambda _: self._keeping.once(),
            "homes": lambda user: draw_home(bot, commands, user),
            "carry": lambda send_id: self._lists.carry(send_id, self._told),
            "optouts": lambda send_id: bot.runs.keep_optouts(bot.now(), send_id),
            "report": lambda _: report(bot),
        }
        self._room = {name: asyncio.Semaphore(size) for name, size in AT_ONCE.items()}
        self._hands = {name: Hands(bot, count) for name, count in HANDS.items()}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._queued: dict[str, tuple[float, asyncio.Task[None]]] = {}  # since when, who waits for its turn
        self._turns: dict[str, tuple[Due, timedelta]] = {}  # whose turn it is; how long the throttle kept it
        self._stopping = self._reconciled = False
        self._told = asyncio.Event()  # to stop, for what goes on for hours
        self._chores_at = float("-inf")

    async def run(self) -> None:
        """Until `stop`. A database that is away is asked again at the next tick."""
        while not self._stopping:
            await self._bot.wake.wait()
            self._bot.wake.clear()
            try:
                await self._once()
            except DatabaseError as error:
                log.error("the database failed: %s", error)
            self._bot.pulse.beat()
            if len(self._tasks) > BUSY:
                await asyncio.sleep(BREATH)

    async def stop(self) -> None:
        """Claim no more, finish what is in flight, draw what changed; in at most 23 s."""
        self._stopping = True
        self._told.set()
        self._bot.wake.set()
        for _, task in self._queued.values():
            task.cancel()
        for hands in self._hands.values():
            hands.close()
        await self._finish((*LEAVING, "carry"), DRAIN)
        for key, task in list(self._tasks.items()):
            if key[0] in (*LEAVING, "carry"):
                task.cancel()  # it writes `maybe_sent` on its way out
        await self._finish((*LEAVING, "carry"), GIVING_UP)
        try:
            work = await self._work(MANY)
            self._start("draw", self._drawer.with_room(work.draw))
            self._start("copies", work.copies)
            self._start("notes", ("",))
            self._start("watch", ("",) if work.watch else ())
        except DatabaseError as error:
            log.error("the cards could not be drawn at the stop: %s", error)
        await self._finish(("draw", "copies", "notes", "watch"), LAST_DRAWING)
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _once(self) -> None:
        await self._chores()
        work = await self._work(MANY + self._drawer.resting())
        if self._stopping:
            return
        self._queue(work.due)
        self._start("look", work.look)
        self._start("prepare", work.prepare)
        self._start("draw", self._drawer.with_room(work.draw))
        self._start("copies", work.copies)
        self._start("notes", ("",) if work.notes else ())
        self._start("make", work.make)
        self._start("follow", work.follow)
        self._start("watch", ("",) if work.watch else ())
        self._start("homes", work.homes)
        if work.runs:
            await self._lists.once()
        self._start("report", ("",) if work.reports else ())
        self._clock.alarm(work.alarms)

    async def _work(self, limit: int) -> Work:
        work = await self._bot.sends.work(self._bot.now(), AHEAD, limit, was_frozen=self._was_frozen)
        self._was_frozen = work.frozen
        return work

    async def _chores(self) -> None:
        """What is nobody's turn: first what is this process's own, then what one process does for all.

        Its lock, the registry as another process may have changed it, claims that nobody here carries out.
        Then claims of processes that died, drafts that nobody decided about, the digest, what is too old.
        """
        if time.monotonic() - self._chores_at < CHORES_EVERY:
            return
        bot = self._bot
        await bot.database.still_alive()
        await bot.register.refresh()
        await bot.people.roles.refresh()
        if groups := bot.people.usergroups():
            bot.chores.start(bot.people.groups.refresh(groups))
        is_chief = await bot.database.is_chief()
        for send in await bot.sends.abandon(bot.now(), maybe_note, self._in_hand, of_others=is_chief):
            log.warning("%s may have been sent: %s", send.id, send.why)
        if is_chief:
            await bot.sends.expire(bot.now())
            await remind(bot)
            self._start("reconcile", () if self._reconciled else ("",))
            self._start("keep", ("",))
        self._chores_at = time.monotonic()  # not before they are done: what failed is done at the next tick

    async def _follow(self, stored_id: str) -> bool:
        """The campaign of a correction whose text WhatCounts has now."""
        return await self._bot.sends.follow(self._bot.now(), stored_id) is not None

    async def _reconcile(self) -> bool:
        """Once a start; tried again until Slack has answered."""
        self._reconciled = await reconcile(self._bot)
        return self._reconciled

    def _in_hand(self) -> set[str]:
        """What this process is sending, or about to."""
        return {send_id for step, send_id in self._tasks if step in LEAVING}

    def _queue(self, dues: Iterable[Due]) -> None:
        """What is due leaves in its turn; in which order, and how fast, the throttle says."""
        for due in dues:
            if due.id not in self._queued:
                task = asyncio.create_task(self._take_turn(due))
                self._queued[due.id] = (time.monotonic(), task)

    async def _take_turn(self, due: Due) -> None:
        """Wait for its turn, then let it leave; nothing is claimed while it waits."""
        try:
            self._turns[due.id] = due, await turn(self._bot, due)
            step = "stop" if due.kind is Kind.STOP else "leave"
            self._start(step, (due.id,))
            await asyncio.wait({self._tasks[step, due.id]})
        except NoTurn as error:
            log.error("%s: its turn: the database failed: %s", due.id, error)
        finally:
            self._turns.pop(due.id, None)
            del self._queued[due.id]

    async def _leave(self, step: str, send_id: str) -> bool:
        if send_id not in self._turns:
            return False  # we were told to stop just when its turn came
        due, kept = self._turns[send_id]
        unused = partial(turn_unused, self._bot, due, time.monotonic())
        return await leave(self._bot, self._hands[step], send_id, kept, unused)

    def _waited(self, send_id: str) -> timedelta:
        """How long it has been waiting for its turn: who looks at it meanwhile does not find it late."""
        since, _ = self._queued.get(send_id, (time.monotonic(), None))
        return timedelta(seconds=time.monotonic() - since)

    def _start(self, step: str, ids: Iterable[str]) -> None:
        for send_id in ids:
            if (step, send_id) not in self._tasks:
                self._tasks[step, send_id] = asyncio.create_task(self._carry(step, send_id))

    async def _carry(self, step: str, send_id: str) -> None:
        """One step of one send; what it changed may want the next step, so the loop looks again."""
        changed = False
        try:
            if step in LEAVING:
                changed = await self._leave(step, send_id)
            else:
                async with self._room[step]:
                    changed = await self._steps[step](send_id)
        except DatabaseError as error:
            log.error("%s: %s: the database failed: %s", send_id, step, error)
        except Exception as error:  # one send's trouble must not stop the others
            log.error("%s: %s failed: %s at\n%s", send_id, step, type(error).__name__, where(error))
        finally:
            del self._tasks[step, send_id]
            if changed:
                self._bot.wake.set()

    async def _finish(self, steps: tuple[str, ...], seconds: float) -> None:
        tasks = [task for key, task in self._tasks.items() if key[0] in steps]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
