"""The sandbox's Slack, its main way: what people do reaches a bot, and what the bot does reaches people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.slack import Slack, View, dm
from sandbox.slack.manifest import SCOPES
from tests.sandbox.slack_bot import Json, SmallBot, always, never


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A started Slack, whose token may do all that it knows."""
    slack = Slack(scopes=SCOPES)
    await slack.start()
    yield slack
    await slack.stop()


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[SmallBot]:
    """A bot that answers an empty 200 to everything."""
    bot = SmallBot(slack)
    await bot.start()
    yield bot
    await bot.stop()


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(label: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(label), **more}


def actions(*elements: Json, block_id: str = "buttons") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def asked(block_id: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("Campaign"),
        "submit": plain("Go"),
        "blocks": list(blocks),
        **more,
    }


def words(action_id: str = "words", **more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": action_id, **more}


async def opened(slack: Slack, bot: SmallBot, view: Json, user: str = "U0OLIVE") -> View:
    async def listener(said: Json) -> None:
        answer = await bot.call("views.open", trigger_id=said["trigger_id"], view=view)
        assert answer["ok"], answer

    bot.on["command"] = listener
    await slack.command(user, "campaign")
    found = slack.view(user)
    assert found is not None
    return found


class TestCommand:
    async def test_a_command_has_every_field_that_slack_documents(self, slack: Slack, bot: SmallBot) -> None:
        await slack.command("U0OLIVE", "send 2065550100 Hi", "C0SMS")
        got = bot.got[0]
        assert (got["command"], got["text"], got["user_id"]) == ("/sms", "send 2065550100 Hi", "U0OLIVE")
        assert (got["channel_id"], got["channel_name"], got["team_id"]) == ("C0SMS", "sms", "T0SANDBOX")
        assert got["response_url"].startswith(slack.url + "/response/")
        assert set(got) >= {
            "token",
            "team_domain",
            "user_name",
            "api_app_id",
            "is_enterprise_install",
            "trigger_id",
        }

    async def test_a_command_from_a_dm_says_directmessage(self, slack: Slack, bot: SmallBot) -> None:
        await slack.command("U0OLIVE", "help", dm("U0OLIVE"))
        assert (bot.got[0]["channel_id"], bot.got[0]["channel_name"]) == ("D0OLIVE", "directmessage")

    async def test_what_is_typed_arrives_escaped(self, slack: Slack, bot: SmallBot) -> None:
        await slack.command(
            "U0OLIVE", " 1 < 2 & @max.weber in #sms: https://a.example/?x=1&y=2, or b.com a@b.com "
        )
        assert bot.got[0]["text"] == (
            "1 &lt; 2 &amp; <@U0MAX|max.weber> in <#C0SMS|sms>: <https://a.example/?x=1&amp;y=2>, "
            "or <http://b.com|b.com> <mailto:a@b.com|a@b.com>"
        )

    async def test_a_plain_answer_is_for_the_person_alone(self, slack: Slack, bot: SmallBot) -> None:
        bot.on["command"] = always("Hello")
        answer = await slack.command("U0OLIVE", "help")
        assert answer.ok and answer.shown is not None and answer.shown.read() == "Hello"
        assert [m.read() for m in slack.ephemerals("U0OLIVE", "C0SMS")] == ["Hello"]
        assert slack.messages("C0SMS") == [] and slack.ephemerals("U0ANA", "C0SMS") == []

    async def test_an_answer_in_the_channel_shows_what_was_typed_too(
        self, slack: Slack, bot: SmallBot
    ) -> None:
        bot.on["command"] = always({"response_type": "in_channel", "text": "Hello"})
        await slack.command("U0OLIVE", "help")
        assert [(m.user, m.read()) for m in slack.messages("C0SMS")] == [
            ("U0OLIVE", "/sms help"),
            ("U0BOT", "Hello"),
        ]

    async def test_a_bot_that_is_not_there_gets_a_notice_and_no_breach(
        self, slack: Slack, bot: SmallBot
    ) -> None:
        await bot.stop()
        answer = await slack.command("U0OLIVE", "help")
        assert (answer.status, answer.notice) == (0, '/sms failed with the error "dispatch_failed"')
        assert slack.breaches == []


class TestMessages:
    async def test_a_press_carries_the_message_and_the_button(self, slack: Slack, bot: SmallBot) -> None:
        block = actions(button("Send", "go", value="S-1"))
        posted = await bot.call("chat.postMessage", channel="C0SMS", text="Send it?", blocks=[block])
        answer = await slack.click("U0OLIVE", slack.messages("C0SMS")[0], "Send")
        got = bot.got[0]
        assert answer.ok and got["type"] == "block_actions"
        assert got["container"] == {
            **{"type": "message", "message_ts": posted["ts"], "channel_id": "C0SMS", "is_ephemeral": False}
        }
        assert got["message"]["blocks"] == [block] and got["channel"] == {"id": "C0SMS", "name": "sms"}
        pressed = got["actions"][0]
        assert (pressed["action_id"], pressed["block_id"], pressed["value"]) == ("go", "buttons", "S-1")
        assert pressed["text"] == plain("Send") and pressed["action_ts"]

    async def test_an_ephemeral_message_is_pressed_without_its_content(
        self, slack: Slack, bot: SmallBot
    ) -> None:
        blocks = [actions(button("Send", "go"))]
        answer = await bot.call(
            "chat.postEphemeral", channel="C0SMS", user="U0OLIVE", text="?", blocks=blocks
        )
        await slack.click("U0OLIVE", slack.ephemerals("U0OLIVE", "C0SMS")[0], "go")
        assert answer["ok"] and "message" not in bot.got[0]
        assert bot.got[0]["container"]["is_ephemeral"] is True
        assert (await bot.call("chat.update", channel="C0SMS", ts=answer["message_ts"], text="x"))[
            "error"
        ] == ("message_not_found")

    async def test_an_edit_keeps_place_and_history(self, slack: Slack, bot: SmallBot) -> None:
        first = await bot.call(
            "chat.postMessage", channel="C0SMS", text="one", blocks=[actions(button("A", "a"))]
        )
        await bot.call("chat.postMessage", channel="C0SMS", text="other")
        await bot.call("chat.update", channel="C0SMS", ts=first["ts"], text="two", blocks=[])
        message = slack.messages("C0SMS")[0]
        assert message.ts == first["ts"] and message.read() == "two" and message.edited
        assert [version.text for version in message.history] == ["one", "two"]
        assert (message.buttons(), message.was(0).buttons()) == ([], ["A"])
        await slack.click("U0OLIVE", message.was(0), "A")
        assert bot.got[0]["actions"][0]["action_id"] == "a"

    async def test_an_edit_without_blocks_keeps_them(self, slack: Slack, bot: SmallBot) -> None:
        first = await bot.call(
            "chat.postMessage", channel="C0SMS", text="one", blocks=[actions(button("A", "a"))]
        )
        await bot.call("chat.update", channel="C0SMS", ts=first["ts"], text="two")
        assert slack.messages("C0SMS")[0].buttons() == ["A"]

    async def test_replies_are_counted_and_deleted_messages_gone(self, slack: Slack, bot: SmallBot) -> None:
        parent = await bot.call("chat.postMessage", channel="C0SMS", text="one")
        reply = await bot.call("chat.postMessage", channel="C0SMS", text="two", thread_ts=parent["ts"])
        message = slack.messages("C0SMS")[0]
        assert message.reply_count == 1 and [m.read() for m in slack.replies(message)] == ["two"]
        await bot.call("chat.delete", channel="C0SMS", ts=reply["ts"])
        assert message.reply_count == 0 and slack.messages("C0SMS") == [message]
        link = await bot.call("chat.getPermalink?channel=C0SMS&message_ts=" + parent["ts"])
        assert link["permalink"] == "https://sandbox.slack.com/archives/C0SMS/p" + parent["ts"].replace(
            ".", ""
        )

    async def test_a_persons_id_is_their_dm(self, slack: Slack, bot: SmallBot) -> None:
        posted = await bot.call("chat.postMessage", channel="U0ANA", text="Hi")
        assert (
            posted["channel"]
            == "D0ANA"
            == (await bot.call("conversations.open", users="U0ANA"))["channel"]["id"]
        )
        assert [m.read() for m in slack.messages(dm("U0ANA"))] == ["Hi"]

    async def test_a_message_reads_as_slack_shows_it(self, slack: Slack, bot: SmallBot) -> None:
        text = "*Bold* 2*3*4 <@U0ANA> in <#C0SMS>: <https://a.example|the page>, `*code*` &lt;b&gt; "
        text += "<!date^1700000000^{date_short_pretty}|Nov 14>"
        await bot.call("chat.postMessage", channel="C0SMS", text=text)
        seen = "Bold 2*3*4 @Ana Silva in #sms: the page, *code* <b> Nov 14"
        assert slack.messages("C0SMS")[0].read() == seen

    async def test_a_confirm_dialog_is_told(self, slack: Slack, bot: SmallBot) -> None:
        texts = {key: plain(key.title()) for key in ("title", "text", "confirm", "deny")}
        blocks = [actions(button("Stop", "stop", confirm=texts))]
        await bot.call("chat.postMessage", channel="C0SMS", text="?", blocks=blocks)
        asks = slack.messages("C0SMS")[0].confirm_of("Stop")
        assert asks == {"title": "Title", "text": "Text", "confirm": "Confirm", "deny": "Deny"}

    async def test_a_name_that_is_not_on_the_message_cannot_be_pressed(
        self, slack: Slack, bot: SmallBot
    ) -> None:
        await bot.call(
            "chat.postMessage", channel="C0SMS", text="?", blocks=[actions(button("Stop", "stop"))]
        )
        with pytest.raises(LookupError) as error:
            await slack.click("U0OLIVE", slack.messages("C0SMS")[0], "Go")
        assert "there is: Stop (stop)" in str(error.value)

    async def test_waiting_ends_with_the_change_and_says_what_there_is(
        self, slack: Slack, bot: SmallBot
    ) -> None:
        waiting = asyncio.ensure_future(slack.wait_for(lambda: slack.messages("C0SMS")))
        await bot.call("chat.postMessage", channel="C0SMS", text="Hi")
        assert (await waiting)[0].read() == "Hi"
        with pytest.raises(TimeoutError) as error:
            await slack.wait_for(lambda: slack.view("U0OLIVE"), timeout=0.01)
        assert "Hi" in str(error.value)


class TestResponseUrl:
    async def test_it_answers_five_times(self, slack: Slack, bot: SmallBot) -> None:
        await slack.command("U0OLIVE", "help")
        url = bot.got[0]["response_url"]
        assert [await bot.respond(url, text=str(n)) for n in range(6)] == [200] * 5 + [404]
        assert [m.read() for m in slack.ephemerals("U0OLIVE", "C0SMS")] == list("01234")
        assert slack.breaches == ["response_url: used_url"]

    async def test_it_replaces_and_deletes_the_message_that_was_pressed(
        self, slack: Slack, bot: SmallBot
    ) -> None:
        bot.on["command"] = always({"text": "Sure?", "blocks": [actions(button("Yes", "yes"))]})
        shown = (await slack.command("U0OLIVE", "help")).shown
        assert shown is not None
        await slack.click("U0OLIVE", shown, "Yes")
        url = bot.got[-1]["response_url"]
        await bot.respond(url, replace_original=True, text="Done", blocks=[])
        assert (shown.read(), shown.buttons()) == ("Done", [])
        await bot.respond(url, delete_original=True)
        assert shown.deleted and slack.ephemerals("U0OLIVE", "C0SMS") == [] == slack.breaches

    async def test_it_speaks_to_all_where_the_bot_is_not_a_member(self, slack: Slack, bot: SmallBot) -> None:
        await slack.command("U0OLIVE", "help", "C0RANDOM")
        await bot.respond(bot.got[0]["response_url"], text="Hi", response_type="in_channel")
        assert [m.read() for m in slack.messages("C0RANDOM")] == ["Hi"]


class TestViews:
    async def test_a_form_is_filled_in_and_submitted(self, slack: Slack, bot: SmallBot) -> None:
        options = [{"text": plain(name), "value": name} for name in ("one", "two")]
        view = await opened(
            slack,
            bot,
            modal(
                asked("words", words()),
                asked("when", {"type": "datetimepicker", "action_id": "when"}),
                asked("group", {"type": "static_select", "action_id": "group", "options": options}),
                asked(
                    "flags", {"type": "checkboxes", "action_id": "flags", "options": options}, optional=True
                ),
                callback_id="form",
                private_metadata="S-1",
            ),
        )
        await slack.fill("U0OLIVE", {"words": "Hi", "when": 1_800_000_000, "group": "two", "flags": ["one"]})
        assert "Hi" in view.texts() and view.value("group") == "two"
        answer = await slack.submit("U0OLIVE")
        sent = bot.got[-1]
        assert answer.ok and slack.view("U0OLIVE") is None and view.closed
        assert (sent["type"], sent["view"]["callback_id"]) == ("view_submission", "form")
        assert sent["view"]["private_metadata"] == "S-1" and sent["view"]["id"] == view.id
        assert sent["view"]["state"]["values"] == {
            "words": {"words": {"type": "plain_text_input", "value": "Hi"}},
            "when": {"when": {"type": "datetimepicker", "selected_date_time": 1_800_000_000}},
            "group": {"group": {"type": "static_select", "selected_option": options[1]}},
            "flags": {"flags": {"type": "checkboxes", "selected_options": [options[0]]}},
        }

    async def test_slacks_client_stops_an_empty_field(self, slack: Slack, bot: SmallBot) -> None:
        view = await opened(slack, bot, modal(asked("words", words(max_length=3))))
        await slack.submit("U0OLIVE")
        assert view.errors == {"words": "Please complete this required field."} and len(bot.got) == 1
        await slack.fill("U0OLIVE", {"words": "long"})
        assert (await slack.submit("U0OLIVE")).status == 0 and "no more than 3" in view.errors["words"]

    async def test_errors_stand_under_their_fields(self, slack: Slack, bot: SmallBot) -> None:
        view = await opened(slack, bot, modal(asked("words", words(initial_value="x"))))
        bot.on["view_submission"] = always({"response_action": "errors", "errors": {"words": "Not that."}})
        await slack.submit("U0OLIVE")
        assert slack.view("U0OLIVE") is view and view.errors == {"words": "Not that."}
        assert "Not that." in view.texts() and slack.breaches == []

    async def test_update_keeps_what_was_typed_and_push_and_clear_stack(
        self, slack: Slack, bot: SmallBot
    ) -> None:
        view = await opened(slack, bot, modal(asked("words", words())))
        await slack.fill("U0OLIVE", {"words": "kept"})
        bot.on["view_submission"] = always(
            {"response_action": "update", "view": modal(asked("words", words()))}
        )
        await slack.submit("U0OLIVE")
        assert view.value("words") == "kept"
        section = {"type": "section", "text": plain("Sure?")}
        bot.on["view_submission"] = always({"response_action": "push", "view": modal(section)})
        await slack.submit("U0OLIVE")
        top = slack.view("U0OLIVE")
        assert top is not None and top.previous == view.id and "Sure?" in top.texts()
        bot.on["view_submission"] = always({"response_action": "clear"})
        await slack.submit("U0OLIVE")
        assert slack.view("U0OLIVE") is None and slack.breaches == []

    async def test_a_dispatching_input_and_a_button_tell_the_bot(self, slack: Slack, bot: SmallBot) -> None:
        blocks = [asked("words", words(), dispatch_action=True), actions(button("More", "more", value="1"))]
        view = await opened(slack, bot, modal(*blocks))
        await slack.fill("U0OLIVE", {"words": "Hi"})
        assert bot.got[-1]["actions"][0] | {"action_ts": ""} == {
            **{
                "action_id": "words",
                "block_id": "words",
                "type": "plain_text_input",
                "value": "Hi",
                "action_ts": "",
            }
        }
        assert bot.got[-1]["view"]["state"]["values"]["words"]["words"]["value"] == "Hi"
        await slack.view_click("U0OLIVE", "More")
        assert (
            bot.got[-1]["container"] == {"type": "view", "view_id": view.id} and "message" not in bot.got[-1]
        )
        assert bot.got[-1]["actions"][0]["value"] == "1"

    async def test_an_external_select_is_searched(self, slack: Slack, bot: SmallBot) -> None:
        select = {"type": "external_select", "action_id": "message", "min_query_length": 0}
        view = await opened(slack, bot, modal(asked("message", select)))

        async def load(said: Json) -> Json:
            return {"options": [{"text": plain(said["value"] or "sale"), "value": "7"}]}

        bot.on["block_suggestion"] = load
        assert (await slack.search("U0OLIVE", "message", ""))[0]["text"]["text"] == "sale"
        assert bot.got[-1]["view"]["id"] == view.id and bot.got[-1]["action_id"] == "message"
        await slack.fill("U0OLIVE", {"message": "spring sale"})
        assert (view.value("message"), bot.got[-1]["value"]) == ("7", "spring sale")
        bot.on["block_suggestion"] = always({"options": []})
        with pytest.raises(LookupError):
            await slack.fill("U0OLIVE", {"message": "nothing"})
        assert slack.breaches == []

    async def test_a_short_query_is_not_sent(self, slack: Slack, bot: SmallBot) -> None:
        await opened(slack, bot, modal(asked("message", {"type": "external_select", "action_id": "message"})))
        assert await slack.search("U0OLIVE", "message", "ab") == [] and len(bot.got) == 1

    async def test_closing_tells_a_bot_that_asked_for_it(self, slack: Slack, bot: SmallBot) -> None:
        await opened(slack, bot, modal(asked("words", words()), notify_on_close=True))
        await slack.close_view("U0OLIVE")
        assert slack.view("U0OLIVE") is None
        assert (bot.got[-1]["type"], bot.got[-1]["is_cleared"]) == ("view_closed", False)

    async def test_views_update_and_push_follow_the_api(self, slack: Slack, bot: SmallBot) -> None:
        section = {"type": "section", "text": plain("Loaded")}
        view = await opened(slack, bot, modal(actions(button("More", "more"))))
        stale = view.hash
        assert (await bot.call("views.update", view_id=view.id, view=modal(section), hash=stale))["ok"]
        assert "Loaded" in view.texts()
        assert (await bot.call("views.update", view_id=view.id, view=modal(section), hash=stale))[
            "error"
        ] == ("hash_conflict")
        await bot.call("views.update", view_id=view.id, view=modal(actions(button("More", "more"))))
        await slack.view_click("U0OLIVE", "More")
        pushed = await bot.call("views.push", trigger_id=bot.got[-1]["trigger_id"], view=modal(section))
        top = slack.view("U0OLIVE")
        assert (
            pushed["view"]["previous_view_id"] == view.id
            and top is not None
            and top.id == pushed["view"]["id"]
        )
        await slack.close_view("U0OLIVE")
        assert slack.view("U0OLIVE") is view and slack.breaches == []
        await slack.close_view("U0OLIVE")
        assert (await bot.call("views.update", view_id=view.id, view=modal(section)))["error"] == "not_found"

    async def test_the_home_tab_is_published_and_pressed(self, slack: Slack, bot: SmallBot) -> None:
        home = {"type": "home", "blocks": [actions(button("Send", "go"))]}

        async def publish(said: Json) -> None:
            await bot.call("views.publish", user_id=said["event"]["user"], view=home)

        bot.on["event_callback"] = publish
        slack.workspace.manifest = type(slack.workspace.manifest)({})
        await slack.open_home("U0OLIVE")
        shown = slack.home("U0OLIVE")
        assert shown is not None and shown.buttons() == ["Send"]
        await slack.view_click("U0OLIVE", "Send")
        assert bot.got[-1]["view"]["type"] == "home" and slack.breaches == []


class TestWire:
    async def test_the_same_bytes_can_be_sent_again(self, slack: Slack, bot: SmallBot) -> None:
        await slack.command("U0OLIVE", "help")
        again = await slack.replay()
        assert again.status_code == 200 and bot.got[0] == bot.got[1]
        assert (
            await slack.raw(b"payload=x", {"x-slack-request-timestamp": "1", "x-slack-signature": "v0=0"})
        ).text

    async def test_down_rate_limited_and_lost_answers(self, slack: Slack, bot: SmallBot) -> None:
        slack.faults.ratelimit("chat.postMessage", retry_after=7)
        limited = await bot.call("chat.postMessage", channel="C0SMS", text="x")
        assert (limited["status"], limited["headers"]["retry-after"], limited["error"]) == (
            429,
            "7",
            "ratelimited",
        )
        slack.faults.down = True
        assert (await bot.call("auth.test"))["status"] == 503
        slack.faults.clear()
        slack.faults.refuse("auth.test", "fatal_error")
        assert (await bot.call("auth.test"))["error"] == "fatal_error" and (await bot.call("auth.test"))["ok"]
        slack.faults.lose_answer("chat.postMessage")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await bot.call("chat.postMessage", channel="C0SMS", text="done")
        assert [m.read() for m in slack.messages("C0SMS")] == ["done"]
        slack.faults.down = "closed"
        with pytest.raises(aiohttp.ClientError):
            await bot.call("auth.test")
        assert slack.breaches == []

    async def test_a_held_call_goes_on_when_let_go(self, slack: Slack, bot: SmallBot) -> None:
        hold = slack.faults.hold("chat.postMessage")
        posting = asyncio.ensure_future(bot.call("chat.postMessage", channel="C0SMS", text="x"))
        await hold.reached.wait()
        assert slack.messages("C0SMS") == []
        hold.release()
        assert (await posting)["ok"] and len(slack.messages("C0SMS")) == 1

    async def test_it_stops_with_a_call_held_and_a_listener_that_never_answers(self) -> None:
        slack = Slack(patience=0.05)
        await slack.start()
        bot = SmallBot(slack)
        await bot.start()
        hold = slack.faults.hold("auth.test")
        calling = asyncio.ensure_future(bot.call("auth.test"))
        await hold.reached.wait()
        bot.on["command"] = never
        await slack.command("U0OLIVE", "help")
        await slack.stop()
        await asyncio.gather(calling, return_exceptions=True)
        await bot.stop()

    async def test_it_listens_on_loopback_only(self) -> None:
        with pytest.raises(ValueError, match=r"127\.0\.0\.1 only"):
            await Slack().start(host="0.0.0.0")


class TestSdk:
    async def test_slacks_own_client_is_understood(self, slack: Slack) -> None:
        from slack_sdk.web.async_client import AsyncWebClient

        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
            who = await client.auth_test()
            assert (who["user_id"], who["bot_id"]) == ("U0BOT", "B0BOT")
            assert who.headers["x-oauth-scopes"].startswith("commands,chat:write")
            guest = (await client.users_info(user="U0GUEST"))["user"]
            assert guest["is_restricted"] and guest["is_ultra_restricted"]
            alien = (await client.users_info(user="U0ALIEN"))["user"]
            assert alien["is_stranger"] and alien["team_id"] == "T0ELSEWHERE"
            shared = (await client.conversations_info(channel="C0SHARED"))["channel"]
            assert shared["is_ext_shared"] and shared["is_member"]
            assert not (await client.conversations_info(channel="C0RANDOM"))["channel"]["is_member"]
            posted = await client.chat_postMessage(channel="C0SMS", text="Hi")
            await client.chat_update(channel="C0SMS", ts=posted["ts"], text="Hello")
            link = await client.chat_getPermalink(channel="C0SMS", message_ts=posted["ts"])
            assert link["permalink"] and slack.messages("C0SMS")[0].read() == "Hello"
            assert (await client.conversations_open(users=["U0OLIVE"]))["channel"]["id"] == "D0OLIVE"
            await client.chat_delete(channel="C0SMS", ts=posted["ts"])
        assert slack.breaches == []
