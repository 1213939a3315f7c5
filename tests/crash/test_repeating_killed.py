"""Who makes the times of a repeating campaign, and sends them, is killed: each day leaves once, or says why.

What holds, and is asserted, of each day of the rule: it has one send, and no other has its day. WhatCounts
got no request for it twice. Its row says submitted, and it was asked for; or maybe sent, and its card says
so; or held, and why. Nothing is left waiting, and no day is missing.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.sends import Ask, Send, State
from sandbox.process import BotProcess
from sandbox.whatcounts import WhatCountsEmulator
from tests.crash.site import Site, site
from tests.repeat.steps import rule, running, times
from tests.world import OLIVE

LONG = bool(os.environ.get("SMSOPS_LONG"))
TIMEOUT = 900.0 if LONG else 60.0
pytestmark = [pytest.mark.crash, pytest.mark.timeout(TIMEOUT)]

DAYS = 40 if LONG else 2
ENDS = (State.SUBMITTED, State.MAYBE_SENT, State.HELD)
AHEAD = timedelta(hours=24)

MADE = [
    "before a time of a campaign is made",
    "after a time of a campaign was made",
    "before a time of a campaign is scheduled",
    "after a time of a campaign was scheduled",
]
DOUBTFUL = ["after the claim, before the request", "after the answer, before it is written"]
LEAVING = ["after the look was written", "before the claim", "after the outcome is written, before the card"]
CASES = [("sqlite_url", one) for one in (MADE + DOUBTFUL + LEAVING if LONG else [MADE[1], DOUBTFUL[1]])]
CASES += [("postgres_url", one) for one in (MADE + DOUBTFUL + LEAVING if LONG else [MADE[0], DOUBTFUL[0]])]


def campaigns(whatcounts: WhatCountsEmulator) -> Counter[str]:
    """How often WhatCounts was asked for each send: the campaign's name ends with the send's id."""
    handsets = Counter(((one.campaign or "").split()[-1], one.phone) for one in whatcounts.sent)
    ids = {send_id for send_id, _ in handsets}
    return Counter({each: max(n for (of, _), n in handsets.items() if of == each) for each in ids})


async def until(at: datetime, place: int, states: tuple[State, ...], opened: Site) -> Send:
    """The time at this place, as soon as it is in one of these states; `at`: what the clock is put to."""
    opened.time.put_to(at)
    async with asyncio.timeout(TIMEOUT / 2):
        while True:
            made = await times(opened)
            if len(made) > place and made[place].state in states:
                return made[place]
            await asyncio.sleep(0.02)  # another process: there is no event to wait for


async def one_day(opened: Site, place: int) -> Send:
    """The clock comes to the day before, when a time is made, and then to its hour."""
    row = (await rule(opened)).rule
    day = row.first + timedelta(days=place)
    due = row.moment(day).at
    open_or_over = (State.SCHEDULED, State.HELD)
    await until(max(opened.time.now(), due - AHEAD + timedelta(seconds=1)), place, open_or_over, opened)
    return await until(due - timedelta(seconds=1), place, ENDS, opened)


def judge(opened: Site, made: list[Send], days: int) -> None:
    """By the emulator's record."""
    asked = campaigns(opened.whatcounts)
    first = made[0].on_day
    assert first is not None
    expected = [first + timedelta(days=n) for n in range(days)]
    assert [one.on_day for one in made[:days]] == expected, "a day was lost, or made twice"
    assert len(made) - days in (0, 1), "the next one may be made"
    assert opened.posts() == len(asked) and set(asked.values()) <= {1}, "a day left twice"
    assert set(asked) <= {one.id for one in made}
    for one in made[:days]:
        assert one.state in ENDS or one.settled_by, one
        if one.state is State.SUBMITTED:
            assert asked[one.id] == 1 and one.attempts == 1
        if one.settled_by:
            assert (one.state is State.SUBMITTED) is (asked[one.id] == 1)
        if one.state is State.HELD:
            assert asked[one.id] == 0 and one.held_by and one.why


@pytest.mark.parametrize(("url", "point"), CASES)
async def test_killed_at_a_point_each_day_leaves_once_or_says_why_not(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, point: str
) -> None:
    async with site(request.getfixturevalue(url), tmp_path, point) as opened:
        await running(opened)
        for place in range(2):
            await one_day(opened, place)
        made = await times(opened)
        cards = [card.read() for card in opened.cards()]
        await opened.stop()
    assert (tmp_path / "died").exists(), "nobody came to the point: the test showed nothing"
    judge(opened, made, 2)
    doubtful = point in DOUBTFUL
    states = [State.MAYBE_SENT, State.HELD] if doubtful else [State.SUBMITTED, State.SUBMITTED]
    assert [one.state for one in made[:2]] == states
    assert sum("May have been sent" in card for card in cards) == doubtful
    assert (made[1].held_by == "in doubt") is doubtful


async def test_killed_every_day_at_any_moment(postgres_url: str, tmp_path: Path) -> None:
    """One of the two is killed each day, and started again; a doubt is settled at once.

    On every other day it is both, with the request under way; else one at any moment around the hour.
    """
    dice, doubts = random.Random(6), list[str]()
    async with site(postgres_url, tmp_path) as opened:
        opened.whatcounts.faults.always("delay_after", operation="sendMessageToSenderCode", seconds=0.8)
        await running(opened)
        for place in range(DAYS):
            killing = asyncio.create_task(
                kill_under_way(opened) if place % 2 == 0
                else kill_after(dice.uniform(0, 2.0), dice.choice(opened.bots))
            )  # fmt: skip
            one = await one_day(opened, place)
            await killing
            if one.state is State.MAYBE_SENT:
                doubts.append(one.id)
                was_sent = campaigns(opened.whatcounts)[one.id] > 0  # a person looks in WhatCounts
                assert await opened.sends.settle(Ask(OLIVE, opened.time.now()), one.id, was_sent)
        made = await times(opened)
        await opened.stop()
    judge(opened, made, DAYS)
    assert doubts, "nobody was killed in a request: the test showed nothing"
    print(f"{DAYS} days, {opened.posts()} requests, {len(doubts)} in doubt")


async def kill_under_way(opened: Site) -> None:
    before = opened.posts()
    await opened.whatcounts.wait_for(lambda: opened.posts() > before, timeout=TIMEOUT / 2)
    opened.back.clear()
    await asyncio.gather(*(bot.kill() for bot in opened.bots))
    async with asyncio.timeout(30):
        while not opened.bots[0].alive:  # started again where nobody lives
            await opened.back.wait()
            await asyncio.sleep(0.05)
    await opened.bots[1].start()
    await opened.bots[1].wait_ready()


async def kill_after(seconds: float, victim: BotProcess) -> None:
    await asyncio.sleep(seconds)  # the moment is what is tried
    await again(victim)


async def again(victim: BotProcess) -> None:
    await victim.kill()
    await victim.start()
    await victim.wait_ready()
