"""The sandbox's Slack tells events as Slack does and brings them again; it is uninstalled, and unplugged."""

from __future__ import annotations

import aiohttp
import pytest
from starlette.responses import Response

from sandbox.slack import Slack
from sandbox.slack.manifest import Manifest
from sandbox.slack.sending import signature
from tests.sandbox.slack_bot import Json, SmallBot, always


@pytest.fixture
def manifest() -> Manifest:
    """An app that hears when it is gone."""
    events = {"bot_events": ["app_uninstalled", "tokens_revoked"]}
    scopes = {"bot": ["commands", "chat:write"]}
    return Manifest({"settings": {"event_subscriptions": events}, "oauth_config": {"scopes": scopes}})


async def test_an_event_lies_in_its_envelope_and_has_an_id_of_its_own(slack: Slack, bot: SmallBot) -> None:
    assert (await slack.event("app_uninstalled")).ok
    assert (await slack.event("app_uninstalled")).ok
    first, second = bot.got
    assert first["type"] == "event_callback"
    assert first["event"] == {"type": "app_uninstalled"}
    assert {"token", "team_id", "api_app_id", "event_id", "event_time"} <= first.keys()
    assert first["event_id"] != second["event_id"]


async def test_an_event_that_comes_again_is_the_same_with_slacks_headers_and_signed(
    slack: Slack, bot: SmallBot
) -> None:
    await slack.event("tokens_revoked", tokens={"bot": ["U0BOT"]})
    assert (await slack.redeliver(2, "http_error")).ok
    first, again = slack.sent()
    assert bot.got == [bot.got[0]] * 2
    assert again.body == first.body
    assert again.headers["X-Slack-Retry-Num"] == "2"
    assert again.headers["X-Slack-Retry-Reason"] == "http_error"
    stamp = again.headers["X-Slack-Request-Timestamp"]
    assert again.headers["X-Slack-Signature"] == signature(slack.signing_secret, stamp, again.body)


async def test_a_payload_signed_anew_is_the_same_payload(slack: Slack, bot: SmallBot) -> None:
    await slack.command("U0OLIVE", "help")
    (first,) = slack.sent()
    assert await slack.again(first, signed_anew=True) == 200
    assert await slack.again(first) == 200
    assert bot.got == [bot.got[0]] * 3
    assert slack.sent()[1].headers["X-Slack-Signature"] != first.headers["X-Slack-Signature"]


async def test_an_event_that_is_not_answered_with_200_is_a_breach(slack: Slack, bot: SmallBot) -> None:
    bot.on["event_callback"] = always(Response("", 503))
    await slack.event("app_uninstalled")
    assert slack.breaches == ["answer to app_uninstalled: answered HTTP 503, not 200"]


async def test_who_is_not_subscribed_hears_nothing(slack: Slack, bot: SmallBot) -> None:
    assert (await slack.event("team_join")).status == 0
    assert bot.got == []


@pytest.mark.parametrize("as_json", [False, True])
async def test_an_address_is_verified_by_its_challenge(slack: Slack, bot: SmallBot, as_json: bool) -> None:
    async def says_it(said: Json) -> Json | str:
        return {"challenge": said["challenge"]} if as_json else str(said["challenge"])

    assert not await slack.verify_url()  # an empty 200 says nothing
    bot.on["url_verification"] = says_it
    assert await slack.verify_url()


@pytest.mark.parametrize("token_first", [False, True])
async def test_an_app_that_is_uninstalled_hears_it_and_its_token_is_no_more(
    slack: Slack, bot: SmallBot, token_first: bool
) -> None:
    await slack.uninstall(token_first=token_first)
    heard = [one["event"]["type"] for one in bot.got]
    assert heard == ["app_uninstalled", "tokens_revoked"][:: -1 if token_first else 1]
    assert (await bot.call("auth.test"))["error"] == "account_inactive"
    slack.install()
    assert (await bot.call("auth.test"))["ok"]


async def test_a_slack_that_is_unplugged_refuses_connections_until_it_is_plugged_in(
    slack: Slack, bot: SmallBot
) -> None:
    slack.unplug()
    with pytest.raises(aiohttp.ClientConnectorError):
        await bot.call("auth.test")
    await slack.plug_in()
    assert (await bot.call("auth.test"))["ok"]


async def test_a_call_whose_answer_was_lost_is_marked(slack: Slack, bot: SmallBot) -> None:
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await bot.call("chat.postMessage", channel="C0SMS", text="Hello")
    await bot.call("chat.postMessage", channel="C0SMS", text="Hello")
    assert [one.lost for one in slack.called("chat.postMessage")] == [True, False]
