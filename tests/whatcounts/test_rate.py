"""The throttle: every request but a send waits for its turn, each page and each try too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.settings import Rate
from bot.whatcounts import Limits, WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Cut, Loopback, Received, Step, answer, html, text
from tests.whatcounts.pages import error

PHONE, SENDER = "12065550100", "2065551212"
TAKEN = {"id": 1, "smsGroupId": 2, "status": "submitted"}
ADDED = answer({"id": 7})
STRANGER = error("An error occurred processing STOP sends for phone [12065550100] realmId [10]")
CSV = text('"Id","RealmId","Name","MessageText","TotalParts","CreatedDate","UpdatedDate"')


def page(received: Received) -> Step:
    start = int(received.target.partition("skip=")[2] or 0)
    return answer([{"id": start + n, "name": "n"} for n in range(1, 501 if start < 1000 else 2)])


# What is called, what is answered, how many requests that makes.
CALLS: dict[str, tuple[Callable[[WhatCounts], Awaitable[Any]], list[Any], int]] = {
    "messages": (lambda c: c.messages(), [page], 3),
    "messages, broken": (lambda c: c.messages(), [Cut(), answer([])], 2),
    "messages by CSV": (lambda c: c.messages(), [html(200), CSV], 2),
    "create": (
        lambda c: c.create_message("a", "b"),
        [html(502), answer([{"id": 1, "name": "a", "messageText": "b"}])],
        2,
    ),
    "create by form": (
        lambda c: c.create_message("a", "b/c"),
        [text("SUCCESS: 1"), answer([{"id": 1, "name": "a", "messageText": "b/c"}])],
        2,
    ),
    "subscribe": (lambda c: c.add_phone(PHONE, SENDER), [ADDED], 1),
    "subscribe by form": (lambda c: c.add_phone_by_form(PHONE, SENDER), [text("SUCCESS: done")], 1),
    "contact": (lambda c: c.add_contact("a@example.com", PHONE, SENDER), [html(404), ADDED], 2),
    "contact by form": (
        lambda c: c.add_contact("a+b@example.com", PHONE, SENDER), [text("SUCCESS: done")], 1,
    ),
    "stop": (
        lambda c: c.stop(PHONE, SENDER), [Cut(), html(502), STRANGER, text("SUCCESS: done")], 4,
    ),
}  # fmt: skip


async def took(call: Awaitable[Any]) -> float:
    started = time.monotonic()
    await call
    return time.monotonic() - started


async def after_a_turn(client: WhatCounts, call: Callable[[WhatCounts], Awaitable[Any]]) -> None:
    """From the turn's end on nothing is saved up; it is in the time taken, which a slow machine lengthens."""
    await client.turn()
    await call(client)


@pytest.mark.parametrize("name", CALLS)
async def test_every_request_waits_for_its_turn(server: Loopback, make: Make, name: str) -> None:
    call, steps, requests = CALLS[name]
    server.steps = list(steps)
    client = make(rate=Rate(other=25), limits=Limits(pause=0))
    assert await took(after_a_turn(client, call)) >= requests * 0.04
    assert len(server.requests) == requests


async def test_a_second_try_on_a_new_connection_waits_too(server: Loopback, make: Make) -> None:
    server.steps = [ADDED, Cut(), ADDED]
    client = make(rate=Rate(other=25))
    await client.add_phone(PHONE, SENDER)
    assert await took(after_a_turn(client, lambda c: c.add_phone(PHONE, SENDER))) >= 0.08
    assert len(server.requests) == 3


async def test_the_time_spent_waiting_is_no_part_of_the_limits(server: Loopback, make: Make) -> None:
    server.steps = [ADDED]
    client = make(rate=Rate(other=0.6), limits=Limits(connect=1.5, read=1.5, pool=1.5, whole=1.5))
    for _ in range(2):
        await client.add_phone(PHONE, SENDER)
    assert len(server.requests) == 2


async def is_free(turn: Awaitable[None]) -> bool:
    try:
        await asyncio.wait_for(turn, 0.02)
    except TimeoutError:
        return False
    return True


async def test_one_off_texts_have_a_turn_by_sender_code_and_all_else_one_together(make: Make) -> None:
    client = make(rate=Rate(send=1, other=1))
    assert [await is_free(client.turn_to_text(code)) for code in ("a", "a", "b")] == [True, False, True]
    assert [await is_free(client.turn()) for _ in range(2)] == [True, False]


async def test_a_send_does_not_wait_since_its_turn_was_taken_before_the_claim(
    server: Loopback, make: Make
) -> None:
    client = make(rate=Rate(send=0.1, other=0.1))
    await asyncio.gather(client.turn_to_text(SENDER), client.turn())
    server.steps = [text("SUCCESS: Sending message to phone was successful"), answer(TAKEN)]
    async with asyncio.timeout(9):  # a turn more would be ten seconds
        await client.send_to_phone(PHONE, SENDER, "Hi")
        await client.send_to_group("sale", SENDER, "weekly", "Sale")
        server.steps = [text("SUCCESS: Sending message to subscriber was successful")]
        await client.send_to_group_by_form("sale", SENDER, "weekly", "Sale")
    assert len(server.requests) == 3


async def test_without_a_rate_nothing_waits(server: Loopback, client: WhatCounts) -> None:
    assert all([await is_free(client.turn()) for _ in range(50)])
    assert all([await is_free(client.turn_to_text(SENDER)) for _ in range(50)])
