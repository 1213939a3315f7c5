"""What each answer to a send is taken for, over a real socket, and that it is never asked twice."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import BotError, Refused, Uncertain
from bot.whatcounts import Submitted, WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Loopback, Reply, Step, answer, html, text

CAMPAIGN = {"id": 274, "smsGroupId": 42, "name": "Sale", "status": "submitted"}


def error(words: str, status: int = 500) -> dict[str, Any]:
    return {"error": words, "status": "Internal Server Error", "statusCode": status}


async def send_to_group(client: WhatCounts) -> Submitted:
    return await client.send_to_group("sale", "2065551212", "weekly", "Sale")


async def send_to_group_by_form(client: WhatCounts) -> Submitted:
    return await client.send_to_group_by_form("sale", "2065551212", "weekly", "Sale")


async def send_to_phone(client: WhatCounts) -> Submitted:
    return await client.send_to_phone("12065550100", "2065551212", "Hello")


SENDS = {
    "group": (send_to_group, "http"),
    "group by form": (send_to_group_by_form, "http"),
    "text by form": (send_to_phone, "http"),
    "text by path": (send_to_phone, "rest"),
}


@pytest.fixture(params=SENDS)
def send(request: pytest.FixtureRequest, make: Make) -> Any:
    """Each of the four ways to send, as a call without arguments."""
    how, text_api = SENDS[request.param]
    client = make(text_api=text_api)
    return lambda: how(client)


async def outcome(server: Loopback, send: Any, step: Step) -> BotError:
    server.steps = [step]
    with pytest.raises(BotError) as failed:
        await send()
    assert len(server.requests) == 1, "a send was repeated"
    return failed.value


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 413, 414, 415, 429])
async def test_a_status_given_before_anything_is_done_is_a_refusal(
    server: Loopback, send: Any, status: int
) -> None:
    failed = await outcome(server, send, html(status))
    assert isinstance(failed, Refused)


@pytest.mark.parametrize("status", [402, 408, 409, 418, 422, 451, 500, 501, 502, 503, 504, 599])
async def test_any_other_error_status_leaves_a_doubt(server: Loopback, send: Any, status: int) -> None:
    failed = await outcome(server, send, html(status))
    assert isinstance(failed, Uncertain)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_leaves_a_doubt(
    server: Loopback, send: Any, status: int
) -> None:
    moved = Reply(status, headers={"Location": f"{server.url}/elsewhere"})
    assert isinstance(await outcome(server, send, moved), Uncertain)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200),
        Reply(204),
        Reply(200, b"\xef\xbb\xbf"),
        html(200),
        text("OK"),
        answer([]),
        answer({}),
        answer(None),
        answer(0),
        answer("submitted"),
        answer([1]),
        answer({"status": "ok"}),
        Reply(200, b'{"id": 274 "status": "submitted"}'),
        Reply(200, b'{"id": 274, "status": "subm'),
        answer(error("Something nobody has seen"), 200),
        answer(error("Something nobody has seen"), 500),
        answer({"error": "Something nobody has seen"}, 200),
        answer({"statusCode": 500}, 200),
        answer(error("Something nobody has seen", 404), 500),
    ],
)
async def test_what_is_not_recognised_leaves_a_doubt(server: Loopback, send: Any, reply: Reply) -> None:
    assert isinstance(await outcome(server, send, reply), Uncertain)


@pytest.mark.parametrize("status", [200, 500, 503])
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Message name Not Found.", "no message of this name"),
        ("MESSAGE NAME NOT FOUND.", "no message of this name"),
        ("Error getting sender with senderCode 1 realmID: 10", "does not know this sender code"),
        ("Unauthorized", "allow-list"),
    ],
)
async def test_words_that_are_known_are_a_refusal_under_any_status(
    server: Loopback, send: Any, status: int, words: str, says: str
) -> None:
    failed = await outcome(server, send, answer(error(words), status))
    assert isinstance(failed, Refused)
    assert says in str(failed)


async def test_a_status_in_the_body_of_a_200_counts(server: Loopback, send: Any) -> None:
    assert isinstance(await outcome(server, send, answer(error("Gone", 404), 200)), Refused)


@pytest.mark.parametrize(
    "body",
    [
        CAMPAIGN,
        [CAMPAIGN],
        {"dto": CAMPAIGN},
        [{"dto": CAMPAIGN}],
        {"campaigns": [CAMPAIGN]},
        CAMPAIGN | {"status": "Submitted"},
        CAMPAIGN | {"error": None},
        CAMPAIGN | {"id": "274"},
    ],
)
async def test_a_campaign_is_submitted_in_every_known_shape(
    server: Loopback, client: WhatCounts, body: Any
) -> None:
    server.steps = [answer(body)]
    taken = await send_to_group(client)
    assert (taken.id, taken.sms_group_id, taken.status) == (274, 42, "submitted")


@pytest.mark.parametrize("group", [{}, {"smsGroupId": None}, {"smsGroupId": 0}, {"smsGroupId": "weekly"}])
async def test_an_answer_without_the_group_says_so(
    server: Loopback, client: WhatCounts, group: dict[str, Any]
) -> None:
    server.steps = [answer({"id": 274, "status": "submitted"} | group)]
    assert (await send_to_group(client)).sms_group_id is None


@pytest.mark.parametrize(
    "body",
    [
        {"id": 274},
        {"id": 0, "status": "submitted"},
        {"id": True, "status": "submitted"},
        {"status": "submitted"},
        CAMPAIGN | {"status": "rejected"},
        CAMPAIGN | {"status": 1},
        [CAMPAIGN, CAMPAIGN],
    ],
)
async def test_a_campaign_that_is_not_plainly_submitted_leaves_a_doubt(
    server: Loopback, client: WhatCounts, body: Any
) -> None:
    assert isinstance(await outcome(server, lambda: send_to_group(client), answer(body)), Uncertain)


async def test_every_status_is_taken_for_something_and_only_2xx_for_a_yes(
    server: Loopback, client: WhatCounts
) -> None:
    refused = {400, 401, 403, 404, 405, 406, 413, 414, 415, 429}
    for status in (s for s in range(200, 600) if s not in {204, 205, 304}):
        server.steps = [answer(CAMPAIGN, status)]
        if 200 <= status < 300:
            assert (await send_to_group(client)).id == 274
            continue
        with pytest.raises(Refused if status in refused else Uncertain):
            await send_to_group(client)


async def test_what_was_answered_is_noted_for_the_record_but_not_said(
    server: Loopback, client: WhatCounts
) -> None:
    failed = await outcome(server, lambda: send_to_group(client), answer(error("Group 12065550100 odd"), 500))
    assert "odd" not in str(failed)
    assert failed.__notes__ == [
        'WhatCounts answered 500: {"error": "Group •••••••0100 odd", '
        '"status": "Internal Server Error", "statusCode": 500}'
    ]
