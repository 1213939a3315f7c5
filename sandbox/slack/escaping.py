"""What Slack makes of a typed command when `should_escape` is set: entities, links, ids."""

from __future__ import annotations

import re

from sandbox.slack.world import World

# People type names and bare domains; Slack's client turns them into ids and links
# (docs.slack.dev/interactivity/implementing-slash-commands, messaging/formatting-message-text).
_URL = r"(?P<url>https?://[^\s<>]*[^\s<>.,;:!?)'\"])"
_MAIL = r"(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
_ENDINGS = "com|net|org|io|co|us|edu|gov|info|biz|dev|app|shop|example"
_DOMAIN = rf"(?P<domain>(?<![\w.@/-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b(?:/[^\s<>]*)?)"
_USER = r"(?P<user>(?<!\S)@[a-z0-9][a-z0-9._-]*)"
_CHANNEL = r"(?P<channel>(?<!\S)#[a-z0-9][a-z0-9_-]*)"
_TOKENS = re.compile("|".join([_URL, _MAIL, _DOMAIN, _USER, _CHANNEL]), re.IGNORECASE)


def entities(text: str) -> str:
    """& < > as Slack writes them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped(text: str, world: World) -> str:
    """The `text` field of a slash command for what a person typed."""
    out, last = "", 0
    for found in _TOKENS.finditer(text):
        out += entities(text[last : found.start()]) + _token(str(found.lastgroup), found[0], world)
        last = found.end()
    return out + entities(text[last:])


def _token(kind: str, typed: str, world: World) -> str:
    plain = entities(typed)
    if kind == "url":
        return f"<{plain}>"
    if kind == "mail":
        return f"<mailto:{plain}|{plain}>"
    if kind == "domain":
        return f"<http://{plain}|{plain}>"
    return _mention(typed, world) or plain


def _mention(typed: str, world: World) -> str | None:
    name = typed[1:].lower()
    if typed[0] == "@":
        return next((f"<@{p.id}|{p.handle}>" for p in world.people.values() if p.handle == name), None)
    for channel in world.channels.values():
        if channel.name == name and not channel.is_dm:
            return f"<#{channel.id}|>" if channel.is_private else f"<#{channel.id}|{channel.name}>"
    return None
