"""What Slack is to post later: its limits, its errors, its list, and that it posts when the time comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack

START = 1_800_000_000.0
DAY = 86_400


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Slack]:
    started = Slack(now=lambda: START)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def schedule(client: AsyncWebClient, after: float, **more: Any) -> str:
    """Its id."""
    given = {"channel": "C0SMS", "text": "Later", "post_at": int(START + after)} | more
    return str((await client.chat_scheduleMessage(**given))["scheduled_message_id"])


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_it_is_posted_when_its_time_comes_and_not_before(slack: Slack, client: AsyncWebClient) -> None:
    root = slack.say("U0OLIVE", "Hello")
    await schedule(client, 300, thread_ts=root.ts, reply_broadcast=True)
    slack.pass_time(299)
    assert slack.replies(root) == []
    slack.pass_time(1)
    (posted,) = slack.replies(root)
    assert (posted.read(), posted.is_told) == ("Later", True)
    assert posted.to_dict()["subtype"] == "thread_broadcast"
    slack.pass_time(DAY)
    assert len(slack.replies(root)) == 1


@pytest.mark.parametrize(
    ("after", "said"), [(0, "time_in_past"), (-60, "time_in_past"), (120 * DAY + 1, "time_too_far")]
)
async def test_a_time_that_it_does_not_take(client: AsyncWebClient, after: float, said: str) -> None:
    assert await refusal(schedule(client, after)) == said


async def test_no_more_than_thirty_of_a_channel_in_five_minutes(client: AsyncWebClient) -> None:
    for n in range(30):
        await schedule(client, 1000 + n * 9)
    assert await refusal(schedule(client, 1000)) == "restricted_too_many"
    assert await refusal(schedule(client, 1000 + 299)) == "restricted_too_many"
    await schedule(client, 1000 + 300)
    await schedule(client, 1000, channel="D0OLIVE")


async def test_it_is_taken_away_until_a_minute_before(slack: Slack, client: AsyncWebClient) -> None:
    first, second = await schedule(client, 300), await schedule(client, 400)
    slack.pass_time(239)
    await client.chat_deleteScheduledMessage(channel="C0SMS", scheduled_message_id=first)
    again = client.chat_deleteScheduledMessage(channel="C0SMS", scheduled_message_id=first)
    assert await refusal(again) == "invalid_scheduled_message_id"
    slack.pass_time(101)
    late = client.chat_deleteScheduledMessage(channel="C0SMS", scheduled_message_id=second)
    assert await refusal(late) == "invalid_scheduled_message_id"
    slack.pass_time(60)
    assert [one.read() for one in slack.messages("C0SMS")] == ["Later"]


async def test_its_list_is_by_channel_and_time_and_page(client: AsyncWebClient) -> None:
    made = [await schedule(client, 1000 + n * 60) for n in range(3)]
    elsewhere = await schedule(client, 900, channel="D0OLIVE")

    async def listed(**where: Any) -> list[str]:
        answer = await client.chat_scheduledMessages_list(**where)
        return [one["id"] for one in answer["scheduled_messages"]]

    assert await listed() == [elsewhere, *made]
    assert await listed(channel="C0SMS") == made
    assert await listed(oldest=str(int(START) + 1060), latest=str(int(START) + 1060)) == [made[1]]
    page = await client.chat_scheduledMessages_list(channel="C0SMS", limit=2)
    cursor = page["response_metadata"]["next_cursor"]
    assert await listed(channel="C0SMS", limit=2, cursor=cursor) == [made[2]]
    assert await refusal(client.chat_scheduledMessages_list(channel="C0NONE")) == "invalid_channel"


async def test_where_the_bot_is_no_more_nothing_is_posted(slack: Slack, client: AsyncWebClient) -> None:
    await schedule(client, 300)
    slack.world.channel("C0SMS").is_archived = True
    slack.pass_time(301)
    assert slack.messages("C0SMS") == []
