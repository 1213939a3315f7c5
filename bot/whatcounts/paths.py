"""Addresses whose parts arrive as they were typed, or are refused before a byte leaves.

REST takes a message's name, a campaign's name and free text as segments of the path. Tomcat, which such Java
services stand on, refuses `%2F` and `%5C` and resolves dot segments; the vendor's own examples show that `+`
in a path comes out as a space, so `+` and `%` may be decoded twice; older Tomcats read non-ASCII as Latin-1.
What may be changed on the way does not travel, unless a live test has shown that it arrives: facts about
one account, kept in an `Alphabet`. A space is always `%20`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

import httpx

from bot.errors import Refused

_SAFE = re.compile(r"[A-Za-z0-9 _~!'(),:@$*&=.\-?\"#;]+")

# Tomcat and most proxies take a request line of 8 KiB; nothing that a person types here comes near.
_LONGEST = 6000

Pairs = Sequence[tuple[str, str]]


def _is_one_of(characters: str) -> Callable[[str], bool]:
    return lambda character: character in characters


def _lies_within(first: int, last: int) -> Callable[[str], bool]:
    return lambda character: first <= ord(character) <= last and character.isprintable()


@dataclass(frozen=True)
class Probe:
    """A class of characters that a path may or may not carry.

    `sample` is stored as a message by REST and read back (`WhatCounts.probe_message`): it arrives whole only
    where every character of the class does. It is no longer than a text may be.
    """

    what: str
    sample: str
    holds: Callable[[str], bool]


# Each sample holds what an in-between would change: `%41` decoded twice is an A, a path with `//` or `..` in
# it is tidied up, an accent of its own is joined to its letter.
PROBES = {
    "plus": Probe("plus signs", "1+1 = 2, a + b", _is_one_of("+")),
    "percent": Probe("percent signs", "50% %41 off, 100%", _is_one_of("%")),
    "slash": Probe("slashes", "24/7: https://example.com/a/../b/./c/", _is_one_of("/")),
    "backslash": Probe("backslashes", "C:\\a\\..\\b\\\\c", _is_one_of("\\")),
    "latin": Probe("Latin letters with accents", "é ñ ü ß Ø £ ¿qué?", _lies_within(0x80, 0xFF)),
    "other": Probe("other letters and signs", "я Ω 中 € — “e\u0301” ☕\ufe0f", _lies_within(0x100, 0xFFFF)),
    "astral": Probe("emoji", "😀 🎉", _lies_within(0x10000, 0x10FFFF)),
}


@dataclass(frozen=True)
class Alphabet:
    """Which characters a REST path carries: the plain ones, and the classes of PROBES that are proven.

    Control characters and others that cannot be seen are never carried.
    """

    trusted: frozenset[str] = frozenset()

    def carries(self, char: str) -> bool:
        """Whether this character arrives as it is."""
        if _SAFE.fullmatch(char):
            return True
        return any(probe.holds(char) for name, probe in PROBES.items() if name in self.trusted)


PLAIN = Alphabet()


def path_problem(what: str, value: str, alphabet: Alphabet = PLAIN) -> str | None:
    """Why `value`, called `what`, cannot travel in a REST path, as a sentence for people; None if it can."""
    if not value.strip():
        return f"The {what} is empty."
    if not value.strip("."):
        return f"The {what} is made of dots only, which a web address cannot carry."
    if _SAFE.fullmatch(value):
        return None
    odd = next((c for c in value if not alphabet.carries(c)), None)
    if odd is None:
        return None
    return (
        f"The {what} has {_shown(odd)} in it, which WhatCounts' API may change or cut off. "
        f"Use one with plain letters, digits, spaces and common punctuation only."
    )


def hidden_problem(what: str, value: str) -> str | None:
    """Why `value` cannot travel in a query or a form, as a sentence for people; None if it can."""
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in value):
        return f"The {what} has an invisible control character in it."
    return None


def form_problem(what: str, value: str) -> str | None:
    """The same for an argument that a form must have."""
    return f"The {what} is empty." if not value.strip() else hidden_problem(what, value)


def _shown(character: str) -> str:
    return f"“{character}”" if character.isprintable() else f"the invisible character U+{ord(character):04X}"


def rest_url(
    origin: str, segments: Pairs, query: Pairs = (), end: str = "", alphabet: Alphabet = PLAIN
) -> httpx.URL:
    """The address `origin/rest/sms/...`; `segments` are (what it is, value), the first being the command.

    `end` is "/" for the one page that writes a slash after the last segment. Raises Refused, naming the part,
    where it would not arrive as typed.
    """
    for what, value in segments:
        if problem := path_problem(what, value, alphabet):
            raise Refused(problem)
    for name, value in query:
        if problem := hidden_problem(name, value):
            raise Refused(problem)
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
