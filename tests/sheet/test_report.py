"""The report: masked, in UTC, with the rows' own numbers, and nothing that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.sheet import Line, Report, harmless

AT = datetime(2026, 11, 26, 9, 30, 5, tzinfo=ZoneInfo("America/Los_Angeles"))


def reported(*lines: Line) -> list[list[str]]:
    out = io.BytesIO()
    report = Report(out)
    for line in lines:
        report.add(line)
    report.finish()
    assert out.getvalue().startswith(b"\xef\xbb\xbf") and not out.closed
    return list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def test_a_line_has_the_row_the_last_digits_the_outcome_and_the_time() -> None:
    assert reported(
        Line(4711, "12065550100", "submitted", at=AT), Line(4712, None, "skipped", "No, phone")
    ) == [
        ["row in your file", "phone", "outcome", "reason", "time (UTC)"],
        ["4711", "•••••••0100", "submitted", "", "2026-11-26 17:30:05"],
        ["4712", "", "skipped", "No, phone", ""],
    ]


def test_a_number_or_an_address_in_a_reason_is_masked() -> None:
    _, (_, _, _, reason, _) = reported(Line(2, None, "refused", "2065550100 is ana@example.com"))
    assert reason == "•••••••0100 is a•••@example.com"


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "＋1", "－1", "＠x",
        " =1+1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\x00=1", " \t=1",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_carry_out_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "submitted", "1-2", "a=b", "'=1", "•••••••0100", "2026-11-26"])
def test_everything_else_is_as_it_was(cell: str) -> None:
    assert harmless(cell) == cell
