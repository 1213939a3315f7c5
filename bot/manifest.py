"""The Slack app's manifest as it is pasted: manifest.yml with one's own address, or for Socket Mode."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.errors import SettingsError

MANIFEST = Path(__file__).resolve().parents[1] / "manifest.yml"
EXAMPLE = "https://smsops.example.com"
PATH = "/slack/events"
ADDRESSES = re.compile(r"^ *(?:- )?(?:url|request_url|message_menu_options_url): .*\n", re.MULTILINE)
HEAD = "# The Slack app. In https://api.slack.com/apps: Create New App, From a manifest, and paste this.\n"
SOCKET_HEAD = (
    HEAD
    + "# Then Basic Information, App-Level Tokens: one that may connections:write, for SLACK_APP_TOKEN.\n"
)


def for_address(url: str, template: str | None = None) -> str:
    """The manifest of an app whose requests come to this address; a pasted path is understood.

    Raises SettingsError for what is no https address of a host.
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if not _is_address(parts):
        raise SettingsError("--url: it is not an address such as https://smsops.example.com.")
    return _headed(HEAD, (template or _template()).replace(EXAMPLE, f"https://{parts.netloc}"))


def _is_address(parts: SplitResult) -> bool:
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    usual = parts.path.rstrip("/") in ("", PATH) and not parts.query
    return parts.scheme == "https" and bool(host) and usual and "@" not in parts.netloc


def for_socket(template: str | None = None) -> str:
    """The manifest of an app in Socket Mode: without addresses."""
    bare = ADDRESSES.sub("", template or _template())
    return _headed(SOCKET_HEAD, bare.replace("socket_mode_enabled: false", "socket_mode_enabled: true"))


def _headed(head: str, text: str) -> str:
    """The comment at the top speaks of what has been done now."""
    return head + re.sub(r"\A(?:#.*\n)+", "", text)


def _template() -> str:
    return MANIFEST.read_text(encoding="utf-8")
