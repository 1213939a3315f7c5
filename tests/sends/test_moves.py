"""Every move from every state: it is made where it is allowed, and changes nothing where it is not."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.sends import OPEN, UNDECIDED, Send, State
from bot.sends.moves import is_moved
from bot.sends.table import person
from tests.sends.desk import CAMPAIGN, CONTACT, DELAY, DUE, LATE, LATER, START, TEXT, Desk, ask

MINUTE = timedelta(minutes=1)
OVER = (State.REFUSED, State.CANCELLED, State.EXPIRED)  # nothing was sent: may be drafted again
A_DAY_LATER = START + timedelta(hours=24, minutes=1)
Act = Callable[[Desk, Send], Awaitable[Any]]


@dataclass(frozen=True)
class Move:
    """What is tried, from which states it may be made, and what each becomes."""

    act: Act
    becomes: dict[State, State]


def _to(state: State, *found: State) -> dict[State, State]:
    return dict.fromkeys(found, state)


def _outcome(to: State) -> Act:
    return lambda desk, send: desk.outcome(DUE, send, to)


MOVES = {
    "prepare": Move(
        lambda desk, send: desk.sends.prepared(DUE, send, "Another text", [], None),
        _to(State.DRAFT, State.DRAFT),
    ),
    "confirm": Move(
        lambda desk, send: desk.sends.confirm(ask(DUE), send.id, send.revision, DELAY),
        _to(State.SCHEDULED, State.DRAFT),
    ),
    "edit": Move(
        lambda desk, send: desk.sends.edit(ask(DUE), send.id, send.revision, TEXT), _to(State.DRAFT, *OPEN)
    ),
    "reschedule": Move(
        lambda desk, send: desk.sends.reschedule(ask(DUE), send.id, send.revision, LATER, DELAY),
        _to(State.SCHEDULED, State.SCHEDULED, State.HELD),
    ),
    "release": Move(
        lambda desk, send: desk.sends.release(ask(DUE), send.id, send.revision, DELAY),
        _to(State.SCHEDULED, State.HELD),
    ),
    "cancel": Move(lambda desk, send: desk.sends.cancel(ask(DUE), send.id), _to(State.CANCELLED, *OPEN)),
    "expire": Move(
        lambda desk, send: desk.sends.expire(A_DAY_LATER), _to(State.EXPIRED, *UNDECIDED)
    ),
    "look": Move(
        lambda desk, send: desk.sends.looked(DUE, send.id, send.revision, "a hash"),
        _to(State.SCHEDULED, State.SCHEDULED),
    ),
    "hold": Move(
        lambda desk, send: desk.sends.hold(DUE, send.id, send.revision, LATE, "A note."),
        _to(State.HELD, State.SCHEDULED),
    ),
    "claim": Move(lambda desk, send: desk.sends.claim(DUE, send.id), _to(State.SENDING, State.SCHEDULED)),
    "take the claim back": Move(
        lambda desk, send: desk.unclaim(DUE, send, send.claim or "", "its commit was not confirmed"),
        _to(State.SCHEDULED, State.SENDING),
    ),
    "draft again": Move(
        lambda desk, send: desk.sends.again(ask(DUE), send, TEXT), {state: state for state in OVER}
    ),
    "put back untouched": Move(
        lambda desk, send: desk.untouched(DUE, send, "refused"), _to(State.SCHEDULED, State.SENDING)
    ),
    "submitted": Move(
        _outcome(State.SUBMITTED), _to(State.SUBMITTED, State.SENDING, State.MAYBE_SENT)
    ),
    "refused": Move(_outcome(State.REFUSED), _to(State.REFUSED, State.SENDING, State.MAYBE_SENT)),
    "abandon": Move(
        lambda desk, send: desk.sends.abandon(DUE, repr, set), _to(State.MAYBE_SENT, State.SENDING)
    ),
    "it was sent": Move(
        lambda desk, send: desk.sends.settle(ask(DUE), send.id, True), _to(State.SUBMITTED, State.MAYBE_SENT)
    ),
    "it was not sent": Move(
        lambda desk, send: desk.sends.settle(ask(DUE), send.id, False), _to(State.REFUSED, State.MAYBE_SENT)
    ),
}  # fmt: skip


async def test_every_move_is_made_from_its_states_and_from_no_other(desk: Desk) -> None:
    made: dict[str, dict[State, State]] = {name: {} for name in MOVES}
    for name, state in itertools.product(MOVES, State):
        send = await desk.forced(state)
        before = await desk.all()
        said = await MOVES[name].act(desk, send)
        if said:
            made[name][state] = (await desk.get(send.id)).state
        else:
            assert await desk.all() == before, f"{name} from {state} changed something"
        await desk.change(send.id, state=State.SUBMITTED, claimed_by=None)  # out of the way of the next
    assert made == {name: move.becomes for name, move in MOVES.items()}


async def test_a_move_on_an_older_picture_of_the_row_changes_nothing(desk: Desk) -> None:
    for name in ("edit", "confirm", "reschedule", "release", "hold", "prepare", "look"):
        send = await desk.forced(next(iter(MOVES[name].becomes)))
        await desk.change(send.id, revision=send.revision + 1)
        before = await desk.all()
        assert not await MOVES[name].act(desk, send), name
        assert await desk.all() == before, name


async def test_an_edit_that_came_too_late_writes_down_nobody(desk: Desk) -> None:
    """A contact whom no send refers to would be kept for ever."""
    send = await desk.draft(CONTACT)
    before = await everybody(desk)
    typed = replace(CONTACT, email="typo@mydomain.com")
    assert await desk.sends.edit(ask(), send.id, send.revision - 1, typed) is None
    assert await everybody(desk) == before
    assert await desk.sends.edit(ask(), send.id, send.revision, typed)
    assert await everybody(desk) != before


async def everybody(desk: Desk) -> set[str | None]:
    emails = select(person.c.email)
    return set(await desk.database.read(lambda c: c.execute(emails).scalars().all()))


async def test_a_condition_that_is_misspelt_is_not_passed_over(desk: Desk) -> None:
    send = await desk.draft()
    before = await desk.all()
    with pytest.raises(TypeError) as raised:
        await desk.sends.database.write(
            lambda c: is_moved(c, send.id, (State.DRAFT,), State.CANCELLED, at=DUE, revison=send.revision + 1)
        )
    assert "revison" in str(raised.value)
    assert await desk.all() == before


async def test_a_move_raises_the_revision_and_says_since_when(desk: Desk) -> None:
    for name in [name for name in MOVES if name not in ("look", "prepare", "expire", "draft again")]:
        send = await desk.forced(next(iter(MOVES[name].becomes)))
        await desk.change(send.id, state_at=START - MINUTE)
        await MOVES[name].act(desk, send)
        moved = await desk.get(send.id)
        assert (moved.revision, moved.state_at) == (send.revision + 1, DUE), name
        await desk.change(send.id, state=State.SUBMITTED, claimed_by=None)


async def test_what_nobody_prepared_cannot_be_confirmed(desk: Desk) -> None:
    send = await desk.draft()
    assert await desk.sends.confirm(ask(), send.id, send.revision, DELAY) is None
    stop = [{"rule": "audience", "severity": "stop", "sentence": "No."}]
    stopped = await desk.sends.prepared(START, send, "Hello", stop, None)
    assert stopped
    assert stopped.prepared_at is None
    assert await desk.sends.confirm(ask(), send.id, stopped.revision, DELAY) is None


async def test_a_notice_does_not_stop_a_confirmation(desk: Desk) -> None:
    send = await desk.draft()
    notice = [{"rule": "freeze", "severity": "notice", "sentence": "Frozen."}]
    noted = await desk.sends.prepared(START, send, "Hello", notice, None)
    assert noted
    assert await desk.sends.confirm(ask(), send.id, noted.revision, DELAY)


async def test_preparing_in_vain_again_changes_nothing_that_the_card_shows(desk: Desk) -> None:
    send = await desk.draft()
    stop = [{"rule": "whatcounts", "severity": "stop", "sentence": "It is down."}]
    first = await desk.sends.prepared(START, send, None, stop, DUE)
    assert first
    assert await desk.sends.prepared(DUE, first, None, stop, LATER) is None
    again = await desk.get(send.id)
    assert (again.revision, again.prepare_at) == (first.revision, LATER)


async def test_preparing_leaves_the_age_of_a_draft_alone(desk: Desk) -> None:
    send = await desk.draft()
    prepared = await desk.sends.prepared(LATER, send, "Hello", [], None)
    assert prepared
    assert prepared.state_at == START


async def test_what_is_now_is_due_after_the_delay_and_what_was_chosen_at_its_time(desk: Desk) -> None:
    assert (await desk.scheduled()).due_at == DUE
    assert (await desk.scheduled(replace(TEXT, chosen_at=LATER))).due_at == LATER


async def test_a_time_that_has_come_is_not_confirmed_even_by_a_press_that_was_on_its_way(desk: Desk) -> None:
    send = await desk.prepared(replace(TEXT, chosen_at=DUE))
    before = await desk.all()
    assert await desk.sends.confirm(ask(DUE), send.id, send.revision, DELAY) is None
    assert await desk.all() == before
    assert await desk.sends.confirm(ask(DUE - timedelta(seconds=1)), send.id, send.revision, DELAY)


async def test_a_chosen_time_never_cuts_the_delay_short(desk: Desk) -> None:
    soon = START + timedelta(seconds=1)
    assert (await desk.scheduled(replace(TEXT, chosen_at=soon))).due_at == DUE


async def test_a_released_send_is_due_after_the_delay_whatever_time_was_chosen(desk: Desk) -> None:
    send = await desk.forced(State.HELD)
    await desk.change(send.id, chosen_at=LATER)
    released = await desk.sends.release(ask(DUE), send.id, send.revision, DELAY)
    assert released
    assert (released.due_at, released.chosen_at) == (DUE + DELAY, None)


async def test_an_edit_voids_what_was_prepared_confirmed_and_looked_at(desk: Desk) -> None:
    send = await desk.looked()
    edited = await desk.sends.edit(ask(), send.id, send.revision, TEXT)
    assert edited
    voided = (
        edited.prepared_at,
        edited.confirmed_by,
        edited.confirmed_print,
        edited.due_at,
        edited.looked_at,
    )
    assert voided == (None,) * 5
    assert await desk.sends.claim(DUE, send.id) is None


async def test_moving_a_send_wants_a_new_look(desk: Desk) -> None:
    send = await desk.looked()
    assert await desk.sends.reschedule(ask(), send.id, send.revision, DUE, DELAY)
    assert await desk.sends.claim(DUE, send.id) is None


async def test_a_card_that_cannot_stand_in_its_channel_cancels_a_campaign_before_it_leaves(
    desk: Desk,
) -> None:
    for state in State:
        send = await desk.forced(state, CAMPAIGN)
        moved = await desk.sends.redirect(DUE, send, "U0OLIVE", "not in the channel", "Invite it.")
        assert moved
        assert moved.state is (State.CANCELLED if state in OPEN else state)
        assert (moved.card_channel, moved.card_revision) == ("U0OLIVE", 0)


async def test_a_card_that_cannot_stand_in_its_channel_goes_to_the_dm_for_a_text(desk: Desk) -> None:
    send = await desk.scheduled()
    moved = await desk.sends.redirect(DUE, send, "U0OLIVE", "not in the channel", "Invite it.")
    assert moved
    assert (moved.state, moved.card_channel) == (State.SCHEDULED, "U0OLIVE")


async def test_a_send_that_is_not_there_is_moved_by_nothing(desk: Desk) -> None:
    assert await desk.sends.confirm(ask(), "S-000000", 1, DELAY) is None
    assert await desk.sends.cancel(ask(), "S-000000") is None
    assert await desk.sends.claim(DUE, "S-000000") is None
