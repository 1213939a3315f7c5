"""Stopping by REST, and what the pages misspell."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from sandbox.whatcounts import WhatCountsEmulator
from tests.sandbox.whatcounts_calls import EVE, MAIN, NEW, SHORT, good, left, rest

NOON = datetime(2018, 3, 16, 16, 10, 50, tzinfo=UTC)
WRITTEN = "Mar 16, 2018 9:10:50 AM"


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator()
    running.realm.now = lambda: NOON
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(emulator: WhatCountsEmulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=emulator.url, auth=("sandbox", emulator.password)) as open_client:
        yield open_client


async def refused(client: httpx.AsyncClient, name: str, *segments: str, **query: str) -> str:
    """The error of a call that is answered 500, with the three keys of every page."""
    answer = await rest(client, name, *segments, **query)
    said = answer.json()
    assert (answer.status_code, said["status"], said["statusCode"]) == (500, "Internal Server Error", 500)
    return str(said["error"])


async def test_a_stop_is_answered_as_its_page_shows_and_is_of_one_sender_code(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    answer = await rest(client, "stopSubscriberSend", "2065550100", MAIN)
    assert answer.json() == {
        "id": emulator.realm.last_id,
        "smsSubscriberId": emulator.realm.contacts["12065550100"].id,
        "smsSenderId": 3,
        "realmId": 10,
        "campaignId": 0,
        "phone": "12065550100",
        "createdDate": WRITTEN,
        "updatedDate": WRITTEN,
    }
    for sender in (MAIN, SHORT):
        await rest(client, "sendMessageToSenderCode", "welcome", sender, "June", groupName="vip")
        await rest(client, "sendMessageToPhone", "Hi", "2065550100", sender)
    assert {text.sender for text in emulator.sent if text.phone == "12065550100"} == {SHORT}


async def test_a_stop_of_the_whole_realm_is_a_habit(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.habits.set("stop_scope", "realm")
    await rest(client, "stopSubscriberSend", "2065550100", MAIN)
    await rest(client, "sendMessageToPhone", "Hi", "2065550100", SHORT)
    assert emulator.sent == []


async def test_stopping_who_is_not_on_the_sender_code_is_refused_in_the_words_of_the_page(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    words = "An error occurred processing STOP sends for phone [{}] realmId [10]"
    assert await refused(client, "stopSubscriberSend", EVE, SHORT) == words.format(f"1{EVE}")
    assert await refused(client, "stopSubscriberSend", NEW, MAIN) == words.format(f"1{NEW}")
    emulator.habits.set("stop_stranger", "taken")
    answer = await rest(client, "stopSubscriberSend", NEW, MAIN)
    assert (answer.json()["phone"], "smsSubscriberId" in answer.json()) == (f"1{NEW}", False)
    await rest(client, "sendMessageToPhone", "Hi", NEW, MAIN)
    assert emulator.sent == []


async def test_a_second_stop_makes_another_row_or_is_refused(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    first, second = [(await good(client, emulator, "stopSubscriberSend")).json() for _ in range(2)]
    assert first["id"] != second["id"]
    emulator.habits.set("second_stop", "refused")
    assert (await refused(client, "stopSubscriberSend", EVE, MAIN)).startswith("An error occurred processing")


async def test_subscribing_again_does_not_lift_an_opt_out(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.realm.opt_out(EVE, SHORT)
    assert (await good(client, emulator, "addPhoneToSenderCode")).status_code == 200
    assert emulator.realm.audience(5, 42) == []


@pytest.mark.parametrize(
    ("habit", "path"),
    [
        ("misspelt_stop", f"sms/stopSubcriberSend/{EVE}/{MAIN}"),
        ("overview_create", "create_message/Night/Text?label=info"),
    ],
)
async def test_what_the_pages_misspell_is_not_there_unless_that_habit_is_on(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, habit: str, path: str
) -> None:
    before = left(emulator)
    missing = await client.post(f"/rest/{path}")
    assert (missing.status_code, missing.text[:15], left(emulator)) == (404, "<!doctype html>", before)
    emulator.habits.set(habit, True)
    assert (await client.post(f"/rest/{path}")).status_code == 200
    assert left(emulator) != before
