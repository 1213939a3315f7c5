"""What is known afterwards: late answers, dead claimers, people who looked, and what nobody decided about."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.database import Database
from bot.registry import seed
from bot.sends import UNDECIDED, Sends, State
from tests.sends.desk import DEAD, DUE, LATER, REGISTERED, START, Desk, ask


async def test_an_answer_of_another_claim_changes_nothing(desk: Desk) -> None:
    claimed = await desk.sending()
    await desk.change(claimed.id, claim="a later one")
    before = await desk.all()
    assert await desk.outcome(DUE, claimed, State.SUBMITTED) is None
    assert await desk.untouched(DUE, claimed, "not reached") is None
    assert await desk.all() == before


async def test_an_answer_without_any_claim_changes_nothing(desk: Desk) -> None:
    send = await desk.looked()
    await desk.change(send.id, state=State.SENDING)
    assert await desk.outcome(DUE, send, State.SUBMITTED) is None


async def test_what_was_put_back_untouched_wants_a_new_look_and_a_new_claim(desk: Desk) -> None:
    claimed = await desk.sending()
    back = await desk.untouched(DUE, claimed, "not reached")
    assert back
    assert (back.state, back.due_at, back.looked_at, back.attempts) == (State.SCHEDULED, DUE, None, 1)
    assert await desk.sends.claim(DUE, back.id) is None
    assert await desk.sends.looked(DUE, back.id, back.revision, back.fingerprint(back.text))
    again = await desk.sends.claim(DUE, back.id)
    assert again
    assert again.attempts == 2
    assert again.claim != claimed.claim


async def test_a_late_answer_beats_the_doubt(desk: Desk) -> None:
    claimed = await desk.sending()
    await desk.outcome(DUE, claimed, State.MAYBE_SENT, "stopped")
    late = await desk.outcome(LATER, claimed, State.SUBMITTED, None, {"raw": "SUCCESS"})
    assert late
    assert (late.state, late.why, late.answer) == (State.SUBMITTED, None, {"raw": "SUCCESS"})


async def test_a_late_yes_beats_a_person_who_found_nothing_and_the_thread_is_told(desk: Desk) -> None:
    claimed = await desk.in_doubt()
    assert await desk.sends.settle(ask(), claimed.id, False)
    said = {"raw": "SUCCESS"}
    late = await desk.outcome(LATER, claimed, State.SUBMITTED, None, said)
    assert late
    assert (late.state, late.why, late.settled_by, late.answer) == (State.SUBMITTED, None, None, said)
    assert (await desk.happened(claimed.id))[-2:] == ["settled: it was not sent", "submitted"]
    _, _, notes = await desk.all()
    told = f"<@U0OLIVE> WhatCounts' answer came late: it took {claimed.id}."
    assert [row[2] for row in notes] == [told]


async def test_a_late_yes_to_another_claim_does_not_beat_a_person(desk: Desk) -> None:
    claimed = await desk.in_doubt()
    assert await desk.sends.settle(ask(), claimed.id, False)
    await desk.change(claimed.id, claim="another")
    before = await desk.all()
    assert await desk.outcome(LATER, claimed, State.SUBMITTED) is None
    assert await desk.all() == before


async def test_a_late_yes_after_a_person_found_it_sent_keeps_its_answer(desk: Desk) -> None:
    claimed = await desk.in_doubt()
    assert await desk.sends.settle(ask(), claimed.id, True)
    assert await desk.outcome(LATER, claimed, State.SUBMITTED, None, {"raw": "SUCCESS"})
    late = await desk.get(claimed.id)
    assert (late.state, late.answer) == (State.SUBMITTED, {"raw": "SUCCESS"})
    assert (await desk.happened(claimed.id))[-2:] == ["settled: it was sent", "submitted"]


async def test_a_second_answer_to_one_claim_changes_nothing(desk: Desk) -> None:
    for first in (State.SUBMITTED, State.REFUSED):
        claimed = await desk.sending()
        assert await desk.outcome(DUE, claimed, first, "known")
        before = await desk.all()
        for second in (State.SUBMITTED, State.REFUSED, State.MAYBE_SENT):
            assert await desk.outcome(LATER, claimed, second, None, None, "a note") is None
        assert await desk.all() == before


async def test_a_late_no_beats_nothing_that_was_settled(desk: Desk) -> None:
    for was_sent, settled in ((True, State.SUBMITTED), (False, State.REFUSED)):
        claimed = await desk.in_doubt()
        assert await desk.sends.settle(ask(), claimed.id, was_sent)
        before = await desk.all()
        for no in (State.REFUSED, State.MAYBE_SENT):
            assert await desk.outcome(LATER, claimed, no, "no", None, "a note") is None
        assert await desk.untouched(LATER, claimed, "not reached") is None
        assert await desk.all() == before
        now = await desk.get(claimed.id)
        assert (now.state, now.settled_by) == (settled, "U0OLIVE")


async def test_a_known_end_is_not_doubted_later(desk: Desk) -> None:
    claimed = await desk.sending()
    assert await desk.outcome(DUE, claimed, State.SUBMITTED)
    before = await desk.all()
    assert await desk.outcome(LATER, claimed, State.MAYBE_SENT) is None
    assert await desk.sends.abandon(LATER, repr, set) == []
    assert await desk.all() == before


async def test_the_claim_of_a_dead_process_is_in_doubt_and_says_so(desk: Desk) -> None:
    claimed = await desk.sending()
    await desk.change(claimed.id, claimed_by=DEAD)
    left = await desk.sends.abandon(LATER, lambda send: f"look for {send.id}", set)
    assert [(one.id, one.state) for one in left] == [(claimed.id, State.MAYBE_SENT)]
    assert (await desk.happened(claimed.id))[-1] == "maybe_sent"
    _, _, notes = await desk.all()
    assert [row[2] for row in notes] == [f"look for {claimed.id}"]


async def test_a_claim_that_this_process_carries_out_is_left_alone(desk: Desk) -> None:
    claimed = await desk.sending()
    before = await desk.all()
    assert await desk.sends.abandon(LATER, repr, lambda: {claimed.id}) == []
    assert await desk.all() == before


async def test_a_claim_of_this_process_that_nobody_carries_out_is_in_doubt(desk: Desk) -> None:
    claimed = await desk.sending()
    (left,) = await desk.sends.abandon(LATER, repr, lambda: {"S-000000"})
    assert (left.id, left.state) == (claimed.id, State.MAYBE_SENT)


async def test_a_claim_of_another_process_is_left_alone_while_it_lives(postgres_url: str) -> None:
    here, other = Database(postgres_url), Database(postgres_url)
    await here.come_alive()
    await other.come_alive()
    await here.write(seed, START, *REGISTERED)
    mine, theirs = Sends(here), Sends(other)
    claimed = await theirs.claim(DUE, (await Desk(other, theirs).looked()).id)
    assert claimed
    assert await mine.abandon(LATER, repr, set) == []
    await other.close()
    async with asyncio.timeout(15):
        while not (left := await mine.abandon(LATER, repr, set)):
            pass  # PostgreSQL ends a session a moment after it was closed
    await here.close()
    assert [one.id for one in left] == [claimed.id]


async def test_a_claim_that_was_abandoned_is_never_scheduled_again(desk: Desk) -> None:
    claimed = await desk.sending()
    await desk.change(claimed.id, claimed_by=DEAD)
    await desk.sends.abandon(LATER, repr, set)
    assert await desk.untouched(LATER, claimed, "not reached") is None
    assert (await desk.get(claimed.id)).state is State.MAYBE_SENT


async def test_it_expires_after_24_hours_and_not_before(desk: Desk) -> None:
    waiting = [await desk.forced(state) for state in UNDECIDED]
    for send in waiting:
        await desk.change(send.id, state_at=START)
    assert await desk.sends.expire(START + timedelta(hours=24)) == 0
    assert await desk.sends.expire(START + timedelta(hours=24, seconds=1)) == len(waiting)
    for send in waiting:
        assert (await desk.get(send.id)).state is State.EXPIRED
        assert (await desk.happened(send.id))[-1] == "expired"
    assert await desk.sends.expire(START + timedelta(days=3)) == 0


async def test_what_is_scheduled_for_next_week_does_not_expire(desk: Desk) -> None:
    send = await desk.scheduled()
    assert await desk.sends.expire(START + timedelta(days=7)) == 0
    assert (await desk.get(send.id)).state is State.SCHEDULED


@pytest.mark.parametrize("was_sent", [True, False])
async def test_an_alarm_that_comes_with_a_late_yes_is_not_lost(desk: Desk, was_sent: bool) -> None:
    claimed = await desk.in_doubt()
    assert await desk.sends.settle(ask(), claimed.id, was_sent)
    alarm = "it may have gone to EVERYONE"
    await desk.outcome(LATER, claimed, State.SUBMITTED, None, None, alarm)
    assert (await desk.get(claimed.id)).state is State.SUBMITTED
    _, _, notes = await desk.all()
    told = "\n".join(row[2] for row in notes)
    assert alarm in told
    assert was_sent or "came late" in told
