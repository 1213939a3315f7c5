"""Addresses whose parts arrive as they were typed, or are refused before a byte leaves.

REST takes a message's name, a campaign's name and free text as segments of the path. Tomcat, which such Java
services stand on, refuses `%2F` and `%5C` and resolves dot segments; the vendor's own examples show that `+`
in a path comes out as a space, so `+` and `%` may be decoded twice; older Tomcats read non-ASCII as Latin-1.
What may be changed on the way does not travel. A space is always `%20`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, unquote

import httpx

from bot.errors import Refused

_SAFE = re.compile(r"[A-Za-z0-9 _~!'(),:@$*&=.\-?\"#;]")

# Tomcat and most proxies take a request line of 8 KiB; nothing that a person types here comes near.
_LONGEST = 6000

Pairs = Sequence[tuple[str, str]]


def path_problem(what: str, value: str) -> str | None:
    """Why `value`, called `what`, cannot travel in a REST path, as a sentence for people; None if it can."""
    if not value.strip():
        return f"The {what} is empty."
    if not value.strip("."):
        return f"The {what} is made of dots only, which a web address cannot carry."
    odd = next((c for c in value if not _SAFE.fullmatch(c)), None)
    if odd is None:
        return None
    return (
        f"The {what} has {_shown(odd)} in it, which WhatCounts' API may change or cut off. "
        f"Use one with plain letters, digits, spaces and common punctuation only."
    )


def _shown(character: str) -> str:
    return f"“{character}”" if character.isprintable() else f"the invisible character U+{ord(character):04X}"


def rest_url(origin: str, segments: Pairs, query: Pairs = (), end: str = "") -> httpx.URL:
    """The address `origin/rest/sms/...`; `segments` are (what it is, value), the first being the command.

    `end` is "/" for the one page that writes a slash after the last segment. Raises Refused, naming the part,
    where it would not arrive as typed.
    """
    for what, value in segments:
        if problem := path_problem(what, value):
            raise Refused(problem)
    for name, value in query:
        if any(unicodedata.category(c) in {"Cc", "Cs"} for c in value):
            raise Refused(f"The {name} has an invisible control character in it.")
    path = "/rest/sms" + "".join("/" + quote(value, safe="") for _, value in segments) + end
    search = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    url = httpx.URL(origin + path + ("?" + search if search else ""))
    _verify(url, [value for _, value in segments] + ([""] if end else []), query)
    return url


def _verify(url: httpx.URL, values: list[str], query: Pairs) -> None:
    """Read back what httpx will write, as a server reads it: the same parts, no more and no fewer."""
    target = url.raw_path.decode("ascii")
    path, _, search = target.partition("?")
    arrives = [unquote(segment, errors="strict") for segment in path.split("/")]
    pairs = parse_qsl(search, keep_blank_values=True, strict_parsing=bool(search), errors="strict")
    if arrives != ["", "rest", "sms", *values] or pairs != list(query):
        raise Refused("A name or text would not reach WhatCounts as it was typed.")
    if len(target) > _LONGEST:
        raise Refused("The names and the description are too long for WhatCounts' API.")
