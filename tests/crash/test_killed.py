"""Killed at each step: the text is sent once, or in doubt and flagged; the emulator's log is the judge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.sends import State
from bot.sends.leaving import LATE
from bot.wiring import utc_now
from tests.crash.launch import LOST
from tests.crash.site import Site, insist, scheduled, site
from tests.world import OLIVE

pytestmark = pytest.mark.crash


@dataclass(frozen=True)
class After:
    """What must be so: the state, texts on the handset, requests."""

    state: State
    texts: int
    posts: int


WORDS = {State.SUBMITTED: "Submitted", State.MAYBE_SENT: "May have been sent"}
ONCE = After(State.SUBMITTED, 1, 1)
POINTS = {
    "before the draft is written": ONCE,
    "after the draft was written, before the answer to Slack": ONCE,
    "before what was prepared is written": ONCE,
    "after what was prepared was written, before the card": ONCE,
    "after the card was claimed for drawing": ONCE,
    "after the card was posted, before it is recorded": ONCE,
    "before the confirmation is written": ONCE,
    "after the confirmation was written, before the answer to Slack": ONCE,
    "after the look was written": ONCE,
    "before the claim": ONCE,
    "after the claim, before the request": After(State.MAYBE_SENT, 0, 0),
    "after the answer, before it is written": After(State.MAYBE_SENT, 1, 1),
    "after the outcome is written, before the card": ONCE,
}


# On PostgreSQL the moves are the same: in the short form only the points at which the other one takes over.
TAKEN_OVER = [
    "after the card was posted, before it is recorded",
    "before the claim",
    "after the claim, before the request",
    "after the answer, before it is written",
    "after the outcome is written, before the card",
]
WITH_FOUR = ["after the answer, before it is written"]
LONG = bool(os.environ.get("SMSOPS_LONG"))
CASES = [("sqlite_url", 1, point) for point in POINTS]
CASES += [("postgres_url", 2, point) for point in (POINTS if LONG else TAKEN_OVER)]
CASES += [("postgres_url", 4, point) for point in (POINTS if LONG else WITH_FOUR)]


async def judge(running: Site, after: After) -> None:
    """The row, the card and the thread say what the emulator's log says; stopping changes nothing of it."""
    card = await running.card(WORDS[after.state])
    (row,) = await running.rows()
    assert row.state is after.state
    if after.state is State.MAYBE_SENT:
        (note,) = await running.slack.wait_for(lambda: running.slack.replies(card), timeout=10)
        assert f"{row.id} may have been sent, and smsops will not send it again." in note.read()
    await running.stop()
    assert (len(running.whatcounts.sent), running.posts()) == (after.texts, after.posts)
    (stopped,) = await running.rows()
    assert (stopped.state, stopped.revision) == (row.state, row.revision)


@pytest.mark.parametrize(("url", "processes", "point"), CASES)
async def test_killed(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, processes: int, point: str
) -> None:
    after, database = POINTS[point], request.getfixturevalue(url)
    async with site(database, tmp_path, kill_at=point, processes=processes) as running:
        await insist(running)
        await judge(running, after)
        assert (tmp_path / "died").exists()
        is_lost = point == "after the card was posted, before it is recorded"  # until a press finds it
        assert len(running.cards()) <= (2 if is_lost else 1)


@pytest.mark.parametrize(("fault", "texts"), [("timeout_before", 0), ("timeout_after", 1)])
async def test_killed_during_the_request(database_url: str, tmp_path: Path, fault: str, texts: int) -> None:
    async with site(database_url, tmp_path) as running:
        running.whatcounts.faults.next(fault, operation="smssendmessagetophone")
        await running.slack.command(OLIVE, "send 2065550100 Hello")
        await running.slack.click(OLIVE, await running.card("Nothing is sent until"), "Send")
        await running.whatcounts.wait_for(lambda: running.posts() == 1)
        await running.sender().kill()
        await judge(running, After(State.MAYBE_SENT, texts, 1))


async def test_killed_when_it_has_put_in_doubt_what_a_dead_process_was_sending(
    database_url: str, tmp_path: Path
) -> None:
    """Of three the first is killed during the request, the second when it sees to that; the third goes on."""
    point = "after what a dead process was sending was put in doubt"
    async with site(database_url, tmp_path, kill_at=point, processes=3) as running:
        running.whatcounts.faults.next("timeout_after", operation="smssendmessagetophone")
        await running.slack.command(OLIVE, "send 2065550100 Hello")
        await running.slack.click(OLIVE, await running.card("Nothing is sent until"), "Send")
        await running.whatcounts.wait_for(lambda: running.posts() == 1)
        await running.sender().kill()
        await judge(running, After(State.MAYBE_SENT, 1, 1))
        assert (tmp_path / "died").exists()


@pytest.mark.parametrize("point", ["before it is held", "after it was held, before the card"])
async def test_killed_while_it_holds_what_is_late(database_url: str, tmp_path: Path, point: str) -> None:
    async with site(database_url, tmp_path, kill_at=point) as running:
        await scheduled(running, utc_now() - 2 * LATE, count=1)
        await running.card("Held: nothing was sent.")
        await running.stop()
        (row,) = await running.rows()
        assert (row.state, row.held_by, running.posts()) == (State.HELD, "late", 0)
        assert (tmp_path / "died").exists()


async def test_killed_while_slack_has_the_card(database_url: str, tmp_path: Path) -> None:
    async with site(database_url, tmp_path, SMS_DELAY_SECONDS="phone=1") as running:
        await running.slack.command(OLIVE, "send 2065550100 Hello")
        card = await running.card("Nothing is sent until")
        await running.slack.click(OLIVE, card, "Send")
        await running.card("Scheduled.")
        hold = running.slack.faults.hold("chat.update")
        await hold.reached.wait()
        for bot in running.bots:
            await bot.kill()
        hold.release()
        await judge(running, ONCE)
        assert running.cards() == [card]


async def test_a_claim_whose_commit_was_not_confirmed_does_not_stay_under_way(
    database_url: str, tmp_path: Path
) -> None:
    """The process lives on and knows of no claim; the row must not say "on its way" for ever."""
    async with site(database_url, tmp_path, kill_at=LOST) as running:
        await insist(running)
        await running.card(*WORDS.values())
        (row,) = await running.rows()
        await running.stop()
        assert len(running.whatcounts.sent) == running.posts() == (row.state is State.SUBMITTED)
