"""Two processes, every interleaving, a crash at every await: nothing leaves twice, nothing is lost."""

from __future__ import annotations

import os
import random
import re

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import bot.sends
from tests.model.histories import HISTORIES, tell
from tests.model.judge import Transition
from tests.model.machine import Model

LONG = bool(os.environ.get("SMSOPS_LONG"))
DRAWN_HISTORIES, ROUNDS = (300, 12) if LONG else (25, 2)
STEPS = 25

# Every word on the arrows of bot/sends/__init__.py: as the record says it, from which state, to which.
DRAWN: dict[str, list[Transition]] = {
    "confirm": [("confirmed", "draft", "scheduled")],
    "edit": [("edited", one, "draft") for one in ("draft", "scheduled")],
    "hold": [("held", "scheduled", "held")],
    "send now": [("released", "held", "scheduled")],
    "move": [("moved", "scheduled", "scheduled")],
    "cancel": [("cancelled", one, "cancelled") for one in ("draft", "scheduled", "held")],
    "expire": [("expired", one, "expired") for one in ("draft", "held")],
    "claim": [("sending", "scheduled", "sending")],
    "submitted": [("submitted", "sending", "submitted"), ("submitted", "maybe_sent", "submitted")],
    "refused": [("refused", "sending", "refused")],
    "in doubt": [("maybe_sent", "sending", "maybe_sent")],
    "a person": [
        ("settled: it was sent", "maybe_sent", "submitted"),
        ("settled: it was not sent", "maybe_sent", "refused"),
    ],
    "untouched": [("not reached", "sending", "scheduled"), ("not claimed", "sending", "scheduled")],
}
IN_TURN: list[Transition] = [  # an opt-out goes back until it is done, several requests go one by one
    ("asked to stop", "", "scheduled"),
    ("asked once more", "sending", "scheduled"),
    ("not done yet", "sending", "scheduled"),
    ("submitted", "sending", "scheduled"),
]


@pytest.mark.timeout(7_200 if LONG else 240)
def test_nothing_leaves_twice_nothing_is_lost_and_every_way_is_gone() -> None:
    """Histories that are drawn, SMSOPS_SEED their first seed; the long form draws another."""
    first = int(os.environ.get("SMSOPS_SEED") or (random.randrange(10**6) if LONG else 1))
    phases = [Phase.generate] if os.environ.get("SMSOPS_MUTANT") else [Phase.generate, Phase.shrink]
    config = settings(
        max_examples=DRAWN_HISTORIES, stateful_step_count=STEPS, phases=phases, deadline=None,
        database=None, report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    Model.reached.clear()
    for number in range(first, first + ROUNDS):
        print(f"seed {number}: {DRAWN_HISTORIES} histories of at most {STEPS} steps")
        run_state_machine_as_test(seed(number)(Model), settings=config)
    for history in HISTORIES:  # each has a test of its own; here for what chance has not shown
        if _missing():
            tell(history)
    for (what, before, after), times in sorted(Model.reached.items()):
        print(f"{times:6} {what}: {before or 'nothing'} -> {after}")
    assert _missing() == [], "the model shows nothing of these"


def _missing() -> list[Transition]:
    """What no history has shown yet."""
    wanted = [one for ways in DRAWN.values() for one in ways] + IN_TURN
    return [one for one in wanted if not Model.reached[one]]


def test_every_arrow_that_is_drawn_is_one_that_the_model_goes() -> None:
    drawing = (bot.sends.__doc__ or "").split("\n\n")[1]
    arrows = re.findall(r"-+ ?([a-z][a-z ,]*?) ?-+", drawing)
    drawn = {word.strip() for words in arrows for word in words.split(",")}
    assert drawn == set(DRAWN)
