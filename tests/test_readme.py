"""README.md: it lists every verb, and what it points to is there."""

from __future__ import annotations

import re
from pathlib import Path

import commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_every_verb_is_listed_as_it_is_typed() -> None:
    listed = set(re.findall(r"^\| `(/sms[^`]*)` \|", README, re.MULTILINE))
    typed = {"/sms" if one.name == "menu" else one.typed for one in commands.load()}
    missing = "\n".join(f"| `{line}` | ... |" for line in sorted(typed - listed))
    assert listed == typed, f"README.md, under What can be typed:\n{missing}"


def test_every_file_that_it_points_to_is_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_make_target_that_it_names_is_made() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= made
