"""The emulator's page: plain files, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from sandbox.whatcounts.exchange import Answer

FOLDER = Path(__file__).with_name("page")
_KINDS = {
    ".html": "text/html;charset=utf-8",
    ".css": "text/css;charset=utf-8",
    ".js": "text/javascript;charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = [
    ("Content-Security-Policy", _POLICY),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]


def file(name: str) -> Answer | None:
    """The page's file of that name, its document when empty; None when there is none."""
    path = FOLDER / (name or "index.html")
    # A name is compared with those that are there, so that no dots lead out of the folder.
    if path.name != (name or "index.html") or path not in FOLDER.iterdir():
        return None
    return Answer(200, path.read_bytes(), _KINDS[path.suffix], list(HEADERS))
