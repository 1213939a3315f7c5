"""docs/bulk.md says of the limits and of the verb what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import commands
from bot.sends.run import Action
from bot.sheet import limits
from bot.sheet.report import COLUMNS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "bulk.md").read_text()


def test_its_limits_are_those_of_the_code() -> None:
    size = next(line for line in PAGE.splitlines() if line.startswith("| size |"))
    assert re.findall(r"[\d,]+(?= MB| rows| columns| characters)", size) == [
        f"{limits.MOST_BYTES // 1_000_000}", f"{limits.MOST_ROWS:,}", f"{limits.MOST_COLUMNS}",
        f"{limits.ROW_CHARACTERS:,}",
    ]  # fmt: skip


def test_every_action_is_typed_there() -> None:
    assert "bulk" in {one.name for one in commands.load()}
    assert set(re.findall(r"`/sms bulk (\w+)", PAGE)) == set(Action)


def test_it_has_what_the_report_has() -> None:
    report = PAGE.partition("## The report")[2].partition("##")[0]
    for word in ("row's number", "phone", "outcome", "reason", "time (UTC)"):
        assert word in report
    assert len(COLUMNS) == 5


def test_every_file_that_it_names_is_there() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert [one for one in linked if not (ROOT / "docs" / one).exists()] == []
    assert [one for one in re.findall(r"`(tests/[\w/.]+)`", PAGE) if not (ROOT / one).exists()] == []
