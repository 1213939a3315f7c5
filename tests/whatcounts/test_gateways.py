"""A gateway that answers for WhatCounts knows nothing of the send, whatever its words begin with."""

from __future__ import annotations

import pytest

from bot.errors import Refused, Uncertain
from bot.whatcounts import WhatCounts
from tests.whatcounts.loopback import Loopback, Reply, answer, text

WORDS = [
    "Failure: upstream request timed out",
    "failure connecting to backend",
    "FAILURE: Gateway Timeout",
    "FAILURE",
]


async def sent_by_form(server: Loopback, client: WhatCounts, reply: Reply) -> BaseException:
    server.steps = [reply]
    with pytest.raises((Refused, Uncertain)) as failed:
        await client.send_to_phone("12065550100", "2065551212", "Hello")
    assert len(server.requests) == 1, "a send was repeated"
    return failed.value


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("words", WORDS)
async def test_a_failure_under_a_5xx_leaves_a_doubt(
    server: Loopback, client: WhatCounts, words: str, status: int
) -> None:
    reply = Reply(status, words.encode(), "text/plain")
    assert isinstance(await sent_by_form(server, client, reply), Uncertain)


@pytest.mark.parametrize("words", ["Failure sending to 3 of 500 contacts", "FAILURE: half of it left"])
@pytest.mark.parametrize("status", [200, 500])
async def test_a_failure_in_the_words_of_an_error_500_leaves_a_doubt(
    server: Loopback, client: WhatCounts, words: str, status: int
) -> None:
    reply = answer({"error": words, "status": "Internal Server Error", "statusCode": 500}, status)
    assert isinstance(await sent_by_form(server, client, reply), Uncertain)


async def test_a_failure_under_a_200_is_the_http_apis_no(server: Loopback, client: WhatCounts) -> None:
    failed = await sent_by_form(server, client, text("FAILURE: Invalid phone"))
    assert isinstance(failed, Refused)
