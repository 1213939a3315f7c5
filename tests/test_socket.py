"""Socket Mode: the same app over a socket that it opens itself; what is done when that socket goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.sends import State
from sandbox.process import BotProcess
from sandbox.whole import sandbox
from tests.examined import examined
from tests.steps import press, scheduled_campaign, submit, submitted_text, typed
from tests.world import MAX, OLIVE, World, environment, open_socket_world, outside


@pytest_asyncio.fixture
async def over_socket(database_url: str) -> AsyncIterator[World]:
    async with open_socket_world(database_url) as world:
        yield world


@pytest_asyncio.fixture
async def over_sqlite(sqlite_url: str) -> AsyncIterator[World]:
    async with open_socket_world(sqlite_url) as world:
        yield world


async def ready(world: World) -> tuple[int, str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{world.port}/readyz")
    return answer.status_code, answer.text


async def test_a_text_goes_the_whole_way_and_no_request_comes_by_http(over_socket: World) -> None:
    world = over_socket
    world.slack.request_url = "http://127.0.0.1:9/nobody"
    await submitted_text(world)
    assert world.texts() == ["Hello"]
    assert await ready(world) == (200, "ready")


async def test_forms_searches_and_events_come_over_it_too(over_sqlite: World) -> None:
    world = over_sqlite
    await typed(world, "campaign Spring sale")
    found = await world.slack.search(OLIVE, "message", "spring")
    assert found
    view = await submit(world, {"group": "weekly"})
    assert view.closed
    assert (await world.slack.event("app_uninstalled")).ok
    assert "removed from Slack" in await typed(world, "status")


async def test_what_comes_again_does_nothing_again(over_sqlite: World) -> None:
    world = over_sqlite
    await typed(world, "send 2065550100 Hello")
    again = await world.slack.replay(1)
    assert "answered already" in again.text
    assert len(await world.rows()) == 1
    await world.slack.event("app_uninstalled")
    await typed(world, "unfreeze", MAX)
    assert (await world.slack.redeliver(n_back=2)).ok
    assert "not frozen" in await typed(world, "status")


async def test_who_may_not_is_refused_over_it_as_well(over_sqlite: World) -> None:
    assert "You may not use" in await typed(over_sqlite, "send 2065550100 Hello", "U0OTTO")


async def test_slack_renews_the_socket_and_nothing_is_missed(over_sqlite: World) -> None:
    world = over_sqlite
    card = await scheduled_campaign(world)
    await world.slack.sockets.refresh()
    await world.slack.wait_for(lambda: world.slack.sockets.opened == 2 and world.slack.sockets.count == 1)
    await press(world, card, "Cancel")
    await world.state(State.CANCELLED)
    assert await ready(world) == (200, "ready")


async def test_it_knows_that_it_is_deaf_and_hears_again(over_sqlite: World) -> None:
    world = over_sqlite
    world.slack.sockets.is_off = True
    await world.slack.sockets.cut()
    async with asyncio.timeout(10):
        while (said := await ready(world))[0] == 200:  # noqa: ASYNC110 - the bot looks at its socket now and then
            await asyncio.sleep(0.05)
    assert said[1].startswith("Slack's socket is closed, for ")
    world.slack.sockets.is_off = False
    await world.slack.wait_for(lambda: world.slack.sockets.count, timeout=40)
    assert "not frozen" in await typed(world, "status")


async def test_the_address_of_a_socket_is_in_no_log(
    over_sqlite: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world = over_sqlite
    await world.slack.sockets.refresh()
    await world.slack.wait_for(lambda: world.slack.sockets.opened == 2)
    await typed(world, "status")
    assert "ticket" not in caplog.text
    assert "xapp-" not in caplog.text


async def test_the_sandbox_runs_in_socket_mode_too() -> None:
    async with sandbox(socket=True) as running:
        assert running.slack.sockets.count == 1
        answer = await running.slack.command(OLIVE, "status")
        assert answer.shown
        assert "The scheduled sends are being watched." in answer.shown.read()


@pytest.mark.parametrize("is_right", [True, False])
async def test_the_doctor_says_whether_slack_would_open_one(sqlite_url: str, is_right: bool) -> None:
    async with outside(socket=True) as (slack, whatcounts):
        token = slack.sockets.app_token if is_right else "xapp-1-another"
        _, lines = await examined((slack, whatcounts), sqlite_url, SLACK_APP_TOKEN=token)
        slack.breaches.clear()  # that is what it was told
        assert slack.sockets.opened == 0
    (line,) = [one for one in lines if one.what == "socket"]
    assert line.mark == ("ok" if is_right else "FAIL")
    assert is_right or "connections:write" in str(line)


@pytest.mark.parametrize("token", ["another", "the bot's"])
async def test_a_token_that_opens_no_socket_stops_the_start_with_a_line(
    sqlite_url: str, tmp_path: Path, token: str
) -> None:
    async with outside(socket=True) as (slack, whatcounts):
        given = "xapp-1-another" if token == "another" else slack.bot_token
        values = environment(slack, whatcounts, sqlite_url) | {"SLACK_APP_TOKEN": given}
        bot = BotProcess(values, tmp_path / "bot.log")
        await bot.start()
        code = await bot.wait()
        line = bot.tail().splitlines()[-1]
        slack.breaches.clear()  # that is what it was told
    assert (code, line) == (
        (1, "smsops: SLACK_APP_TOKEN: Slack does not know it (invalid_auth).")
        if token == "another"
        else (2, "smsops: SLACK_APP_TOKEN: it does not begin with xapp-: copy the app-level token.")
    )


async def test_a_process_in_socket_mode_carries_a_text_and_stops_cleanly(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with outside(socket=True) as (slack, whatcounts):
        values = environment(slack, whatcounts, sqlite_url) | {
            "SLACK_APP_TOKEN": slack.sockets.app_token, "SMS_DELAY_SECONDS": "phone=0",
        }  # fmt: skip
        bot = BotProcess(values, tmp_path / "bot.log")
        await bot.start()
        await bot.wait_ready()
        await slack.command(OLIVE, "send 2065550100 Hello")
        card = await slack.wait_for(
            lambda: next((one for one in slack.messages("C0SMS") if "Send" in one.buttons()), None)
        )
        assert (await slack.click(OLIVE, card, "Send")).ok
        await whatcounts.wait_for(lambda: whatcounts.sent)
        assert await bot.terminate() == 0
        await slack.wait_for(lambda: slack.sockets.count == 0)
        assert "Submitted" in card.read()
        said = bot.tail(1000)
    assert [one.text for one in whatcounts.sent] == ["Hello"]
    assert "Traceback" not in said
    assert not [one for one in (slack.sockets.app_token, slack.bot_token, "ticket=") if one in said]
