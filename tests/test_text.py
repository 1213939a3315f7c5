"""What a text costs, what is refused, and what a person typed before Slack escaped it."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text import (
    GSM_BASIC,
    GSM_EXTENSION,
    curly,
    describe,
    measure,
    problem,
    straight,
    unslack,
    utf16_units,
)

BASIC = st.text(st.sampled_from(sorted(GSM_BASIC)))
GSM = st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)))
ANY = st.text()


def test_the_gsm_tables_have_the_sizes_of_the_standard() -> None:
    assert len(GSM_BASIC) == 127  # 128 codes, one of which is ESC
    assert len(GSM_EXTENSION) == 10
    assert not GSM_BASIC & GSM_EXTENSION


@pytest.mark.parametrize("character", "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n'\"")
def test_a_character_of_the_basic_table_costs_one(character: str) -> None:
    assert measure(character).units == 1
    assert measure(character).encoding == "GSM-7"
    assert measure(character).costly is None


@pytest.mark.parametrize("character", "^{}\\[~]|€\f")
def test_a_character_of_the_extension_table_costs_two(character: str) -> None:
    found = measure(f"a{character}")
    assert (found.encoding, found.units, found.costly) == ("GSM-7", 3, character)


@pytest.mark.parametrize(
    "character", ["`", "ç", "\u2019", "“", "\u2013", "…", "\u00a0", "\t", "я", "你", "😀"]
)
def test_one_character_outside_makes_the_whole_text_ucs2_and_is_named(character: str) -> None:
    found = measure(f"Hello [you] {character} there")
    assert found.encoding == "UCS-2"
    assert found.costly == character


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("я" * 70, 70, 1),
        ("я" * 71, 71, 2),
        ("я" * 134, 134, 2),
        ("я" * 135, 135, 3),
        ("😀" * 35, 70, 1),
    ],
)
def test_parts_follow_160_153_and_70_67(text: str, units: int, parts: int) -> None:
    assert (measure(text).units, measure(text).parts) == (units, parts)


def test_an_escape_pair_is_not_cut_in_two() -> None:
    text = "a" * 152 + "€" + "a" * 152  # 306 septets would fill two parts, but the pair cannot straddle them
    assert measure(text).units == 306
    assert measure(text).parts == 3


def test_a_surrogate_pair_is_not_cut_in_two() -> None:
    text = "я" * 66 + "😀" + "я" * 66
    assert measure(text).units == 134
    assert measure(text).parts == 3


def test_characters_are_what_a_person_counts_and_units_what_the_air_counts() -> None:
    found = measure("Hi 😀")
    assert (found.characters, found.units) == (4, 5)


@given(BASIC)
def test_basic_text_needs_as_many_parts_as_its_length_says(text: str) -> None:
    expected = math.ceil(len(text) / (160 if len(text) <= 160 else 153))
    assert measure(text).parts == expected


@given(st.one_of(GSM, ANY))
@example("€" * 200)
def test_parts_are_enough_and_waste_at_most_one_unit_each(text: str) -> None:
    found = measure(text)
    alone, joined = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    if found.units <= alone:
        assert found.parts == bool(text)
    else:
        assert math.ceil(found.units / joined) <= found.parts <= math.ceil(found.units / (joined - 1))


@given(ANY)
def test_utf16_units_are_what_an_encoder_makes(text: str) -> None:
    assert utf16_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("text", ["", " ", "\n \n", "\u00a0"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert problem(text) == "The text is empty."


@pytest.mark.parametrize("text", ["a" * 160, "Hi\nthere", "😀" * 80, "Olá, café ñ 你好", "a 👩\u200d👧 b"])
def test_a_text_that_fits_has_no_problem(text: str) -> None:
    assert problem(text) is None


def test_a_text_over_160_says_by_how_much() -> None:
    assert problem("a" * 163) == "The text has 163 characters; WhatCounts takes 160. Shorten it by 3."


def test_an_emoji_counts_twice_against_the_limit_and_that_is_said() -> None:
    found = problem("a" * 159 + "😀")
    assert found is not None
    assert "161 characters (an emoji counts as two or more)" in found


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\t", "a tab"),
        ("\r", "a carriage return"),
        ("\0", "U+0000"),
        ("\x1b", "U+001B"),
        ("\x85", "U+0085"),
        ("\u2028", "U+2028"),
        ("\u202e", "U+202E"),
        ("\ud800", "U+D800"),
        ("\ufffd", "where one was cut or could not be read"),
    ],
)
def test_a_control_character_is_refused_by_name(character: str, name: str) -> None:
    found = problem(f"Hello{character}there")
    assert found is not None
    assert name in found


@given(ANY)
def test_what_slack_escapes_comes_back_as_typed(typed: str) -> None:
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert unslack(escaped) == typed


@pytest.mark.parametrize(
    ("slack", "typed"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("see <http://example.com|example.com> now", "see example.com now"),
        ("see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("<tel:+12065550100|206 555 0100>", "206 555 0100"),
        ("<tel:+12065550100>", "+12065550100"),
        ("<mailto:ann@example.com|ann@example.com>", "ann@example.com"),
        ("ask <@U012ABC|ann> in <#C012ABC|general>", "ask @ann in #general"),
        ("<@U012ABC> <#C012ABC|>", "@U012ABC #C012ABC"),
        ("<!here> <!subteam^S1|@team> <!subteam^S1>", "@here @team @S1"),
        ("<!date^1392734382^{date_short}|Feb 18>", "Feb 18"),
        ("<https://example.com/x|press here>", "press here (https://example.com/x)"),
        ("a < b", "a < b"),
        ("<>", "<>"),
    ],
)
def test_slacks_marks_become_what_the_person_typed(slack: str, typed: str) -> None:
    assert unslack(slack) == typed


@pytest.mark.parametrize("single", "‘’‚‛′")
def test_a_curly_single_quote_becomes_straight(single: str) -> None:
    assert curly(f"it{single}s")
    assert straight(f"it{single}s") == "it's"


@pytest.mark.parametrize("double", "“”„‟″")
def test_a_curly_double_quote_becomes_straight(double: str) -> None:
    assert curly(f"{double}new")
    assert straight(f"{double}new") == '"new'


@pytest.mark.parametrize("text", ["", "it's \"plain\"", "a — b … c", "5´ and 6`", "«French» ‹quotes›", "☕"])
def test_what_is_no_curly_quote_stays(text: str) -> None:
    assert not curly(text)
    assert straight(text) == text


@given(ANY)
def test_mending_is_done_at_once_and_changes_no_length(text: str) -> None:
    mended = straight(text)
    assert len(mended) == len(text)
    assert straight(mended) == mended
    assert not curly(mended)
    assert curly(text) == (mended != text)


@given(GSM)
def test_a_text_that_only_its_quotes_made_dear_is_cheap_after_mending(text: str) -> None:
    dear = f"“{text}’"
    assert measure(dear).encoding == "UCS-2"
    assert measure(straight(dear)).encoding == "GSM-7"


def test_the_sentence_of_the_cost_names_the_character_and_what_it_costs() -> None:
    assert describe("Hello") == "5 characters, 1 part, GSM-7"
    assert describe("€5 off") == "6 characters, 1 part, GSM-7"
    assert describe("It’s") == "4 characters, 1 part, UCS-2 because of the quote ’"
    assert describe("x" * 70 + "’") == "71 characters, 2 parts instead of 1 because of the quote ’"
    assert describe("€" * 81) == "81 characters, 2 parts instead of 1 because of “€”"
