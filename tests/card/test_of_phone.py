"""What `/sms history PHONE` says of that phone in a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.card.bulk import of_phone
from bot.sends import Send, State
from bot.sends.lines import Outcome
from bot.sends.run import RowState, RunState
from tests.test_rules_of_kinds import BULK, RUN

NOW = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
LIST = replace(BULK, state=State.SENDING, run=replace(RUN, state=RunState.RUNNING))


def said(state: RowState, send: Send = LIST, why: str | None = None) -> str:
    return of_phone(send, Outcome(2, "12062000001", state, why, None))


@pytest.mark.parametrize(
    ("state", "words"),
    {
        RowState.WAITING: "its turn has not come",
        RowState.SENDING: "its request is on its way",
        RowState.SUBMITTED: "submitted",
        RowState.REFUSED: "not submitted: WhatCounts said: no",
        RowState.MAYBE_SENT: "may have been submitted",
        RowState.SKIPPED: "left out: WhatCounts said: no",
    }.items(),
)
def test_each_state_has_its_words(state: RowState, words: str) -> None:
    assert said(state, why="WhatCounts said: no") == f"This phone: *{words}*"


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
    words = "not submitted, its list ended before" if is_over else "its turn has not come"
    assert said(RowState.WAITING, send) == f"This phone: *{words}*"


def test_no_number_and_no_markup_of_a_reason_is_shown() -> None:
    words = said(RowState.REFUSED, why="206 555 0188 is <!channel>")
    assert "0188 is &lt;!channel&gt;" in words
    assert "206 555 0188" not in words


def test_when_the_answer_came_is_said() -> None:
    row = Outcome(2, "12062000001", RowState.SUBMITTED, None, NOW)
    assert "2026-11-26 17:00 UTC" in of_phone(LIST, row)
