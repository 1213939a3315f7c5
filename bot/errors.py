"""Errors whose message may be shown to the person who caused them, named by what is known afterwards.

    BotError
      UsageError      the words typed do not fit; the usage is shown with it
      NotAllowed      this person may not; says who can
      Objected        a rule said no; says which, and what to do
      Refused         WhatCounts said no, in words that we know; nothing was sent
        NotKnown      ... because it does not know whom or what was meant
      Unavailable     it was never reached; nothing was sent
      Uncertain       it may have been done; a person must look
    SettingsError     the process cannot start: one line that names the setting (never shown in Slack)

The message is a sentence for people: what happened, and what to do next. What it means for a send (nothing
was sent, or it may have been) is in the error's name, and said where it is shown. It never holds a
password, a whole phone number or a raw body of another system.
"""

from __future__ import annotations


class BotError(Exception):
    """May be shown: `str(error)` is the sentence."""


class UsageError(BotError):
    """The words typed do not fit; `usage` is the line to show with the sentence, or ''."""

    def __init__(self, message: str, usage: str = "") -> None:
        super().__init__(message)
        self.usage = usage


class FieldErrors(UsageError):
    """Fields of a form are wrong, all of them at once; `fields` is field name -> sentence."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class NotAllowed(BotError):
    """This person may not do this; the sentence says who can."""


class Objected(BotError):
    """A rule said no; the sentence says which and what to do next."""


class Refused(BotError):
    """WhatCounts said no in words that we know, so nothing was sent."""


class NotKnown(Refused):
    """WhatCounts does not know whom or what was meant."""


class Unavailable(BotError):
    """The request never reached WhatCounts, so nothing was sent."""


class Uncertain(BotError):
    """It may have been carried out; only a person who looks in WhatCounts can tell."""


class SettingsError(Exception):
    """A setting is missing or wrong; `str(error)` is one line that names it."""
