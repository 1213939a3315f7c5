"""Where REST's list cannot be read, the HTTP API's CSV is asked for; nothing is guessed of either."""

from __future__ import annotations

import pytest

from bot.errors import Refused, Unavailable
from bot.whatcounts import Limits, WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Cut, Hang, Loopback, Reply, Reset, Step, answer, html, text

HEADER = '"Id","RealmId","Name","MessageText","TotalParts","CreatedDate","UpdatedDate"'
UNREADABLE = [
    Reply(200, b'{ {"id": 1}, {"id": 2} }'),
    Reply(200, b'[{"id": 1 "name": "a"}]'),
    Reply(200),
    Reply(204),
    html(200),
    answer([{"name": "without an id"}]),
]


def row(identity: object, name: str = "sale", words: str = "Hi") -> str:
    return f'"{identity}","10","{name}","{words}","1","2017-09-07 06:33:06","2017-09-07 06:33:06"'


def csv(*rows: str, end: str = "\n") -> Reply:
    return Reply(200, "".join(line + end for line in (HEADER, *rows)).encode(), "text/plain;charset=utf-8")


async def read(server: Loopback, client: WhatCounts, step: Step) -> list[tuple[int, str, str]]:
    server.steps = [UNREADABLE[0], step]
    return [(message.id, message.name, message.text) for message in await client.messages()]


@pytest.mark.parametrize("unreadable", UNREADABLE)
async def test_an_unreadable_list_is_read_as_csv(
    server: Loopback, client: WhatCounts, unreadable: Step
) -> None:
    server.steps = [unreadable, csv(row(50), row(2, "b"))]
    assert [message.id for message in await client.messages()] == [50, 2]
    assert [request.method for request in server.requests] == ["GET", "POST"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_a_text_may_hold_commas_quotes_and_line_breaks(
    server: Loopback, client: WhatCounts, end: str
) -> None:
    step = csv(row(1, "a", 'one, ""two""\nthree 😀; é'), row(2, "b", " "), end=end)
    assert await read(server, client, step) == [(1, "a", 'one, "two"\nthree 😀; é'), (2, "b", " ")]


async def test_a_byte_order_mark_is_no_part_of_the_header(server: Loopback, client: WhatCounts) -> None:
    step = Reply(200, b"\xef\xbb\xbf" + f"{HEADER}\r\n{row(7)}\r\n".encode())
    assert await read(server, client, step) == [(7, "sale", "Hi")]


async def test_no_messages_are_a_header_alone(server: Loopback, client: WhatCounts) -> None:
    assert await read(server, client, csv()) == []


async def test_each_comes_once_and_the_nameless_not_at_all(server: Loopback, client: WhatCounts) -> None:
    step = csv(row(1), row(1, "again"), row(2, ""), "")
    assert await read(server, client, step) == [(1, "sale", "Hi")]


@pytest.mark.parametrize(
    "step",
    [
        Reply(200), html(200), html(500), text("OK"), csv('"1","10","sale","Hi","1"'), csv(row("x")),
        csv(row(1) + ',"more"'), csv(row(1)[:-1]), csv(row(1, "a", 'an "odd" quote')), csv(f"{row(1)} x"),
        Reply(200, HEADER.lower().encode()), Reply(200, f"{HEADER}\n{row(1)}\n".encode("utf-16")),
        Reply(200, f"{HEADER}\n{row(1, 'é')}\n".encode("latin-1")),
        text("FAILURE: Unable to determine customer account (realm)"), text("Invalid credentials"),
        answer({"error": "Unauthorized", "statusCode": 401}, 401), html(404), Cut(), Reset(),
    ],
)  # fmt: skip
async def test_where_neither_can_be_read_it_is_unavailable(
    server: Loopback, client: WhatCounts, step: Step
) -> None:
    with pytest.raises(Unavailable, match="messages could not be read"):
        await read(server, client, step)


async def test_a_csv_that_does_not_come_in_time_is_unavailable(server: Loopback, make: Make) -> None:
    with pytest.raises(Unavailable, match="messages could not be read"):
        await read(server, make(limits=Limits(read=1)), Hang())


@pytest.mark.parametrize("step", [html(500), html(404), html(401), html(429), Cut()])
async def test_an_error_of_rest_is_told_without_asking_further(
    server: Loopback, client: WhatCounts, step: Step
) -> None:
    server.steps = [step]
    with pytest.raises((Refused, Unavailable)):
        await client.messages()
    assert {request.method for request in server.requests} == {"GET"}


async def test_a_csv_whose_connection_breaks_is_asked_for_once_more(
    server: Loopback, client: WhatCounts
) -> None:
    server.steps = [UNREADABLE[0], Cut(), csv(row(1))]
    assert len(await client.messages()) == 1
    assert [request.method for request in server.requests] == ["GET", "POST", "POST"]
