"""Every bug of the list is found: a test that cannot fail shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutants.bugs import BUGS, Bug
from tests.mutants.run import SECONDS, judge
from tests.mutants.table import CAUGHT


@pytest.mark.mutants
@pytest.mark.timeout(SECONDS + 10)
@pytest.mark.parametrize("bug", BUGS, ids=lambda one: one.name)
def test_it_is_caught(bug: Bug, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    verdict = judge(bug, tmp_path)
    record_property(CAUGHT, verdict.caught)
    assert verdict.caught, verdict.said[-3000:]
