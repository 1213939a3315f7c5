"""Each move and its evidence are one transaction; a request that comes again changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.evidence import Replayed
from bot.sends import Ask, Send, State
from bot.sends.cards import DRAW_HOLDS
from tests.sends.desk import CAMPAIGN, DELAY, DUE, LATE, LATER, START, TEXT, Desk, ask

MOVES: dict[str, tuple[State, Callable[[Desk, Send, Ask], Awaitable[Any]]]] = {
    "edited": (State.DRAFT, lambda desk, send, by: desk.sends.edit(by, send.id, send.revision, TEXT)),
    "confirmed": (State.DRAFT, lambda desk, send, by: desk.sends.confirm(by, send.id, send.revision, DELAY)),
    "released": (State.HELD, lambda desk, send, by: desk.sends.release(by, send.id, send.revision, DELAY)),
    "moved": (
        State.HELD,
        lambda desk, send, by: desk.sends.reschedule(by, send.id, send.revision, LATER, DELAY),
    ),
    "cancelled": (State.SCHEDULED, lambda desk, send, by: desk.sends.cancel(by, send.id)),
    "settled: it was sent": (State.MAYBE_SENT, lambda desk, send, by: desk.sends.settle(by, send.id, True)),
    "settled: it was not sent": (
        State.MAYBE_SENT,
        lambda desk, send, by: desk.sends.settle(by, send.id, False),
    ),
}


async def test_a_person_s_move_says_who_when_and_what(desk: Desk) -> None:
    for what, (state, act) in MOVES.items():
        send = await desk.forced(state)
        assert await act(desk, send, Ask("U0MAX", LATER, f"request: {what}"))
        fact = (await desk.sends.timeline(send.id))[-1]
        assert (fact.who, fact.at, fact.what) == ("U0MAX", LATER, what)


async def test_a_request_that_was_carried_out_before_changes_nothing(desk: Desk) -> None:
    """The row was moved and then rolled back with its evidence: they are one transaction."""
    await desk.draft(request="used")
    for state, act in MOVES.values():
        send = await desk.forced(state)
        before = await desk.all()
        with pytest.raises(Replayed):
            await act(desk, send, ask(request="used"))
        assert await desk.all() == before


async def test_a_draft_that_is_asked_for_again_by_the_same_request_is_one_draft(desk: Desk) -> None:
    await desk.draft(request="used")
    before = await desk.all()
    with pytest.raises(Replayed):
        await desk.draft(request="used")
    assert await desk.all() == before


async def test_a_freeze_that_comes_again_does_not_freeze_what_was_lifted(desk: Desk) -> None:
    assert await desk.sends.freeze(ask(request="freeze"), "wrong price")
    assert await desk.sends.unfreeze(ask(request="lift"))
    with pytest.raises(Replayed):
        await desk.sends.freeze(ask(request="freeze"), "wrong price")
    assert not (await desk.sends.frozen()).frozen


async def test_the_first_reason_of_a_freeze_stays(desk: Desk) -> None:
    assert await desk.sends.freeze(ask(), "wrong price")
    assert not await desk.sends.freeze(ask(LATER), "another")
    freeze = await desk.sends.frozen()
    assert (freeze.by, freeze.why, freeze.at) == ("U0OLIVE", "wrong price", START)
    assert await desk.sends.unfreeze(ask())
    assert not await desk.sends.unfreeze(ask())


async def test_the_whole_way_is_told_in_its_order(desk: Desk) -> None:
    claimed = await desk.sending()
    await desk.outcome(DUE, claimed, State.SUBMITTED, None, {"raw": "SUCCESS"})
    facts = await desk.sends.timeline(claimed.id)
    assert [(fact.what, fact.who) for fact in facts if fact.what != "prepared"] == [
        ("drafted", "U0OLIVE"),
        ("confirmed", "U0OLIVE"),
        ("sending", "smsops"),
        ("submitted", "smsops"),
    ]
    assert facts[-1].detail["claim"] == claimed.claim
    assert facts[-1].detail["answer"] == {"raw": "SUCCESS"}


async def test_a_note_is_written_with_its_move_and_posted_once(desk: Desk) -> None:
    send = await desk.scheduled()
    assert await desk.sends.hold(DUE, send.id, send.revision, LATE, "Look here.")
    assert await desk.sends.take_notes(DUE) == []  # there is no card yet, so no thread
    held = await desk.get(send.id)
    await desk.sends.card_drawn(held, "C0SMS", "1.000001", frozen=False)
    (note,) = await desk.sends.take_notes(DUE)
    assert (note.text, note.channel, note.thread_ts) == ("Look here.", "C0SMS", "1.000001")
    assert await desk.sends.take_notes(DUE) == []  # somebody is at it
    await desk.sends.note_posted(DUE, note.id)
    assert await desk.sends.take_notes(LATER) == []


async def test_a_note_that_slack_did_not_take_is_taken_again(desk: Desk) -> None:
    send = await desk.scheduled()
    held = await desk.sends.hold(DUE, send.id, send.revision, LATE, "Look here.")
    assert held
    await desk.sends.card_drawn(held, "C0SMS", "1.000001", frozen=False)
    (note,) = await desk.sends.take_notes(DUE)
    assert await desk.sends.take_notes(DUE + DRAW_HOLDS) == []  # it may still be under way
    given_up = DUE + DRAW_HOLDS + timedelta(seconds=1)  # whoever took it did not say that it stands there
    assert [one.id for one in await desk.sends.take_notes(given_up)] == [note.id]
    assert await desk.sends.take_notes(given_up) == []  # and by one alone


async def test_the_fingerprint_changes_with_all_that_a_confirmation_binds(desk: Desk) -> None:
    send = await desk.prepared(CAMPAIGN)
    print_ = send.fingerprint(send.text)
    assert send.fingerprint("Another text") != print_
    others = [
        replace(send, sender="12345"),
        replace(send, audience="vip"),
        replace(send, message="Rewards"),
        replace(send, campaign="Autumn"),
        replace(send, description="another"),
    ]
    assert print_ not in [other.fingerprint(send.text) for other in others]
    text = await desk.prepared()
    other = await desk.prepared(replace(TEXT, phone="12065550199"))
    assert text.fingerprint("Hello") != other.fingerprint("Hello")
    later = replace(send, state=State.HELD, revision=9, due_at=LATER, why="late")
    assert later.fingerprint(send.text) == print_


async def test_the_same_phone_is_one_person(desk: Desk) -> None:
    first, second = await desk.draft(), await desk.draft()
    assert first.person_id == second.person_id
    assert (await desk.draft(replace(TEXT, phone="12065550199"))).person_id != first.person_id
