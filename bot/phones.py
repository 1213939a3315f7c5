"""One normal form of a phone number, and one mask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import phonenumbers

from bot.errors import UsageError

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"  # those that come along when a number is pasted
_WRITTEN = re.compile(rf"[+(\s]*\d[\d\s().\-/{_DASHES}]*")
_NANP = re.compile(r"[2-9]\d{2}[2-9]\d{6}")  # area code and exchange begin with 2 to 9

_HOW = "Give ten digits, such as 206 555 0100."


class NotAPhone(UsageError):
    """No number of ours; `why` is the sentence without how to give one, and has no number in it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} {_HOW}")
        self.why = why


def normal(text: str) -> str:
    """The number as eleven digits beginning with 1, from any way of writing a US or Canadian one.

    Only the shape is checked, so that 555-0100 to 555-0199, which nobody has, pass. Raises NotAPhone.
    """
    written = _plain(text)
    if not written:
        raise NotAPhone("The phone number is missing.")
    if not _WRITTEN.fullmatch(written):
        raise NotAPhone("That is not a phone number.")
    number = _parse(written)
    if number.country_code != 1:
        raise NotAPhone("Only US and Canadian numbers can be texted.")
    national = phonenumbers.national_significant_number(number)
    if not phonenumbers.is_possible_number(number) or not _NANP.fullmatch(national):
        raise NotAPhone("That is not a US or Canadian phone number.")
    return f"1{national}"


def _plain(text: str) -> str:
    """Without the invisible marks that phones' address books put around a number, and without `tel:`."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return visible.strip().removeprefix("tel:").strip()


def _parse(written: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        raise NotAPhone("That is not a phone number.") from None


def split_words(words: str) -> tuple[str, str]:
    """The phone, which may be written with spaces, and what comes after it, as it was typed."""
    end = 0
    for word in re.finditer(r"\S+\s*", words):
        if end and not re.fullmatch(r"[+()\d.\-/\u2010-\u2015]+\s*", word[0]):
            break  # the number ended before it was whole; what is wrong with it is said of it alone
        end = word.end()
        if not re.search(r"\d", words[:end]) or len(re.findall(r"\d", words[:end])) >= 10:
            break
    return words[:end].strip(), words[end:].strip()


def mask(number: str) -> str:
    """What may be shown of a number in its normal form: its last four digits."""
    return "•••••••" + number[-4:]


def ten_digits(number: str) -> str:
    """A number in its normal form as WhatCounts' REST pages write it: without the leading 1."""
    return number.removeprefix("1")


def written(number: str) -> str:
    """A number in its normal form as people write it: `206 555 0100`."""
    return f"{number[1:4]} {number[4:7]} {number[7:]}"


def find(text: str) -> list[str]:
    """The US and Canadian numbers in a text, in their normal form, each once, in their order.

    Written with area code, with or without +1; a longer number (an account, a card) is none.
    """
    return list(dict.fromkeys(number for _, number in _written_in(text)))


def hide(text: str) -> str:
    """The text with each of these numbers masked."""
    for said, number in _written_in(text):
        text = text.replace(said, mask(number))
    return text


def _written_in(text: str) -> Iterator[tuple[str, str]]:
    """Each number as it stands there, and in its normal form."""
    for match in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
        try:
            number = normal(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
        except UsageError:
            continue
        yield match.raw_string, number
