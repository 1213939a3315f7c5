"""The moves of another person, on a bare database: who may make them, once, and what voids them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sends import Ask, Send, State, Wanted
from tests.sends.desk import CAMPAIGN, DELAY, DUE, OLIVE, START, Desk

ANA, MAX = "U0ANA", "U0MAX"
WANTED = Wanted("<@U0ANA>", [ANA])
HOUR = timedelta(hours=1)


async def awaiting(desk: Desk, **content: object) -> Send:
    send = await desk.prepared(replace(CAMPAIGN, **content))  # type: ignore[arg-type]
    moved = await desk.sends.confirm(Ask(OLIVE, START), send.id, send.revision, DELAY, wanted=WANTED)
    assert moved
    return moved


async def test_it_is_due_a_delay_after_the_approval_and_bound_to_that(desk: Desk) -> None:
    send = await awaiting(desk)
    assert (send.state, send.due_at, send.needs_person) == (State.AWAITING, None, True)
    moved = await desk.sends.approve(Ask(ANA, START + HOUR), send.id, send.revision, DELAY)
    assert moved
    assert (moved.due_at, moved.approved_due) == (START + HOUR + DELAY, START + HOUR + DELAY)
    assert moved.approved_print == send.confirmed_print == moved.fingerprint(moved.text)


async def test_a_cancel_at_the_instant_of_the_claim_and_the_claim_never_both_win(desk: Desk) -> None:
    won = {"cancel": 0, "claim": 0}
    for turn in range(40):
        send = await desk.looked()
        cancel, claim = desk.sends.cancel(Ask(OLIVE, DUE), send.id), desk.sends.claim(DUE, send.id)
        both = {"cancel": cancel, "claim": claim}
        order = sorted(both, reverse=bool(turn % 2))
        got = dict(zip(order, await asyncio.gather(*(both[one] for one in order)), strict=True))
        cancelled, claimed = got["cancel"], got["claim"]
        state = (await desk.get(send.id)).state
        assert (cancelled is None) != (claimed is None), "one of them, and not both"
        assert state is (State.CANCELLED if cancelled else State.SENDING)
        won["cancel" if cancelled else "claim"] += 1
    assert min(won.values()) > 0, won


@pytest.mark.parametrize("column", ["asked_by", "edited_by", "confirmed_by", "moved_by"])
async def test_the_move_itself_refuses_whose_doing_it_is(desk: Desk, column: str) -> None:
    send = await awaiting(desk)
    await desk.change(send.id, **{column: ANA})
    assert await desk.sends.approve(Ask(ANA, START), send.id, send.revision, DELAY) is None
    assert (await desk.get(send.id)).state is State.AWAITING
    assert await desk.sends.approve(Ask(MAX, START), send.id, send.revision, DELAY)


@pytest.mark.parametrize("state", [one for one in State if one is not State.AWAITING])
async def test_only_what_awaits_is_approved_or_rejected(desk: Desk, state: State) -> None:
    send = await awaiting(desk)
    await desk.change(send.id, state=state)
    before = await desk.all()
    assert await desk.sends.approve(Ask(ANA, START), send.id, send.revision, DELAY) is None
    assert await desk.sends.reject(Ask(ANA, START), send.id, send.revision, "no", "no") is None
    assert await desk.all() == before


async def test_an_older_picture_a_changed_text_and_a_time_that_passed_are_not_approved(desk: Desk) -> None:
    send = await awaiting(desk, chosen_at=START + HOUR)
    ask = Ask(ANA, START)
    assert await desk.sends.approve(ask, send.id, send.revision - 1, DELAY) is None
    assert await desk.sends.approve(Ask(ANA, START + HOUR), send.id, send.revision, DELAY) is None
    await desk.change(send.id, text="Another text")
    assert await desk.sends.approve(ask, send.id, send.revision, DELAY) is None
    await desk.change(send.id, text=send.text)
    assert await desk.sends.approve(ask, send.id, send.revision, DELAY)


async def test_the_reminder_comes_after_four_hours_or_half_of_what_is_left(desk: Desk) -> None:
    assert (await awaiting(desk)).remind_at == START + 4 * HOUR
    assert (await awaiting(desk, chosen_at=START + 2 * HOUR)).remind_at == START + HOUR
    assert (await awaiting(desk, chosen_at=START + 20 * HOUR)).remind_at == START + 4 * HOUR
