"""Why a file is not read, in a sentence for the person who gave it."""

from __future__ import annotations

from bot.errors import BotError

AS_CSV = "Open it in a spreadsheet, save it as CSV UTF-8, and give that file."


class Unreadable(BotError):
    """The file cannot be read as a list of phones: `str(error)` says what is wrong, and what to do.

    It holds no phone number and nothing of a cell. Nothing was taken from the file, not a part of it either.
    """

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what} Nothing was read from it, and nothing was sent. {cure}")
