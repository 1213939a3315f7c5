"""Carry a bulk run: a turn of the throttle, a claim, a request, row after row, until it is over or stops.

The same on SQLite, in the process that serves, and on PostgreSQL, in any `python -m bot worker`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import suppress
from dataclasses import replace

from bot.card.bulk import ended_note, paused_note
from bot.database import DatabaseError
from bot.delivery.hands import CLAIM_HOLDS
from bot.delivery.row import Came, ask_row
from bot.delivery.writing import until_written
from bot.evidence import SMSOPS
from bot.freeze import Freeze
from bot.pace import NoTurn
from bot.rules import Facts, Objection, Terms
from bot.rules.hours import blackout, hours
from bot.sends import Ask, Send, State
from bot.sends.rows import Taken
from bot.sends.run import Action, PausedBy, RowState, RunState
from bot.wiring import Bot

log = logging.getLogger(__name__)

HANDS = 8  # requests of one run under way
FEEDERS = 3  # rows that wait for a turn while others are claimed: no turn passes for a commit
DRAWN_EVERY = 3.0  # seconds between counts for the card
HOURS_EVERY = 5.0  # seconds between looks at the hours; what is let through has a minute (`opening.MARGIN`)
RESTS = 1.0  # seconds, where its last rows are in the hands of another
UNREACHED = 5  # times in a row that WhatCounts was not reached, after which the run pauses
ALIKE = 5  # times in a row that a change was refused with one sentence
DOUBTS = 3  # answers in a row that left it open what became of the row: each is work for a person
DRAIN = 20.0  # seconds for what is in flight when told to stop


async def carry(bot: Bot, send_id: str, stop: asyncio.Event) -> bool:
    """Until it is over, paused, or told to `stop`; whether it was ours to carry. Raises DatabaseError.

    Who calls this has the run not in hand already.
    """
    taken = await bot.runs.carry(bot.now(), send_id)
    if taken is None:
        await bot.runs.abandon(bot.now(), send_id, mine=True)
        return False
    await Carrier(bot, taken, stop).run()
    return True


class Carrier:
    """One run in the hands of this process."""

    def __init__(self, bot: Bot, send: Send, stop: asyncio.Event) -> None:
        assert send.run is not None
        self._bot, self._send, self._run, self._stop = bot, send, send.run, stop
        self._hands = asyncio.Semaphore(HANDS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._missed = 0  # in a row
        self._refused: tuple[str, int] = ("", 0)  # the sentence, how often in a row
        self._doubts = 0  # in a row
        self._failed = False  # one of the feeders
        self._open_at: tuple[float, float] | None = None  # when the hours were asked, by both clocks
        self._alive_at = float("-inf")

    async def run(self) -> None:
        bot, send_id = self._bot, self._send.id
        await bot.runs.abandon(bot.now(), send_id, mine=True)
        await bot.runs.keep_optouts(bot.now(), send_id)
        bot.wake.set()
        counting = asyncio.create_task(self._count())
        try:
            while await self._goes_on():
                if not await self._feed():
                    await self._stops_within(RESTS)
                await self._finish()
        except asyncio.CancelledError:
            await self._cancel()
            raise
        finally:
            await self._finish()  # also where the database failed: whoever goes on takes them for lost
            counting.cancel()
            if self._stop.is_set():
                await bot.runs.put_down(bot.now(), send_id, {bot.database.me})
            bot.wake.set()

    async def _goes_on(self) -> bool:
        """Whether rows are to be taken still; what ends or stops the run is written."""
        bot, send_id = self._bot, self._send.id
        if self._stop.is_set():
            return False
        await bot.runs.abandon(bot.now(), send_id, mine=True)  # nothing is in hand here
        if await bot.runs.end(bot.now(), send_id, ended_note):
            return False
        now = await bot.sends.get(send_id)
        if now is None or now.state is not State.SENDING:
            return False
        if now.run is None or now.run.state is not RunState.RUNNING:
            return False
        if now.run.carried_by != bot.database.me:  # paused, resumed, and taken up by another meanwhile
            return False
        if self._missed >= UNREACHED:
            return not await self._pause(PausedBy.UNREACHABLE, UNREACHABLE)
        if self._refused[1] >= ALIKE:
            return not await self._pause(PausedBy.REFUSED, self._refused[0])
        if self._doubts >= DOUBTS:
            return not await self._pause(PausedBy.DOUBT, IN_DOUBT)
        return not await self._is_stopped(now)

    async def _is_stopped(self, now: Send) -> bool:
        """Whether something stands against it: a freeze since it began, the registry, the clock."""
        bot = self._bot
        since = now.run.state_at if now.run else None
        freeze = await bot.sends.frozen()
        if self._run.action is not Action.STOP:
            if freeze.frozen or (freeze.at and since and freeze.at >= since):
                why = f": {freeze.why}" if freeze.why else ""
                return await self._pause(PausedBy.FREEZE, f"All sends were frozen{why}.")
            await bot.register.refresh()
            if bot.registry.sender(now.sender) is None:
                return await self._pause(PausedBy.SENDER, f"{now.sender} is not registered any more.")
            if now.audience and bot.registry.group(now.audience) is None:
                return await self._pause(PausedBy.SENDER, f"{now.audience} is not registered any more.")
        if self._shut() or not await bot.runs.see(bot.now(), self._send.id):
            return await pause_late(bot, self._send)
        return False

    def _is_shut(self) -> bool:
        """Whether the hours are over, asked again every few seconds.

        By either clock: one stands while a machine is suspended, the other can be set.
        """
        now = (time.monotonic(), self._bot.now().timestamp())
        passed = [at - was for at, was in zip(now, self._open_at or (), strict=False)]
        if passed and all(0 <= seconds <= HOURS_EVERY for seconds in passed):
            return False
        is_shut = self._shut() is not None
        self._open_at = None if is_shut else now
        return is_shut

    def _shut(self) -> Objection | None:
        return shut_for(self._bot, self._send)

    async def _pause(self, by: PausedBy, why: str) -> bool:
        bot = self._bot
        ask = Ask(SMSOPS, bot.now())
        return await bot.runs.pause(ask, self._send.id, by, why, None, paused_note) is not None

    async def _feed(self) -> bool:
        """Rows, each in its turn, as long as nothing stands against it; whether there was one.

        Raises what a feeder raised.
        """
        self._failed = False
        ended = await asyncio.gather(*(self._take_rows() for _ in range(FEEDERS)), return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException):
                raise error
        return any(ended)

    async def _take_rows(self) -> int:
        try:
            return await self._take_while_it_may()
        except BaseException:  # cancelled too
            self._failed = True  # the others end with it
            raise

    def _may_go_on(self) -> bool:
        in_a_row = self._missed >= UNREACHED or self._refused[1] >= ALIKE or self._doubts >= DOUBTS
        return not (in_a_row or self._failed or self._stop.is_set())

    async def _take_while_it_may(self) -> int:
        """How many it took."""
        took = 0
        while self._may_go_on():
            if self._is_shut():
                break
            await self._hands.acquire()
            taken = None
            try:
                taken = await self._next()
            finally:
                if taken is None:
                    self._hands.release()
            if taken is None:
                break
            took += 1
            task = asyncio.create_task(self._carry_out(taken, time.monotonic()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return took

    async def _next(self) -> Taken | None:
        """The next row, claimed when its turn has come; None where there is none, or we are to stop."""
        if self._missed and await self._stops_within(min(2.0**self._missed, 30.0) / 2):
            return None
        turn = asyncio.ensure_future(self._turn())
        stop = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({turn, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not turn.done() or self._stop.is_set():
            turn.cancel()
            with suppress(asyncio.CancelledError, NoTurn):
                await turn
            return None
        await turn
        came = time.monotonic()
        taken = None if self._is_shut() else await self._claim()  # a turn may take long to come
        if taken is None:
            self._unused(came)
        return taken

    async def _stops_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._stop.wait()
        except TimeoutError:
            return False

    async def _turn(self) -> None:
        """In a lane of its own: who wants one turn is never behind a long run."""
        whatcounts = self._bot.whatcounts
        if self._run.action is Action.SEND:
            await whatcounts.turn_to_text(self._send.sender, self._send.id)
        else:
            await whatcounts.turn(self._send.id)

    def _unused(self, since: float) -> None:
        if self._run.action is Action.SEND:
            self._bot.whatcounts.text_turn_unused(self._send.sender, since)
        else:
            self._bot.whatcounts.turn_unused(since)

    async def _claim(self) -> Taken | None:
        """Raises DatabaseError, after which nothing is claimed."""
        bot, token = self._bot, secrets.token_hex(8)
        if time.monotonic() - self._alive_at > 1.0:
            await bot.database.still_alive()  # whose lock dropped would be taken for dead
            self._alive_at = time.monotonic()
        try:
            return await bot.runs.take(bot.now(), self._send.id, token)
        except DatabaseError:  # it may be claimed all the same: the answer to the commit was lost
            undo = bot.runs.untake
            await until_written(self._send.id, token, "not claimed", lambda: undo(self._send.id, token))
            raise

    async def _carry_out(self, taken: Taken, since: float) -> None:
        try:
            came = await ask_row(self._bot, taken, lambda: _is_old(self._bot, taken, since, CLAIM_HOLDS))
            await self._write(taken, came)
        except asyncio.CancelledError:
            doubt = Came(RowState.MAYBE_SENT, "smsops was stopped in the middle of this.")
            await asyncio.shield(asyncio.ensure_future(self._write(taken, doubt)))
            raise
        finally:
            self._hands.release()

    async def _write(self, taken: Taken, came: Came) -> None:
        bot = self._bot
        self._missed = self._missed + 1 if came.is_missed else 0
        if came.is_doubt:
            self._doubts += 1
        elif came.to is not RowState.WAITING:
            self._doubts = 0
        if came.to is RowState.REFUSED and came.is_alike and taken.action is not Action.SEND:
            same = self._refused[1] + 1 if self._refused[0] == came.why else 1
            self._refused = (came.why or "", same)
        elif came.to is not RowState.WAITING:
            self._refused = ("", 0)

        async def write() -> bool:
            if came.to is RowState.WAITING:
                return await bot.runs.back(taken, came.why, counts=came.counts)
            return await bot.runs.answered(bot.now(), taken, came.to, came.why)

        await until_written(f"{taken.send_id} line {taken.line}", taken.claim, came.to.value, write)

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=DRAIN if self._stop.is_set() else None)
        if self._stop.is_set():
            await self._cancel()

    async def _cancel(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _count(self) -> None:
        """For the card, and that somebody is at work on it; a database that is away is asked again."""
        while True:
            await asyncio.sleep(DRAWN_EVERY)
            with suppress(DatabaseError):
                await self._bot.runs.see(self._bot.now(), self._send.id)
                if await self._bot.runs.count_up(self._bot.now(), self._send.id):
                    self._bot.wake.set()


IN_DOUBT = (
    f"{DOUBTS} answers of WhatCounts in a row did not say whether it was done. "
    "Look in WhatCounts what became of them before you press Resume."
)
ALONE = "Nobody was at work on it for minutes: smsops was down, or its machine stood still."
UNREACHABLE = f"WhatCounts was not reached {UNREACHED} times in a row."


async def pause_late(bot: Bot, send: Send) -> bool:
    """Pause it for what the clock says: the hours, a day, or that nobody was at work on it for minutes."""
    shut = shut_for(bot, send)
    by = PausedBy(shut.rule) if shut else PausedBy.LATE
    why = shut.sentence.partition(" Press Move")[0] if shut else ALONE
    next_at = shut.next_at if shut else None
    return await bot.runs.pause(Ask(SMSOPS, bot.now()), send.id, by, why, next_at, paused_note) is not None


def shut_for(bot: Bot, send: Send) -> Objection | None:
    """What the clock says against texting its phones now: the hours of each of their zones, and the days."""
    now = bot.now()
    at = _at(send)
    facts = Facts(at, send.text or "", now, bot.registry, Freeze(False), True, terms=Terms.of(bot.settings))
    return hours(facts) or blackout(facts)


def _at(send: Send) -> Send:
    """As one that would leave this moment."""
    return replace(send, state=State.DRAFT, chosen_at=None, due_at=None)


def _is_old(bot: Bot, taken: Taken, since: float, seconds: float) -> bool:
    """By either clock: one stands while a machine is suspended, the other can be set."""
    age = max(time.monotonic() - since, (bot.now() - taken.claimed_at).total_seconds())
    return age > seconds
