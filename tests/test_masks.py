"""Masks: enough to know it again for who knows it, and not the thing itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masks import mask_email, mask_key
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
