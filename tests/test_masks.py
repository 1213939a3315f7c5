"""Masks: enough to know it again for who knows it, and not the thing itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masks import mask_email, mask_key, mask_words
from bot.phones import mask


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("jon@mydomain.com", "j•••@mydomain.com"),
        ("j@mydomain.com", "•••@mydomain.com"),
        ("jon+shop@mydomain.com", "j•••@mydomain.com"),
        ('"a@b"@mydomain.com', '"•••@mydomain.com'),
    ],
)
def test_an_e_mail_shows_its_first_letter_and_its_domain(email: str, shown: str) -> None:
    assert mask_email(email) == shown


@pytest.mark.parametrize(
    ("key", "shown"), [("10442", "•••"), ("104422", "•••22"), ("a", "•••"), ("ACME-000042", "•••42")]
)
def test_a_key_shows_its_end_where_that_is_little_of_it(key: str, shown: str) -> None:
    assert mask_key(key) == shown


NAMES = st.from_regex(r"[a-z0-9.+_-]{2,20}", fullmatch=True)
DOMAINS = st.from_regex(r"[a-z]{1,9}\.com", fullmatch=True)


@given(NAMES, DOMAINS)
def test_no_name_is_left_in_a_masked_e_mail(name: str, domain: str) -> None:
    assert mask_email(f"{name}@{domain}") == f"{name[0]}•••@{domain}"


@given(st.text(min_size=1, max_size=100))
def test_most_of_a_key_is_never_shown(key: str) -> None:
    shown = mask_key(key).removeprefix("•••")
    assert len(shown) * 3 <= len(key)
    assert key.endswith(shown)


def test_a_phone_shows_its_last_four_digits() -> None:
    assert mask("12065550100") == "•••••••0100"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("wrong price", "wrong price"),
        ("206 555 0100 got it twice, (206) 555-0100!", "•••••••0100 got it twice, •••••••0100!"),
        ("ask jon.doe@mydomain.com, 12065550101", "ask j•••@mydomain.com, •••••••0101"),
        ("S-7K3QXM of 2026-11-25 at 9:00, 50% @ noon", "S-7K3QXM of 2026-11-25 at 9:00, 50% @ noon"),
    ],
)
def test_words_that_are_kept_hold_no_whole_number_and_no_e_mail(words: str, kept: str) -> None:
    assert mask_words(words) == kept
