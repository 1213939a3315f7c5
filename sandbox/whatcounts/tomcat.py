"""What Tomcat makes of a raw request target and of parameters, before the application sees anything.

Source: probes of Tomcat 9.0.70 with its defaults. The vendor says only that it is a servlet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from sandbox.whatcounts.exchange import REASONS, Answer

LONGEST_TARGET = 8192
_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*")
_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class TargetError(Exception):
    """The container refuses the request target; its text goes onto the 400 page."""


@dataclass(frozen=True)
class Target:
    """A path in decoded segments, and the query as it came."""

    segments: tuple[str, ...]
    query: str


def read_target(raw: str) -> Target:
    """The segments and the query of a raw target; raises TargetError where Tomcat answers 400.

    Cuts `;…` from each segment before decoding, so a raw `;` silently shortens a text; drops empty segments
    and resolves dots, so an empty text or `..` changes the route; refuses an encoded `/`, `\\` or NUL.
    """
    path, _, query = _without_origin(raw).partition("?")
    if len(raw) > LONGEST_TARGET or not path.startswith("/"):
        raise TargetError("Invalid character found in the request target")
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        raise TargetError("Invalid character found in the request target")
    return Target(_walk([_segment(part) for part in path.split("/")]), query)


def _without_origin(raw: str) -> str:
    origin = re.match(r"https?://[^/?]*", raw)
    return raw[origin.end() :] or "/" if origin else raw


def _segment(raw: str) -> str:
    encoded = raw.split(";", 1)[0].encode("ascii")
    if _BAD_PERCENT.search(encoded):
        raise TargetError("Invalid URI: [The % character must be followed by two hexademical digits]")
    decoded = unquote_to_bytes(encoded)
    if b"/" in decoded:
        raise TargetError("Invalid URI: [The encoded slash character is not allowed]")
    if b"\\" in decoded or b"\0" in decoded:
        raise TargetError("Invalid URI")
    return decoded.decode("utf-8", errors="replace")


def _walk(parts: list[str]) -> tuple[str, ...]:
    walked: list[str] = []
    for part in parts:
        if part == "..":
            if not walked:
                raise TargetError("Invalid URI")
            walked.pop()
        elif part not in ("", "."):
            walked.append(part)
    return tuple(walked)


def parameters(encoded: bytes, charset: str = "utf-8") -> dict[str, str]:
    """Names and values of a query or a form; the first of a name counts. A bad `%` loses it silently."""
    found: dict[str, str] = {}
    for pair in encoded.split(b"&"):
        if not pair or _BAD_PERCENT.search(pair):
            continue
        name, _, value = pair.partition(b"=")
        found.setdefault(_decoded(name, charset), _decoded(value, charset))
    return found


def _decoded(value: bytes, charset: str) -> str:
    return unquote_to_bytes(value.replace(b"+", b" ")).decode(charset, errors="replace")


def form_charset(content_type: str) -> str | None:
    """A form body's charset, None when it is no form. The default is ISO-8859-1: mojibake for UTF-8 text."""
    kind, _, rest = content_type.partition(";")
    if kind.strip().lower() != "application/x-www-form-urlencoded":
        return None
    named = re.search(r"charset\s*=\s*\"?([\w-]+)", rest, re.IGNORECASE)
    return "utf-8" if named and named[1].lower() in ("utf-8", "utf8") else "iso-8859-1"


def error_page(status: int, message: str = "") -> Answer:
    """Tomcat's HTML page for an error, never JSON."""
    title = f"HTTP Status {status} – {REASONS[status]}"
    said = f"<p><b>Message</b> {_escaped(message)}</p>" if message else ""
    page = (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1>'
        f'<hr class="line" /><p><b>Type</b> Status Report</p>{said}'
        f'<hr class="line" /><h3>Apache Tomcat/9.0.70</h3></body></html>'
    )
    return Answer(status, page.encode(), "text/html;charset=utf-8")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
