"""Reading the stored messages: pages, shapes, and what a failed read says."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import Refused, Unavailable, Uncertain
from bot.whatcounts import Limits, Message, WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import (
    Cut,
    Hang,
    HangAfter,
    Loopback,
    Received,
    Reply,
    Step,
    answer,
    html,
    text,
)


def item(identity: int, **given: Any) -> dict[str, Any]:
    return {"id": identity, "name": f"message {identity}", "messageText": f"text {identity}"} | given


def paged(total: int) -> Any:
    """A server that holds `total` messages and shows 500 from `skip`."""

    def step(received: Received) -> Step:
        skip = int(received.target.partition("skip=")[2] or 0)
        return answer([item(n) for n in range(1, total + 1)][skip : skip + 500])

    return step


@pytest.mark.parametrize(("total", "requests"), [(0, 1), (1, 1), (499, 1), (500, 2), (501, 2), (1203, 3)])
async def test_all_pages_are_read(server: Loopback, client: WhatCounts, total: int, requests: int) -> None:
    server.steps = [paged(total)]
    assert [m.id for m in await client.messages()] == list(range(1, total + 1))
    skips = ["", "?skip=500", "?skip=1000"][:requests]
    assert [r.target for r in server.requests] == [f"/rest/sms{skip}" for skip in skips]


async def test_reads_share_a_connection(server: Loopback, client: WhatCounts) -> None:
    server.steps = [paged(1203)]
    await client.messages()
    assert server.connections == 1


async def test_a_server_that_ignores_skip_is_read_once(server: Loopback, client: WhatCounts) -> None:
    server.steps = [answer([item(n) for n in range(700)])]
    assert len(await client.messages()) == 700
    assert len(server.requests) == 2


async def test_a_message_that_moved_to_the_next_page_comes_once(server: Loopback, client: WhatCounts) -> None:
    server.steps = [answer([item(n) for n in range(500)]), answer([item(499), item(500)])]
    assert [m.id for m in await client.messages()] == list(range(501))


async def test_a_server_without_an_end_is_given_up_on(server: Loopback, client: WhatCounts) -> None:
    def endless(received: Received) -> Step:
        skip = int(received.target.partition("skip=")[2] or 0)
        return answer([item(n) for n in range(skip, skip + 500)])

    server.steps = [endless]
    with pytest.raises(Refused, match="more than 50000 messages"):
        await client.messages()
    assert len(server.requests) == 100


@pytest.mark.parametrize(
    "body",
    [
        [item(7)],
        item(7),
        {"messages": [item(7)]},
        {"messages": [item(7)], "skip": 0, "max": 500},
        [{"dto": item(7)}],
        {"dto": item(7)},
        {"dto": [item(7)]},
        [item(7, label=None, createdDate=None, unknown={"a": 1})],
        [item(7), {"id": 8}, {"id": 9, "name": ""}],
        [item(7, id="7")],
    ],
)
async def test_every_known_shape_is_read(server: Loopback, client: WhatCounts, body: Any) -> None:
    server.steps = [answer(body)]
    assert await client.messages() == [Message(id=7, name="message 7", text="text 7")]


@pytest.mark.parametrize("body", [b"[]", b"{}", b"[{}]", b"\xef\xbb\xbf[]"])
async def test_an_empty_answer_is_no_messages(server: Loopback, client: WhatCounts, body: bytes) -> None:
    server.steps = [Reply(200, body)]
    assert await client.messages() == []


async def test_nothing_after_a_full_page_is_the_end(server: Loopback, client: WhatCounts) -> None:
    server.steps = [answer([item(n) for n in range(500)]), Reply(200)]
    assert len(await client.messages()) == 500


async def test_a_byte_order_mark_and_unicode_are_read(server: Loopback, client: WhatCounts) -> None:
    body = '[{"id": 1, "name": "n", "messageText": "Don\\u0027t \\u0026 я 😀", "createDate": "Jan 1, 2020"}]'
    server.steps = [Reply(200, b"\xef\xbb\xbf" + body.encode())]
    (message,) = await client.messages()
    assert message.text == "Don't & я 😀"
    assert message.created_at_raw == "Jan 1, 2020"


async def test_half_an_emoji_is_read_as_what_stands_for_a_character_that_is_none(
    server: Loopback, client: WhatCounts
) -> None:
    """JSON can say it, and no database keeps it."""
    texts = rb'"messageText": "Sale \ud83d"', rb'"messageText": "Sale \ud83d\ude00 \\ud83d"'
    server.steps = [Reply(200, b'[{"id": 1, "name": "a", %s}, {"id": 2, "name": "b", %s}]' % texts)]
    read = [one.text for one in await client.messages()]
    assert read == ["Sale \ufffd", "Sale \U0001f600 \\ud83d"]


async def test_a_full_page_with_a_nameless_message_is_still_full(
    server: Loopback, client: WhatCounts
) -> None:
    nameless = [item(n) for n in range(499)] + [{"id": 499}]
    server.steps = [answer(nameless), answer([item(500)])]
    assert len(await client.messages()) == 500


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200),
        Reply(204),
        Reply(200, b"\xef\xbb\xbf \n"),
        Reply(200, b'{ {"id": 1}, {"id": 2} }'),
        Reply(200, b'[{"id": 1 "name": "a"}]'),
        Reply(200, b"[1, 2]"),
        Reply(200, b'"text"'),
        Reply(200, b'[{"name": "without an id"}]'),
        Reply(200, b'{"skip": 0, "max": 500}'),
        Reply(200, b'[{"id": 1, "name": "\xe9"}]'),
        Reply(200, b"[" * 100_000),
        html(200),
        html(502),
        html(503),
        answer({"error": "Something new", "status": "Internal Server Error", "statusCode": 500}, 500),
        answer({"error": "Something new", "status": "Internal Server Error", "statusCode": 500}, 200),
    ],
)
async def test_what_cannot_be_read_is_unavailable(server: Loopback, client: WhatCounts, reply: Reply) -> None:
    server.steps = [reply]
    with pytest.raises(Unavailable, match="messages could not be read"):
        await client.messages()


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (answer({"error": "Unauthorized", "status": "Unauthorized", "statusCode": 401}, 401), "allow-list"),
        (answer({"error": "Unauthorized", "status": "Unauthorized", "statusCode": 401}, 200), "allow-list"),
        (html(403), "allow-list"),
        (html(404), "WHATCOUNTS_URL"),
        (html(405), "WHATCOUNTS_URL"),
        (Reply(302, headers={"Location": "https://elsewhere.example/"}), "points to another address"),
        (text("FAILURE: Unable to determine customer account (realm)"), "does not know this realm"),
    ],
)
async def test_a_read_that_needs_a_change_is_refused(
    server: Loopback, client: WhatCounts, reply: Reply, says: str
) -> None:
    server.steps = [reply]
    with pytest.raises(Refused, match=says):
        await client.messages()
    assert len(server.requests) == 1


async def test_asked_too_often_passes_by_itself(server: Loopback, client: WhatCounts) -> None:
    server.steps = [html(429)]
    with pytest.raises(Unavailable, match="too often"):
        await client.messages()


async def test_a_read_is_asked_once_more_when_its_connection_breaks(
    server: Loopback, client: WhatCounts
) -> None:
    server.steps = [Cut(), answer([item(1)])]
    assert len(await client.messages()) == 1
    assert len(server.requests) == 2


async def test_a_read_that_breaks_twice_is_unavailable(server: Loopback, client: WhatCounts) -> None:
    server.steps = [Cut()]
    with pytest.raises(Unavailable, match="broke"):
        await client.messages()
    assert len(server.requests) == 2


@pytest.mark.parametrize("step", [Hang(), HangAfter(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[")])
@pytest.mark.parametrize("limits", [Limits(read=0.1), Limits(whole=0.1)])
async def test_a_slow_read_is_unavailable(server: Loopback, make: Make, step: Step, limits: Limits) -> None:
    server.steps = [step]
    with pytest.raises(Unavailable, match="did not answer in time"):
        await make(limits=limits).messages()
    assert len(server.requests) == 1


async def test_a_read_never_leaves_a_doubt(server: Loopback, make: Make) -> None:
    client = make(limits=Limits(read=0.1))
    statuses = [s for s in range(200, 600) if s not in {204, 205, 304}]
    for status in statuses:
        server.steps = [html(status)]
        with pytest.raises((Refused, Unavailable)) as failed:
            await client.messages()
        assert not isinstance(failed.value, Uncertain)
