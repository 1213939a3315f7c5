"""A CSV read without trusting it: its encoding, delimiter, column; each row's phone, or why there is none.

    with open(path, "rb") as file:
        sheet = open_sheet(file)      # raises Unreadable, whose sentence is for the person
        for found in sheet:           # one `Found` for each row below the heading that is not blank
            ...

Blocking, and at home in a thread. Pure: no Slack, no database. The report that goes back is in
`bot.sheet.report`, whose `harmless` every CSV of ours uses.
"""

from __future__ import annotations

from bot.sheet.limits import MOST_BYTES, MOST_ROWS
from bot.sheet.opening import Found, Sheet, open_sheet
from bot.sheet.report import Line, Report, harmless
from bot.sheet.unreadable import Unreadable

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "Found",
    "Line",
    "Report",
    "Sheet",
    "Unreadable",
    "harmless",
    "open_sheet",
]
