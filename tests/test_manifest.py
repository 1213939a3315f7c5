"""manifest.yml: valid by Slack's own schema, and in step with the commands and the calls."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import commands
from bot.serving import PARTS

ROOT = Path(__file__).parent.parent

# What each Web API method that the bot calls needs (docs.slack.dev/reference/methods).
SCOPES = {
    "auth.test": set(),
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.scheduleMessage": {"chat:write"},
    "chat.deleteScheduledMessage": {"chat:write"},
    "chat.scheduledMessages.list": set(),
    "conversations.info": {"channels:read", "groups:read"},
    "files.info": {"files:read"},
    "files.getUploadURLExternal": {"files:write"},
    "files.completeUploadExternal": {"files:write"},
    "users.conversations": {"channels:read", "groups:read"},
    "users.info": {"users:read"},
    "usergroups.users.list": {"usergroups:read"},
    "views.open": set(),
    "views.push": set(),
    "views.update": set(),
    "views.publish": set(),
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return read


def test_the_manifest_is_valid_by_slacks_schema(manifest: dict[str, Any]) -> None:
    schema = json.loads((ROOT / "tests/data/manifest.schema.json").read_text())
    jsonschema.validate(manifest, schema)


def test_every_slash_command_is_in_the_manifest(manifest: dict[str, Any]) -> None:
    listed = {one["command"] for one in manifest["features"]["slash_commands"]}
    typed = {one.slash for one in commands.load()}
    missing = "\n".join(f"    - command: {slash}" for slash in sorted(typed - listed))
    assert listed == typed, f"manifest.yml, under slash_commands:\n{missing}"


def test_every_shortcut_is_in_the_manifest_and_has_a_listener(manifest: dict[str, Any]) -> None:
    listed = {one["callback_id"] for one in manifest["features"]["shortcuts"]}
    listened = {key for one in (*commands.load(), *PARTS) for key in one.shortcuts}
    missing = "\n".join(f"    - callback_id: {key}" for key in sorted(listened - listed))
    assert listed == listened, f"manifest.yml, under shortcuts:\n{missing}"


def test_every_shortcut_stands_in_a_messages_menu_under_a_name_that_slack_shows(
    manifest: dict[str, Any],
) -> None:
    shortcuts = manifest["features"]["shortcuts"]
    assert {one["type"] for one in shortcuts} == {"message"}  # a global one has no message to look into
    assert [one["name"] for one in shortcuts if len(one["name"]) > 24] == []
    assert len({one["name"] for one in shortcuts}) == len(shortcuts)


def test_every_event_is_subscribed_to_and_has_a_listener(manifest: dict[str, Any]) -> None:
    subscribed = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert subscribed == {key for one in (*commands.load(), *PARTS) for key in one.events}


def test_help_calls_a_shortcut_as_the_manifest_does(manifest: dict[str, Any]) -> None:
    for one in manifest["features"]["shortcuts"]:
        command = next(each for each in commands.load() if one["callback_id"] in each.shortcuts)
        assert f"*{one['name']}*" in command.example


def test_ids_and_entities_come_escaped(manifest: dict[str, Any]) -> None:
    assert all(one["should_escape"] for one in manifest["features"]["slash_commands"])


def test_the_hint_names_only_verbs_that_exist(manifest: dict[str, Any]) -> None:
    verbs = {one.name for one in commands.load()}
    hints = "|".join(one["usage_hint"] for one in manifest["features"]["slash_commands"])
    assert {part.split()[0] for part in hints.split("|")} <= verbs


def test_the_scopes_are_those_that_the_calls_need(manifest: dict[str, Any]) -> None:
    needed = {"commands"}.union(*(SCOPES[method] for method in _called()))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_every_request_comes_to_one_address(manifest: dict[str, Any]) -> None:
    asked = {one["url"] for one in manifest["features"]["slash_commands"]}
    interactivity = manifest["settings"]["interactivity"]
    asked |= {interactivity["request_url"], interactivity["message_menu_options_url"]}
    asked.add(manifest["settings"]["event_subscriptions"]["request_url"])
    assert len(asked) == 1
    assert asked.pop().endswith("/slack/events")


def test_every_scope_says_why() -> None:
    lines = (ROOT / "manifest.yml").read_text().split("    bot:\n")[1].split("settings:")[0].splitlines()
    assert [line for line in lines if "#" not in line] == []


def _called() -> set[str]:
    """The methods that bot/ and commands/ call; slack_sdk names them so: chat_postMessage."""
    files = [path for folder in ("bot", "commands") for path in (ROOT / folder).rglob("*.py")]
    families = "chat|views|usergroups|users|conversations|auth|files|reactions"
    calls = re.compile(rf"(?:slack|client)\.((?:{families})_\w+)\(")
    used = {found for path in files for found in calls.findall(path.read_text())}
    assert used <= {method.replace(".", "_") for method in SCOPES}, (
        "a method whose scopes this test does not know"
    )
    return {method for method in SCOPES if method.replace(".", "_") in used}
