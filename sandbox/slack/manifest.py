"""What the app's manifest tells Slack: its commands, shortcuts and scopes, and where requests may go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from sandbox.slack.blockkit.rules import Thing, items, say, string, word
from sandbox.slack.record import Json

MANIFEST = Path(__file__).resolve().parents[2] / "manifest.yml"
SCOPES = (
    *("commands", "chat:write", "users:read", "channels:read", "groups:read", "im:write"),
    *("usergroups:read", "files:read", "files:write"),
)
# features.shortcuts in Slack's schema of manifests (github.com/slackapi/manifest-schema)
SHORTCUTS = items(
    Thing(
        {
            "name": string(24),
            "type": word("message", "global"),
            "callback_id": string(255),
            "description": string(150),
        },
        {},
    ),
    10,
)


@cache
def _loaded(text: str) -> Json:
    loaded = yaml.safe_load(text)
    return loaded if isinstance(loaded, dict) else {}


@dataclass(frozen=True)
class Manifest:
    """The parts of manifest.yml that Slack's behaviour hangs on; `data` is {} where there is no manifest."""

    data: Json

    @classmethod
    def read(cls, path: Path = MANIFEST) -> Manifest:
        """The manifest at `path`; an empty one where there is none."""
        return cls(_loaded(path.read_text(encoding="utf-8")) if path.is_file() else {})

    def commands(self) -> list[Json]:
        """For the composer's completion: command, usage_hint, description, should_escape."""
        found = self.data.get("features", {}).get("slash_commands", [])
        keys = {"command": "", "usage_hint": "", "description": "", "should_escape": False}
        return [{key: each.get(key, default) for key, default in keys.items()} for each in found]

    def shortcuts(self) -> list[Json]:
        """The message shortcuts: name, callback_id, description; one that says nothing has ""."""
        found = [each for each in self._shortcuts() if each.get("type") == "message"]
        return [{key: each.get(key, "") for key in ("name", "callback_id", "description")} for each in found]

    def _shortcuts(self) -> list[Json]:
        found: list[Json] = self.data.get("features", {}).get("shortcuts") or []
        return found

    def problems(self) -> list[str]:
        """Why Slack would not take its shortcuts; [] when it would, or when there are none."""
        given = self.data.get("features", {}).get("shortcuts")
        problems: list[str] = []
        if given is None:
            return problems
        SHORTCUTS(given, "/features/shortcuts", problems)
        if problems:
            return problems
        if len({each["callback_id"] for each in given}) < len(given):
            say(problems, "/features/shortcuts", "every callback_id must be there once")
        if "commands" not in self.scopes():
            say(problems, "/oauth_config/scopes/bot", "shortcuts need the scope commands")
        if not self.data.get("settings", {}).get("interactivity", {}).get("is_enabled"):
            say(problems, "/settings/interactivity/is_enabled", "shortcuts need interactivity")
        return problems

    def scopes(self) -> tuple[str, ...]:
        """What the app asks for when it is installed; everything where there is no manifest."""
        asked = self.data.get("oauth_config", {}).get("scopes", {}).get("bot")
        return tuple(asked or ()) if self.data else SCOPES

    def escapes(self, command: str) -> bool:
        """Is `should_escape` set for this command? True where no manifest says otherwise."""
        return all(each["should_escape"] for each in self.commands() if each["command"] == command)

    def loads_options(self) -> bool:
        """Is there a URL for external selects? True where there is no manifest."""
        settings = self.data.get("settings", {})
        has_url = bool(settings.get("interactivity", {}).get("message_menu_options_url"))
        return not self.data or has_url or bool(settings.get("socket_mode_enabled"))

    def hears(self, event: str) -> bool:
        """Is the app subscribed to this event? True where there is no manifest."""
        subscribed = self.data.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
        return not self.data or event in subscribed
