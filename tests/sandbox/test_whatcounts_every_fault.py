"""Every fault at every operation: what is answered, and that the work was done exactly when it says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from sandbox.whatcounts import WhatCountsEmulator
from sandbox.whatcounts.commands import COMMANDS
from sandbox.whatcounts.faults import FAULTS
from sandbox.whatcounts.operations import OPERATIONS
from tests.sandbox.whatcounts_calls import HTTP, MAIN, REST, WRITES, good, left, rest

HANGING = ("timeout_before", "timeout_after", "stall")
OUTCOMES = [name for name, spec in FAULTS.items() if spec.stage == "outcome"]


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator(password="opensesame")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(emulator: WhatCountsEmulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=emulator.url, auth=("sandbox", "opensesame")) as open_client:
        yield open_client


def test_every_operation_but_the_lists_has_its_good_call() -> None:
    assert {*REST, *HTTP} == {*OPERATIONS, *COMMANDS} - {"messages", "getsmsmessages"}


@pytest.mark.parametrize("operation", [*REST, *HTTP])
async def test_an_outcome_fault_strikes_before_or_after_the_work_as_it_says(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, operation: str
) -> None:
    for name in OUTCOMES:
        emulator.reset()
        before = left(emulator)
        emulator.faults.next(name, operation=operation)
        call = asyncio.create_task(good(client, emulator, operation))
        if name in HANGING:
            await emulator.wait_for(lambda: emulator.requests and emulator.requests[0].faults)
            call.cancel()
        with suppress(httpx.TransportError, asyncio.CancelledError):
            await call
        assert (name, left(emulator) != before) == (name, FAULTS[name].executed)
        assert (emulator.requests[0].executed, emulator.requests[0].faults) == (
            FAULTS[name].executed,
            (name,),
        )


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("createMessage", "Message could not be saved"),
        ("addPhoneToSenderCode", "An SMS Subscription already exists"),
        ("addSubscriberToSenderCode", "An SMS Subscription already exists"),
        (
            "stopSubscriberSend",
            "An error occurred processing STOP sends for phone [12065550104] realmId [10]",
        ),
        ("sendMessageToSenderCode", "Message name Not Found."),
        ("createsmsmessage", "Message could not be saved"),
        ("addphonetosendercode", "An SMS Subscription already exists"),
        ("addsubscribertosendercode", "An SMS Subscription already exists"),
        (
            "smsstopsubscribersend",
            "An error occurred processing STOP sends for phone [12065550104] realmId [10]",
        ),
        ("smssendmessagetosendercode", "Message name Not Found."),
    ],
)
async def test_the_documented_words_are_those_of_the_operation(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, operation: str, words: str
) -> None:
    for fault in ("error_500_known", "error_in_200"):
        emulator.faults.next(fault)
        answer = await good(client, emulator, operation)
        if fault == "error_500_known" and operation in HTTP:
            assert answer.text == f"FAILURE: {words}"
        else:
            assert answer.json()["error"] == words
            assert answer.status_code == (500 if fault == "error_500_known" else 200)


@pytest.mark.parametrize("operation", WRITES)
async def test_odd_forms_of_a_right_answer_are_answers_to_work_that_was_done(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, operation: str
) -> None:
    for name in ("bom", "dto", "invalid_json", "odd_dates", "single_object", "keyed_list"):
        emulator.reset()
        before = left(emulator)
        emulator.faults.next(name)
        answer = await good(client, emulator, operation)
        assert answer.status_code == 200
        assert left(emulator) != before
        if operation in HTTP:
            assert answer.content.decode().lstrip("\ufeff").startswith("SUCCESS: ")
        elif name in ("dto", "odd_dates"):
            assert ("dto" in answer.json(), "\\u202f" in json.dumps(answer.json())) == (
                name == "dto",
                name == "odd_dates",
            )
        else:
            assert answer.content.startswith({"bom": b"\xef\xbb\xbf"}.get(name, b"{"))


async def test_an_error_may_come_without_commas_too_as_the_pages_print_it(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.always("invalid_json")
    emulator.faults.always("dto")
    answer = await rest(client, "sendMessageToSenderCode", "no such", MAIN, "June")
    assert answer.status_code == 500
    assert answer.text == (
        '{"error": "Message name Not Found."\n"status": "Internal Server Error"\n"statusCode": 500}'
    )


@pytest.mark.parametrize("operation", [name for name in WRITES if name.lower().startswith("add")])
async def test_a_dropped_group_is_a_subscription_without_one(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, operation: str
) -> None:
    emulator.faults.next("drop_group")
    answer = await good(client, emulator, operation)
    assert answer.status_code == 200
    assert "smsGroupId" not in answer.text and "groupName" not in answer.text
    assert len(emulator.realm.audience(5, None)) == 3
    assert emulator.realm.audience(5, 42) == []


async def test_a_fault_may_be_ordered_for_writes_alone(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.always("error_503", operation="write")
    for operation in (*REST, *HTTP):
        answer = await good(client, emulator, operation)
        assert (operation, answer.status_code) == (operation, 503 if operation in WRITES else 200)
    assert (await client.get("/rest/sms")).status_code == 200


@pytest.mark.parametrize("times", [0, -1, 1.5, True, "2"])
async def test_a_fault_is_counted_in_whole_times(emulator: WhatCountsEmulator, times: int) -> None:
    with pytest.raises(ValueError, match="at least once"):
        emulator.faults.next("bom", times=times)
    with pytest.raises(ValueError, match="no delay is negative"):
        emulator.faults.next("delay_before", seconds=float("nan"))
