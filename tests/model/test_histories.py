"""Each history that is told, by itself."""

from __future__ import annotations

import pytest

from tests.model.histories import HISTORIES, History, a_claim_is_made_while_the_chores_run, tell


@pytest.mark.parametrize("history", HISTORIES, ids=lambda one: one.__name__)
def test_a_history_that_is_told(history: History) -> None:
    tell(history)


def test_a_claim_that_is_made_while_the_chores_run_is_not_doubted() -> None:
    tell(a_claim_is_made_while_the_chores_run)
