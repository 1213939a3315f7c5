"""What it says: a name that is free, the text that was confirmed, a text that the API takes."""

from __future__ import annotations

import difflib

from bot.rules.facts import Facts, Objection
from bot.sends import Kind
from bot.text import invisible, problem

WHOLE = 3000  # characters that a card shows; nothing leaves that nobody could read


def taken(facts: Facts) -> Objection | None:
    """A new message wants a name of its own: WhatCounts refuses one that is there (Create Message).

    A name that differs in case alone is one that people take for the other.
    """
    wanted = (facts.send.message or "").casefold()
    found = next((name for name in sorted(facts.names) if name.casefold() == wanted), None)
    if facts.send.kind is not Kind.CREATE or found is None:
        return None
    return Objection(
        "name", "stop",
        f"There is a message “{found}” in WhatCounts already. Press Edit and give another name.",
    )  # fmt: skip


def content(facts: Facts) -> Objection | None:
    """What was confirmed is what leaves: the text read now must be what the card shows (product.md 5.2)."""
    if facts.at_look and facts.send.fingerprint(facts.text) != facts.send.confirmed_print:
        return Objection(
            "content", "stop", "The text in WhatCounts is not the one that was confirmed any more."
        )
    return None


def readable(facts: Facts) -> Objection | None:
    """A text that the API takes: not empty, no control characters; typed here, at most 160 characters."""
    if not facts.send.is_text and facts.send.kind is not Kind.CREATE:
        return None
    wrong = problem(facts.text) if facts.send.kind in (Kind.SEND, Kind.CREATE, Kind.BULK) else None
    if wrong is None:  # a stored one may be longer, and have a tab
        wrong = invisible("text", facts.text, allowed="\t\r")
    if wrong is None and not facts.text.strip():
        wrong = "The stored text is empty."
    if wrong is None and len(facts.text) > WHOLE:
        wrong = f"The text has {len(facts.text)} characters, too many for a card to show it whole."
    return Objection("text", "stop", wrong) if wrong else None


def difference(before: str, after: str) -> str:
    """What changed from one text to the other, in two lines that a person can compare."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line for line in lines if not line.startswith("?"))
