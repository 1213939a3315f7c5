"""The answer for a phone that opted out is not documented: each of four is survived, and none is a text."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import BotError
from bot.whatcounts import WhatCounts
from sandbox.whatcounts import WhatCountsEmulator

FINN, MAIN = "12065550105", "2065551212"  # has opted out, of the sample account's main line


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator()
    await running.start()
    yield running
    await running.stop()


async def outcome(emulator: WhatCountsEmulator, text_api: str) -> str:
    client = WhatCounts(
        url=emulator.url,
        realm="sandbox",
        password=emulator.password,
        text_api="rest" if text_api == "rest" else "http",
    )
    try:
        return f"taken, {(await client.send_to_phone(FINN, MAIN, 'Hello')).status}"
    except BotError as error:
        return type(error).__name__
    finally:
        await client.aclose()


@pytest.mark.parametrize(
    ("habit", "http", "rest"),
    [
        ("500", "Refused", "Uncertain"),
        ("success_false", "Refused", "Uncertain"),
        ("empty_array", "Uncertain", "Uncertain"),
        ("silent_ok", "taken, success", "taken, 0"),
    ],
)
async def test_every_answer_for_an_opted_out_phone_is_survived(
    emulator: WhatCountsEmulator, habit: str, http: str, rest: str
) -> None:
    emulator.habits.set("opted_out", habit)
    assert (await outcome(emulator, "http"), await outcome(emulator, "rest")) == (http, rest)
    assert [request.operation for request in emulator.requests] == [
        "smssendmessagetophone",
        "sendMessageToPhone",
    ]
    assert emulator.sent == []
