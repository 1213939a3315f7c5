"""Every rule of Slack's that a bot can break, broken once: refused as Slack refuses it, and written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from starlette.responses import Response

from sandbox.slack import Slack
from tests.sandbox.slack_bot import Json, Listener, SmallBot, always, never

TEXT = {"type": "plain_text", "text": "Words"}
SECTION = {"type": "section", "text": TEXT}
BUTTON = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": TEXT}]}
INPUT: Json = {
    "type": "input",
    "block_id": "words",
    "label": TEXT,
    "element": {"type": "plain_text_input", "action_id": "a"},
}
SEARCH = {"type": "external_select", "action_id": "a", "min_query_length": 0}
FORM: Json = {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": [INPUT | {"optional": True}]}


class Clock:
    """Unix seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The time in the sandbox."""
    return Clock()


@pytest.fixture
async def bot(clock: Clock) -> AsyncIterator[SmallBot]:
    """A bot in a Slack that waits three seconds for answers: a good one may be slow on a busy machine."""
    slack = Slack(now=clock, posts_per_second=3)
    await slack.start()
    bot = SmallBot(slack)
    await bot.start()
    yield bot
    await bot.stop()
    await slack.stop()


async def open_form(bot: SmallBot, view: Json = FORM) -> None:
    async def listener(said: Json) -> None:
        assert (await bot.call("views.open", trigger_id=said["trigger_id"], view=view))["ok"]

    bot.on["command"] = listener
    await bot.slack.command("U0OLIVE", "form")
    assert bot.slack.view("U0OLIVE") is not None


async def trigger(bot: SmallBot) -> str:
    await bot.slack.command("U0OLIVE", "x")
    return str(bot.got[-1]["trigger_id"])


def refused(answer: Json, error: str, slack: Slack, breach: str = "") -> None:
    assert (answer["ok"], answer["error"]) == (False, error)
    assert len(slack.breaches) == 1 and (breach or error) in slack.breaches[0], slack.breaches


API: list[tuple[str, Json, str, str]] = [
    ("chat.postMassage", {}, "unknown_method", "chat.postMassage"),
    ("chat.postMessage", {"channel": "C0SMS"}, "no_text", "no_text"),
    ("chat.postMessage", {"text": "x"}, "invalid_arguments", "missing required field: channel"),
    ("chat.postMessage", {"channel": "C0SMS", "text": 5}, "invalid_arguments", "/text"),
    (
        "chat.postMessage",
        {"channel": "C0SMS", "blocks": [{"type": "sektion"}]},
        "invalid_blocks",
        "/blocks/0",
    ),
    (
        "chat.postMessage",
        {"channel": "C0SMS", "blocks": [INPUT] * 51},
        "invalid_blocks",
        "50 items",
    ),
    ("chat.postMessage", {"channel": "C0SMS", "text": "x", "thread_ts": "1.2"}, "thread_not_found", "thread"),
    (
        "chat.postMessage",
        {"channel": "C0SMS", "text": "x", "metadata": {}},
        "invalid_metadata_format",
        "event_type",
    ),
    ("chat.postEphemeral", {"channel": "C0SMS", "text": "x"}, "invalid_arguments", "user"),
    ("users.info", {"user": "U0ANA"}, "invalid_arguments", "user"),  # reads no JSON
    ("views.open", {"trigger_id": "1.2.3", "view": FORM}, "invalid_trigger_id", "invalid_trigger_id"),
    ("views.open", {"trigger_id": "1.2.3"}, "invalid_arguments", "view"),
    ("views.update", {"view": FORM}, "invalid_arguments", "view_id"),
    ("views.publish", {"user_id": "U0ANA", "view": FORM}, "invalid_arguments", "/view/type"),
    ("conversations.info?channel=D0ANA", {}, "missing_scope", "im:read"),
]


class TestApi:
    @pytest.mark.parametrize(("method", "args", "error", "breach"), API, ids=lambda value: str(value)[:40])
    async def test_a_wrong_call_is_refused(
        self, bot: SmallBot, method: str, args: Json, error: str, breach: str
    ) -> None:
        refused(await bot.call(method, **args), error, bot.slack, breach)

    async def test_a_wrong_token_is_refused(self, bot: SmallBot) -> None:
        refused(await bot.call("auth.test", token="xoxb-other"), "invalid_auth", bot.slack)

    async def test_a_missing_scope_is_named(self) -> None:
        slack = Slack(scopes=["commands"])
        await slack.start()
        bot = SmallBot(slack)
        await bot.start()
        answer = await bot.call("conversations.open", users="U0ANA")
        refused(answer, "missing_scope", slack, "needs im:write")
        assert (answer["needed"], answer["provided"]) == ("im:write", "commands")
        await bot.stop()
        await slack.stop()

    async def test_an_invalid_block_is_answered_in_slacks_words(self, bot: SmallBot) -> None:
        answer = await bot.call("chat.postMessage", channel="C0SMS", blocks=[{"type": "section"}])
        said = "must have at least one of text, fields [json-pointer:/blocks/0]"
        assert answer["errors"] == [said] and answer["response_metadata"]["messages"] == [f"[ERROR] {said}"]

    async def test_a_call_without_a_token_is_refused(self, bot: SmallBot) -> None:
        async with aiohttp.ClientSession() as session, session.post(bot.slack.api_url + "auth.test") as got:
            assert await got.json() == {"ok": False, "error": "not_authed"}

    @pytest.mark.parametrize(
        ("channel", "error"),
        [("C0RANDOM", "not_in_channel"), ("C0NONE", "channel_not_found"), ("sms", "channel_not_found")],
    )
    async def test_where_the_bot_may_not_post_it_is_told_and_breaks_nothing(
        self, bot: SmallBot, channel: str, error: str
    ) -> None:
        assert (await bot.call("chat.postMessage", channel=channel, text="x"))["error"] == error
        assert bot.slack.breaches == []

    async def test_a_whisper_reaches_only_who_is_in_the_channel(self, bot: SmallBot) -> None:
        answer = await bot.call("chat.postEphemeral", channel="C0SMS", user="U0ALIEN", text="x")
        assert answer["error"] == "user_not_in_channel" and bot.slack.breaches == []

    async def test_others_messages_cannot_be_touched(self, bot: SmallBot) -> None:
        theirs = bot.slack.say("U0ANA", "mine")
        answer = await bot.call("chat.update", channel="C0SMS", ts=theirs.ts, text="x")
        refused(answer, "cant_update_message", bot.slack)
        assert (await bot.call("chat.delete", channel="C0SMS", ts=theirs.ts))[
            "error"
        ] == "cant_delete_message"
        assert (await bot.call("chat.delete", channel="C0SMS", ts="1.2"))["error"] == "message_not_found"

    async def test_long_texts_are_cut_or_refused(self, bot: SmallBot) -> None:
        posted = await bot.call("chat.postMessage", channel="C0SMS", text="x" * 40_001)
        assert len(posted["message"]["text"]) == 40_000 and "cut at 40000" in bot.slack.breaches.pop()
        refused(
            await bot.call("chat.update", channel="C0SMS", ts=posted["ts"], text="x" * 4_001),
            "msg_too_long",
            bot.slack,
        )

    async def test_an_argument_that_slack_does_not_know_is_noticed(self, bot: SmallBot) -> None:
        assert (await bot.call("chat.postMessage", channel="C0SMS", text="x", thread="1.2"))["ok"]
        assert bot.slack.breaches == ["chat.postMessage: Slack knows no argument thread and ignores it"]

    async def test_a_burst_into_one_channel_is_noticed_once(self, bot: SmallBot, clock: Clock) -> None:
        for _ in range(5):
            await bot.call("chat.postMessage", channel="C0SMS", text="x")
        assert bot.slack.breaches == ["chat.postMessage: more than 3 posts in a second in C0SMS"]
        clock.now += 2
        await bot.call("chat.postMessage", channel="C0SMS", text="x")
        assert len(bot.slack.breaches) == 1


class TestTriggers:
    async def test_a_trigger_lives_three_seconds(self, bot: SmallBot, clock: Clock) -> None:
        name = await trigger(bot)
        clock.now += 3.1
        refused(await bot.call("views.open", trigger_id=name, view=FORM), "expired_trigger_id", bot.slack)

    async def test_a_trigger_opens_once(self, bot: SmallBot) -> None:
        name = await trigger(bot)
        assert (await bot.call("views.open", trigger_id=name, view=FORM))["ok"]
        refused(await bot.call("views.open", trigger_id=name, view=FORM), "exchanged_trigger_id", bot.slack)

    async def test_a_push_needs_a_press_in_a_modal(self, bot: SmallBot) -> None:
        name = await trigger(bot)
        refused(await bot.call("views.push", trigger_id=name, view=FORM), "invalid_trigger_id", bot.slack)

    async def test_three_views_are_the_most(self, bot: SmallBot) -> None:
        await open_form(bot, FORM | {"blocks": [BUTTON]})
        for n in range(3):
            await bot.slack.view_click("U0OLIVE", "go")
            answer = await bot.call(
                "views.push", trigger_id=bot.got[-1]["trigger_id"], view=FORM | {"blocks": [BUTTON]}
            )
            assert answer["ok"] is (n < 2)
        refused(answer, "push_limit_reached", bot.slack)

    async def test_a_heavy_view_and_a_double_external_id_are_refused(self, bot: SmallBot) -> None:
        fields = [{"type": "plain_text", "text": "x" * 2000}] * 10
        heavy = FORM | {"blocks": [{"type": "section", "fields": fields}] * 13}
        refused(
            await bot.call("views.open", trigger_id=await trigger(bot), view=heavy),
            "view_too_large",
            bot.slack,
        )
        bot.slack.breaches.clear()
        await open_form(bot, FORM | {"external_id": "one"})
        bot.on.clear()
        answer = await bot.call(
            "views.open", trigger_id=await trigger(bot), view=FORM | {"external_id": "one"}
        )
        refused(answer, "duplicate_external_id", bot.slack)


class TestResponseUrl:
    async def test_it_lives_thirty_minutes(self, bot: SmallBot, clock: Clock) -> None:
        await trigger(bot)
        clock.now += 30 * 60 + 1
        assert await bot.respond(bot.got[-1]["response_url"], text="late") == 404
        assert bot.slack.breaches == ["response_url: expired_url"]

    @pytest.mark.parametrize(
        "body",
        [
            {"text": "x", "replace_original": True},
            {"delete_original": True},
            {"text": "x", "thread_ts": "1.2"},
            {"text": "x", "response_type": "whisper"},
            {"blocks": [{"type": "divider", "colour": "red"}]},
            {},
        ],
        ids=str,
    )
    async def test_a_command_cannot_be_answered_so(self, bot: SmallBot, body: Json) -> None:
        await trigger(bot)
        assert await bot.respond(bot.got[-1]["response_url"], **body) == 400
        assert len(bot.slack.breaches) == 1 and bot.slack.breaches[0].startswith("response_url: ")

    async def test_a_private_message_cannot_become_public(self, bot: SmallBot) -> None:
        bot.on["command"] = always({"text": "x", "blocks": [BUTTON]})
        shown = (await bot.slack.command("U0OLIVE", "x")).shown
        assert shown is not None
        await bot.slack.click("U0OLIVE", shown, "go")
        body = {"replace_original": True, "response_type": "in_channel", "text": "x"}
        assert await bot.respond(bot.got[-1]["response_url"], **body) == 400
        assert "cannot become one for all" in bot.slack.breaches[0]


ACKS: list[tuple[str, Listener, str, str]] = [
    ("late", never, "operation_timeout", "no answer within 3 seconds"),
    ("status", always(Response("oops", 500)), "dispatch_failed", "HTTP 500"),
    ("redirect", always(Response(status_code=302, headers={"location": "/"})), "dispatch_failed", "HTTP 302"),
    ("html", always(Response("<p>", media_type="text/html")), "invalid_command_response", "text/html"),
    (
        "not json",
        always(Response("{", media_type="application/json")),
        "invalid_command_response",
        "JSON object",
    ),
    ("type", always({"response_type": "whisper", "text": "x"}), "invalid_command_response", "whisper"),
    ("field", always({"txt": "x"}), "invalid_command_response", "txt"),
    ("blocks", always({"blocks": [INPUT | {"label": "x"}]}), "invalid_command_response", "/blocks/0/label"),
    (
        "modal's",
        always({"blocks": [{"type": "alert", "text": TEXT}]}),
        "invalid_command_response",
        "on a message",
    ),
    ("length", always({"text": "x" * 40_001}), "invalid_command_response", "40000"),
]


class TestAcks:
    @pytest.mark.parametrize(
        ("listener", "notice", "breach"), [a[1:] for a in ACKS], ids=[a[0] for a in ACKS]
    )
    async def test_a_wrong_answer_to_a_command(
        self, bot: SmallBot, listener: Listener, notice: str, breach: str
    ) -> None:
        bot.on["command"] = listener
        answer = await bot.slack.command("U0OLIVE", "help")
        assert answer.notice == f'/sms failed with the error "{notice}"' and not answer.ok
        assert len(bot.slack.breaches) == 1 and breach in bot.slack.breaches[0]
        assert bot.slack.ephemerals("U0OLIVE", "C0SMS") == []

    async def test_a_press_is_answered_by_nothing(self, bot: SmallBot) -> None:
        bot.on["block_actions"] = always("Done")
        await bot.call("chat.postMessage", channel="C0SMS", blocks=[BUTTON])
        answer = await bot.slack.click("U0OLIVE", bot.slack.messages("C0SMS")[0], "go")
        assert answer.notice and "must be empty, was 'Done'" in bot.slack.breaches[0]

    @pytest.mark.parametrize(
        ("answer", "breach"),
        [
            ("Saved", "must be empty or a JSON object"),
            ({"text": "Saved"}, "only response_action"),
            ({"response_action": "close"}, "no such response_action"),
            ({"response_action": "errors", "errors": {}}, "at least one block"),
            ({"response_action": "errors", "errors": {"other": "No."}}, "no input block is called other"),
            ({"response_action": "errors", "errors": {"words": ""}}, "must be a sentence"),
            ({"response_action": "update", "view": FORM | {"title": {}}}, "/view/title"),
            ({"response_action": "push"}, "/view"),
        ],
        ids=str,
    )
    async def test_a_wrong_answer_to_a_form_leaves_it_open(
        self, bot: SmallBot, answer: Any, breach: str
    ) -> None:
        await open_form(bot)
        bot.on["view_submission"] = always(answer)
        await bot.slack.submit("U0OLIVE")
        view = bot.slack.view("U0OLIVE")
        assert view is not None and view.notice == "We had some trouble connecting. Try again?"
        assert len(bot.slack.breaches) == 1 and breach in bot.slack.breaches[0], bot.slack.breaches

    async def test_a_late_answer_to_a_form_leaves_it_open(self, bot: SmallBot) -> None:
        await open_form(bot)
        bot.on["view_submission"] = never
        await bot.slack.submit("U0OLIVE")
        assert bot.slack.view("U0OLIVE") is not None and "operation_timeout" in bot.slack.breaches[0]

    @pytest.mark.parametrize(
        ("answer", "breach"),
        [
            ("", "must provide an object"),
            ({"choices": []}, "choices"),
            ({"options": [{"text": TEXT, "value": str(n)} for n in range(101)]}, "no more than 100 items"),
            ({"options": [{"text": {"type": "plain_text", "text": "x" * 76}, "value": "1"}]}, "less than 76"),
            ({"options": [{"text": TEXT, "value": 1}]}, "/options/0/value"),
        ],
        ids=lambda value: str(value)[:30],
    )
    async def test_wrong_options_show_none(self, bot: SmallBot, answer: Any, breach: str) -> None:
        await open_form(bot, FORM | {"blocks": [INPUT | {"element": SEARCH}]})
        bot.on["block_suggestion"] = always(answer)
        assert await bot.slack.search("U0OLIVE", "words", "") == []
        assert len(bot.slack.breaches) == 1 and breach in bot.slack.breaches[0]

    async def test_no_options_are_fine(self, bot: SmallBot) -> None:
        await open_form(bot, FORM | {"blocks": [INPUT | {"element": SEARCH}]})
        bot.on["block_suggestion"] = always({"options": []})
        assert await bot.slack.search("U0OLIVE", "words", "") == [] and bot.slack.breaches == []
