"""What a phone, a text, a name may be; how the application refuses."""

from __future__ import annotations

import re

LONGEST_TEXT = 160
# "Special characters" are refused by createsmsmessage's page, which does not say which they are: a guess.
_NAME = re.compile(r"[A-Za-z0-9 _-]+")


class BusinessError(Exception):
    """The application says no; by REST a 500 with this text, by the HTTP API `FAILURE: ` and this text."""


def normal(phone: str) -> str:
    """Eleven digits: ten get a `1` in front, as the server does; BusinessError for what is not digits."""
    if not (phone.isascii() and phone.isdigit()):
        raise BusinessError("Phone number must be numeric.")
    return f"1{phone}" if len(phone) == 10 else phone


def check_text(text: str) -> None:
    """BusinessError for an empty text and for more than 160 UTF-16 units (a Java string's length)."""
    if not text.strip():
        raise BusinessError("Message text cannot be empty.")
    if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise BusinessError("Message text cannot be more than 160 characters long")


def check_name(name: str) -> None:
    """BusinessError for an empty message name and for one with special characters (words by guess)."""
    if not name.strip():
        raise BusinessError("Message name cannot be empty.")
    if not _NAME.fullmatch(name):
        raise BusinessError("Message name cannot contain special characters.")


def check_email(email: str) -> None:
    """BusinessError for what has no `@` (words by guess)."""
    if "@" not in email:
        raise BusinessError("Email address is not valid.")
