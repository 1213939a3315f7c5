"""The report of a run as a CSV: masked, with the rows' own numbers; no cell is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from bot.masks import mask_words
from bot.phones import mask

COLUMNS = ("row in your file", "phone", "outcome", "reason", "time (UTC)")

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫")
UNSEEN = " \u00a0\u200b\u200c\u200d\u2060\ufeff\x00"


def harmless(text: str) -> str:
    """The text as a spreadsheet's cell that it only shows.

    A cell that begins as a formula does is carried out (OWASP, CSV injection; ASVS 1.2.10); an apostrophe
    before it makes it text. What is not seen before such a sign does not hide it.
    """
    return f"'{text}" if text.lstrip(UNSEEN).startswith(FORMULA) else text


@dataclass(frozen=True)
class Line:
    """One row of the run: its number in the file, the phone in its normal form, what came of it, why, when.

    `phone` is None where there was none, or where it was erased since; `reason` is '' where there is none.
    """

    row: int
    phone: str | None
    outcome: str
    reason: str = ""
    at: datetime | None = None


class Report:
    """Writes lines as they come into a binary file, which it neither seeks nor closes.

    UTF-8 with a byte order mark, so that Excel reads it. Phones are masked here, also those within reasons.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self._writer.writerow(COLUMNS)

    def add(self, line: Line) -> None:
        """One more row; `at` is aware and is written in UTC."""
        at = f"{line.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if line.at else ""
        phone = mask(line.phone) if line.phone else ""
        cells = (phone, line.outcome, mask_words(line.reason), at)
        self._writer.writerow([line.row, *map(harmless, cells)])

    def finish(self) -> None:
        """All is in the file, which is the caller's again."""
        self._text.flush()
        self._text.detach()
