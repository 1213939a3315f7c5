"""What an app learns about itself: the scopes it has, where it is a member, what time it is at Slack."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Channel, Slack
from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_bot import SmallBot

BOTH = "users.conversations?types=public_channel,private_channel"


@pytest.fixture
def private(slack: Slack) -> list[Channel]:
    """Two private channels, the bot in the first, and an archived one."""
    members = {"U0OLIVE", "U0BOT"}
    made = [
        Channel("G0OURS", "ours", members, is_private=True),
        Channel("G0THEIRS", "theirs", {"U0OLIVE"}, is_private=True),
        Channel("C0OLD", "old", members, is_archived=True),
    ]
    slack.world.channels.update({each.id: each for each in made})
    return made


async def test_the_scopes_are_those_of_the_manifest_and_come_with_each_answer(
    slack: Slack, bot: SmallBot, manifest: Manifest
) -> None:
    answer = await bot.call("auth.test")
    assert answer["headers"]["x-oauth-scopes"] == ",".join(manifest.scopes())
    assert slack.scopes == manifest.scopes()
    slack.revoke("groups:read", "users:read")
    answer = await bot.call("auth.test")
    assert answer["headers"]["x-oauth-scopes"] == "commands,chat:write,channels:read,usergroups:read"


async def test_every_answer_says_what_time_it_is_at_slack(slack: Slack, bot: SmallBot) -> None:
    slack.workspace.now = lambda: 1_800_000_000.9
    slack.faults.ratelimit("auth.test")
    slack.faults.refuse("auth.test", "fatal_error")
    answers = [await bot.call("auth.test") for _ in range(3)] + [await bot.call("no.such")]
    slack.faults.down = True
    answers.append(await bot.call("auth.test"))
    assert [each["status"] for each in answers] == [429, 200, 200, 200, 503]
    said = {parsedate_to_datetime(each["headers"]["date"]).timestamp() for each in answers}
    assert said == {1_800_000_000.0}


async def test_a_revoked_scope_is_missing_by_who_installed_the_app(slack: Slack, bot: SmallBot) -> None:
    slack.revoke("chat:write")
    answer = await bot.call("chat.postMessage", channel="C0SMS", text="x")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert answer["provided"] == "commands,users:read,channels:read,groups:read,usergroups:read"
    assert slack.breaches == []
    assert (await bot.call("users.conversations?types=im"))["needed"] == "im:read"
    assert slack.breaches == ["users.conversations: missing_scope (needs im:read)"]


async def test_the_bot_learns_where_it_is(slack: Slack, bot: SmallBot, private: list[Channel]) -> None:
    answer = await bot.call(BOTH)
    assert [each["id"] for each in answer["channels"]] == ["C0SMS", "C0SHARED", "G0OURS", "C0OLD"]
    assert answer["response_metadata"] == {"next_cursor": ""}
    assert not any("is_member" in each for each in answer["channels"])
    assert [each["is_private"] for each in answer["channels"]] == [False, False, True, False]
    public = await bot.call("users.conversations?exclude_archived=true")
    assert [each["id"] for each in public["channels"]] == ["C0SMS", "C0SHARED"]
    olive = await bot.call(BOTH + "&user=U0OLIVE&exclude_archived=true")
    assert [each["id"] for each in olive["channels"]] == ["C0SMS", "C0RANDOM", "C0SHARED", "G0OURS"]
    assert (await bot.call("users.conversations?user=U0NOBODY"))["error"] == "user_not_found"
    assert slack.breaches == []


async def test_a_long_list_comes_in_pages(slack: Slack, bot: SmallBot, private: list[Channel]) -> None:
    seen, cursor = [], ""
    for _ in range(2):
        page = await bot.call(f"{BOTH}&limit=3&cursor={cursor}")
        seen.append([each["id"] for each in page["channels"]])
        cursor = page["response_metadata"]["next_cursor"]
    assert seen == [["C0SMS", "C0SHARED", "G0OURS"], ["C0OLD"]] and cursor == ""


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=0", "invalid_limit"),
        ("limit=1000", "invalid_limit"),
        ("limit=all", "invalid_limit"),
        ("cursor=C0SMS", "invalid_cursor"),
        ("cursor=!", "invalid_cursor"),
        ("types=public", "invalid_types"),
    ],
)
async def test_a_wrong_question_is_refused(slack: Slack, bot: SmallBot, query: str, error: str) -> None:
    assert (await bot.call(f"users.conversations?{query}"))["error"] == error
    assert len(slack.breaches) == 1 and error in slack.breaches[0]


async def test_each_kind_of_channel_needs_its_scope(
    slack: Slack, bot: SmallBot, private: list[Channel]
) -> None:
    slack.revoke("groups:read")
    for call in (BOTH, "conversations.info?channel=G0OURS"):
        answer = await bot.call(call)
        assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")
    assert (await bot.call("conversations.info?channel=C0RANDOM"))["channel"]["is_member"] is False
    assert (await bot.call("conversations.info?channel=G0THEIRS"))["error"] == "channel_not_found"
    slack.revoke("channels:read")
    answer = await bot.call("conversations.info?channel=C0NONE")
    assert answer["needed"] == "channels:read,groups:read,mpim:read,im:read"
    assert slack.breaches == []


async def test_slacks_own_client_lists_them(slack: Slack, bot: SmallBot) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        kinds = ["public_channel", "private_channel"]
        answer = await client.users_conversations(types=kinds, exclude_archived=True, limit=200)
        assert [each["name"] for each in answer["channels"]] == ["sms", "partners"]
        assert answer.headers["Date"].endswith("GMT")
    assert slack.breaches == []


async def test_the_members_of_a_user_group_guests_among_them(slack: Slack, bot: SmallBot) -> None:
    answer = await bot.call("usergroups.users.list?usergroup=S0LEADS")
    assert answer["users"] == ["U0ANA", "U0GUEST"]
    slack.world.groups["S0LEADS"].users.append("U0OTTO")
    assert (await bot.call("usergroups.users.list?usergroup=S0LEADS"))["users"][-1] == "U0OTTO"
    assert slack.breaches == []


@pytest.mark.parametrize(
    ("query", "error", "is_breach"),
    [
        ("", "invalid_arguments", True),
        ("?usergroup=S0NONE", "no_such_subteam", False),
        ("?usergroup=S0GONE", "no_such_subteam", False),
    ],
)
async def test_a_user_group_that_is_not_there_or_disabled_and_a_wrong_question(
    slack: Slack, bot: SmallBot, query: str, error: str, is_breach: bool
) -> None:
    assert (await bot.call(f"usergroups.users.list{query}"))["error"] == error
    assert bool(slack.breaches) == is_breach


async def test_user_groups_want_their_scope_and_show_disabled_ones_to_who_asks(
    slack: Slack, bot: SmallBot
) -> None:
    asked = "usergroups.users.list?usergroup=S0GONE&include_disabled=true"
    assert (await bot.call(asked))["users"] == ["U0OTTO"]
    slack.revoke("usergroups:read")
    answer = await bot.call(asked)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "usergroups:read")
