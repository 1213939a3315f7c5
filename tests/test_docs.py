"""docs/whatcounts.md: what it names is there, and its table of the two APIs is the whole of both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import commands
from bot.settings import names
from sandbox.whatcounts.commands import COMMANDS
from sandbox.whatcounts.operations import OPERATIONS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "whatcounts.md").read_text()
QUOTED = re.findall(r"`([^`\n]+)`", PAGE)


def test_every_file_that_it_names_is_there() -> None:
    files = {one for one in QUOTED if re.fullmatch(r"[\w/]+(\.py|/)", one) and not one.startswith("/")}
    assert len(files) > 20
    lost = [one for one in files if not (ROOT / one).exists() and not (ROOT / "bot" / one).is_file()]
    assert lost == []


def test_every_picture_and_link_is_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert targets
    assert [one for one in targets if not (ROOT / "docs" / one).exists()] == []


def test_every_verb_that_it_names_can_be_typed() -> None:
    named = {one.split()[1] for one in QUOTED if one.startswith("/sms ")}
    assert named
    assert named <= {one.name for one in commands.load()}


def test_every_setting_that_it_names_is_read() -> None:
    named = set(re.findall(r"\b(?:SMS|WHATCOUNTS)_[A-Z_]+\b", PAGE))
    assert named
    assert named <= set(names())


def test_every_program_that_it_names_starts_so() -> None:
    programs = re.findall(r"python -m ([\w.]+)((?: [\w-]+)*)", PAGE)
    assert {module for module, _ in programs} == {"bot", "sandbox.whatcounts"}
    for module, words in programs:
        source = (ROOT / module.replace(".", "/") / "__main__.py").read_text()
        assert [word for word in words.split() if f'"{word}"' not in source] == []
    made = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)`", PAGE)) <= set(made)


@pytest.mark.parametrize(("column", "known"), [(2, OPERATIONS), (3, COMMANDS)])
def test_the_table_of_the_two_apis_has_every_operation(column: int, known: dict[str, object]) -> None:
    table = PAGE.partition("| operation | REST | HTTP API | used |")[2].partition("\n\n")[0]
    rows = [line.split("|") for line in table.splitlines()[2:]]
    named = [re.search(r"`([^`]+)`", row[column]) for row in rows]
    assert sorted(found[1] for found in named if found) == sorted(known)
