"""Takes secrets, phones and e-mails out of what WhatCounts says: its HTTP API echoes the password."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

GONE = "[removed]"
LONGEST = 300
WINDOW = 4000  # more than this of an answer is never looked at

# `FAILURE: Password (<the password>) doesn't match ...`, also when the answer is cut inside the brackets.
_ECHO = re.compile(r"Password \(.*?(\)(?= doesn't)|\)(?!.*\))|$)", re.IGNORECASE | re.DOTALL)
_ARGUMENT = re.compile(r"\b(p|pwd|password|client_auth)=[^&\s\"'<]*", re.IGNORECASE)
_HEADER = re.compile(r"\bBasic\s+[A-Za-z0-9+/=_-]{4,}", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://\S+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])\+?1?[\s.(-]*\d{3}[\s.)-]*\d{3}[\s.-]*(\d{4})(?!\w)")
_EMAIL = re.compile(r"[^\s@\"'<>()\[\],:;=]{1,64}@[^\s@\"'<>()\[\],:;=]{1,255}")


class Redactor:
    """Knows the secrets of one account; `redactor(text)` is at most 300 characters, fit to be kept."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        self._secrets = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        text = text[:WINDOW].replace("\0", "")  # PostgreSQL keeps no NUL
        for secret in self._secrets:
            text = text.replace(secret, GONE)
        text = _ECHO.sub(f"Password ({GONE})", text)
        text = _ARGUMENT.sub(rf"\1={GONE}", text)
        text = _HEADER.sub(f"Basic {GONE}", text)
        text = _ADDRESS.sub("[address]", text)
        text = _EMAIL.sub("[e-mail]", text)
        text = _PHONE.sub(r"•••••••\1", text)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def __repr__(self) -> str:
        return "Redactor()"


def _forms(secret: str) -> set[str]:
    """The ways in which a server may write a secret back."""
    encoded = base64.b64encode(secret.encode()).decode()
    in_json = json.dumps(secret)[1:-1]
    by_gson = "".join(f"\\u{ord(c):04x}" if c in "<>&='" else c for c in in_json)
    in_address = {quote(secret, safe=""), quote_plus(secret)}
    return {secret, encoded, html.escape(secret), in_json, by_gson, *in_address}
