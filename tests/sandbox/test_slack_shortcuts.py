"""Message shortcuts: what the manifest declares can be picked on any message, and the bot gets it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sandbox.slack import Slack
from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_bot import Json, SmallBot, always, never

TEXT = {"type": "plain_text", "text": "Words"}
BUTTON = {"type": "button", "action_id": "go", "text": TEXT}
CARD = {"type": "actions", "block_id": "buttons", "elements": [BUTTON]}
FORM = {"type": "modal", "title": TEXT, "blocks": [{"type": "section", "text": TEXT}]}


async def test_a_shortcut_carries_the_message_of_a_person(slack: Slack, bot: SmallBot) -> None:
    said = slack.say("U0ANA", "Call <tel:+12065550100|206-555-0100> &amp; <@U0MAX>")
    answer = await slack.shortcut("U0OLIVE", said, "stop")
    got = bot.got[0]
    assert answer.ok and (got["type"], got["callback_id"]) == ("message_action", "stop")
    assert (got["message_ts"], got["channel"]) == (said.ts, {"id": "C0SMS", "name": "sms"})
    assert (got["user"]["id"], got["team"]["id"]) == ("U0OLIVE", "T0SANDBOX")
    assert got["trigger_id"] and got["action_ts"] and got["response_url"].startswith(slack.url)
    message = got["message"]
    assert (message["type"], message["user"], message["ts"]) == ("message", "U0ANA", said.ts)
    assert message["text"] == said.text and message["client_msg_id"] and "bot_id" not in message
    assert message["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "Call "},
        {"type": "link", "url": "tel:+12065550100", "text": "206-555-0100"},
        {"type": "text", "text": " & "},
        {"type": "user", "user_id": "U0MAX"},
    ]
    assert slack.breaches == []


async def test_a_shortcut_on_the_bots_own_card_in_a_thread(slack: Slack, bot: SmallBot) -> None:
    parent = slack.say("U0ANA", "Hello")
    await bot.call("chat.postMessage", channel="C0SMS", text="Card", blocks=[CARD], thread_ts=parent.ts)
    card = slack.replies(parent)[0]
    await slack.shortcut("U0OLIVE", card, "Stop texting this number")
    message = bot.got[0]["message"]
    assert (message["bot_id"], message["blocks"], message["thread_ts"]) == ("B0BOT", [CARD], parent.ts)
    assert "client_msg_id" not in message and slack.breaches == []


async def test_it_works_where_the_bot_is_no_member_and_may_open_a_modal(slack: Slack, bot: SmallBot) -> None:
    async def open_form(said: Json) -> None:
        assert (await bot.call("views.open", trigger_id=said["trigger_id"], view=FORM))["ok"]

    bot.on["message_action"] = open_form
    await slack.shortcut("U0OLIVE", slack.say("U0ANA", "Hello", "C0RANDOM"), "stop")
    view = slack.view("U0OLIVE")
    assert view is not None and view.title == "Words"
    assert await bot.respond(bot.got[0]["response_url"], text="Only you") == 200
    assert [one.read() for one in slack.ephemerals("U0OLIVE", "C0RANDOM")] == ["Only you"]
    assert slack.breaches == []


async def test_its_response_url_replaces_no_message(slack: Slack, bot: SmallBot) -> None:
    said = slack.say("U0ANA", "Hello")
    await slack.shortcut("U0OLIVE", said, "stop")
    assert await bot.respond(bot.got[0]["response_url"], text="x", replace_original=True) == 400
    assert said.read() == "Hello" and "none to replace or delete" in slack.breaches[0]


async def test_only_what_the_manifest_declares_can_be_picked(slack: Slack, bot: SmallBot) -> None:
    said = slack.say("U0ANA", "Hello")
    with pytest.raises(LookupError) as error:
        await slack.shortcut("U0OLIVE", said, "send")
    assert "there is: Stop texting this number (stop), Show what was sent (sent)" in str(error.value)
    await bot.call("chat.postEphemeral", channel="C0SMS", user="U0OLIVE", text="Only you")
    with pytest.raises(LookupError):
        await slack.shortcut("U0OLIVE", slack.ephemerals("U0OLIVE", "C0SMS")[0], "stop")
    slack.workspace.delete(said)
    with pytest.raises(LookupError):
        await slack.shortcut("U0OLIVE", said, "stop")
    assert bot.got == []


async def test_a_wrong_answer_is_a_breach(slack: Slack, bot: SmallBot) -> None:
    bot.on["message_action"] = always({"text": "Done"})
    answer = await slack.shortcut("U0OLIVE", slack.say("U0ANA", "Hello"), "stop")
    assert answer.notice == "We had some trouble connecting. Try again?"
    assert slack.breaches == ["answer to the shortcut 'stop': must be empty, was '{\"text\":\"Done\"}'"]


async def test_an_answer_that_does_not_come_in_time_is_a_breach(manifest: Manifest) -> None:
    slack = Slack(manifest=manifest, patience=0.05)
    await slack.start()
    bot = SmallBot(slack)
    await bot.start()
    bot.on["message_action"] = never
    answer = await slack.shortcut("U0OLIVE", slack.say("U0ANA", "Hello"), "stop")
    assert not answer.ok and "operation_timeout" in slack.breaches[0]
    await bot.stop()
    await slack.stop()


WRONG: list[tuple[str, Any, str]] = [
    ("name", "Stop texting this number!", "than 25 characters [json-pointer:/features/shortcuts/0/name]"),
    ("type", "messages", "must be one of message, global"),
    ("callback_id", "", "must be more than 0 characters"),
    ("callback_id", "sent", "every callback_id must be there once"),
    ("description", "x" * 151, "must be less than 151 characters"),
    ("icon", "stop", "invalid additional property: icon"),
]


@pytest.mark.parametrize(("field", "value", "said"), WRONG, ids=lambda value: str(value)[:30])
async def test_a_manifest_that_slack_would_not_take_is_a_breach(
    manifest: Manifest, field: str, value: Any, said: str
) -> None:
    data = copy.deepcopy(manifest.data)
    data["features"]["shortcuts"][0][field] = value
    slack = Slack(manifest=Manifest(data))
    await slack.start()
    assert len(slack.breaches) == 1 and said in slack.breaches[0]
    await slack.stop()


def test_shortcuts_need_their_scope_and_interactivity(manifest: Manifest) -> None:
    assert manifest.problems() == [] == Manifest({}).problems()
    said = Manifest({"features": manifest.data["features"]}).problems()
    assert [each.split("json-pointer:")[1] for each in said] == [
        "/oauth_config/scopes/bot]",
        "/settings/interactivity/is_enabled]",
    ]
