"""What the page asks the sandbox's Slack for, and who may ask."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.slack import Slack
from tests.sandbox.slack_bot import Json, SmallBot, always

TEXT = {"type": "plain_text", "text": "Words"}
BUTTON = {"type": "button", "action_id": "go", "text": TEXT, "value": "S-1"}
ACTIONS = {"type": "actions", "block_id": "b", "elements": [BUTTON]}
SELECT = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
PICK = {"type": "input", "block_id": "pick", "label": TEXT, "element": SELECT}
FORM = {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": [PICK, ACTIONS]}


class Phones:
    """A panel that has one phone and remembers what was ordered."""

    def __init__(self) -> None:
        self.ordered: list[Json] = []

    def phones(self) -> Json:
        return {"12065550100": {"label": "Test", "texts": []}}

    def control(self) -> Json:
        return {"bot": "up", "faults": {}}

    async def act(self, action: Json) -> Json:
        self.ordered.append(action)
        return {"ok": True}


@pytest.fixture
def panel() -> Phones:
    """What stands beside Slack."""
    return Phones()


@pytest.fixture
async def slack(tmp_path: Path, panel: Phones) -> AsyncIterator[Slack]:
    """A Slack with a small page of its own."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<h1>Page</h1>")
    (tmp_path / "page" / "app.js").write_text("1")
    (tmp_path / "secret").write_text("secret")
    slack = Slack(page=tmp_path / "page", panel=panel)
    await slack.start()
    yield slack
    await slack.stop()


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[SmallBot]:
    """A bot that opens a form for every command."""
    bot = SmallBot(slack)
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
async def browser(slack: Slack) -> AsyncIterator[httpx.AsyncClient]:
    """What the page does its requests with."""
    async with httpx.AsyncClient(base_url=slack.url, headers={"Origin": slack.url}) as client:
        yield client


async def act(browser: httpx.AsyncClient, name: str, **body: Any) -> Json:
    answer = await browser.post(f"/sandbox/{name}", json=body)
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


async def state(browser: httpx.AsyncClient, user: str = "U0OLIVE") -> Json:
    found: Json = (await browser.get("/sandbox/state", params={"user": user})).json()
    return found


async def test_the_state_is_one_persons_screen(
    slack: Slack, bot: SmallBot, browser: httpx.AsyncClient
) -> None:
    await bot.call("chat.postMessage", channel="C0SMS", text="Hi", blocks=[ACTIONS])
    await bot.call("chat.postEphemeral", channel="C0SMS", user="U0OLIVE", text="Only you")
    olive, ana, guest = [await state(browser, user) for user in ("U0OLIVE", "U0ANA", "U0GUEST")]
    assert [m["text"] for m in olive["messages"]["C0SMS"]] == ["Hi", "Only you"]
    assert [m["is_ephemeral"] for m in olive["messages"]["C0SMS"]] == [False, True]
    assert [m["text"] for m in ana["messages"]["C0SMS"]] == ["Hi"]
    assert [c["id"] for c in guest["channels"]] == ["C0SMS", "D0GUEST"]
    assert {"id": "U0OLIVE", "name": "Olive Park", "role": "operator", "colour": "#2b7a4b"} in olive["people"]
    assert olive["commands"][0]["command"] == "/sms" and olive["phones"]["12065550100"]["label"] == "Test"
    assert olive["control"] == {"bot": "up", "faults": {}} and olive["home"] is None and olive["views"] == []


async def test_the_app_is_invited_into_a_channel(
    slack: Slack, bot: SmallBot, browser: httpx.AsyncClient
) -> None:
    random = {"user": "U0OLIVE", "channel": "C0RANDOM"}
    assert (await bot.call("chat.postMessage", channel="C0RANDOM", text="Hi"))["error"] == "not_in_channel"
    assert not (await act(browser, "command", **random, text="/invite @ana"))["ok"]
    assert await act(browser, "command", **random, text="/invite @smsops") == {"ok": True}
    assert (await bot.call("chat.postMessage", channel="C0RANDOM", text="Hi"))["ok"]
    assert not (await act(browser, "command", **random, text="/invite @smsops"))["ok"]
    known = {channel["id"]: channel for channel in (await state(browser))["channels"]}
    assert known["C0RANDOM"]["has_app"] and known["C0SHARED"]["is_ext_shared"]
    assert slack.breaches == []


async def test_a_form_is_opened_filled_in_and_submitted(
    slack: Slack, bot: SmallBot, browser: httpx.AsyncClient
) -> None:
    async def open_form(said: Json) -> None:
        await bot.call("views.open", trigger_id=said["trigger_id"], view=FORM)

    bot.on["command"] = open_form
    assert await act(browser, "command", user="U0OLIVE", channel="C0SMS", text="/sms campaign sale") == {
        "ok": True
    }
    assert bot.got[0]["text"] == "campaign sale"
    view = (await state(browser))["views"][0]
    where = {"user": "U0OLIVE", "view_id": view["id"]}
    pick = where | {"block_id": "pick", "action_id": "pick"}
    refused = await act(browser, "submit", **where)
    assert refused == {"ok": False, "notice": "Please complete this required field."}
    bot.on["block_suggestion"] = always(
        {"option_groups": [{"label": TEXT, "options": [{"text": TEXT, "value": "7"}]}]}
    )
    found = await act(browser, "options", **pick, query="w")
    assert found["ok"] and found["option_groups"][0]["options"][0]["value"] == "7"
    assert await act(browser, "value", **pick, value="7") == {"ok": True}
    assert (await state(browser))["views"][0]["values"]["pick"]["pick"]["selected_option"]["value"] == "7"
    await act(browser, "view_click", **where, block_id="b", action_id="go")
    assert bot.got[-1]["actions"][0]["value"] == "S-1"
    bot.on["view_submission"] = always({"response_action": "errors", "errors": {"pick": "Not that one."}})
    assert await act(browser, "submit", **where) == {"ok": True}
    assert (await state(browser))["views"][0]["errors"] == {"pick": "Not that one."}
    assert await act(browser, "close", **where) == {"ok": True}
    assert (await state(browser))["views"] == []
    assert await act(browser, "close", **where) == {"ok": False, "notice": "That window is no longer open."}
    assert slack.breaches == []


async def test_a_button_is_pressed_and_a_message_written(
    slack: Slack, bot: SmallBot, browser: httpx.AsyncClient
) -> None:
    posted = await bot.call("chat.postMessage", channel="C0SMS", text="Hi", blocks=[ACTIONS])
    where = {"user": "U0ANA", "channel": "C0SMS", "ts": posted["ts"], "block_id": "b"}
    assert await act(browser, "click", **where, action_id="go") == {"ok": True}
    assert bot.got[-1]["user"]["id"] == "U0ANA"
    assert not (await act(browser, "click", **where, action_id="gone"))["ok"]
    assert await act(browser, "command", user="U0ANA", channel="C0SMS", text="Thanks") == {"ok": True}
    assert slack.messages("C0SMS")[-1].read() == "Thanks" and len(bot.got) == 1


async def test_a_button_is_pressed_on_a_screen_that_missed_the_last_edit(
    slack: Slack, bot: SmallBot, browser: httpx.AsyncClient
) -> None:
    posted = await bot.call("chat.postMessage", channel="C0SMS", text="Hi", blocks=[ACTIONS])
    newer = ACTIONS | {"block_id": "b2"}
    await bot.call("chat.update", channel="C0SMS", ts=posted["ts"], text="Hello", blocks=[newer])
    where = {"user": "U0ANA", "channel": "C0SMS", "ts": posted["ts"], "action_id": "go"}
    assert await act(browser, "click", **where, block_id="b") == {"ok": True}
    assert (bot.got[-1]["actions"][0]["block_id"], bot.got[-1]["message"]["text"]) == ("b", "Hi")
    assert await act(browser, "click", **where, block_id="b2") == {"ok": True}
    assert (bot.got[-1]["actions"][0]["block_id"], bot.got[-1]["message"]["text"]) == ("b2", "Hello")


async def test_what_slack_would_say_comes_as_a_notice(bot: SmallBot, browser: httpx.AsyncClient) -> None:
    wrong = await act(browser, "command", user="U0ANA", channel="C0SMS", text="/smsx help")
    assert wrong == {"ok": False, "notice": "/smsx is not a valid command."}
    threaded = await act(browser, "command", user="U0ANA", channel="C0SMS", text="/sms help", thread_ts="1.2")
    assert "not supported in threads" in threaded["notice"]
    await bot.stop()
    dead = await act(browser, "command", user="U0ANA", channel="C0SMS", text="/sms help")
    assert dead == {"ok": False, "notice": '/sms failed with the error "dispatch_failed"'}


async def test_a_body_that_lacks_something_is_refused_and_crashes_nothing(browser: httpx.AsyncClient) -> None:
    acts = ("command", "click", "view_click", "value", "options", "submit", "close", "home")
    assert not any([(await act(browser, name))["ok"] for name in acts])
    assert (await browser.post("/sandbox/click", content=b"[")).status_code == 400


async def test_the_panel_is_asked(panel: Phones, browser: httpx.AsyncClient) -> None:
    assert await act(browser, "control", action="kill_bot") == {"ok": True}
    assert panel.ordered == [{"action": "kill_bot"}]


async def test_every_change_is_told(slack: Slack, browser: httpx.AsyncClient) -> None:
    async with browser.stream("GET", "/sandbox/events") as stream:
        lines = stream.aiter_lines()
        first = json.loads((await anext(lines)).removeprefix("data: "))["n"]
        slack.changed()
        await anext(lines)
        assert json.loads((await anext(lines)).removeprefix("data: "))["n"] == first + 1


async def test_it_stops_while_a_page_listens(tmp_path: Path) -> None:
    slack = Slack(page=tmp_path)
    await slack.start()
    async with (
        httpx.AsyncClient(base_url=slack.url) as client,
        client.stream("GET", "/sandbox/events") as stream,
    ):
        await anext(stream.aiter_lines())
        await slack.stop()


async def test_the_pages_files_are_served_and_no_others(browser: httpx.AsyncClient) -> None:
    index = await browser.get("/")
    assert index.text == "<h1>Page</h1>" and "default-src 'self'" in index.headers["content-security-policy"]
    assert (await browser.get("/page/app.js")).headers["content-type"].startswith("text/javascript")
    assert (await browser.get("/page/%2e%2e/secret")).status_code == 404
    assert (await browser.get("/page/none.js")).status_code == 404


STRANGERS = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1:1"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", STRANGERS, ids=str)
async def test_another_site_in_the_browser_is_refused(
    slack: Slack, panel: Phones, headers: dict[str, str]
) -> None:
    async with httpx.AsyncClient(base_url=slack.url, headers=headers) as client:
        assert (await client.post("/sandbox/control", json={"action": "kill_bot"})).status_code == 403
        assert (await client.get("/sandbox/state")).status_code == 403
        assert (await client.get("/")).status_code == 403
    assert panel.ordered == []
