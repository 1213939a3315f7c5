"""docs/repeating.md says what the form offers, what the cards have and which settings there are."""

from __future__ import annotations

import re
from pathlib import Path

from bot.card.picture import END, PAUSE_TIMES, RESUME_TIMES
from bot.repeats import SHOWN
from bot.settings import names
from bot.timetable import NEVER, WORDS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "repeating.md").read_text()


def test_every_choice_of_the_form_is_in_its_table() -> None:
    table = PAGE.partition("| Repeats | leaves |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    offered = [words for value, words in WORDS.items() if value != NEVER]
    assert len(rows) == len(offered)
    assert [row for row, words in zip(rows, offered, strict=True) if not words.startswith(row)] == []


def test_every_button_that_it_names_is_on_a_card() -> None:
    for button in (PAUSE_TIMES, RESUME_TIMES, END):
        assert f"`{button.label}`" in PAGE


def test_it_says_how_many_times_are_read_back() -> None:
    assert SHOWN == 5 and "the next five times" in PAGE


def test_every_setting_and_picture_that_it_names_is_there() -> None:
    settings = set(re.findall(r"\b(?:SMS|WHATCOUNTS)_[A-Z_]+\b", PAGE))
    assert settings and settings <= set(names())
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert linked and [one for one in linked if not (ROOT / "docs" / one).exists()] == []
