"""Two processes on one PostgreSQL: what both could do is done once."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.sends import State
from bot.wiring import utc_now
from sandbox.process import BotProcess
from sandbox.slack import Message
from sandbox.slack.record import Answer
from tests.crash.site import Site, scheduled, site
from tests.world import MAX, OLIVE, SMS

pytestmark = pytest.mark.crash

MANY = 30


async def test_thirty_texts_due_at_one_second_are_each_sent_once(postgres_url: str, tmp_path: Path) -> None:
    async with site(postgres_url, tmp_path) as running:
        await scheduled(running, utc_now(), MANY)
        await running.whatcounts.wait_for(lambda: len(running.whatcounts.sent) >= MANY, timeout=20)
        await running.slack.wait_for(
            lambda: sum("Submitted" in card.read() for card in running.cards()) == MANY, timeout=20
        )
        rows = await running.rows()
        await running.stop()
    assert Counter(text.text for text in running.whatcounts.sent) == {f"Text {n}": 1 for n in range(MANY)}
    assert running.posts() == MANY
    assert {(row.state, row.attempts) for row in rows} == {(State.SUBMITTED, 1)}
    assert len(running.cards()) == MANY
    assert len({row.claimed_by for row in rows}) == 2, "one process did it all: the test showed nothing"


async def press(running: Site, bot: BotProcess, person: str, card: Message) -> Answer:
    running.listen_to(bot)  # where a press goes is read as it begins, before anything is waited for
    return await running.slack.click(person, card, "Send")


@pytest.mark.parametrize("attempt", range(2))
async def test_confirming_twice_at_once_in_two_processes_sends_once(
    postgres_url: str, tmp_path: Path, attempt: int
) -> None:
    async with site(postgres_url, tmp_path) as running:
        await running.slack.command(OLIVE, "send 2065550100 Hello")
        card = await running.card("Nothing is sent until someone presses Send.")
        first, second = running.bots if attempt % 2 else reversed(running.bots)
        answers = await asyncio.gather(press(running, first, OLIVE, card), press(running, second, MAX, card))
        assert all(answer.ok for answer in answers)
        await running.card("Submitted")
        late = await running.slack.wait_for(
            lambda: [one.read() for who in (OLIVE, MAX) for one in running.slack.ephemerals(who, SMS)]
        )
        assert len(late) == 1, "the slower of the two is told"
        facts = await running.sends.timeline((await running.rows())[0].id)
        assert [fact.what for fact in facts].count("confirmed") == 1
        await running.stop()
    assert (len(running.whatcounts.sent), running.posts()) == (1, 1)


async def test_the_same_signed_request_to_both_processes_counts_once(
    postgres_url: str, tmp_path: Path
) -> None:
    async with site(postgres_url, tmp_path) as running:
        await running.slack.command(OLIVE, "send 2065550100 Hello")
        running.listen_to(running.bots[1])
        assert "This was answered already" in (await running.slack.replay()).text
        assert len(await running.rows()) == 1
        await running.slack.click(OLIVE, await running.card("Nothing is sent until"), "Send")
        running.listen_to(running.bots[0])
        assert (await running.slack.replay()).status_code == 200
        await running.card("Submitted")
        await running.stop()
    assert (len(running.whatcounts.sent), running.posts()) == (1, 1)


async def test_a_rolling_deploy_leaves_no_doubt(postgres_url: str, tmp_path: Path) -> None:
    """Each process is told to stop while its request is under way; the answer is waited for and written."""
    async with site(postgres_url, tmp_path) as running:
        running.whatcounts.faults.always("delay_after", operation="smssendmessagetophone", seconds=1.0)
        await running.slack.command(OLIVE, "send 2065550100 Hello")
        await running.slack.click(OLIVE, await running.card("Nothing is sent until"), "Send")
        await running.whatcounts.wait_for(lambda: running.posts() == 1)
        sender = running.sender()
        assert await sender.terminate() == 0
        (row,) = await running.rows()
        assert row.state is State.SUBMITTED
        await running.card("Submitted")
        await running.stop()
    assert (len(running.whatcounts.sent), running.posts()) == (1, 1)
