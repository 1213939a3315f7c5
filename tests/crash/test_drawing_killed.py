"""Killed while a card is edited or a note is posted: in the end what is shown is so, and all left once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.sends import State
from tests.crash.site import Site, insist, site

pytestmark = pytest.mark.crash

LONG = bool(os.environ.get("SMSOPS_LONG"))
EDITS = ["after the card was claimed for an edit", "after Slack took the edit, before it is recorded"]
NOTES = {  # how often it may stand in the thread at most
    "after the note was claimed": 1,
    "after Slack took the note, before it is recorded": 2,
}
PLACES = [("sqlite_url", 1), ("postgres_url", 2)]
PLACES += [("postgres_url", 4)] if LONG else []


@pytest.mark.parametrize("point", EDITS)
@pytest.mark.parametrize(("url", "processes"), PLACES)
async def test_killed_at_an_edit_there_is_one_card_and_it_is_right(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, processes: int, point: str
) -> None:
    database = request.getfixturevalue(url)
    later = {"SMS_DELAY_SECONDS": "phone=3"}  # the card says Scheduled before the text leaves
    async with site(database, tmp_path, kill_at=point, processes=processes, **later) as running:
        await insist(running)
        card = await running.card("Submitted")
        await running.stop()
        await of_the_record(running, State.SUBMITTED)
        assert running.cards() == [card]
        assert (tmp_path / "died").exists()


@pytest.mark.parametrize("point", NOTES)
@pytest.mark.parametrize(("url", "processes"), PLACES)
async def test_killed_at_a_note_the_thread_is_told_all_the_same(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, processes: int, point: str
) -> None:
    database = request.getfixturevalue(url)
    async with site(database, tmp_path, kill_at=point, processes=processes) as running:
        running.whatcounts.faults.next("close_after", operation="smssendmessagetophone")
        await insist(running)
        card = await running.card("May have been sent")
        if point == "after Slack took the note, before it is recorded":
            await running.slack.wait_for(lambda: len(running.slack.replies(card)) == 2, timeout=20)
        await running.slack.wait_for(lambda: running.slack.replies(card), timeout=20)
        await running.stop()
        await of_the_record(running, State.MAYBE_SENT)
        notes = running.slack.replies(card)
        assert all("smsops will not send it again" in note.read() for note in notes)
        assert len(notes) == NOTES[point]
        assert (tmp_path / "died").exists()


async def of_the_record(running: Site, state: State) -> None:
    """The row says so, WhatCounts was asked once, and one handset has the text."""
    (row,) = await running.rows()
    assert row.state is state
    assert (len(running.whatcounts.sent), running.posts()) == (1, 1)
