"""Histories that are told, not drawn: each goes a way that chance would take long to find."""

from __future__ import annotations

from collections.abc import Callable

from bot.delivery.loop import HANDS
from bot.sends import Kind, State
from tests.model.machine import Model

History = Callable[[Model], None]


def tell(history: History) -> None:
    model = Model()
    try:
        history(model)
    finally:
        model.teardown()


def due(model: Model, kind: Kind = Kind.SEND) -> None:
    model._schedule(kind, is_due=True)


def goes_on(model: Model, slot: int | None = None, hold: str | None = None) -> None:
    model.goes_on(slot, hold, 1_000)


def does(model: Model, what: str, which: int = -1) -> None:
    """Somebody does this about a send, the newest or another; the card must offer it."""
    send = model.people.reads(list(model.judge.rows)[which])
    assert what in model.people.may(send), (what, send.state)
    model.people.press(what, send)
    model.desk.run()


def later(model: Model, *seconds: float) -> None:
    for one in seconds:
        model.time_passes(one)
        goes_on(model)


def ends(model: Model, state: State) -> None:
    (row, *_) = model.judge.rows.values()
    assert row.state == state, row


def two_claim_at_once(model: Model) -> None:
    due(model)
    goes_on(model, hold="before claim")
    goes_on(model, hold="before the first byte")
    goes_on(model)


def two_draw_at_once(model: Model) -> None:
    due(model)
    goes_on(model, hold="before take_card")
    goes_on(model, hold="before posting a card")
    goes_on(model)


def it_is_refused(model: Model) -> None:
    due(model)
    model.goes_wrong(0, ("before the first byte", "no"))
    goes_on(model)
    ends(model, State.REFUSED)


def it_is_not_reached(model: Model) -> None:
    due(model)
    model.goes_wrong(0, ("before the first byte", "unreached"))
    later(model, 16.0)
    ends(model, State.SUBMITTED)


def the_answer_is_lost(model: Model) -> None:
    due(model)
    model.goes_wrong(0, ("after the last byte", "lost"))
    later(model, 16.0)
    does(model, "settle")


def it_is_killed_before_the_first_byte(model: Model) -> None:
    due(model)
    model.dies(0, "before the first byte")
    later(model, 11.0, 16.0)
    does(model, "settle")


def it_is_killed_after_the_last_byte(model: Model) -> None:
    due(model, Kind.CAMPAIGN)
    model.dies(0, "after the last byte")
    later(model, 11.0, 16.0)
    does(model, "settle")


def an_answer_comes_late(model: Model) -> None:
    due(model)
    model.goes_wrong(0, ("after the last byte", "given up"))
    ends(model, State.MAYBE_SENT)
    goes_on(model, 0)
    ends(model, State.SUBMITTED)


def the_database_is_away_when_the_answer_comes(model: Model) -> None:
    due(model)
    model.goes_wrong(0, ("before outcome", "away"))
    later(model, 1.0)
    ends(model, State.SUBMITTED)


def a_claim_takes_too_long(model: Model) -> None:
    due(model)
    model.goes_wrong(0, ("after claim", "late"))
    goes_on(model, 0)


def a_claim_waits_too_long_for_a_hand(model: Model) -> None:
    """All hands are full; one request ends, and four more sends are claimed, three of which wait."""
    for _ in range(HANDS["leave"] + 4):
        model._schedule(Kind.SEND, is_due=False)
    model.time_passes(5.0)
    goes_on(model, 0, "after the last byte")
    one = model.slots[0]
    assert one
    one.open(next(gate for gate in one.gates.shut if gate.name == "after the last byte"))
    goes_on(model, 0, "after the last byte")
    model.time_passes(8.0)
    goes_on(model, 0)
    assert model.judge.reached["not claimed", "sending", "scheduled"] == 3
    later(model, 1.0)
    assert {row.state for row in model.judge.rows.values()} == {State.SUBMITTED}


def it_stands_still_before_the_first_byte(model: Model) -> None:
    """The connection is there; then the machine sleeps, and the claim has grown old when it wakes."""
    due(model)
    one = model.slots[0]
    assert one
    gate = one.reaches("before the first byte")
    assert gate
    model.time_passes(16.0)
    one.open(gate, "connected")
    goes_on(model)
    assert model.judge.reached["not claimed", "sending", "scheduled"]
    later(model, 5.0)
    ends(model, State.SUBMITTED)


def a_claim_is_not_confirmed(model: Model) -> None:
    due(model)
    model.goes_wrong(0, ("after claim", "lost"))
    goes_on(model)


def it_is_cancelled_while_it_leaves(model: Model) -> None:
    due(model)
    goes_on(model, 0, "after the last byte")
    model.people.press("cancel", model.people.reads(next(iter(model.judge.rows))))
    model.desk.run()
    goes_on(model)


def it_is_frozen_before_the_claim(model: Model) -> None:
    due(model)
    goes_on(model, hold="before claim")
    model.happens("freeze", 0)
    goes_on(model)
    model.happens("unfreeze", 0)
    does(model, "send_now")
    later(model, 5.0)


def its_phone_is_stopped_before_the_claim(model: Model) -> None:
    due(model)
    goes_on(model, hold="before claim")
    does(model, "stop")
    goes_on(model)


def it_is_late(model: Model) -> None:
    due(model)
    goes_on(model, hold="before claim")
    model.time_passes(125.0)
    goes_on(model)
    does(model, "move")
    later(model, 31.0)


def it_is_stopped_in_its_own_time(model: Model) -> None:
    """SIGTERM while WhatCounts has it: the answer is waited for, and leaves no doubt."""
    due(model)
    goes_on(model, 0, "after the last byte")
    model.happens("SIGTERM", 0)
    goes_on(model)
    ends(model, State.SUBMITTED)


def it_is_cancelled_and_edited_and_moved(model: Model) -> None:
    model.people.draft(Kind.SEND)
    model.desk.run()
    does(model, "edit")
    does(model, "cancel")
    model._schedule(Kind.SEND, is_due=False)
    does(model, "move")
    does(model, "edit")
    goes_on(model)
    does(model, "confirm")
    does(model, "cancel")
    does(model, "again")


def what_is_held_is_cancelled_or_expires(model: Model) -> None:
    for _ in range(2):
        model._schedule(Kind.SEND, is_due=False)
    model.people.draft(Kind.SEND)
    model.desk.run()
    later(model, 125.0 + 5.0)
    does(model, "cancel", 0)
    later(model, 86_401.0)


def an_edit_comes_before_the_confirmation(model: Model) -> None:
    """Somebody confirms what is not there any more: their request was on its way for a while."""
    model.people.draft(Kind.SEND)
    model.desk.run()
    goes_on(model)
    send = model.people.reads(next(iter(model.judge.rows)))
    model.people.press("confirm", send)
    waiting = model.desk.gates.shut[0]
    model.people.press("edit", send)
    model.desk.open(model.desk.gates.shut[-1])
    goes_on(model)
    model.desk.open(waiting)
    model.desk.run()


def a_stop_is_asked_for_until_it_is_done(model: Model) -> None:
    model._schedule(Kind.SEND, is_due=False)
    does(model, "stop")
    model.goes_wrong(0, ("before the first byte", "unreached"))
    goes_on(model)
    later(model, 16.0)
    model._schedule(Kind.SEND, is_due=False)
    does(model, "stop")
    model.dies(1, "after the last byte")
    later(model, 11.0, 31.0)


def the_second_of_two_is_in_doubt(model: Model) -> None:
    due(model, Kind.TEST)
    goes_on(model, 0, "after the last byte")
    model.slots[0].open(model.slots[0].gates.shut[0])  # type: ignore[union-attr]
    model.goes_wrong(0, ("after the last byte", "lost"))
    later(model, 16.0)
    does(model, "settle")


def the_chores_run_while_it_is_under_way(model: Model) -> None:
    """What is in hand is no claim that nobody carries out, however slow the answer."""
    due(model)
    goes_on(model, 0, "after the last byte")
    for _ in range(4):
        model.time_passes(4.0)
        goes_on(model, 0, "after the last byte")
    goes_on(model)
    ends(model, State.SUBMITTED)
    assert not model.judge.reached["maybe_sent", "sending", "maybe_sent"]


def a_claim_is_made_while_the_chores_run(model: Model) -> None:
    """What is in hand was taken down; then, before what is not in hand is given up, one more is claimed."""
    due(model)
    goes_on(model, 0, "after the last byte")
    due(model)
    one = model.slots[0]
    assert one
    one.run(("after the last byte", "turn"))
    model.time_passes(11.0)
    one.run(("after the last byte", "turn", "before abandon"))
    one.open(next(gate for gate in one.gates.shut if gate.name == "turn"))
    one.run(("after the last byte", "after claim", "before abandon"))
    goes_on(model)


RARE = (  # what chance does not show in a short run
    the_answer_is_lost, it_is_killed_before_the_first_byte, a_stop_is_asked_for_until_it_is_done,
)  # fmt: skip
HISTORIES: tuple[History, ...] = (
    *RARE, two_claim_at_once, two_draw_at_once, it_is_refused, it_is_not_reached,
    it_is_killed_after_the_last_byte, an_answer_comes_late,
    the_database_is_away_when_the_answer_comes,
    a_claim_takes_too_long, a_claim_waits_too_long_for_a_hand, it_stands_still_before_the_first_byte,
    the_chores_run_while_it_is_under_way, a_claim_is_not_confirmed, it_is_cancelled_while_it_leaves,
    it_is_frozen_before_the_claim, its_phone_is_stopped_before_the_claim, it_is_late,
    it_is_stopped_in_its_own_time, it_is_cancelled_and_edited_and_moved,
    what_is_held_is_cancelled_or_expires, an_edit_comes_before_the_confirmation,
    the_second_of_two_is_in_doubt,
)  # fmt: skip
