"""What the app's manifest tells Slack: its slash commands, and where requests may go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.slack.record import Json

MANIFEST = Path(__file__).resolve().parents[2] / "manifest.yml"


@dataclass(frozen=True)
class Manifest:
    """The parts of manifest.yml that Slack's behaviour hangs on; `data` is {} where there is no manifest."""

    data: Json

    @classmethod
    def read(cls, path: Path = MANIFEST) -> Manifest:
        """The manifest at `path`; an empty one where there is none."""
        loaded = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return cls(loaded if isinstance(loaded, dict) else {})

    def commands(self) -> list[Json]:
        """For the composer's completion: command, usage_hint, description, should_escape."""
        found = self.data.get("features", {}).get("slash_commands", [])
        keys = {"command": "", "usage_hint": "", "description": "", "should_escape": False}
        return [{key: each.get(key, default) for key, default in keys.items()} for each in found]

    def escapes(self, command: str) -> bool:
        """Is `should_escape` set for this command? True where no manifest says otherwise."""
        return all(each["should_escape"] for each in self.commands() if each["command"] == command)

    def loads_options(self) -> bool:
        """Is there a URL for external selects? True where there is no manifest."""
        interactivity = self.data.get("settings", {}).get("interactivity", {})
        return not self.data or bool(interactivity.get("message_menu_options_url"))

    def hears(self, event: str) -> bool:
        """Is the app subscribed to this event? True where there is no manifest."""
        subscribed = self.data.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
        return not self.data or event in subscribed
