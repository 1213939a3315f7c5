"""Reads a date in every spelling that WhatCounts is known to use."""

from __future__ import annotations

import re
from datetime import datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Gson's spelling, by the Java that it runs on: up to 8 as on the pages; from 9 with a comma after the year;
# from 20 with U+202F before AM (google/gson issues 1210 and 2689). Hours are padded on some pages.
_WORDS = re.compile(r"([a-z]{3,9})\.? (\d{1,2}), ?(\d{4}),? (\d{1,2}):(\d{2}):(\d{2}) ?([ap])\.?m\.?", re.I)
_NUMBERS = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")  # the HTTP API's CSV


def moment(written: str | None) -> datetime | None:
    """The local time of WhatCounts' server, naive, since no page names a zone; None if it cannot be read."""
    plain = " ".join((written or "").replace("\u202f", " ").replace("\u00a0", " ").split())
    try:
        if found := _WORDS.fullmatch(plain):
            return _from_words(found)
        return datetime.fromisoformat(plain) if _NUMBERS.fullmatch(plain) else None
    except ValueError:
        return None


def _from_words(found: re.Match[str]) -> datetime:
    """Raises ValueError where there is no such day or hour."""
    day, year, hour, minute, second = (int(found[group]) for group in (2, 3, 4, 5, 6))
    if not 1 <= hour <= 12:
        raise ValueError
    hour = hour % 12 + (12 if found[7].lower() == "p" else 0)
    month = _MONTHS.index(found[1][:3].lower()) + 1  # not strptime, which reads the machine's language
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # it has no zone, see above
