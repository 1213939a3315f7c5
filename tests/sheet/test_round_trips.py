"""What the csv module writes, in any dialect and encoding, is read back, row by row."""

from __future__ import annotations

import csv
import io
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.phones import normal
from bot.sheet import Found, Line, Report, Unreadable, harmless, open_sheet
from bot.sheet.column import says_phone
from bot.sheet.report import FORMULA, UNSEEN

PHONES = st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True)
WAYS = (
    "{0}{1}{2}",
    "({0}) {1}-{2}",
    "{0}-{1}-{2}",
    "+1 {0} {1} {2}",
    "1{0}{1}{2}",
    "{0}.{1}.{2}",
    "'{0}{1}{2}",
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "mac_roman")
WORDS = st.text(st.sampled_from("abcdefghijklmnopABCDEFGH ,;|\"'-.éüñ&\n"), min_size=1, max_size=20)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "lineterminator": st.sampled_from(["\r\n", "\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    }
)


def written(number: str, way: str) -> str:
    return way.format(number[:3], number[3:6], number[6:])


@given(
    st.lists(st.tuples(WORDS, PHONES, st.sampled_from(WAYS)), min_size=1, max_size=12),
    DIALECTS,
    st.sampled_from(ENCODINGS),
    st.integers(0, 2),
    st.sampled_from([None, "phone", "Mobile", "customer"]),
)
def test_every_phone_is_read_back_in_its_row(
    people: list[tuple[str, str, str]], dialect: dict[str, Any], encoding: str, at: int, heading: str | None
) -> None:
    assume(not says_phone(people[0][0]))
    end = dialect["lineterminator"][-1]  # the only line break that the csv module always puts into quotes
    names = [name.replace("\n", end) for name, _, _ in people]
    rows = [[name, name.swapcase()] for name in names]
    for row, (_, number, way) in zip(rows, people, strict=True):
        row.insert(at, written(number, way))
    if heading:
        rows.insert(0, ["name", "other"])
        rows[0].insert(at, heading)
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(rows)
    sheet = open_sheet(io.BytesIO(out.getvalue().encode(encoding)))
    first = 2 if heading else 1
    assert list(sheet) == [Found(first + n, normal(number), None) for n, (_, number, _) in enumerate(people)]
    assert list(sheet) == list(sheet)


@given(st.binary(max_size=3000))
def test_any_bytes_give_rows_or_a_sentence(data: bytes) -> None:
    found = read(data)
    assert found is None or all((one.phone is None) != (one.why is None) for one in found)


@given(
    st.text(st.sampled_from("2065551 ,;\t|\"'\\\n\r=+-.()ae\u200b\xa0\x00é"), max_size=400),
    st.sampled_from(ENCODINGS),
)
def test_any_text_gives_rows_or_a_sentence(text: str, encoding: str) -> None:
    found = read(text.encode(encoding, "replace"))
    assert found is None or [one.line for one in found] == sorted({one.line for one in found})


def read(data: bytes) -> list[Found] | None:
    try:
        sheet = open_sheet(io.BytesIO(data))
    except Unreadable as error:
        return None if str(error).endswith(".") else []
    found = list(sheet)
    assert len(found) == sheet.rows > 0
    return found


@given(st.lists(st.tuples(st.integers(1, 99999), PHONES, WORDS, st.text(max_size=40)), max_size=6))
def test_a_report_has_a_line_for_each_and_no_formula(lines: list[tuple[int, str, str, str]]) -> None:
    out = io.BytesIO()
    report = Report(out)
    for row, number, outcome, reason in lines:
        report.add(Line(row, normal(number), outcome, reason))
    report.finish()
    read = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert [row[0] for row in read[1:]] == [str(row) for row, *_ in lines]
    assert not [cell for row in read for cell in row if cell.lstrip(UNSEEN).startswith(FORMULA)]
    assert all(
        number[:6] not in ",".join(row[1:2]) for row, (_, number, _, _) in zip(read[1:], lines, strict=True)
    )


@given(st.text())
def test_what_is_harmless_stays_as_it_is_but_for_an_apostrophe(text: str) -> None:
    assert harmless(text) in (text, f"'{text}")
