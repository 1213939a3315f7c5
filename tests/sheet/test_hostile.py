"""150 CSVs as people and programs make them: the rows that each must give, or the sentence."""

from __future__ import annotations

import io
import re

import pytest

from bot.phones import find
from bot.sheet import Unreadable, open_sheet
from tests.sheet.hostile import CASES, Case


def named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", [one for one in CASES if not one.says], ids=named)
def test_a_list_gives_every_row_its_phone_or_a_reason(case: Case) -> None:
    sheet = open_sheet(io.BytesIO(case.data))
    found = list(sheet)
    assert sheet.rows == len(found)
    assert [one.line for one in found] == [line for line, _ in case.gives]
    for one, (line, wanted) in zip(found, case.gives, strict=True):
        if wanted.isdecimal():
            assert (one.phone, one.why) == (wanted, None), line
        else:
            assert one.phone is None and one.why and wanted in one.why, line
            assert one.why.endswith(".") and not re.search(r"\d{3}", one.why), line
    assert case.column in sheet.column
    assert case.note in sheet.note


@pytest.mark.parametrize("case", [one for one in CASES if one.says], ids=named)
def test_what_cannot_be_read_gets_a_sentence_that_says_what_to_do(case: Case) -> None:
    with pytest.raises(Unreadable) as refused:
        open_sheet(io.BytesIO(case.data))
    said = str(refused.value)
    assert case.says in said
    assert "Nothing was read from it, and nothing was sent." in said
    assert said.count(". ") >= 2 and said.endswith(".")
    assert not find(said)


def test_there_are_more_than_a_hundred_and_each_has_its_name() -> None:
    assert len(CASES) >= 100
    assert len({one.name for one in CASES}) == len(CASES)
