"""The page's panel: handsets, the bot's life, faults; each order is carried out or refused with a reason."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.panel import Panel
from sandbox.slack import Slack
from sandbox.whatcounts import WhatCountsEmulator
from tests.sandbox.test_process import stand_in


@pytest.fixture
async def panel(tmp_path: Path) -> AsyncIterator[Panel]:
    """A panel over the two ends and a stand-in for the bot, all running."""
    slack, whatcounts, bot = Slack(), WhatCountsEmulator(), stand_in(tmp_path)
    await slack.start()
    await whatcounts.start()
    await bot.start()
    await bot.wait_ready()
    yield Panel(slack, whatcounts, bot)
    if bot.alive:
        await bot.kill()
    await whatcounts.stop()
    await slack.stop()


async def send(panel: Panel) -> httpx.Response:
    """A text to Ava's handset, as the bot sends it."""
    emulator = panel._whatcounts
    form = {
        "r": emulator.realm.name,
        "p": emulator.password,
        "c": "smssendmessagetophone",
        "sender_code": "2065551212",
        "phone": "12065550100",
        "message_text": "Hello",
    }
    async with httpx.AsyncClient(trust_env=False, timeout=3) as client:
        return await client.post(f"{emulator.url}/bin/api_web", data=form)


async def test_a_handset_shows_what_it_received(panel: Panel) -> None:
    await send(panel)
    phones = panel.phones()
    ava = phones["12065550100"]
    assert ava["label"] == "Ava"
    assert [(text["sender"], text["text"]) for text in ava["texts"]] == [("2065551212", "Hello")]
    assert phones["12065550101"]["texts"] == []


async def test_the_bot_is_killed_and_started_again(panel: Panel) -> None:
    assert panel.control()["bot"] == "up"
    assert await panel.act({"action": "kill_bot"}) == {"ok": True}
    assert panel.control()["bot"] == "down"
    assert panel._bot.returncode == -signal.SIGKILL
    assert await panel.act({"action": "start_bot"}) == {"ok": True}
    assert panel.control()["bot"] == "up"
    assert "starting" in panel.control()["log"]
    refused = await panel.act({"action": "start_bot"})
    assert refused == {"ok": False, "notice": "the bot is running already"}


async def test_faults_are_ordered_shown_and_taken_back(panel: Panel) -> None:
    await panel.act({"action": "whatcounts", "fault": "error_500", "times": 2})
    await panel.act({"action": "whatcounts", "fault": "unauthorized"})
    await panel.act({"action": "slack_down", "on": True})
    control = panel.control()
    assert (control["faults"], control["slack_down"]) == ({"error_500": 2, "unauthorized": True}, True)
    await panel.act({"action": "reset_faults"})
    assert (panel.control()["faults"], panel.control()["slack_down"]) == ({}, False)


async def test_a_time_out_ordered_for_the_next_send_waits_for_a_send(panel: Panel) -> None:
    await panel.act({"action": "whatcounts", "fault": "timeout_after", "times": 1})
    emulator = panel._whatcounts
    async with httpx.AsyncClient(trust_env=False, auth=(emulator.realm.name, emulator.password)) as client:
        assert (await client.get(f"{emulator.url}/rest/sms")).status_code == 200
    assert panel.control()["faults"] == {"timeout_after": 1}
    with pytest.raises(httpx.ReadTimeout):
        await send(panel)
    assert panel.control()["faults"] == {}


@pytest.mark.parametrize(
    "order",
    [{}, {"action": "format_disk"}, {"action": "slack_down"}, {"action": "whatcounts", "fault": "no such"}],
)
async def test_a_senseless_order_is_refused_with_a_reason(panel: Panel, order: dict[str, object]) -> None:
    answer = await panel.act(order)
    assert answer["ok"] is False
    assert answer["notice"]
