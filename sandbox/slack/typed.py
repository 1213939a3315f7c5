"""What a person wrote as the rich_text block that Slack's clients send beside its text."""

from __future__ import annotations

import re
from html import unescape

from sandbox.slack.record import Json

_ENTITY = re.compile(r"<([^<>\n]+)>")


def rich_text(text: str, block_id: str) -> Json:
    """The block of a message's `text`, entities and all (Slack's reference: rich-text-block)."""
    parts: list[Json] = []
    last = 0
    for found in _ENTITY.finditer(text):
        parts += [*_words(text[last : found.start()]), _entity(found[1])]
        last = found.end()
    parts += _words(text[last:])
    section = {"type": "rich_text_section", "elements": parts}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _words(text: str) -> list[Json]:
    return [{"type": "text", "text": unescape(text)}] if text else []


def _entity(inner: str) -> Json:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:].split("^")[0]}
    link = {"type": "link", "url": unescape(target)}
    return link | {"text": unescape(label)} if label else link
