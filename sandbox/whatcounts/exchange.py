"""One request and one answer, as they are on the wire."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Literal

Headers = list[tuple[str, str]]

# whole: as it should be. truncate: fewer bytes than Content-Length says, then closed. stall: the same, then
# silence. close, reset (RST), hang: no byte of an answer. garbage: bytes that are no HTTP.
Ending = Literal["whole", "truncate", "stall", "close", "reset", "hang", "garbage"]


@dataclass(frozen=True)
class Request:
    """What a client sent. `target` is raw, before any decoding.

    A garbled request has an empty method, and its whole first line for a target.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    client: str = "127.0.0.1"

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Answer:
    """What the server says, and how the connection ends."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Headers = field(default_factory=list)
    ending: Ending = "whole"
    stream: AsyncGenerator[bytes, None] | None = None


def json_answer(data: Any, status: int = 200) -> Answer:
    """A JSON answer in the manner of Gson, which escapes `' & < > =` in strings and leaves the rest as UTF-8.

    Source: a probe of Gson 2.10 with its defaults; WhatCounts' dates have Gson's form.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Outside strings JSON has none of these characters, so a plain replacement touches strings alone.
    for character in "'&<>=":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Answer(status, text.encode())


def text_answer(text: str, status: int = 200) -> Answer:
    """A plain-text answer, as the HTTP API gives."""
    return Answer(status, text.encode(), "text/plain;charset=utf-8")


REASONS = {
    200: "OK", 302: "Found", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    413: "Request Entity Too Large", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


def json_error(text: str, status: int = 500) -> Answer:
    """An error in the three keys that every REST page shows: error, status (a reason phrase), statusCode."""
    return json_answer({"error": text, "status": REASONS[status], "statusCode": status}, status)
