"""What the manifest says, the sandbox's Slack does."""

from __future__ import annotations

from pathlib import Path

from sandbox.slack import Slack
from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_bot import SmallBot, always

WHOLE = """
features:
  slash_commands:
    - {command: /sms, description: Texts, usage_hint: help, should_escape: true}
    - {command: /raw, description: Texts}
settings:
  interactivity: {is_enabled: true, request_url: "https://a.example", message_menu_options_url: "https://a.example"}
  event_subscriptions: {bot_events: [app_home_opened]}
"""


def manifest(tmp_path: Path, text: str) -> Manifest:
    path = tmp_path / "manifest.yml"
    path.write_text(text)
    return Manifest.read(path)


def test_commands_options_and_events_are_read(tmp_path: Path) -> None:
    whole = manifest(tmp_path, WHOLE)
    assert [each["command"] for each in whole.commands()] == ["/sms", "/raw"]
    assert whole.escapes("/sms") and not whole.escapes("/raw")
    assert whole.loads_options() and whole.hears("app_home_opened") and not whole.hears("message.im")


def test_without_a_manifest_all_is_allowed(tmp_path: Path) -> None:
    none = Manifest.read(tmp_path / "none.yml")
    assert none.commands() == [] and none.escapes("/sms") and none.loads_options() and none.hears("any")


async def test_a_search_without_an_options_url_is_a_breach(tmp_path: Path) -> None:
    slack = Slack()
    await slack.start()
    bot = SmallBot(slack)
    await bot.start()
    slack.workspace.manifest = manifest(tmp_path, "settings: {interactivity: {is_enabled: true}}")
    text = {"type": "plain_text", "text": "Pick"}
    select = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    pick = {"type": "input", "block_id": "pick", "label": text, "element": select}
    view = {"type": "modal", "title": text, "submit": text, "blocks": [pick]}
    await slack.command("U0OLIVE", "x")
    await bot.call("views.open", trigger_id=bot.got[-1]["trigger_id"], view=view)
    bot.on["block_suggestion"] = always({"options": []})
    assert await slack.search("U0OLIVE", "pick", "") == [] and len(bot.got) == 1
    assert "message_menu_options_url" in slack.breaches[0]
    assert (await slack.open_home("U0OLIVE")).status == 0 and len(bot.got) == 1
    await bot.stop()
    await slack.stop()
