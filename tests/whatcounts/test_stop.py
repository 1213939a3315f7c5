"""Opting a phone out: asked a few times at most, and never taken for done where it may not be."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import BotError, Refused, Unavailable, Uncertain
from bot.whatcounts import Limits, Stopped, WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Cut, Hang, Loopback, Reply, Reset, Step, answer, html, text
from tests.whatcounts.pages import error

PHONE, SENDER = "12065550100", "2065551212"
DONE = {"id": 15, "smsSubscriberId": 424, "smsSenderId": 3, "campaignId": 0, "phone": PHONE}
NOT_KNOWN = error("An error occurred processing STOP sends for phone [12065550100] realmId [10]")
RIGHT, MISSPELT = (
    f"/rest/sms/{each}/2065550100/2065551212" for each in ("stopSubscriberSend", "stopSubcriberSend")
)
FORM = "/bin/api_web"

DOUBTS: list[Step] = [
    error("Something nobody has seen"),
    html(200),
    html(500),
    html(502),
    html(503),
    text("OK"),
    Reply(200),
    answer({}),
    answer([]),
    answer(DONE | {"id": 0}),
    answer(DONE | {"phone": "12065550199"}),
    answer([DONE, DONE]),
    Reply(200, b'{"id": 15', promised=99),
    Cut(),
    Reset(),
]


@pytest.fixture
def client(make: Make) -> WhatCounts:
    return make(limits=Limits(read=1, pause=0))


async def stop(server: Loopback, client: WhatCounts, *steps: Step) -> Stopped:
    server.steps = list(steps)
    return await client.stop(PHONE, SENDER)


async def failure(server: Loopback, client: WhatCounts, *steps: Step) -> BotError:
    with pytest.raises(BotError) as failed:
        await stop(server, client, *steps)
    return failed.value


def targets(server: Loopback) -> list[str]:
    return [request.target for request in server.requests]


@pytest.mark.parametrize(
    "body", [DONE, [DONE], {"dto": DONE}, DONE | {"phone": "2065550100"}, {"id": 15}, DONE | {"phone": None}]
)
async def test_every_known_shape_is_done(server: Loopback, client: WhatCounts, body: Any) -> None:
    taken = await stop(server, client, answer(body))
    assert taken.id == 15
    assert PHONE not in repr(taken)
    assert targets(server) == [RIGHT]


@pytest.mark.parametrize("doubt", DOUBTS)
async def test_a_doubt_is_asked_again(server: Loopback, client: WhatCounts, doubt: Step) -> None:
    assert (await stop(server, client, doubt, doubt, answer(DONE))).id == 15
    assert targets(server) == [RIGHT] * 3


@pytest.mark.parametrize("doubt", DOUBTS)
async def test_three_doubts_are_a_doubt(server: Loopback, client: WhatCounts, doubt: Step) -> None:
    assert isinstance(await failure(server, client, doubt), Uncertain)
    assert targets(server) == [RIGHT] * 3


async def test_no_answer_in_time_is_asked_again(server: Loopback, client: WhatCounts) -> None:
    assert (await stop(server, client, Hang(), answer(DONE))).id == 15
    assert len(server.requests) == 2


@pytest.mark.parametrize("step", [html(400), html(401), html(403), html(405), html(429)])
async def test_a_known_no_is_a_refusal_at_once(server: Loopback, client: WhatCounts, step: Step) -> None:
    assert isinstance(await failure(server, client, step), Refused)
    assert targets(server) == [RIGHT]


@pytest.mark.parametrize("step", [html(401), html(400)])
async def test_a_no_after_a_doubt_stays_a_doubt(server: Loopback, client: WhatCounts, step: Step) -> None:
    """The first may have been carried out, and be the reason why the second is refused."""
    assert isinstance(await failure(server, client, Cut(), step), Uncertain)
    assert len(server.requests) == 2


async def test_on_404_the_misspelt_path_is_tried_once(server: Loopback, client: WhatCounts) -> None:
    failed = await failure(server, client, html(404))
    assert isinstance(failed, Refused)
    assert "WHATCOUNTS_URL" in str(failed)
    assert targets(server) == [RIGHT, MISSPELT]


async def test_where_only_the_misspelt_path_is_known_it_is_kept(server: Loopback, client: WhatCounts) -> None:
    assert (await stop(server, client, html(404), html(503), answer(DONE))).id == 15
    assert targets(server) == [RIGHT, MISSPELT, MISSPELT]


async def test_no_more_than_three_are_asked_whatever_comes(server: Loopback, client: WhatCounts) -> None:
    assert isinstance(await failure(server, client, Cut(), html(502), html(404)), Uncertain)
    assert targets(server) == [RIGHT] * 3


@pytest.mark.parametrize(
    "words",
    [
        "SUCCESS: Stopping message to phone was successful",
        "\ufeffsuccess: stopping message to phone was successful\r\n",
    ],
)
async def test_a_phone_that_rest_does_not_know_is_stopped_by_the_http_api(
    server: Loopback, client: WhatCounts, words: str
) -> None:
    taken = await stop(server, client, NOT_KNOWN, text(words))
    assert (taken.id, taken.phone) == (None, None)
    assert targets(server) == [RIGHT, FORM]


REFUSALS: list[Step] = [
    text("FAILURE: An error occurred processing STOP sends for phone [12065550100] realmId [10]"),
    text("FAILURE: a subscription does not exist"),
    NOT_KNOWN,
    text("Invalid credentials"),
    html(404),
    html(401),
]


@pytest.mark.parametrize("step", REFUSALS)
async def test_where_the_http_api_says_no_too_what_rest_said_stands(
    server: Loopback, client: WhatCounts, step: Step
) -> None:
    failed = await failure(server, client, NOT_KNOWN, step)
    assert isinstance(failed, Refused)
    assert "does not know this phone number" in str(failed)
    assert targets(server) == [RIGHT, FORM]


@pytest.mark.parametrize("step", [html(200), html(502), Reply(200), text("SUCCESS: 0"), Cut(), Hang()])
async def test_where_nobody_knows_what_the_http_api_did_it_is_a_doubt_and_not_repeated(
    server: Loopback, client: WhatCounts, step: Step
) -> None:
    assert isinstance(await failure(server, client, NOT_KNOWN, step), Uncertain)
    assert targets(server) == [RIGHT, FORM]


async def test_after_a_doubt_the_http_api_may_settle_it(server: Loopback, client: WhatCounts) -> None:
    done = text("SUCCESS: Stopping message to phone was successful")
    assert (await stop(server, client, Cut(), html(502), NOT_KNOWN, done)).id is None
    assert targets(server) == [RIGHT, RIGHT, RIGHT, FORM]


@pytest.mark.parametrize("step", REFUSALS)
async def test_after_a_doubt_its_no_leaves_the_doubt(
    server: Loopback, client: WhatCounts, step: Step
) -> None:
    assert isinstance(await failure(server, client, Cut(), NOT_KNOWN, step), Uncertain)
    assert targets(server) == [RIGHT, RIGHT, FORM]


async def test_nobody_listening_is_unavailable(make: Make) -> None:
    with pytest.raises(Unavailable):
        await make(url="http://whatcounts.invalid", limits=Limits(pause=0)).stop(PHONE, SENDER)


@pytest.mark.parametrize(
    ("phone", "sender"), [("2065550100", SENDER), ("", SENDER), (PHONE, ""), (PHONE, "a/b"), (PHONE, "..")]
)
async def test_what_would_not_arrive_as_typed_is_refused_before_a_byte_leaves(
    server: Loopback, client: WhatCounts, phone: str, sender: str
) -> None:
    with pytest.raises(Refused):
        await client.stop(phone, sender)
    assert server.connections == 0
