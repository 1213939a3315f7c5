"""A repeating campaign killed while its times are made and leave: each day once, or a person is asked.

The days pass on a clock that is stepped (libfaketime); the emulator's record is the judge.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.repeats import Every, Repeat
from bot.sends import Ask, Content, Kind, Send, State
from tests.crash.test_clock import HOUR, TICK, Stepped, stepped
from tests.steps import SALE
from tests.world import OLIVE, SMS

pytestmark = [pytest.mark.crash, pytest.mark.timeout(240)]  # days pass in them

ZONE = ZoneInfo("America/Los_Angeles")
MAKING = (
    "before a time of a repeating campaign is made",
    "after a time of a repeating campaign was made",
    "before a time of a repeating campaign is scheduled",
    "after a time of a repeating campaign was scheduled",
)
# Of the second time's request nobody knows: then a person decides before the third leaves.
LEAVING = {"after the claim, before the request": 0, "after the answer, before it is written": 1}
URLS = ("sqlite_url", "postgres_url")
# The days take their time: the short form has each database, and each way to make and to leave, once.
SHORT = {("sqlite_url", MAKING[2]), ("postgres_url", MAKING[1])}
SHORT |= set(zip(URLS, LEAVING, strict=True))
LONG = bool(os.environ.get("SMSOPS_LONG"))


def cases(points: Collection[str]) -> list[tuple[str, str]]:
    return [(url, point) for url in URLS for point in points if LONG or (url, point) in SHORT]


async def started(bot: Stepped) -> Send:
    """Daily, the first time in an hour: it is made at once."""
    sends, now = bot.running.sends, bot.now()
    first = (now + HOUR).astimezone(ZONE)
    rule = Repeat(Every.DAILY, first.date(), first.time().replace(second=0, microsecond=0), ZONE)
    content = Content(
        Kind.REPEAT, "2065551212", audience="weekly", message="Spring sale", campaign="Spring sale",
        repeats=rule.keep(),
    )  # fmt: skip
    send = await sends.get(await sends.draft(Ask(OLIVE, now), content, SMS))
    assert send
    await sends.prepared(now, send, SALE, [], None)
    prepared = await sends.get(send.id)
    assert prepared
    running = await sends.confirm(Ask(OLIVE, now), send.id, prepared.revision, timedelta(0))
    assert running
    return running


async def times(bot: Stepped, *states: State) -> list[Send]:
    """What was made of it, by their days, as soon as they are in these states."""
    async with asyncio.timeout(60):
        while True:
            made = [one for one in await bot.running.rows() if one.series]
            made.sort(key=lambda one: one.on_day or date.min)
            if [one.state for one in made] == [*states]:
                return made
            await asyncio.sleep(0.05)  # another process: there is no event to wait for


def step_to(bot: Stepped, at: datetime | None) -> None:
    """To just before the hour of one of them."""
    assert at is not None
    bot.step(bot.ahead + (at - bot.now()) - timedelta(seconds=2 * TICK))


def by_campaign(bot: Stepped) -> dict[str, int]:
    """How many texts of each time are on handsets."""
    found = [one.campaign or "" for one in bot.running.whatcounts.sent]
    return {name: found.count(name) for name in found}


def once(bot: Stepped, made: Sequence[Send]) -> None:
    """Each of these has left, and once to each member of the group."""
    members = by_campaign(bot)
    assert set(members) == {f"Spring sale {one.id}" for one in made}
    assert len(set(members.values())) == 1
    assert bot.running.posts() == len(made)


@pytest.mark.parametrize(("url", "point"), cases(MAKING))
async def test_killed_while_its_times_are_made(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, point: str
) -> None:
    async with stepped(request.getfixturevalue(url), tmp_path, point, processes=2) as bot:
        await started(bot)
        (first,) = await times(bot, State.SCHEDULED)
        assert (tmp_path / "died").exists()
        step_to(bot, first.due_at)
        (first, second) = await times(bot, State.SUBMITTED, State.SCHEDULED)
        step_to(bot, second.due_at)
        (first, second, third) = await times(bot, State.SUBMITTED, State.SUBMITTED, State.SCHEDULED)
        days = [one.on_day for one in (first, second, third)]
        assert first.on_day and days == [first.on_day + timedelta(days=n) for n in range(3)]
        await bot.running.stop()
        once(bot, (first, second))


@pytest.mark.parametrize(("url", "point"), cases(LEAVING))
async def test_after_one_that_nobody_knows_of_the_next_waits_for_a_person(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, point: str
) -> None:
    async with stepped(request.getfixturevalue(url), tmp_path, point, processes=2) as bot:
        await started(bot)
        (first,) = await times(bot, State.SCHEDULED)
        step_to(bot, first.due_at)
        (first, second) = await times(bot, State.MAYBE_SENT, State.SCHEDULED)
        step_to(bot, second.due_at)
        (first, second, third) = await times(bot, State.MAYBE_SENT, State.HELD, State.SCHEDULED)
        assert second.held_by == "in doubt" and third.due_at
        await bot.running.stop()
        assert bot.running.posts() == LEAVING[point]
        assert set(by_campaign(bot)) == {f"Spring sale {first.id}" for _ in range(LEAVING[point])}
