"""What the people of a send were told last, as its card shows it, and how this text differs; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

from bot.blocks import ago, escape, shorten, their_time
from bot.sends import OPEN, TEXTS, Kind, Send, State
from bot.sends.told import Told, known

LIKE = 0.4  # of the words: less alike than this, a comparison is harder to read than the two texts

View = dict[str, Any]
How = Literal["same", "gone", "new"]
STYLES: dict[How, View] = {
    "same": {}, "gone": {"style": {"strike": True}}, "new": {"style": {"bold": True}},
}  # fmt: skip


def last(send: Send) -> str:
    """The last texts that smsops sent to these people, as known when this was prepared; mrkdwn, or ""."""
    found = known(send)
    if send.kind not in TEXTS - {Kind.TEST} or not (send.prepared_at or found):
        return ""
    if not found:
        return "Last text to them: none by smsops"
    if len(found) == 1 or send.state not in OPEN:
        return f"Last text to them: {_line(send, found[0])}"
    return "\n".join(["Last texts to them:", *(f"• {_line(send, one)}" for one in found)])


def _line(send: Send, one: Told) -> str:
    since = f", {ago(send.prepared_at - one.at)} before this" if send.prepared_at else ""
    doubt = ", may have been sent" if one.state is State.MAYBE_SENT else ""
    return f"{their_time(one.at)}{since}{doubt}: {escape(shorten(one.text, 80))} ({one.id})"


def compared(send: Send) -> str:
    """How this text differs from the nearest of them, in words; mrkdwn, or "" where nothing is to be said."""
    near = _nearest(send)
    if near is None:
        return ""
    if near.text == send.text and send.state is State.DRAFT:
        return ""  # an objection on the same card says so
    if near.text == send.text:
        return f"*This is the text that they got as {near.id}, word for word.*"
    if likeness(near.text, send.text or "") < LIKE:
        return "It has little in common with these." if len(known(send)) > 1 else "It has little in common."
    return f"Compared with {near.id}: what is struck through is gone, *what is bold is new*."


def comparison(send: Send) -> list[View]:
    """The text with what is gone and what is new, where that can be read."""
    near = _nearest(send)
    if near is None or near.text == send.text or likeness(near.text, send.text or "") < LIKE:
        return []
    changed = difference(near.text, send.text or "")
    parts = [part for how, said in changed for part in _styled(how, said)]
    return [{"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": parts}]}]


def _styled(how: How, said: str) -> list[View]:
    """The space behind the words is neither gone nor new."""
    words, space = said.rstrip(), said[len(said.rstrip()) :]
    parts: list[View] = [{"type": "text", "text": words} | STYLES[how]] if words else []
    return parts + ([{"type": "text", "text": space}] if space else [])


def aloud(send: Send) -> str:
    """The same for who does not see it; mrkdwn."""
    near, said = _nearest(send), compared(send)
    if near is None or not comparison(send):
        return said
    parts = difference(near.text, send.text or "")
    listed = (f"{how}: “{escape(shorten(words.strip(), 80))}”" for how, words in parts if how != "same")
    return f"Compared with {near.id}, " + ", ".join(listed)


def _nearest(send: Send) -> Told | None:
    if send.state not in OPEN or not send.text or send.kind not in TEXTS:
        return None
    return max(known(send), key=lambda one: likeness(one.text, send.text or ""), default=None)


def likeness(before: str, after: str) -> float:
    """0 for nothing in common, 1 for the same words in the same order."""
    return SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio()


def difference(before: str, after: str) -> list[tuple[How, str]]:
    """One text made into the other, word by word; what is between the words belongs to the word before it."""
    old, new = _words(before), _words(after)
    made: list[tuple[How, str]] = []
    was, now = ([one.strip() for one in words] for words in (old, new))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            made.append(("same", "".join(new[j1:j2])))
            continue
        made += [("gone", _apart(old[i1:i2]))] if i2 > i1 else []
        made += [("new", _apart(new[j1:j2]))] if j2 > j1 else []
    return made


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def _apart(words: Sequence[str]) -> str:
    """With a space at its end: what follows is another word."""
    return "".join(words).rstrip() + " "
