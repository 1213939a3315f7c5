"""What may have left and what cannot have: faults of the connection, time-outs, and cancelling."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.errors import Unavailable, Uncertain
from bot.pace import NoTurn
from bot.settings import Rate
from bot.whatcounts import Limits, Submitted, TooLate, WhatCounts, may_leave
from tests.whatcounts.conftest import PASSWORD, REALM, Make
from tests.whatcounts.loopback import Cut, Hang, HangAfter, Loopback, Reply, Reset, Step, answer, html, text

Send = Callable[[WhatCounts], Awaitable[Submitted]]

NOTHING_LEFT = "WhatCounts could not be reached."
SUCCESS = text("SUCCESS: Sending message to phone was successful")


async def send_to_group(client: WhatCounts) -> Submitted:
    return await client.send_to_group("sale", "2065551212", "weekly", "Sale")


async def send_to_group_by_form(client: WhatCounts) -> Submitted:
    return await client.send_to_group_by_form("sale", "2065551212", "weekly", "Sale")


async def send_to_phone(client: WhatCounts) -> Submitted:
    return await client.send_to_phone("12065550100", "2065551212", "Hello")


@pytest.fixture(params=[send_to_group, send_to_group_by_form, send_to_phone])
def send(request: pytest.FixtureRequest) -> Send:
    how: Send = request.param
    return how


@pytest.fixture
async def silent() -> AsyncIterator[str]:
    """An https address whose server takes connections and never says a word: TLS does not come about."""
    released = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    released.set()
    server.close()


async def test_nobody_listening_is_unavailable(make: Make, send: Send) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = make(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(Unavailable, match=NOTHING_LEFT):
            await send(client)
        with pytest.raises(Unavailable, match=NOTHING_LEFT):
            await client.messages()


async def test_an_unknown_host_is_unavailable(make: Make, send: Send) -> None:
    with pytest.raises(Unavailable, match=NOTHING_LEFT):
        await send(make(url="http://whatcounts.invalid"))


@pytest.mark.parametrize("limits", [Limits(connect=0.1), Limits(whole=0.1)], ids=["connect", "deadline"])
async def test_no_connection_in_time_is_unavailable(
    make: Make, silent: str, send: Send, limits: Limits
) -> None:
    client = make(url=silent, limits=limits)
    with pytest.raises(Unavailable, match=NOTHING_LEFT):
        await send(client)
    with pytest.raises(Unavailable, match=NOTHING_LEFT):
        await client.messages()


async def test_a_server_that_speaks_no_tls_is_unavailable(server: Loopback, make: Make, send: Send) -> None:
    server.steps = [SUCCESS]
    with pytest.raises(Unavailable, match=NOTHING_LEFT):
        await send(make(url=server.url.replace("http:", "https:"), limits=Limits(whole=0.2)))
    assert not server.requests
    await asyncio.wait_for(server.ended.wait(), 5)  # and its connection is not left open


async def test_no_free_connection_in_time_is_unavailable(server: Loopback, make: Make, send: Send) -> None:
    server.steps = [Hang()]
    client = make(limits=Limits(pool=0.1))
    waiting = [asyncio.create_task(send_to_phone(client)) for _ in range(16)]
    await server.wait_for_requests(16)
    with pytest.raises(Unavailable, match=NOTHING_LEFT):
        await send(client)
    assert len(server.requests) == 16
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize(
    "step",
    [
        Cut(),
        Reset(),
        Reply(200, b'{"id": 1, "status": "submitted"}', promised=500),
        Reply(200, b"SUCCESS: Sending message to phone was successful", promised=500),
        HangAfter(b"HTTP/1.1 200 O"),
        HangAfter(b"garbage\r\n\r\n"),
        HangAfter(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nSUCCESS"),
        HangAfter(b"HTTP/1.1 100 Continue\r\n\r\n"),
        Hang(),
    ],
)
@pytest.mark.parametrize("limits", [Limits(read=0.1), Limits(whole=1)], ids=["read", "deadline"])
async def test_what_breaks_after_it_left_is_uncertain_and_never_repeated(
    server: Loopback, make: Make, send: Send, step: Step, limits: Limits
) -> None:
    server.steps = [step]
    with pytest.raises(Uncertain):
        await send(make(limits=limits))
    assert len(server.requests) == 1
    assert server.connections == 1


async def test_an_answer_that_drips_for_ever_ends_at_the_deadline(server: Loopback, make: Make) -> None:
    """Each byte is in time for the read time-out; only the deadline around the whole call ends it."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        gone = asyncio.create_task(reader.read(1))
        while not gone.done():
            writer.write(b"1\r\nS\r\n")
            await asyncio.wait([gone], timeout=0.02)
        writer.close()

    dripping = await asyncio.start_server(drip, "127.0.0.1", 0)
    client = make(
        url=f"http://127.0.0.1:{dripping.sockets[0].getsockname()[1]}", limits=Limits(read=5, whole=0.2)
    )
    with pytest.raises(Uncertain):
        await send_to_group(client)
    dripping.close()


async def test_an_endless_answer_is_not_kept(server: Loopback, client: WhatCounts, send: Send) -> None:
    server.steps = [Reply(200, b" " * (16 * 1024 * 1024 + 1))]
    with pytest.raises(Uncertain, match="a way that is not known"):
        await send(client)


async def test_cancelling_passes_through_so_that_the_caller_can_judge(
    server: Loopback, client: WhatCounts, send: Send
) -> None:
    server.steps = [Hang()]
    task = asyncio.ensure_future(send(client))
    await server.wait_for_requests(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(server.requests) == 1


async def test_every_send_has_a_connection_of_its_own(
    server: Loopback, client: WhatCounts, send: Send
) -> None:
    server.steps = [text("FAILURE: no"), text("FAILURE: no"), text("FAILURE: no")]
    for _ in range(3):
        with pytest.raises(Exception, match="refused it"):
            await send(client)
    assert server.connections == 3
    assert all(request.headers["connection"] == "close" for request in server.requests)


async def test_proxies_of_the_environment_are_not_used(
    server: Loopback, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.steps = [SUCCESS]
    await send_to_phone(make())
    assert server.requests[0].target == "/bin/api_web"


async def test_no_address_is_logged(server: Loopback, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = make(text_api="rest")
    server.steps = [answer([{"success": True, "status": "0"}]), Cut()]
    await send_to_phone(client)
    with pytest.raises(Uncertain):
        await send_to_phone(client)
    assert [record.getMessage() for record in caplog.records if record.name.startswith("bot")] == [
        "a request may have been carried out, its answer was lost: RemoteProtocolError"
    ]
    assert "sendMessageToPhone" not in caplog.text
    assert "2065550100" not in caplog.text


def test_the_time_limits_are_those_of_the_design() -> None:
    assert Limits() == Limits(connect=5, read=15, pool=5, whole=20)


async def test_the_account_may_be_an_api_client(server: Loopback, make: Make) -> None:
    """REST overview: x-api-key is base64 of name and authentication; the HTTP API gets both as fields too."""
    client = make(client_name="bot", client_auth="s3cret")
    server.steps = [answer({"id": 1, "status": "submitted"}), SUCCESS]
    await send_to_group(client)
    await send_to_phone(client)
    assert [request.headers["x-api-key"] for request in server.requests] == ["Ym90OnMzY3JldA=="] * 2
    names = [name for name, _ in server.requests[1].form]
    assert names[:5] == ["api_client", "client_auth", "r", "p", "c"]


async def test_a_plain_account_sends_no_api_client(server: Loopback, client: WhatCounts) -> None:
    server.steps = [SUCCESS]
    await send_to_phone(client)
    assert "x-api-key" not in server.requests[0].headers
    assert server.requests[0].form[:2] == [("r", REALM), ("p", PASSWORD)]


async def test_what_may_not_leave_any_more_does_not_and_was_not_sent(
    server: Loopback, make: Make, send: Send
) -> None:
    """Asked at the last moment, when the connection is there: a process may have been stopped meanwhile."""
    client, server.steps = make(), [SUCCESS]
    with pytest.raises(TooLate), may_leave(lambda: False):
        await send(client)
    assert server.requests == []


async def test_what_may_leave_is_asked_once_for_the_first_request_alone(
    server: Loopback, make: Make
) -> None:
    """A second try is a question of its own, and no other request is held up."""
    asked: list[bool] = []

    def once() -> bool:
        asked.append(not asked)
        return asked[-1]

    client, server.steps = make(limits=Limits(pause=0)), [html(404), answer({"id": 7})]
    with may_leave(once):
        await client.stop("12065550100", "2065551212")
    server.steps = [answer({"id": 7})]
    await client.add_phone("12065550100", "2065551212")
    assert asked == [True]
    assert len(server.requests) == 3


async def test_the_turn_that_was_taken_before_a_claim_serves_its_first_request(
    server: Loopback, make: Make
) -> None:
    client, server.steps = make(rate=Rate(other=0.1)), [answer({"id": 7})]
    await client.turn()
    async with asyncio.timeout(9):  # a turn more would be ten seconds
        with may_leave(lambda: True):
            await client.add_phone("12065550100", "2065551212")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.add_phone("12065550100", "2065551212"), 0.5)


async def test_where_nobody_can_say_whose_turn_it_is_nothing_leaves(server: Loopback, make: Make) -> None:
    async def slots(key: str, gap: float) -> float:
        raise NoTurn("the database is away")

    client = make(rate=Rate(), slots=slots)
    with pytest.raises(Unavailable):
        await client.add_phone("12065550100", "2065551212")
    with pytest.raises(Unavailable):
        await client.messages()
    assert server.requests == []
