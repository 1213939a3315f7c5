"""Addresses and secrets: normalised or refused, and never repeated in an error: they may hold a password."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.settings.readers import line, quoted


def secret(value: str) -> str:
    """The secret as it is; errors never show it."""
    if value != value.strip() or not value.isprintable():
        raise ValueError("it begins or ends with a space, or holds a line break; paste it again.")
    return value


def beginning(prefix: str, other: str) -> Callable[[str], str]:
    """A reader of a Slack token that begins with `prefix`; `other` says which token that is."""

    def read(value: str) -> str:
        if not secret(value).startswith(prefix) or len(value) <= len(prefix):
            raise ValueError(f"it does not begin with {prefix}: {other}.")
        return value

    return read


def long_secret(value: str) -> str:
    if len(secret(value)) < 16 or " " in value or value.startswith(("xox", "xapp-")):
        raise ValueError("it is not a secret of 16 characters or more; a token (xoxb-, xapp-) is not one.")
    return value


def realm(value: str) -> str:
    if ":" in line(100)(value):
        raise ValueError("a realm with a colon cannot be sent (HTTP Basic, RFC 7617); check its name.")
    return value


def client_name(value: str) -> str:
    if ":" in line(100)(value):
        raise ValueError("an API client's name with a colon cannot be sent (x-api-key); check its name.")
    return value


def slack_api_url(value: str) -> str:
    """The address of Slack's Web API, with its closing slash."""
    return _origin(parts := _https(value)) + parts.path.rstrip("/") + "/"


def whatcounts_url(value: str) -> str:
    """The bare origin, "https://api.example.com", out of what people paste (/rest, /bin/api_web)."""
    parts = _https(value if "://" in value else f"https://{value}")
    if parts.path.rstrip("/") not in ("", "/rest", "/rest/sms", "/bin", "/bin/api_web", "/api_web"):
        raise ValueError("it is not a bare host such as https://api.whatcounts.net: leave out the rest.")
    return _origin(parts)


def _https(value: str) -> SplitResult:
    """The address taken apart, when it is an https one (or http on this machine) and holds nothing secret."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not value.isprintable() or " " in value or parts.scheme not in ("http", "https"):
        raise ValueError("it is not an address such as https://api.example.com.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("it holds a user, a query or a fragment: leave only the host.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("it is not https, and the password would travel in the open.")
    return parts


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listening_host(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        if value == "localhost":
            return value
        raise ValueError(f"{quoted(value)} is no address to listen on, such as 127.0.0.1.") from None


def database_url(value: str) -> str:
    """The SQLAlchemy URL: `sqlite:///file`, or `postgresql+psycopg://...` for each form in use."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError("it is not an address such as postgresql://user:password@host/name.") from None
    backend, _, driver = url.drivername.partition("+")
    if backend == "sqlite":
        return _sqlite_file(url)
    if backend not in ("postgres", "postgresql") or driver not in ("", "psycopg"):
        raise ValueError("it is neither sqlite:///file nor postgresql://user:password@host/name.")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _sqlite_file(url: URL) -> str:
    if url.database in (None, "", ":memory:") or url.host or set(url.query) - {"durable"}:
        raise ValueError("it is not the address of a file, sqlite:///name.db or sqlite:////path/name.db.")
    return URL.create("sqlite", database=url.database).render_as_string()


# What each platform sets in the environment of a process whose disk is a fresh one after every deploy.
FRESH_DISKS = {
    "DYNO": "Heroku",
    "RENDER": "Render",
    "RAILWAY_ENVIRONMENT": "Railway",
    "FLY_APP_NAME": "Fly",
    "K_SERVICE": "Cloud Run",
}


def disk_problem(value: str, environ: Mapping[str, str]) -> str | None:
    """Why this database (its address as it was written) would be lost here; None when it is kept."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        return None  # wrong in another way, which `database_url` has said
    platform = next((name for mark, name in FRESH_DISKS.items() if environ.get(mark)), None)
    if not platform or url.get_backend_name() != "sqlite" or url.query.get("durable") == "1":
        return None
    return (
        f"an SQLite file on {platform} is lost at the next deploy, and with it the record of what was sent: "
        "use PostgreSQL, or add ?durable=1 when the file lies on a disk that is kept."
    )
