"""Storing a message: asked once, and what its answer leaves open is settled by the list."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import BotError, Refused, Unavailable, Uncertain
from bot.whatcounts import Limits, WhatCounts, message_problems
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Cut, Hang, Loopback, Reply, Reset, Step, answer, html, text
from tests.whatcounts.pages import error

STORED = {"id": 443, "name": "sale", "messageText": "Hello", "label": "welcome,sms", "totalParts": 1}
OTHER = {"id": 1, "name": "other", "messageText": "Hello"}
TAKEN = error("Message could not be saved")
UNHEARD = error("Something nobody has seen")

DOUBTS: list[Step] = [
    UNHEARD,
    TAKEN,
    answer({"error": "Error label name not found", "statusCode": 500}, 200),
    html(500),
    html(502),
    html(503),
    html(504),
    html(408),
    html(200),
    text("Internal Server Error", 500),
    Reply(200),
    Reply(200, b'{"id": 443 "name": "sale"}'),
    answer({}),
    answer([]),
    answer({"id": 443}),
    answer({"id": 0, "name": "sale", "messageText": "Hello"}),
    answer({"id": 443, "name": "another", "messageText": "Hello"}),
    answer([STORED, OTHER]),
    Reply(302, headers={"Location": "https://elsewhere.example/"}),
    Reply(200, b'{"id": 443', promised=500),
    Cut(),
    Reset(),
]


async def create(client: WhatCounts, label: str = "") -> Any:
    return await client.create_message("sale", "Hello", label)


async def failure(server: Loopback, client: WhatCounts, *steps: Step) -> BotError:
    server.steps = list(steps)
    with pytest.raises(BotError) as failed:
        await create(client)
    asked = [request for request in server.requests if "createMessage" in request.target]
    assert len(asked) == 1, "it was asked twice"
    return failed.value


@pytest.mark.parametrize("doubt", DOUBTS)
async def test_a_doubt_is_settled_by_the_list_that_has_it(
    server: Loopback, client: WhatCounts, doubt: Step
) -> None:
    server.steps = [doubt, answer([OTHER, STORED])]
    created = await create(client, "welcome")
    assert (created.message.id, created.is_reconciled, created.is_changed) == (443, True, False)
    assert not created.label_missing
    assert [request.method for request in server.requests] == ["POST", "GET"]


async def test_no_answer_in_time_is_settled_by_the_list(server: Loopback, make: Make) -> None:
    server.steps = [Hang(), answer([STORED])]
    assert (await create(make(limits=Limits(read=1)))).is_reconciled
    assert [request.method for request in server.requests] == ["POST", "GET"]


async def test_a_label_that_is_not_defined_is_stored_without_it_and_told(
    server: Loopback, client: WhatCounts
) -> None:
    """Page api-rest-create-sms-message: an undefined label answers 500 and stores the message."""
    server.steps = [UNHEARD, answer([STORED | {"label": None}])]
    created = await create(client, "nowhere")
    assert (created.message.id, created.label_missing) == (443, True)


@pytest.mark.parametrize(
    ("asked", "stored", "missing"),
    [
        ("", None, False),
        ("", "sms", False),
        ("sms", "welcome,sms", False),
        ("SMS, Welcome", "welcome,sms", False),
        ("sms", None, True),
        ("sms,vip", "sms", True),
    ],
)
async def test_every_label_asked_for_is_looked_for(
    server: Loopback, client: WhatCounts, asked: str, stored: str | None, missing: bool
) -> None:
    server.steps = [answer(STORED | {"label": stored})]
    assert (await create(client, asked)).label_missing is missing


@pytest.mark.parametrize("body", [STORED, [STORED], {"dto": STORED}, STORED | {"id": "443", "error": None}])
async def test_a_success_in_every_known_shape_needs_no_list(
    server: Loopback, client: WhatCounts, body: Any
) -> None:
    server.steps = [answer(body)]
    created = await create(client)
    assert (created.message.id, created.is_reconciled, created.is_changed) == (443, False, False)
    assert len(server.requests) == 1


async def test_a_text_that_was_stored_otherwise_is_told(server: Loopback, client: WhatCounts) -> None:
    server.steps = [answer(STORED | {"messageText": "Hell"})]
    created = await create(client)
    assert (created.is_changed, created.message.text) == (True, "Hell")


@pytest.mark.parametrize(
    ("doubt", "says"),
    [(UNHEARD, "Something nobody has seen"), (TAKEN, "Message could not be saved")],
)
async def test_their_own_no_and_nothing_in_the_list_is_a_refusal(
    server: Loopback, client: WhatCounts, doubt: Step, says: str
) -> None:
    failed = await failure(server, client, doubt, answer([OTHER]))
    assert isinstance(failed, Refused)
    assert f"did not store it: {says}. It is not among" in str(failed)
    assert failed.__notes__[0].startswith("WhatCounts answered 500")


@pytest.mark.parametrize("doubt", [html(500), html(502), text("Bad", 500), html(200), Reply(200), Cut()])
async def test_nothing_in_the_list_after_no_word_of_theirs_stays_a_doubt(
    server: Loopback, client: WhatCounts, doubt: Step
) -> None:
    failed = await failure(server, client, doubt, answer([OTHER]))
    assert isinstance(failed, Uncertain)
    assert "not among the stored messages yet" in str(failed)


async def test_a_name_that_is_taken_is_a_refusal(server: Loopback, client: WhatCounts) -> None:
    failed = await failure(server, client, TAKEN, answer([STORED | {"messageText": "Bye"}]))
    assert isinstance(failed, Refused)
    assert "stored already, with another text" in str(failed)


@pytest.mark.parametrize("doubt", [UNHEARD, html(502), Cut()])
async def test_another_text_under_the_name_is_a_doubt(
    server: Loopback, client: WhatCounts, doubt: Step
) -> None:
    failed = await failure(server, client, doubt, answer([STORED | {"messageText": "Bye"}]))
    assert isinstance(failed, Uncertain)
    assert "there with another text" in str(failed)


@pytest.mark.parametrize("reading", [html(500), html(401), Reply(200), html(429)])
async def test_a_list_that_cannot_be_read_leaves_the_doubt(
    server: Loopback, client: WhatCounts, reading: Step
) -> None:
    failed = await failure(server, client, UNHEARD, reading)
    assert isinstance(failed, Uncertain)
    assert "list could not be read either" in str(failed)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 413, 414, 415, 429])
async def test_a_status_given_before_anything_is_done_asks_for_no_list(
    server: Loopback, client: WhatCounts, status: int
) -> None:
    failed = await failure(server, client, html(status))
    assert isinstance(failed, Refused)
    assert len(server.requests) == 1


async def test_nobody_listening_is_unavailable(server: Loopback, make: Make) -> None:
    with pytest.raises(Unavailable):
        await create(make(url="http://whatcounts.invalid"))


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        (("", "Hello", ""), "name", "is empty"),
        (("a" * 101, "Hello", ""), "name", "at most 100"),
        ((" sale", "Hello", ""), "name", "begins or ends with a space"),
        (("24/7", "Hello", ""), "name", "plain letters"),
        (("sale!", "Hello", ""), "name", "plain letters"),
        (("sale\n", "Hello", ""), "name", "plain letters"),
        (("sale", " ", ""), "text", "is empty"),
        (("sale", "a" * 161, ""), "text", "161 characters"),
        (("sale", "a\tb", ""), "text", "control character"),
        (("sale", "Hello", " "), "label", "is empty"),
        (("sale", "Hello", "a\0b"), "label", "control character"),
        (("sale", "Hello", "a\nb"), "label", "line break"),
    ],
)
async def test_what_cannot_be_stored_as_typed_is_refused_before_a_byte_leaves(
    server: Loopback, client: WhatCounts, given: tuple[str, str, str], field: str, says: str
) -> None:
    problems = message_problems(*given)
    assert list(problems) == [field]
    assert says in problems[field]
    with pytest.raises(Refused, match="The "):
        await client.create_message(*given)
    assert server.connections == 0
