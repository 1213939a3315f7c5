"""The clock is stepped under a running bot (libfaketime): it notices, and sends nothing late or early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.sends import Ask, Content, Kind, Send, State
from bot.wiring import utc_now
from tests.crash.site import Site, site
from tests.world import OLIVE, SMS

pytestmark = pytest.mark.crash

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
TICK = 2  # seconds
HOUR = timedelta(hours=1)


@dataclass
class Stepped:
    """A bot (on PostgreSQL two processes) whose clock the test sets; the time between two steps is real."""

    running: Site
    clock: Path
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """What the bot takes for the time."""
        return utc_now() + self.ahead

    def step(self, by: timedelta) -> None:
        """The clock is so far ahead of the real one from now on."""
        self.ahead = by
        new = self.clock.with_suffix(".new")
        new.write_text(f"{by.total_seconds():+.3f}\n")
        new.replace(self.clock)

    async def schedule(self, delay: timedelta) -> str:
        """A text, confirmed, due so far from the bot's now; its id."""
        sends, now = self.running.sends, self.now()
        content = Content(Kind.SEND, "2065551212", phone="12065550100", text=f"Hello, {now}")
        send = await sends.get(await sends.draft(Ask(OLIVE, now), content, SMS))
        assert send
        await sends.prepared(now, send, content.text, [], None)
        prepared = await sends.get(send.id)
        assert prepared
        assert await sends.confirm(Ask(OLIVE, now), send.id, prepared.revision, delay)
        return send.id

    async def state(self, send_id: str, state: State) -> Send:
        """The send, as soon as it is in this state."""
        async with asyncio.timeout(20):
            while (row := await self.running.sends.get(send_id)) is None or row.state is not state:  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # another process: there is no event to wait for
        return row


@asynccontextmanager
async def stepped(
    database_url: str, folder: Path, kill_at: str = "", processes: int = 2
) -> AsyncIterator[Stepped]:
    if LIBRARY is None:
        pytest.skip("no libfaketime: install faketime")
    clock = folder / "clock"
    clock.write_text("+0\n")
    faked = {
        "LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        # Its guess whether glibc needs this is by a timing, and where it guesses wrong, waiting for Python's
        # lock returns at once: threads take it from each other, and the bot hardly gets on.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }  # fmt: skip
    async with site(database_url, folder, kill_at, processes=processes, **faked) as running:
        yield Stepped(running, clock)


async def test_stepped_forward_to_just_before_it_is_due_it_leaves_on_its_second(
    database_url: str, tmp_path: Path
) -> None:
    async with stepped(database_url, tmp_path) as bot:
        send_id = await bot.schedule(HOUR)
        bot.step(HOUR - timedelta(seconds=3 * TICK))
        row = await bot.state(send_id, State.SUBMITTED)
        assert row.claimed_at
        assert row.due_at
        assert timedelta(0) <= row.claimed_at - row.due_at < timedelta(seconds=1)
        assert len(bot.running.whatcounts.sent) == 1


async def test_stepped_forward_past_its_hour_it_is_held_and_asks(database_url: str, tmp_path: Path) -> None:
    async with stepped(database_url, tmp_path) as bot:
        send_id = await bot.schedule(HOUR)
        bot.step(2 * HOUR)
        row = await bot.state(send_id, State.HELD)
        assert row.held_by == "late"
        await bot.running.card("Held: nothing was sent.")
        assert bot.running.posts() == 0


async def test_stepped_back_it_waits_for_its_hour_and_leaves_once(database_url: str, tmp_path: Path) -> None:
    async with stepped(database_url, tmp_path) as bot:
        send_id = await bot.schedule(timedelta(seconds=3 * TICK))
        bot.step(-HOUR)
        await bot.state(await bot.schedule(timedelta(seconds=4 * TICK)), State.SUBMITTED)
        row = await bot.running.sends.get(send_id)
        assert row
        assert row.state is State.SCHEDULED
        bot.step(timedelta(0))
        await bot.state(send_id, State.SUBMITTED)
        bot.step(-HOUR)
        await bot.state(await bot.schedule(timedelta(seconds=TICK)), State.SUBMITTED)
        assert len(bot.running.whatcounts.sent) == 3
