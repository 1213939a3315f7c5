"""`python -m bot doctor` on Slack: the token, its scopes, the channels; and this machine's time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot.doctor import slack
from bot.doctor.account import login
from bot.doctor.line import Line
from bot.doctor.times import skew, time_lines
from bot.wiring import utc_now
from sandbox.process import free_port
from sandbox.slack import Channel
from tests.examined import Ends, between
from tests.world import SMS, outside

INVITE = "/invite @smsops"


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[Ends]:
    """Slack and WhatCounts, before the bot."""
    async with outside() as opened:
        yield opened


async def seen(ends: Ends, url: str, **settings: str) -> slack.Seen:
    async with between(ends, url, **settings) as bot:
        return await slack.token(bot)


async def channels(ends: Ends, url: str, **settings: str) -> list[Line]:
    async with between(ends, url, **settings) as bot:
        return await slack.channel_lines(bot, INVITE)


@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_token_that_slack_refuses_is_to_be_copied_anew(
    ends: Ends, sqlite_url: str, word: str
) -> None:
    ends[0].faults.refuse("auth.test", word)
    told = await seen(ends, sqlite_url)
    assert told.line.mark == "FAIL"
    assert f"refused the token ({word}). Set SLACK_BOT_TOKEN" in told.line.said
    assert ends[0].bot_token not in told.line.said
    assert told.skew is not None


async def test_a_slack_that_is_in_trouble_is_not_the_tokens_fault(ends: Ends, sqlite_url: str) -> None:
    ends[0].faults.down = True
    told = await seen(ends, sqlite_url)
    assert told.line.mark == "FAIL"
    assert "(its answer was 503)" in told.line.said
    assert "try again in a minute" in told.line.said
    assert "SLACK_BOT_TOKEN" not in told.line.said


async def test_a_slack_that_cannot_be_reached_names_the_setting(ends: Ends, sqlite_url: str) -> None:
    told = await seen(ends, sqlite_url, SLACK_API_URL=f"http://127.0.0.1:{free_port()}/api/")
    assert (told.line.mark, told.skew, told.scopes) == ("FAIL", None, None)
    assert "could not be reached (ClientConnectorError). Check SLACK_API_URL" in told.line.said


async def test_the_scopes_of_the_manifest_are_all_that_is_wanted(ends: Ends, sqlite_url: str) -> None:
    (line,) = slack.scope_lines((await seen(ends, sqlite_url)).scopes)
    assert str(line) == "ok   scopes: all that manifest.yml asks for."


async def test_a_missing_scope_is_named_with_its_cure(ends: Ends, sqlite_url: str) -> None:
    ends[0].revoke("groups:read", "chat:write")
    (line,) = slack.scope_lines((await seen(ends, sqlite_url)).scopes)
    assert line.mark == "FAIL"
    assert line.said.startswith("the token lacks chat:write, groups:read. Bring the app's page App Manifest")


async def test_a_scope_too_many_is_a_note(ends: Ends, sqlite_url: str) -> None:
    ends[0].workspace.scopes = (*ends[0].scopes, "reactions:read")
    first, second = slack.scope_lines((await seen(ends, sqlite_url)).scopes)
    assert (first.mark, second.mark) == ("ok", "note")
    assert "more than manifest.yml asks for: reactions:read" in second.said


@pytest.mark.parametrize("written", [None, b"", b"- a list", b"oauth_config: {scopes: {}}", b"a: [", b"\xff"])
def test_without_a_manifest_scopes_are_not_compared(tmp_path: Path, written: bytes | None) -> None:
    manifest = tmp_path / "manifest.yml"
    if written is not None:
        manifest.write_bytes(written)
    (line,) = slack.scope_lines("chat:write", manifest)
    assert (line.mark, line.said) == ("note", "not compared with manifest.yml: it cannot be read here.")


def test_the_manifest_lies_beside_the_code() -> None:
    assert yaml.safe_load(slack.MANIFEST.read_text())["display_information"]["name"] == "smsops"


async def test_where_it_shall_work_it_must_be_a_member(ends: Ends, sqlite_url: str) -> None:
    ends[0].world.channels["C0OLD"] = Channel("C0OLD", "old", {"U0BOT"}, is_archived=True)
    ends[0].world.channels["G0SECRET"] = Channel("G0SECRET", "secret", {"U0MAX"}, is_private=True)
    lines = await channels(ends, sqlite_url, SMS_CHANNELS="C0SMS,C0RANDOM,C0SHARED,C0OLD,G0SECRET,C0NONE")
    said = {line.said.split()[0 if line.mark == "FAIL" else -1]: line for line in lines}
    found = [str(line) for line in lines]
    assert [line.mark for line in lines].count("FAIL") == 5
    assert "ok   channels: a member of #sms." in found
    assert f"FAIL channels: it is no member of #random of SMS_CHANNELS. Type {INVITE} there." in found
    assert "FAIL channels: #old is archived. Take it out of SMS_CHANNELS, or unarchive it." in found
    assert said["#partners"].said.endswith("where no card is shown. Take it out of SMS_CHANNELS.")
    assert "it is private and without smsops" in said["G0SECRET"].said
    assert INVITE in said["C0NONE"].said


async def test_a_channel_that_the_token_may_not_see_wants_its_scope(ends: Ends, sqlite_url: str) -> None:
    ends[0].revoke("channels:read")
    (line,) = await channels(ends, sqlite_url, SMS_CHANNELS=SMS)
    assert line.mark == "FAIL"
    assert "C0SMS of SMS_CHANNELS: the token may not ask for it (missing_scope). Bring the app" in line.said


async def test_without_channels_set_it_counts_those_where_cards_can_be(ends: Ends, sqlite_url: str) -> None:
    (line,) = await channels(ends, sqlite_url)
    assert line.mark == "ok"
    assert line.said == "a member of 1 channel, and of 1 shared with another company, where no card is shown."


async def test_it_counts_over_all_pages(ends: Ends, sqlite_url: str) -> None:
    more = [Channel(f"C0MORE{n}", f"more-{n}", {"U0BOT"}) for n in range(slack.PAGE)]
    ends[0].world.channels.update({each.id: each for each in more})
    (line,) = await channels(ends, sqlite_url)
    assert line.said.startswith(f"a member of {slack.PAGE + 1} channels, ")
    assert len(ends[0].called("users.conversations")) == 2


async def test_in_no_channel_it_fails(ends: Ends, sqlite_url: str) -> None:
    for channel in (SMS, "C0SHARED"):
        ends[0].world.channels[channel].members.discard("U0BOT")
    (line,) = await channels(ends, sqlite_url)
    assert line.mark == "FAIL"
    assert line.said == f"it is a member of none. Type {INVITE} where the cards shall be."


async def test_channels_that_slack_does_not_list_are_a_failure(ends: Ends, sqlite_url: str) -> None:
    ends[0].revoke("groups:read")
    (line,) = await channels(ends, sqlite_url)
    assert line.mark == "FAIL"
    assert "those that it is in: the token may not ask for it (missing_scope)" in line.said


async def test_the_alarm_channel_is_looked_at_too(ends: Ends, sqlite_url: str) -> None:
    lines = await channels(ends, sqlite_url, SMS_CHANNELS=SMS, SMS_ALARM_CHANNEL="C0RANDOM")
    assert [line.mark for line in lines] == ["ok", "FAIL"]
    assert lines[1].said == f"it is no member of #random of SMS_ALARM_CHANNEL. Type {INVITE} there."


@pytest.mark.parametrize(
    ("ahead", "mark", "says"),
    [
        (0, "ok", "agrees with that of Slack and WhatCounts"),
        (-90, "note", "behind that of Slack"),
        (90, "note", "ahead of that of Slack"),
        (-900, "FAIL", "behind that of Slack"),
        (900, "FAIL", "every request of Slack's is refused"),
    ],
)
async def test_a_clock_that_is_wrong_is_told_by_the_answers(
    ends: Ends, sqlite_url: str, ahead: int, mark: str, says: str
) -> None:
    def now() -> datetime:
        return utc_now() + timedelta(seconds=ahead)

    async with between(ends, sqlite_url, now) as bot:
        skews = {"Slack": (await slack.token(bot)).skew, "WhatCounts": (await login(bot)).skew}
    lines = time_lines(skews)
    assert {line.mark for line in lines} == {mark}
    assert says in lines[0].said


def test_a_whatcounts_whose_clock_is_wrong_is_not_our_failure() -> None:
    (line,) = time_lines({"Slack": 1.0, "WhatCounts": 4000.0})
    assert line.mark == "note"
    assert line.said.endswith("whose own is wrong: Slack's agrees with ours.")
    (line,) = time_lines({"Slack": None, "WhatCounts": 4000.0})
    assert line.mark == "FAIL"


def test_without_a_date_nothing_is_said_of_the_time() -> None:
    (line,) = time_lines({"Slack": None, "WhatCounts": None})
    assert line.mark == "note"


def test_an_answer_that_took_long_is_no_skew() -> None:
    before = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
    after = before + timedelta(seconds=40)
    date = "Fri, 20 Nov 2026 12:00:30 GMT"
    assert skew(date, before, after) == 0
    assert skew(date, after, after) == -10
    assert skew(date.replace("GMT", "-0000"), before, before) == 30
    for unread in (None, "", "yesterday", "Fri, 99 Nov 2026 12:00:30 GMT"):
        assert skew(unread, before, after) is None
