"""Each fault strikes as ordered: the handsets and the log say what was done, whatever the answer says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from sandbox.whatcounts import WhatCountsEmulator
from sandbox.whatcounts.faults import FAULTS

ONE = "/rest/sms/sendMessageToPhone/Hi/2065550100/2065551212"
GROUP = "/rest/sms/sendMessageToSenderCode/welcome/2065551212/c?groupName=vip"


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


async def text(client: httpx.AsyncClient) -> httpx.Response:
    """A one-off send by the HTTP API."""
    form = {"r": "sandbox", "p": "opensesame", "c": "smssendmessagetophone", "phone": "2065550100"}
    return await client.post("/bin/api_web", data={**form, "sender_code": "12345", "message_text": "Hi"})


HANGING = ("timeout_before", "timeout_after", "stall")
LOST = ("close_before", "close_after", "reset_before", "reset_after", "truncate", "garbage")


@pytest.mark.parametrize("name", LOST)
async def test_an_answer_is_lost_with_its_connection(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, name: str
) -> None:
    emulator.faults.next(name)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await client.post(ONE)
    assert len(emulator.sent) == FAULTS[name].executed
    assert (emulator.requests[0].executed, emulator.requests[0].faults) == (FAULTS[name].executed, (name,))
    assert (await client.post(ONE)).status_code == 200


async def test_a_reset_is_a_reset_and_a_close_is_none(emulator: WhatCountsEmulator) -> None:
    for name, error in (("reset_after", ConnectionResetError), ("close_after", None)):
        emulator.faults.next(name)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(emulator.url.rpartition(":")[2]))
        writer.write(b"POST /bin/api_web?c=getsmsmessages HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        if error:
            with pytest.raises(error):
                await reader.read()
        else:
            assert await reader.read() == b""
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize("name", HANGING)
async def test_a_hanging_call_hangs_until_the_client_leaves(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, name: str
) -> None:
    emulator.faults.next(name)
    call = asyncio.create_task(client.post(ONE))
    await emulator.wait_for(lambda: emulator.requests and emulator.requests[0].faults)
    if FAULTS[name].executed:
        await emulator.wait_for(lambda: emulator.sent)
    assert not call.done()
    call.cancel()
    with suppress(asyncio.CancelledError):
        await call
    assert len(emulator.sent) == FAULTS[name].executed


async def test_stopping_ends_what_hangs_at_once(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.always("timeout_after")
    calls = [asyncio.create_task(client.post(ONE)) for _ in range(3)]
    await emulator.wait_for(lambda: len(emulator.sent) == 3)
    async with asyncio.timeout(8):
        await emulator.stop()
        ended = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, httpx.TransportError) for end in ended)


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("error_500", 500, "<!doctype html>"),
        ("error_502", 502, "<!doctype html>"),
        ("error_503", 503, "<!doctype html>"),
        ("error_504", 504, "<!doctype html>"),
        ("throttled_429", 429, "<!doctype html>"),
        ("redirect", 307, "<!doctype html>"),
        ("html_200", 200, "<!doctype html>"),
        ("empty_200", 200, ""),
        ("error_500_known", 500, '{"error":"Error getting sender with senderCode 2065551212 realmID: 10",'),
        ("error_500_unknown", 500, '{"error":"java.lang.NullPointerException'),
        ("error_in_200", 200, '{"error":"Error getting sender with senderCode 2065551212 realmID: 10",'),
        ("failure_with_colons", 500, '{"error":"Sender code: not enabled: contact support: code 17",'),
        ("password_echo", 500, '{"error":"Password (opensesame) doesn\\u0027t match entry'),
        ("unauthorized", 401, '{"error":"Unauthorized","status":"Unauthorized","statusCode":401}'),
    ],
)
async def test_a_wrong_answer_by_rest(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, name: str, status: int, words: str
) -> None:
    emulator.faults.next(name, operation="send")
    answer = await client.post(ONE)
    assert (answer.status_code, answer.text[: len(words)]) == (status, words)
    assert bool(answer.text) is bool(words)
    assert len(emulator.sent) == FAULTS[name].executed
    assert "opensesame" not in json.dumps(emulator.requests[0].shown())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unauthorized", "Invalid credentials"),
        (
            "password_echo",
            "FAILURE: Password (opensesame) doesn't match entry for API user credentials in database"
            " or 127.0.0.1 isn't an approved IP",
        ),
        ("failure_with_colons", "FAILURE: Sender code: not enabled: contact support: code 17"),
        ("error_500_known", "FAILURE: Error getting sender with senderCode 12345 realmID: 10"),
        ("empty_200", ""),
        ("bom", "\ufeffSUCCESS: Sending message to phone was successful"),
    ],
)
async def test_a_wrong_answer_by_the_http_api(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, name: str, words: str
) -> None:
    emulator.faults.next(name)
    answer = await text(client)
    assert (answer.status_code, answer.content.decode()) == (200, words)
    assert len(emulator.sent) == (FAULTS[name].executed or name == "bom")


async def test_whether_a_fault_strikes_after_the_work_may_be_said(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.next("error_503", executed=True)
    emulator.faults.next("error_502", executed=False)
    assert [(await client.post(ONE)).status_code for _ in range(3)] == [503, 502, 200]
    assert len(emulator.sent) == 2


async def test_a_redirect_leads_to_the_same_address(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.next("redirect")
    assert (await client.post(ONE)).headers["location"] == emulator.url + ONE
    emulator.faults.next("redirect", executed=True)
    assert (await client.post(ONE, follow_redirects=True)).status_code == 200
    assert len(emulator.sent) == 2


async def test_odd_forms_of_a_right_answer(emulator: WhatCountsEmulator, client: httpx.AsyncClient) -> None:
    for name in ("dto", "single_object", "keyed_list", "odd_dates", "invalid_json", "part_status_1"):
        emulator.faults.next(name)
        body = (await client.post(ONE)).text
        match name:
            case "dto":
                assert [list(item) for item in json.loads(body)] == [["dto"]]
            case "single_object":
                assert json.loads(body)["status"] == "0"
            case "keyed_list":
                assert len(json.loads(body)["messages"]) == 1
            case "odd_dates":
                assert "\u202f" in json.loads(body)[0]["createDate"]
            case "invalid_json":
                assert body.startswith('{ [{"success": true\n"createDate": ')
            case _:
                assert (json.loads(body)[0]["status"], json.loads(body)[0]["success"]) == ("1", False)
    assert len(emulator.sent) == 5


async def test_skip_may_be_ignored(emulator: WhatCountsEmulator, client: httpx.AsyncClient) -> None:
    emulator.faults.next("ignore_skip")
    await client.post(ONE)  # a fault of the list waits for the list
    first, second = [(await client.get("/rest/sms?skip=500")).json() for _ in range(2)]
    assert (len(first), second) == (8, [])


async def test_a_dropped_group_is_a_send_to_everyone(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.next("drop_group")
    assert "smsGroupId" not in (await client.post(GROUP)).json()
    assert len(emulator.sent) == 5


async def test_delays_come_before_or_after_the_work(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.next("delay_before", seconds=0.02)
    emulator.faults.next("delay_after", seconds=0.02)
    call = asyncio.create_task(client.post(ONE))
    kept = await emulator.wait_for(lambda: emulator.requests)
    assert emulator.sent == []
    await emulator.wait_for(lambda: emulator.sent)
    assert kept[0].status is None
    assert (await call).status_code == 200


async def test_a_fault_lasts_as_long_as_ordered_and_strikes_what_was_named(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.faults.next("error_503", times=2, operation="sendMessageToSenderCode")
    emulator.faults.always("error_504", operation="read")
    statuses = [(await client.post(GROUP)).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    assert [(await client.get("/rest/sms")).status_code for _ in range(3)] == [504] * 3
    assert (await client.post(ONE)).status_code == 200
    emulator.faults.clear("error_504")
    assert (await client.get("/rest/sms")).status_code == 200
    assert emulator.faults.active == []


async def test_a_fault_or_an_operation_that_there_is_not_cannot_be_ordered(
    emulator: WhatCountsEmulator,
) -> None:
    with pytest.raises(ValueError, match="perhaps timeout_after"):
        emulator.faults.next("time_out_after")
    with pytest.raises(ValueError, match="no operation is called 'sendMessage'"):
        emulator.faults.next("timeout_after", operation="sendMessage")


@pytest.mark.parametrize("name", FAULTS)
async def test_after_any_fault_the_next_call_is_well(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, name: str
) -> None:
    emulator.faults.next(name)
    for call in (client.get("/rest/sms"), client.post(ONE), client.post(GROUP)):
        with suppress(httpx.TransportError, TimeoutError):
            async with asyncio.timeout(0.05 if name in HANGING else 5):
                await call
    emulator.faults.clear()
    assert (await client.get("/rest/sms")).json()[0]["name"] == "welcome"
