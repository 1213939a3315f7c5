"""What `/sms history PHONE` says of that phone in a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.card.bulk import of_phone
from bot.sends import Send, State
from bot.sends.lines import Outcome
from bot.sends.run import Action, RowState, RunState
from tests.test_rules_of_kinds import BULK, RUN

NOW = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
LIST = replace(BULK, state=State.SENDING, run=replace(RUN, state=RunState.RUNNING))


NO = "WhatCounts said no."
STOPPED = replace(RUN, action=Action.STOP, state=RunState.CANCELLED)


def said(state: RowState, send: Send = LIST, why: str | None = None) -> str:
    return of_phone(send, Outcome(2, "12062000001", state, why, None))


@pytest.mark.parametrize(
    ("state", "why", "words"),
    [
        (RowState.WAITING, None, "its turn has not come"),
        (RowState.WAITING, NO, f"waits for another try: {NO}"),
        (RowState.SENDING, None, "its request is on its way"),
        (RowState.SUBMITTED, None, "submitted"),
        (RowState.SUBMITTED, "It was subscribed already.", "submitted: It was subscribed already."),
        (RowState.REFUSED, NO, f"not submitted: {NO}"),
        (RowState.MAYBE_SENT, NO, f"may have been submitted: {NO}"),
        (RowState.SKIPPED, "opted out", "left out: opted out"),
    ],
)
def test_each_state_has_its_words(state: RowState, why: str | None, words: str) -> None:
    assert said(state, why=why) == f"This phone: *{words}*"


@pytest.mark.parametrize(
    ("state", "run", "is_over"),
    [
        (State.DRAFT, RunState.WAITING, False),
        (State.SENDING, RunState.PAUSED, False),
        (State.SENDING, RunState.CANCELLED, True),
        (State.CANCELLED, RunState.CANCELLED, True),
        (State.CANCELLED, RunState.WAITING, True),
        (State.EXPIRED, RunState.WAITING, True),
    ],
)
def test_what_waits_in_a_list_that_is_over_was_not_sent(state: State, run: RunState, is_over: bool) -> None:
    send = replace(LIST, state=state, run=replace(RUN, state=run))
    words = "not submitted: its list ended before" if is_over else "its turn has not come"
    assert said(RowState.WAITING, send) == f"This phone: *{words}*"


def test_an_opt_out_that_was_asked_for_once_may_have_been_done_where_its_list_was_cancelled() -> None:
    over = replace(LIST, state=State.CANCELLED, run=STOPPED)
    assert said(RowState.WAITING, over, NO) == f"This phone: *may have been stopped: {NO}*"
    assert said(RowState.WAITING, over) == "This phone: *not stopped: its list ended before*"


def test_no_number_and_no_markup_of_a_reason_is_shown() -> None:
    words = said(RowState.REFUSED, why="206 555 0188 is <!channel>")
    assert "0188 is &lt;!channel&gt;" in words
    assert "206 555 0188" not in words


def test_when_the_answer_came_is_said() -> None:
    row = Outcome(2, "12062000001", RowState.SUBMITTED, None, NOW)
    assert "2026-11-26 17:00 UTC" in of_phone(LIST, row)
