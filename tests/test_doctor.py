"""`python -m bot doctor`: a whole run, and what it says of settings, database, WhatCounts and clock."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from sqlalchemy import text

from bot.database import Database
from bot.doctor import here
from bot.doctor.account import Asked, login
from bot.doctor.line import Line
from bot.scheduler import Clock
from bot.wiring import Pulse
from sandbox.process import free_port
from tests.examined import Ends, between, examined, marks
from tests.world import OLIVE, SMS, inside, outside


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[Ends]:
    """Slack and WhatCounts, before the bot."""
    async with outside() as opened:
        yield opened


IN_ORDER = [
    "ok settings", "ok database", "ok Slack", "ok scopes", "ok channels",
    "note signing secret", "ok WhatCounts", "ok time", "ok clock",
]  # fmt: skip


async def test_where_all_is_in_order_each_line_says_so_and_the_code_is_0(
    ends: Ends, database_url: str
) -> None:
    code, lines = await examined(ends, database_url, SMS_CHANNELS=SMS)
    assert (code, marks(lines)) == (0, IN_ORDER)
    said = [str(line) for line in lines]
    assert said[2] == "ok   Slack: the token is that of @smsops in the workspace Sandbox."
    assert said[6] == "ok   WhatCounts: it answers and takes the login; 8 stored messages."
    assert all("\n" not in line for line in said)
    assert (ends[1].sent, ends[0].called("chat.postMessage")) == ([], [])
    assert [each.operation for each in ends[1].requests] == ["messages", "getsmsmessages"]


async def test_a_failure_does_not_end_it_and_makes_the_code_1(ends: Ends, tmp_path: Path) -> None:
    ends[0].faults.refuse("auth.test", "token_revoked")
    code, lines = await examined(
        ends, f"sqlite:///{tmp_path / 'none.db'}", WHATCOUNTS_PASSWORD="an-odd-one", live_encoding=True
    )
    assert code == 1
    assert marks(lines) == [
        "ok settings", "FAIL database", "FAIL Slack", "note scopes, channels",
        "note signing secret", "FAIL WhatCounts", "ok time", "ok clock", "FAIL encoding",
    ]  # fmt: skip
    assert lines[-1].said.startswith("not tried before database and WhatCounts are in order")
    assert {each.operation for each in ends[1].requests} <= {"", "messages", "getsmsmessages"}
    assert not any("an-odd-one" in line.said for line in lines)


async def test_a_wrong_setting_is_all_it_says_and_the_code_is_2(ends: Ends, sqlite_url: str) -> None:
    code, lines = await examined(ends, sqlite_url, SMS_TIMEZONE="Mars/Base")
    (line,) = lines
    assert code == 2
    assert str(line).startswith("FAIL settings: SMS_TIMEZONE: ")
    assert (ends[0].calls, ends[1].requests) == ([], [])


async def test_what_the_settings_would_seed_is_not_missing(ends: Ends, database_url: str) -> None:
    async with between(ends, database_url) as bot:
        assert await here.registry_lines(bot) == []
        await bot.register.refresh()
        assert bot.registry.senders == []  # the doctor seeds nothing


async def test_what_came_after_the_seed_is_named(ends: Ends, database_url: str) -> None:
    async with between(ends, database_url) as bot:
        await bot.register.open(bot.settings, bot.now())
    async with between(ends, database_url, SMS_GROUPS="weekly,autumn", SMS_SENDERS="2065551212") as bot:
        (line,) = await here.registry_lines(bot)
    assert line.mark == "note"
    assert "not registered: SMS_GROUPS: autumn." in line.said
    assert "/sms groups" in line.said


async def database_line(url: str) -> Line:
    database = Database(url)
    try:
        return await here.database_line(database)
    finally:
        await database.close()


async def test_a_database_that_was_not_migrated_fails_and_is_not_migrated(bare_database_url: str) -> None:
    for _ in range(2):
        line = await database_line(bare_database_url)
        assert line.mark == "FAIL"
        assert line.said.endswith("Run `python -m bot migrate`.")


async def test_a_database_of_another_version_fails(ends: Ends, database_url: str) -> None:
    async with between(ends, database_url) as bot:
        await bot.database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0000'")))
        line = await here.database_line(bot.database)
    assert line.mark == "FAIL"
    assert "has not the tables of this version" in line.said


async def test_a_database_of_a_newer_version_is_noted_and_not_to_be_migrated(
    ends: Ends, database_url: str
) -> None:
    async with between(ends, database_url) as bot:
        await bot.database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
        line = await here.database_line(bot.database)
    assert line.mark == "note"
    assert "newer version of smsops (step 9999, here " in line.said
    assert "migrate" not in line.said


async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    line = await database_line(f"sqlite:///{tmp_path / 'none.db'}")
    assert (line.mark, os.listdir(tmp_path)) == ("FAIL", [])
    assert "the file none.db of DATABASE_URL is not there" in line.said


async def test_a_database_that_is_away_is_said_so_without_its_password() -> None:
    line = await database_line("postgresql+psycopg://somebody:pass-word@127.0.0.1:1/sms")
    assert line.mark == "FAIL"
    assert "Check DATABASE_URL" in line.said
    assert "pass-word" not in line.said


async def test_a_bot_that_serves_on_the_same_file_goes_on(ends: Ends, sqlite_url: str) -> None:
    async with inside(*ends, sqlite_url) as world:
        async with asyncio.timeout(10):
            await world.bot.workspace.known.wait()
        code, lines = await examined(ends, sqlite_url)
        assert (code, marks(lines)) == (0, IN_ORDER)
        await world.draft_text("Still here")
        assert (await ends[0].command(OLIVE, "status")).ok


async def test_a_folder_that_is_not_there_is_to_be_made_before_migrating(tmp_path: Path) -> None:
    line = await database_line(f"sqlite:///{tmp_path / 'away' / 'none.db'}")
    assert line.mark == "FAIL"
    assert "the folder of the file none.db of DATABASE_URL is not there. Make it" in line.said


async def asked_of(ends: Ends, url: str, **settings: str) -> Asked:
    async with between(ends, url, **settings) as bot:
        return await login(bot)


async def test_a_wrong_password_says_both_causes(ends: Ends, sqlite_url: str) -> None:
    asked = await asked_of(ends, sqlite_url, WHATCOUNTS_PASSWORD="a-wrong-one")
    (line,) = asked.lines
    assert line.mark == "FAIL"
    assert "password is wrong, or this machine's IP address" in line.said
    assert "a-wrong-one" not in line.said
    assert asked.skew is not None  # who refuses says what time it is, too


async def test_a_wrong_realm_is_named_by_the_api_that_tells(ends: Ends, sqlite_url: str) -> None:
    asked = await asked_of(ends, sqlite_url, WHATCOUNTS_REALM="another")
    assert [line.mark for line in asked.lines] == ["FAIL", "FAIL"]
    assert asked.lines[1].said.endswith("does not know this realm. An admin must check WHATCOUNTS_REALM.")


async def test_an_address_where_nobody_is_names_the_setting_and_the_reason(
    ends: Ends, sqlite_url: str
) -> None:
    asked = await asked_of(ends, sqlite_url, WHATCOUNTS_URL=f"http://127.0.0.1:{free_port()}")
    (line,) = asked.lines
    assert (line.mark, asked.skew) == ("FAIL", None)
    assert line.said.startswith("WhatCounts could not be reached. The system says: ")
    assert "refused" in line.said
    assert "Check WHATCOUNTS_URL" in line.said


async def test_a_list_that_rest_does_not_give_fails_though_the_http_api_has_it(
    ends: Ends, sqlite_url: str
) -> None:
    for fault in ("html_200", "empty_200", "invalid_json", "error_503", "throttled_429"):
        ends[1].faults.always(fault, operation="messages")
        rest, http = (await asked_of(ends, sqlite_url)).lines
        assert (fault, rest.mark, http.mark) == (fault, "FAIL", "ok")
        assert rest.said.startswith("REST, by which campaigns go: ")
        assert "Try again in a minute" in rest.said
        assert "<" not in rest.said
        ends[1].faults.clear()


async def test_an_http_api_that_is_closed_to_us_fails_though_rest_is_well(
    ends: Ends, sqlite_url: str
) -> None:
    ends[1].faults.always("unauthorized", operation="getsmsmessages")
    rest, http = (await asked_of(ends, sqlite_url)).lines
    assert (rest.mark, http.mark) == ("ok", "FAIL")
    assert http.said.startswith("the HTTP API, by which texts go: WhatCounts refused the login")
    _, http = (await asked_of(ends, sqlite_url, WHATCOUNTS_TEXT_API="rest")).lines
    assert http.said.startswith("the HTTP API, by which texts that no REST address carries go: ")


async def test_a_clock_that_was_stopped_fails() -> None:
    wake = asyncio.Event()
    clock = Clock(wake, Pulse())
    clock.start()
    clock.stop()
    line = await here.tick_line(wake, seconds=0.05)
    assert line.mark == "FAIL"
    assert line.said.startswith("it did not tick in 0.05 seconds")
