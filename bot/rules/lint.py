"""What is often wrong with a text, and nobody sees before it left (product.md 5.9)."""

from __future__ import annotations

import re

from bot.rules.facts import Facts, Objection, Severity
from bot.sends import TEXTS, Kind
from bot.text import LIMIT, curly, measure

UNFILLED = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|%%\$?\w+%%|<<\w+>>|\[(?:first ?)?name\]", re.IGNORECASE | re.DOTALL
)
TEST = re.compile(r"\btest(?:ing)?\b", re.IGNORECASE)
# By CTIA and the carriers: STOP and its like; "Txt STOP to end", "Reply STOP to opt out".
OPT_OUT = re.compile(r"\b(?:stop|unsubscribe|opt[ -]?out|quit|end|cancel)\b", re.IGNORECASE)

WRITTEN = TEXTS - {Kind.TEST} | {Kind.CREATE}  # a test shows how it looks, and stops nobody


def _is_written(facts: Facts) -> bool:
    return facts.send.kind in WRITTEN or (facts.send.run is not None and facts.send.is_text)


def unfilled(facts: Facts) -> Objection | None:
    """A place that was to be filled in: `{{ name }}`."""
    found = UNFILLED.search(facts.text) if _is_written(facts) else None
    if found is None:
        return None
    said = f"The text has “{found[0][:40]}” in it, which looks like a place that nobody filled in."
    return Objection("unfilled", _weight(facts), said)


def test_word(facts: Facts) -> Objection | None:
    """The word "test" in what goes to people; of a text to one phone it is told alone."""
    found = TEST.search(facts.text) if _is_written(facts) else None
    if found is None:
        return None
    return Objection("test word", _to_many(facts), f"The text has the word “{found[0]}” in it.")


def brand(facts: Facts) -> Objection | None:
    """What goes to many says who writes (`SMS_BRAND`)."""
    name = facts.terms.brand
    if not name or not facts.is_to_many or name.casefold() in facts.text.casefold():
        return None
    return Objection("brand", "look", f"The text does not say who writes: “{name}” is not in it.")


def opt_out_words(facts: Facts) -> Objection | None:
    """What goes to many says how to get no more of it."""
    if not facts.is_to_many or OPT_OUT.search(facts.text):
        return None
    said = "The text does not say how to get no more of them, as “Reply STOP to opt out” does."
    return Objection("opt-out words", "look", said)


def quotes(facts: Facts) -> Objection | None:
    """Curly quotes, where they make the text dearer."""
    if facts.send.kind not in WRITTEN or not curly(facts.text) or measure(facts.text).encoding == "GSM-7":
        return None
    mend = " Make Quotes Straight mends it." if facts.send.kind is Kind.SEND else ""
    said = "The text has curly quotes, with which fewer letters fit into a part."
    return Objection("quotes", "notice", said + mend)


def length(facts: Facts) -> Objection | None:
    """A stored text of more than one part is paid for by the part."""
    if facts.send.kind not in WRITTEN or len(facts.text) <= LIMIT:
        return None
    parts = measure(facts.text).parts
    said = f"The text has {len(facts.text)} characters: each phone gets {parts} parts."
    return Objection("length", "notice", said)


def _weight(facts: Facts) -> Severity:
    """Storing a text sends nothing: it is told."""
    return "notice" if facts.send.kind is Kind.CREATE else "look"


def _to_many(facts: Facts) -> Severity:
    return "look" if facts.is_to_many else "notice"
