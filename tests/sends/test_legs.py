"""Several requests in one send: each has its turn, is claimed by itself, and counts in how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sends import State
from bot.sends.legs import DENIALS, PAUSES, Came, Leg, next_leg
from tests.sends.desk import DUE, LATER, START, STOP, TWO_PHONES, Desk, ask

MINUTE = timedelta(minutes=1)
ONE_PHONE = replace(TWO_PHONES, phones=TWO_PHONES.phones[:1])
CAME: tuple[Came, ...] = ("open", "done", "refused", "doubt")
FIRST, SECOND = TWO_PHONES.phones


async def test_each_phone_has_its_turn_and_its_own_claim(desk: Desk) -> None:
    first = await desk.sending(TWO_PHONES)
    assert (first.phone, first.sender, first.attempts) == (FIRST, "2065551212", 1)
    coming = await desk.came_of_leg(DUE, first, "done", None, {"raw": "SUCCESS"})
    assert coming
    assert (coming.state, coming.phone, coming.due_at) == (State.SCHEDULED, SECOND, DUE)
    assert (coming.looked_at, coming.claimed_at, coming.attempts) == (None, None, 0)
    second = await desk.claimed_again(coming, DUE)
    assert second.claim != first.claim
    ended = await desk.came_of_leg(DUE, second, "done", None, {"raw": "SUCCESS too"})
    assert ended
    assert (ended.state, ended.answer) == (State.SUBMITTED, {"raw": "SUCCESS too"})
    assert [(leg.to, leg.came, leg.tries) for leg in ended.legs] == [
        ("•••••••0111", "done", 1),
        ("•••••••0112", "done", 1),
    ]


async def test_each_sender_code_has_its_turn(desk: Desk) -> None:
    first = await desk.stop_sending()
    assert (first.phone, first.sender) == ("12065550100", "2065551212")
    coming = await desk.came_of_leg(START, first, "done")
    assert coming
    assert (coming.phone, coming.sender, coming.due_at) == ("12065550100", "12345", START)


async def test_the_record_says_which_request_it_was_about(desk: Desk) -> None:
    claimed = await desk.sending(TWO_PHONES)
    await desk.came_of_leg(DUE, claimed, "refused", "The text was refused.")
    fact = (await desk.sends.timeline(claimed.id))[-1]
    assert fact.what == "refused"
    assert fact.detail["to"] == "•••••••0111"
    assert fact.detail["sender"] == "2065551212"
    assert fact.detail["why"] == "The text was refused."
    assert fact.detail["claim"] == claimed.claim


ENDS: dict[tuple[Came, Came], State] = {
    ("done", "done"): State.SUBMITTED,
    ("done", "refused"): State.SUBMITTED,
    ("refused", "done"): State.SUBMITTED,
    ("refused", "refused"): State.REFUSED,
    ("doubt", "done"): State.MAYBE_SENT,
    ("done", "doubt"): State.MAYBE_SENT,
    ("doubt", "refused"): State.MAYBE_SENT,
    ("refused", "doubt"): State.MAYBE_SENT,
    ("doubt", "doubt"): State.MAYBE_SENT,
}


@pytest.mark.parametrize(("came", "end"), ENDS.items(), ids=lambda one: "-".join(one))
async def test_how_it_ends_is_what_came_of_all(desk: Desk, came: tuple[Came, Came], end: State) -> None:
    coming = await desk.came_of_leg(DUE, await desk.sending(TWO_PHONES), came[0], "first")
    assert coming
    assert coming.state is State.SCHEDULED  # a doubt about one does not keep the other from its text
    ended = await desk.came_of_leg(DUE, await desk.claimed_again(coming, DUE), came[1], "second")
    assert ended
    assert ended.state is end
    assert [leg.came for leg in ended.legs] == [*came]
    assert [leg.why for leg in ended.legs] == ["first", "second"]


async def test_one_that_failed_is_asked_again_after_the_others_and_each_time_later(desk: Desk) -> None:
    now, claimed = START, await desk.stop_sending()
    waits: list[timedelta] = []
    order = []
    for _ in range(7):
        order.append(claimed.sender)
        coming = await desk.came_of_leg(now, claimed, "open", "It is down.")
        assert coming
        assert coming.state is State.SCHEDULED
        assert coming.due_at
        waits.append(coming.due_at - now)
        now = coming.due_at
        claimed = await desk.claimed_again(coming, now)
    assert order == ["2065551212", "12345", "2065551212", "12345", "2065551212", "12345", "2065551212"]
    assert waits[0] == timedelta(0)  # the other one has not been asked at all
    assert [one for one in waits if one] == PAUSES[:3]


async def test_one_that_failed_is_asked_again_with_the_reason_of_what_is_still_open(desk: Desk) -> None:
    failed = await desk.came_of_leg(START, await desk.stop_sending(), "open", "It is down.")
    assert failed
    other = await desk.came_of_leg(START, await desk.claimed_again(failed, START), "done")
    assert other
    assert (other.state, other.sender, other.why) == (State.SCHEDULED, "2065551212", "It is down.")
    assert [(leg.came, leg.tries) for leg in other.legs] == [("open", 1), ("done", 1)]


async def test_a_note_comes_with_what_came_of_one(desk: Desk) -> None:
    claimed = await desk.stop_sending()
    await desk.came_of_leg(START, claimed, "open", "It is down.", None, "Not stopped yet.")
    _, _, notes = await desk.all()
    assert [row[2] for row in notes] == ["Not stopped yet."]


async def test_an_answer_to_another_claim_changes_nothing(desk: Desk) -> None:
    claimed = await desk.sending(TWO_PHONES)
    await desk.change(claimed.id, claim="a later one")
    before = await desk.all()
    for came in CAME:
        assert await desk.came_of_leg(DUE, claimed, came, "why", None, "a note") is None
    assert await desk.all() == before


async def test_a_second_answer_to_one_claim_changes_nothing(desk: Desk) -> None:
    for content in (ONE_PHONE, TWO_PHONES):
        claimed = await desk.sending(content)
        assert await desk.came_of_leg(DUE, claimed, "done")
        before = await desk.all()
        for came in CAME:
            assert await desk.came_of_leg(LATER, claimed, came, "why", None, "a note") is None
        assert await desk.all() == before


async def test_it_moves_from_sending_and_from_doubt_and_from_no_other_state(desk: Desk) -> None:
    moved: dict[Came, set[State]] = {came: set() for came in CAME}
    for state in State:
        for came in CAME:
            send = await desk.forced(state, TWO_PHONES)
            before = await desk.all()
            if await desk.came_of_leg(DUE, send, came):
                moved[came].add(state)
                assert (await desk.get(send.id)).state is State.SCHEDULED
            else:
                assert await desk.all() == before, f"{came} from {state} changed something"
            await desk.change(send.id, state=State.CANCELLED)  # out of the way of the next
    both = {State.SENDING, State.MAYBE_SENT}
    late = {"done": both | {State.SCHEDULED}}  # a yes also where the claim was given up meanwhile
    assert moved == dict.fromkeys(CAME, both) | late


@pytest.mark.parametrize("was_sent", [True, False])
async def test_a_late_yes_beats_a_person_and_a_late_no_does_not(desk: Desk, was_sent: bool) -> None:
    claimed = await desk.sending(ONE_PHONE)
    await desk.sends.abandon(LATER, repr, set)
    assert await desk.sends.settle(ask(LATER), claimed.id, was_sent)
    before = await desk.all()
    for no in ("refused", "doubt", "open"):
        assert await desk.came_of_leg(LATER, claimed, no, "no") is None
    assert await desk.all() == before
    late = await desk.came_of_leg(LATER, claimed, "done", None, {"raw": "SUCCESS"})
    assert late
    assert (late.state, late.settled_by, late.answer) == (State.SUBMITTED, None, {"raw": "SUCCESS"})
    _, _, notes = await desk.all()
    assert "WhatCounts' answer came late" in notes[-1][2]
    assert [leg.came for leg in late.legs] == ["done"]


async def test_what_was_confirmed_stays_what_is_looked_for_from_leg_to_leg(desk: Desk) -> None:
    claimed = await desk.sending(TWO_PHONES)
    coming = await desk.came_of_leg(DUE, claimed, "done")
    assert coming
    assert coming.person_id != claimed.person_id
    assert coming.fingerprint(coming.text) == coming.confirmed_print == claimed.fingerprint(claimed.text)


async def test_a_person_settles_a_stop_that_is_still_open_and_no_other_scheduled_send(desk: Desk) -> None:
    stop, text = await desk.stopping(), await desk.scheduled()
    before = await desk.get(text.id)
    assert await desk.sends.settle(ask(), text.id, True) is None
    assert await desk.get(text.id) == before
    settled = await desk.sends.settle(ask(), stop.id, True)
    assert settled
    assert (settled.state, settled.settled_by) == (State.SUBMITTED, "U0OLIVE")


def leg(to: str, came: Came, at: str = "") -> Leg:
    return Leg(1, to, to, came, at=at)


def test_the_next_leg_is_the_open_one_whose_time_comes_first() -> None:
    first = leg("a", "open", "2026-07-01T16:00:15+00:00")
    later = leg("b", "open", "2026-07-01T16:01:00+00:00")
    assert next_leg([later, leg("c", "done"), first]) == first
    assert next_leg([first, leg("d", "open")]) == leg("d", "open")  # never asked
    assert next_leg([leg("a", "done"), leg("b", "refused"), leg("c", "doubt")]) is None
    assert next_leg([]) is None


def test_where_the_phone_is_not_known_is_an_end_only_if_it_was_stopped_elsewhere() -> None:
    unknown = leg("a", "unknown")
    assert next_leg([unknown, leg("b", "done")]) is None
    assert next_leg([unknown]) == unknown


async def test_a_sender_code_that_never_knew_the_phone_is_believed_after_some_tries(desk: Desk) -> None:
    now, claimed = START, await desk.stop_sending()
    coming = await desk.came_of_leg(now, claimed, "done")
    for _ in range(DENIALS):
        assert coming
        assert coming.state is State.SCHEDULED
        now = max(now, coming.due_at or now)
        claimed = await desk.claimed_again(coming, now)
        coming = await desk.came_of_leg(now, claimed, "open", "It is not known.", is_denied=True)
    assert coming
    assert coming.state is State.SUBMITTED
    assert [leg.came for leg in coming.legs] == ["done", "unknown"]


async def test_one_phone_on_two_sender_codes_is_two_legs_of_one_person(desk: Desk) -> None:
    stop = await desk.stopping(STOP)
    assert len({leg.person_id for leg in stop.legs}) == 1
    assert [leg.sender for leg in stop.legs] == ["2065551212", "12345"]
    assert stop.leg == stop.legs[0]
