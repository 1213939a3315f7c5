"""docs/brakes.md: its table is the brakes that there are, and its states are those of the data file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bot.rules import BRAKES
from bot.rules.law import DATA
from bot.settings import names

PAGE = (Path(__file__).parent.parent / "docs" / "brakes.md").read_text()
STATES = tomllib.loads(DATA.read_text())


def rows(head: str) -> list[list[str]]:
    """The cells of the table under this head."""
    table = PAGE.partition(head)[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line][1:]


def test_the_table_is_the_brakes_that_there_are() -> None:
    found = rows("| name | what it stops | severity | when asked | source |")
    assert found == [[f"`{one.name}`", one.stops, one.severity, one.asked, one.source] for one in BRAKES]


def test_the_states_are_those_of_the_file() -> None:
    found = rows("| where | when texts go out |")
    everywhere = ["everywhere", STATES["everywhere"]["said"]]
    assert found == [everywhere, *([one["name"], one["said"]] for one in STATES["state"])]
    assert str(STATES["checked"]) in PAGE


def test_every_setting_that_it_names_is_read() -> None:
    named = set(re.findall(r"\bSMS_[A-Z_]+\b", PAGE))
    assert named
    assert named <= set(names())
