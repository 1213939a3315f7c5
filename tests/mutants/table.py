"""At the end of a run of pytest: which test caught which bug."""

from __future__ import annotations

import pytest

CAUGHT = "caught by"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", [])
    found = [(one.nodeid, dict(one.user_properties)) for one in reports if one.user_properties]
    lines = [(name.split("[", 1)[-1][:-1], said[CAUGHT]) for name, said in found if CAUGHT in said]
    if lines:
        terminalreporter.section("bugs that were written in, and what caught them")
    for bug, caught in sorted(lines):
        terminalreporter.write_line(f"{bug:64} {caught}")
