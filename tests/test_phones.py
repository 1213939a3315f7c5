"""One normal form for every way of writing a number, and a mask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.phones import mask, normal, ten_digits

NATIONAL = st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True)


@pytest.mark.parametrize(
    "written",
    [
        "2065550100",
        "12065550100",
        "+12065550100",
        "206-555-0100",
        "(206) 555-0100",
        "+1 (206) 555-0100",
        "1.206.555.0100",
        "206\u2011555\u20130100",
        "206\u00a0555\u00a00100",
        "  206 555 0100\n",
        "tel:+12065550100",
        "\u202a+1 206-555-0100\u202c",
        "\uff12\uff10\uff16\uff15\uff15\uff15\uff10\uff11\uff10\uff10",
    ],
)
def test_a_number_has_one_normal_form_however_it_is_written(written: str) -> None:
    assert normal(written) == "12065550100"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("hello", "not a phone number"),
        ("206555010O", "not a phone number"),
        ("1-800-FLOWERS", "not a phone number"),
        ("2065550100x5", "not a phone number"),
        ("2065550100, 2065550101", "not a phone number"),
        ("--", "not a phone number"),
        ("206+5550100", "not a phone number"),
        ("911", "not a US or Canadian phone number"),
        ("5550100", "not a US or Canadian phone number"),
        ("20655501000", "not a US or Canadian phone number"),
        ("206555010", "not a US or Canadian phone number"),
        ("1065550100", "not a US or Canadian phone number"),
        ("2061550100", "not a US or Canadian phone number"),
        ("120655501001", "not a US or Canadian phone number"),
        ("+442079460000", "Only US and Canadian"),
        ("011 44 20 7946 0000", "Only US and Canadian"),
        ("2" * 300, "not a phone number"),
    ],
)
def test_what_is_no_number_is_refused_without_repeating_it(written: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        normal(written)
    assert says in str(refused.value)
    assert "Give ten digits, such as 206 555 0100." in str(refused.value)
    assert not written.strip() or written not in str(refused.value)


@given(NATIONAL)
def test_the_normal_form_is_its_own_normal_form(digits: str) -> None:
    assert normal(digits) == "1" + digits
    assert normal(normal(digits)) == normal(digits)
    assert ten_digits(normal(digits)) == digits


@given(st.text())
def test_any_text_gives_a_number_or_a_sentence(text: str) -> None:
    try:
        found = normal(text)
    except UsageError:
        return
    assert found.isascii()
    assert found.isdigit()
    assert len(found) == 11


def test_a_mask_shows_the_last_four_digits() -> None:
    assert mask("12065550100") == "•••••••0100"
