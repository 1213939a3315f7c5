"""One normal form for every way of writing a number, and a mask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.phones import find, mask, normal, split_words, ten_digits

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


FOUND = {
    "call 206-555-0100 now": ["12065550100"],
    "(206) 555-0100, 206.555.0101 and +1 206 555 0102": ["12065550100", "12065550101", "12065550102"],
    "206 555 0100 or 12065550100": ["12065550100"],  # one number, written twice
    "tel:+12065550100": ["12065550100"],
    "tel:2065550100\nsms:2065550101": ["12065550100", "12065550101"],
    "Ava:2065550100;Ben:2065550101": ["12065550100", "12065550101"],
    "call 555-0100": [],
    "order 20655501001234, card 4111 1111 1111 1111": [],
    "+44 20 7946 0958": [],
    "on 2026-11-20 at 10:30, 5 of 12": [],
    "1795184418.907247": [],
    "": [],
}


@pytest.mark.parametrize("text", FOUND)
def test_the_numbers_in_a_text_are_found_each_once_in_their_order(text: str) -> None:
    assert find(text) == FOUND[text]


FORMS = ["{0}{1}{2}", "({0}) {1}-{2}", "+1 {0} {1} {2}", "{0}.{1}.{2}", "1-{0}-{1}-{2}"]


@given(NATIONAL, st.sampled_from(FORMS))
def test_a_number_is_found_as_people_write_it(digits: str, form: str) -> None:
    written = form.format(digits[:3], digits[3:6], digits[6:])
    assert find(f"please stop {written}, thanks") == ["1" + digits]


@given(st.text())
def test_what_is_found_in_any_text_is_in_its_normal_form(text: str) -> None:
    assert [normal(one) for one in find(text)] == find(text)


@pytest.mark.parametrize(
    ("words", "split"),
    [
        ("206 555 0100 weekly", ("206 555 0100", "weekly")),
        ("2065550100", ("2065550100", "")),
        ("(206) 555-0100 2 for 1", ("(206) 555-0100", "2 for 1")),
        ("+1 206 555 0100 Hello there", ("+1 206 555 0100", "Hello there")),
        ("weekly", ("weekly", "")),
        ("", ("", "")),
    ],
)
def test_a_number_and_what_comes_after_it_are_told_apart(words: str, split: tuple[str, str]) -> None:
    assert split_words(words) == split
