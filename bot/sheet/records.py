"""A file's rows, one at a time; no row or cell takes more memory than the longest that is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from bot.sheet.cells import is_phone
from bot.sheet.dialect import Dialect
from bot.sheet.limits import LAST_ROW, MOST_COLUMNS, MOST_ROWS, ROW_CHARACTERS
from bot.sheet.unreadable import AS_CSV, Unreadable

Record = tuple[int, list[str]]


def records(file: BinaryIO, encoding: str, dialect: Dialect) -> Iterator[Record]:
    """Each row that is not blank, with its number as a spreadsheet shows it; blank ones count, too.

    A row is what lies between line breaks outside of quotes. Excel shows no row for a `sep=;` line. Raises
    Unreadable at the row where the file breaks.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        if dialect.is_declared:
            text.readline(ROW_CHARACTERS)
        yield from _numbered(_Lines(text), dialect)
    finally:
        text.detach()


class _Lines:
    """The lines of a text for the csv module, which asks for one after the other until a row is whole."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.row, self.characters = 1, 0

    def next_row(self) -> None:
        self.row, self.characters = self.row + 1, 0

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(ROW_CHARACTERS + 1):
            self.characters += len(line)
            if self.characters > ROW_CHARACTERS:
                raise Unreadable(
                    f"Row {self.row} is longer than {ROW_CHARACTERS:,} characters: a cell there holds a whole"
                    ' document, or a quote (") is not closed.',
                    "Keep the column of phone numbers, delete the others, and save it as CSV UTF-8.",
                )
            if "\0" in line:
                raise Unreadable("This file has NUL bytes in it: it is damaged, or not a CSV.", AS_CSV)
            yield line


def _numbered(lines: _Lines, dialect: Dialect) -> Iterator[Record]:
    rows, reader = 0, dialect.read(lines)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _torn(lines.row) from None
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(
                f"Row {lines.row} has {len(cells):,} columns; at most {MOST_COLUMNS} are read.",
                "Keep the column of phone numbers, delete the others, and save it as CSV UTF-8.",
            )
        if any(_holds_a_row(cell, dialect.delimiter) for cell in cells):
            raise _joined(lines.row)
        if any(cell and not cell.isspace() for cell in cells):
            rows += 1
            if rows > MOST_ROWS + 1:  # one may be the heading
                raise too_many()
            yield lines.row, cells
        lines.next_row()
        if lines.row > LAST_ROW:
            raise too_many()


def too_many() -> Unreadable:
    return Unreadable(
        f"The file has more than {MOST_ROWS:,} rows.", "Split it into several files, and give one at a time."
    )


def _torn(row: int) -> Unreadable:
    return Unreadable(
        f'The quotes (") do not match from row {row} on, so the rows cannot be told apart.', AS_CSV
    )


def _holds_a_row(cell: str, delimiter: str) -> bool:
    """Whether a line of a cell over several is a row of its own, with a phone that would be lost."""
    lines = cell.splitlines()
    return len(lines) > 1 and any(
        is_phone(part) for line in lines if delimiter in line for part in line.split(delimiter)
    )


def _joined(row: int) -> Unreadable:
    return Unreadable(
        f'A cell of row {row} has another row with a phone in it, as where a quote (") is not closed.',
        "Close the quote, or delete that column, and save it as CSV UTF-8.",
    )
