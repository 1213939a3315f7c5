"""One cell: the phone that is in it however a spreadsheet has dressed it, or why there is none."""

from __future__ import annotations

import re
import unicodedata

from bot.phones import NotAPhone, find, normal

LONGEST = 100  # characters; longer cells hold no single number

_POWER = re.compile(r"[+-]?\d+([.,]\d+)?e[+-]?\d+", re.IGNORECASE)
_NUMBER = re.compile(r"(tel:)?[+(]*(\d[\s()./-]*){7,15}([.,]0+)?|" + _POWER.pattern, re.IGNORECASE)
_DATE = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(\d{4}|\d{2})")
_DECIMAL = re.compile(r"(\+?\d{7,})[.,](\d+)")
_FORMULA = re.compile(r"[=@]|[+-]+(?![\d(\s])")
_DRESSED = re.compile(r"""^['‘’"“”]*=?\s*["“”']*(.*?)["“”'’]*$""", re.DOTALL)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})
_NONE = frozenset({"n/a", "na", "none", "null", "nil", "nan", "-", "--", "—", "?", "unknown"})

POWERS = "A spreadsheet made a power of ten (E+) of it: its last digits are lost. Enter it anew, as text."
FRACTION = "This is a number with a fraction, not a phone number."
MISSING = "The phone number is missing."
FORMULA = "This is a formula, not a phone number."
ERROR = "The spreadsheet has an error here, not a phone number."
SEVERAL = "There is more than one phone number in this cell."
LONG = "This is a text, not a phone number."
UNREADABLE = "There is a character in it that could not be read."


def read_cell(cell: str) -> tuple[str | None, str | None]:
    """The phone in its normal form, or the reason, a sentence with nothing of the cell in it; one is None."""
    said = bare(cell)
    if _is_none(said):
        return None, MISSING
    if said.upper() in _ERRORS:
        return None, ERROR
    if len(said) > LONGEST:
        return None, LONG
    if _POWER.fullmatch(said):
        return None, POWERS
    if whole := _DECIMAL.fullmatch(said):
        if whole[2].strip("0") and len(whole[1]) > 7:
            return None, FRACTION
        said = whole[1] if not whole[2].strip("0") else said
    try:
        return normal(said), None
    except NotAPhone as no:
        return None, _reason(cell, said, no.why)


def _reason(cell: str, said: str, why: str) -> str:
    if _FORMULA.match(visible(cell)) and not re.fullmatch(r"[\d\s+().-]+", said):
        return FORMULA
    if "\ufffd" in said:
        return UNREADABLE
    return SEVERAL if len(find(said)) > 1 else why


def bare(cell: str) -> str:
    """What a spreadsheet shows of `'206…`, `="206…"`, `" 206… "`: without what makes it text."""
    if len(cell) > 10 * LONGEST:
        return cell  # no number, and not worth the look
    found = _DRESSED.match(visible(cell))
    return found[1].strip() if found else ""


def is_missing(cell: str) -> bool:
    """Whether nothing stands in it, or a word for that."""
    return _is_none(bare(cell))


def _is_none(said: str) -> bool:
    return not said or said.casefold() in _NONE


def visible(cell: str) -> str:
    """Without invisible marks, and with plain spaces and digits (NFKC)."""
    plain = unicodedata.normalize("NFKC", cell[: 10 * LONGEST + 1])
    return "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace()).strip()


def is_phone(cell: str) -> bool:
    """Whether there is a phone in it."""
    return digits(cell) >= 10 and read_cell(cell)[0] is not None


def is_number(cell: str) -> bool:
    """Whether it was meant to be one: a phone, or what a spreadsheet made of it."""
    said = bare(cell)
    return len(said) <= LONGEST and _NUMBER.fullmatch(said) is not None and not _DATE.fullmatch(said)


def is_power(cell: str) -> bool:
    """Whether a spreadsheet made a power of ten of it."""
    return _POWER.fullmatch(bare(cell)) is not None


def digits(cell: str) -> int:
    return sum(c.isdigit() for c in cell[:LONGEST])
