"""A claim that nobody carries out: in doubt, but for an opt-out, which is asked for once more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sends import Content, Kind, Send, State
from tests.sends.desk import (
    CAMPAIGN,
    CONTACT,
    CREATE,
    DEAD,
    DUE,
    LATER,
    STOP,
    SUBSCRIBE,
    TEXT,
    TWO_PHONES,
    Desk,
)

ALL = (TEXT, CAMPAIGN, TWO_PHONES, CREATE, SUBSCRIBE, CONTACT, STOP)


async def sending(desk: Desk, content: Content) -> Send:
    return await (desk.stop_sending() if content is STOP else desk.sending(content))


@pytest.mark.parametrize("content", ALL, ids=lambda one: one.kind)
async def test_a_claim_of_a_dead_process_is_doubted_or_asked_once_more(desk: Desk, content: Content) -> None:
    claimed = await sending(desk, content)
    await desk.change(claimed.id, claimed_by=DEAD)
    left = await desk.sends.abandon(LATER, lambda send: f"look for {send.id}", set)
    now = await desk.get(claimed.id)
    _, _, notes = await desk.all()
    if content.kind is Kind.STOP:
        assert (left, notes) == ([], [])
        assert (now.state, now.due_at, now.looked_at) == (State.SCHEDULED, claimed.due_at, None)
        assert (await desk.happened(claimed.id))[-1] == "asked once more"
        assert now.attempts == 1  # it counts: it may have been carried out
    else:
        assert [one.id for one in left] == [claimed.id]
        assert now.state is State.MAYBE_SENT
        assert [row[2] for row in notes] == [f"look for {claimed.id}"]


async def test_a_stop_of_a_dead_process_keeps_its_legs_and_its_turn(desk: Desk) -> None:
    claimed = await desk.stop_sending()
    await desk.change(claimed.id, claimed_by=DEAD)
    await desk.sends.abandon(LATER, repr, set)
    now = await desk.get(claimed.id)
    assert (now.legs, now.target) == (claimed.legs, claimed.target)
    assert (await desk.claimed_again(now, LATER)).target == claimed.target


async def test_a_yes_that_comes_after_a_stop_was_given_up_for_dead_counts(desk: Desk) -> None:
    """The process only seemed dead: the row waits to be asked again, and its answer comes before that."""
    claimed = await desk.stop_sending()
    await desk.change(claimed.id, claimed_by=DEAD)
    await desk.sends.abandon(LATER, repr, set)
    late = await desk.came_of_leg(LATER, claimed, "done", None, {"id": 1})
    assert late
    assert [leg.came for leg in late.legs] == ["done", "open"]
    assert late.sender == "12345"


async def test_it_is_not_due_again_before_a_quarter_of_a_minute(desk: Desk) -> None:
    claimed = await desk.stop_sending()
    await desk.change(claimed.id, claimed_by=DEAD)
    await desk.sends.abandon(DUE, repr, set)
    soon = await desk.sends.work(DUE, timedelta(minutes=5), 200)
    assert (list(soon.look), list(soon.due)) == ([], [])
    later = await desk.sends.work(DUE + timedelta(seconds=16), timedelta(minutes=5), 200)
    assert list(later.look) == [claimed.id]
