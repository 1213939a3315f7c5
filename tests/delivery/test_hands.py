"""Hands: claims together, never more than can be carried out soon, and none that nobody carries out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import create_engine, insert, select

from bot.database import Database, DatabaseError
from bot.delivery.hands import AHEAD, BUSY, GONE, Claim, Hands
from bot.delivery.leave import leave
from bot.delivery.prepare import look, prepare
from bot.sends import Ask, Content, Kind, Send, State
from bot.sends.leaving import NOT_AT_ALL
from bot.sends.notes import note
from bot.sends.table import send
from bot.settings import Settings
from bot.wiring import Bot, open_bot
from sandbox.whatcounts import WhatCountsEmulator
from tests.test_database import end_sessions
from tests.world import OLIVE, SMS, Time, environment, outside

MAIN = "2065551212"
RATES = {"SMS_RATE": "send=1000,other=1000"}


class Desk:
    """A bot whose delivery does not run: the test is its hands. And the other end."""

    def __init__(self, bot: Bot, time: Time, whatcounts: WhatCountsEmulator) -> None:
        self.bot, self.time, self.whatcounts = bot, time, whatcounts

    async def ready(self, count: int) -> list[str]:
        """Texts that are due and were looked at."""
        return [await self._ready(n) for n in range(count)]

    async def _ready(self, n: int) -> str:
        bot = self.bot
        content = Content(Kind.SEND, MAIN, phone=f"120655501{n:02}", text="Hello")
        send_id = await bot.sends.draft(Ask(OLIVE, bot.now()), content, SMS)
        await prepare(bot, send_id)
        prepared = await self.get(send_id)
        assert await bot.sends.confirm(Ask(OLIVE, bot.now()), send_id, prepared.revision, timedelta(0))
        assert await look(bot, send_id)
        return send_id

    async def get(self, send_id: str) -> Send:
        found = await self.bot.sends.get(send_id)
        assert found
        return found

    async def claimed(self, send_id: str) -> None:
        """Until it is."""
        while (await self.get(send_id)).state is not State.SENDING:
            pass

    async def states(self, ids: list[str]) -> list[State]:
        return [(await self.get(one)).state for one in ids]


@asynccontextmanager
async def at_desk(database_url: str) -> AsyncIterator[Desk]:
    async with outside() as (slack, whatcounts):
        settings = Settings.read(environment(slack, whatcounts, database_url) | RATES)
        time = Time()
        async with open_bot(settings, time.now) as bot:
            await bot.database.come_alive()
            await bot.register.open(settings, bot.now())
            yield Desk(bot, time, whatcounts)


async def test_those_who_ask_together_are_claimed_together(database_url: str) -> None:
    async with at_desk(database_url) as desk:
        hands, ids = Hands(desk.bot, 10), await desk.ready(5)
        claims = await asyncio.gather(*(hands.claim(one, NOT_AT_ALL) for one in ids))
        assert len({claim.send.claim for claim in claims if isinstance(claim, Claim)}) == 1
        assert [claim.send.id for claim in claims if isinstance(claim, Claim)] == ids
        assert await desk.states(ids) == [State.SENDING] * 5
        for one in ids:
            facts = [fact.what for fact in await desk.bot.sends.timeline(one)]
            assert facts == ["drafted", "confirmed", "sending"]


async def test_of_those_who_ask_together_each_is_judged_alone(database_url: str) -> None:
    async with at_desk(database_url) as desk:
        hands, (first, second, third) = Hands(desk.bot, 10), await desk.ready(3)
        assert await desk.bot.sends.cancel(Ask(OLIVE, desk.bot.now()), second)
        claims = await asyncio.gather(*(hands.claim(one, NOT_AT_ALL) for one in (first, second, third)))
        assert [isinstance(claim, Claim) for claim in claims] == [True, False, True]
        assert claims[1] == GONE


async def test_what_another_process_is_at_is_left_to_it_and_not_looked_at(postgres_url: str) -> None:
    async with at_desk(postgres_url) as desk:
        hands, (first, second) = Hands(desk.bot, 10), await desk.ready(2)
        looked = (await desk.get(first)).looked_at
        desk.time.ahead += timedelta(seconds=1)  # a look from now on would be another
        engine = create_engine(postgres_url)
        with engine.begin() as other:
            other.execute(select(send.c.id).where(send.c.id == first).with_for_update())
            assert await hands.claim(first, NOT_AT_ALL) == BUSY
            assert await leave(desk.bot, hands, first), "it has to be seen to again"
            assert await leave(desk.bot, hands, second)
        assert (await desk.get(first)).looked_at == looked
        assert await desk.states([first, second]) == [State.SCHEDULED, State.SUBMITTED]
        assert await leave(desk.bot, hands, first)
        assert await desk.states([first]) == [State.SUBMITTED]
        engine.dispose()


async def test_a_send_for_which_something_is_just_written_beside_it_is_not_busy(postgres_url: str) -> None:
    async with at_desk(postgres_url) as desk:
        hands, (first,) = Hands(desk.bot, 10), await desk.ready(1)
        engine = create_engine(postgres_url)
        with engine.begin() as other:
            about = {"send_id": first, "text": "A note.", "at": desk.bot.now()}
            other.execute(insert(note), about)
            assert isinstance(await hands.claim(first, NOT_AT_ALL), Claim)
        engine.dispose()


async def test_no_more_is_claimed_than_there_are_hands_and_came_free_of_late(sqlite_url: str) -> None:
    async with at_desk(sqlite_url) as desk:
        hands, ids = Hands(desk.bot, 2), await desk.ready(2 + 1 + AHEAD + 2)
        asking = [asyncio.create_task(hands.claim(one, NOT_AT_ALL)) for one in ids]
        await asyncio.wait(asking[:2])
        assert (await desk.states(ids)).count(State.SENDING) == 2
        async with hands.hand():  # one of the two is carried out
            pass
        await asyncio.wait(asking[: 2 + 1 + AHEAD])
        assert (await desk.states(ids)).count(State.SENDING) == 2 + 1 + AHEAD
        hands.close()
        assert [await one for one in asking[2 + 1 + AHEAD :]] == [None] * 2
        assert (await desk.states(ids)).count(State.SCHEDULED) == 2
        assert await hands.claim(ids[-1], NOT_AT_ALL) is None


async def test_who_stops_asking_is_not_claimed(sqlite_url: str) -> None:
    async with at_desk(sqlite_url) as desk:
        hands, (first, second, third) = Hands(desk.bot, 1), await desk.ready(3)
        assert await hands.claim(first, NOT_AT_ALL)
        asking = [asyncio.create_task(hands.claim(one, NOT_AT_ALL)) for one in (second, third)]
        await asyncio.sleep(0)
        asking[0].cancel()
        async with hands.hand():
            pass
        assert await asking[1]
        assert await desk.states([second, third]) == [State.SCHEDULED, State.SENDING]


async def test_a_claim_that_grew_old_before_its_request_goes_back_untouched(database_url: str) -> None:
    """More than 5 s, here while it waited for a hand; also a process that was stopped finds it so."""
    async with at_desk(database_url) as desk:
        hands, (first, second, third) = Hands(desk.bot, 1), await desk.ready(3)
        assert await leave(desk.bot, hands, first)
        desk.whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=0.5)
        slow = asyncio.create_task(leave(desk.bot, hands, second))
        await desk.whatcounts.wait_for(lambda: len(desk.whatcounts.requests) == 2)
        waiting = asyncio.create_task(leave(desk.bot, hands, third))
        await desk.claimed(third)
        desk.time.ahead += timedelta(seconds=6)
        assert (await slow, await waiting) == (True, False)
        assert await desk.states([second, third]) == [State.SUBMITTED, State.SCHEDULED]
        assert (await desk.get(third)).attempts == 0
        assert [fact.what for fact in await desk.bot.sends.timeline(third)][-2:] == ["sending", "not claimed"]
        assert await leave(desk.bot, hands, third)
        assert len(desk.whatcounts.sent) == 3


async def test_a_claim_for_which_no_hand_comes_free_goes_back_while_whatcounts_is_silent(
    sqlite_url: str,
) -> None:
    """It does not wait for the end of another's request: who stops then leaves no doubt about it."""
    async with at_desk(sqlite_url) as desk:
        hands, (first, second, third) = Hands(desk.bot, 1), await desk.ready(3)
        assert await leave(desk.bot, hands, first)
        desk.whatcounts.faults.next("timeout_after", operation="smssendmessagetophone")
        silent = asyncio.create_task(leave(desk.bot, hands, second))
        await desk.whatcounts.wait_for(lambda: len(desk.whatcounts.requests) == 2)
        assert not await leave(desk.bot, hands, third)
        assert not silent.done()
        assert (await desk.get(third)).state is State.SCHEDULED
        silent.cancel()
        await asyncio.wait({silent})
        assert (await desk.get(second)).state is State.MAYBE_SENT
        assert len(desk.whatcounts.sent) == 2


async def test_a_claim_is_made_under_a_name_that_others_know_to_live(
    postgres: str, postgres_url: str
) -> None:
    """The session that says so was ended: a claim under its name would be taken for a dead one's."""
    async with at_desk(postgres_url) as desk:
        hands, (only,) = Hands(desk.bot, 1), await desk.ready(1)
        was = desk.bot.database.me
        end_sessions(postgres, postgres_url)
        claim = await hands.claim(only, NOT_AT_ALL)
        assert isinstance(claim, Claim)
        assert claim.send.claimed_by == desk.bot.database.me != was
        watcher = Database(postgres_url)
        assert await watcher.dead({claim.send.claimed_by, was}) == {was}
        await watcher.close()


class Heard(logging.Handler):
    """Whether the log said anything."""

    def __init__(self) -> None:
        super().__init__()
        self.event = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.event.set()


async def test_a_database_that_goes_away_is_told_to_all_who_asked(sqlite_url: str) -> None:
    log, heard = logging.getLogger("bot.delivery.writing"), Heard()
    log.addHandler(heard)
    async with at_desk(sqlite_url) as desk:
        hands, ids = Hands(desk.bot, 4), await desk.ready(2)
        await desk.bot.database.write(lambda c: c.exec_driver_sql("ALTER TABLE send RENAME TO away").close())
        asking = [asyncio.create_task(hands.claim(one, NOT_AT_ALL)) for one in ids]
        async with asyncio.timeout(15):
            await heard.event.wait()  # it is being undone, in vain; a while later the look is too old
        await desk.bot.database.write(lambda c: c.exec_driver_sql("ALTER TABLE away RENAME TO send").close())
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(one) for one in told] == [DatabaseError] * 2
        assert await desk.states(ids) == [State.SCHEDULED] * 2
        assert await hands.claim(ids[0], NOT_AT_ALL), "and goes on when it is back"
    log.removeHandler(heard)
