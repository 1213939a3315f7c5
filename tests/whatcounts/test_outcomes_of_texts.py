"""What each answer to a text is taken for: a word by the HTTP API, a part each by REST."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import Refused, Uncertain
from bot.whatcounts import WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Loopback, answer, text
from tests.whatcounts.test_outcomes import outcome, send_to_phone

PART = {"success": True, "partSent": 1, "totalParts": 1, "phone": "12065550100", "status": "0"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("FAILURE: Unable to determine customer account (realm)", "does not know this realm"),
        ("\ufeffFAILURE: Invalid phone", "refused it: Invalid phone."),
        ("failure: a: b: c.", "refused it: a: b: c."),
        ("FAILURE", "it gives no reason."),
        ("FAILURE: <html>nonsense</html>", "it gives no reason."),
        ("FAILURE: Password (x) doesn't match entry or 1.2.3.4 isn't an approved IP", "allow-list"),
        ("Password (x) doesn't match entry for API user credentials in database", "allow-list"),
        ("Invalid credentials", "allow-list"),
        ("Unable to acquire API user credentials through API User Manager.", "allow-list"),
        ("FAILURE: Unable to acquire API user credentials through API User Manager.", "allow-list"),
    ],
)
async def test_the_http_apis_refusals_come_under_200(
    server: Loopback, client: WhatCounts, words: str, says: str
) -> None:
    failed = await outcome(server, lambda: send_to_phone(client), text(words))
    assert isinstance(failed, Refused)
    assert says in str(failed)


@pytest.mark.parametrize(
    "words",
    [
        "SUCCESS: Sending message to phone was successful",
        "\ufeffSUCCESS: Sending message to phone was successful\r\n",
        "success: Sending message to phone was successful",
        "SUCCESS",
    ],
)
async def test_the_http_apis_success_is_submitted(server: Loopback, client: WhatCounts, words: str) -> None:
    server.steps = [text(words)]
    taken = await send_to_phone(client)
    assert (taken.id, taken.sms_group_id, taken.status) == (None, None, "success")


@pytest.mark.parametrize(
    "words",
    [
        "SUCCESS: 0",
        "SUCCESS: 1 record(s) processed. 0 users deleted.",
        "SUCCESS: Total Records Processed 1, Records Ignored (Optout Error) 1",
        "SUCCESSFUL",
        "The sending was a SUCCESS",
        "SUCCESS: <html>",
    ],
)
async def test_another_commands_success_leaves_a_doubt(
    server: Loopback, client: WhatCounts, words: str
) -> None:
    assert isinstance(await outcome(server, lambda: send_to_phone(client), text(words)), Uncertain)


@pytest.mark.parametrize(
    "body",
    [
        [PART],
        PART,
        {"parts": [PART]},
        [{"dto": PART}],
        [PART | {"status": 0}],
        [PART | {"phone": "2065550100"}],
        [PART | {"phone": "+1 (206) 555-0100"}],
        [PART | {"phone": None}],
        [PART | {"totalParts": 2, "partSent": 2}],
        [PART | {"totalParts": 2}, PART | {"totalParts": 2, "partSent": 2}],
    ],
)
async def test_a_text_by_rest_is_submitted_when_every_part_is(
    server: Loopback, make: Make, body: Any
) -> None:
    server.steps = [answer(body)]
    assert (await send_to_phone(make(text_api="rest"))).status == "0"


@pytest.mark.parametrize(
    ("code", "says"),
    [("1", "too often"), ("7", "barred"), (9, "credit"), ("15", "sender code"), ("29", "not among those")],
)
@pytest.mark.parametrize("success", [True, False])
async def test_a_part_that_the_carrier_refuses_is_a_refusal_under_200(
    server: Loopback, make: Make, code: str | int, says: str, success: bool
) -> None:
    refused = answer([PART | {"status": code, "success": success}])
    failed = await outcome(server, lambda: send_to_phone(make(text_api="rest")), refused)
    assert isinstance(failed, Refused)
    assert says in str(failed)


@pytest.mark.parametrize(
    "body",
    [
        [PART | {"status": "5"}],
        [PART | {"status": "77"}],
        [PART | {"status": "submitted"}],
        [PART | {"success": False}],
        [PART | {"success": "true"}],
        [{"success": True}],
        [{"success": False}],
        [PART | {"totalParts": 2}],
        [PART, PART | {"status": "1", "success": False}],
        [PART | {"phone": "12065550199"}],
        [PART | {"phone": "nobody"}],
    ],
)
async def test_a_text_that_is_not_wholly_taken_leaves_a_doubt(
    server: Loopback, make: Make, body: Any
) -> None:
    failed = await outcome(server, lambda: send_to_phone(make(text_api="rest")), answer(body))
    assert isinstance(failed, Uncertain)
