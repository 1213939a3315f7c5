"""Subscribing a phone and adding a contact: what each answer is taken for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.errors import BotError, Refused, Uncertain
from bot.whatcounts import AlreadySubscribed, Limits, WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Cut, Hang, HangAfter, Loopback, Reply, Reset, Step, answer, html, text
from tests.whatcounts.pages import error

PHONE, SENDER = "12065550100", "2065551212"
DONE = {"success": True, "id": 7, "smsGroupId": 42, "groupName": "weekly", "phone": PHONE}

Add = Callable[..., Awaitable[Any]]


@pytest.fixture(params=["phone", "contact"])
def add(request: pytest.FixtureRequest, client: WhatCounts) -> Add:
    """Either of the two, with a group where one is given."""

    async def phone(group: str | None = None, client: WhatCounts = client) -> Any:
        return await client.add_phone(PHONE, SENDER, group)

    async def contact(group: str | None = None, client: WhatCounts = client) -> Any:
        return await client.add_contact("jon@example.com", PHONE, SENDER, group=group)

    return phone if request.param == "phone" else contact


async def failure(server: Loopback, add: Add, *steps: Step) -> BotError:
    server.steps = list(steps)
    with pytest.raises(BotError) as failed:
        await add()
    return failed.value


@pytest.mark.parametrize(
    "body",
    [
        DONE,
        [DONE],
        {"dto": DONE},
        {"subscriptions": [DONE]},
        DONE | {"id": "7", "error": None},
        DONE | {"phone": "2065550100"},
        DONE | {"phone": "+1 (206) 555-0100"},
        DONE | {"phone": 12065550100},
        {"id": 7, "authenticated": "perhaps", "smsSenderId": "x", "createdDate": 1},
    ],
)
async def test_every_known_shape_is_done(server: Loopback, add: Add, body: Any) -> None:
    server.steps = [answer(body)]
    assert (await add()).id == 7
    assert server.requests[0].target.partition("?")[2] == ""


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"success": True},
        DONE | {"id": 0},
        DONE | {"id": None},
        DONE | {"id": True},
        DONE | {"success": False},
        DONE | {"phone": "12065550199"},
        DONE | {"phone": "nobody"},
        [DONE, DONE],
    ],
)
async def test_what_is_not_plainly_done_for_this_phone_leaves_a_doubt(
    server: Loopback, add: Add, body: Any
) -> None:
    assert isinstance(await failure(server, add, answer(body)), Uncertain)


@pytest.mark.parametrize("group", [{}, {"smsGroupId": 0, "groupName": ""}, {"smsGroupId": None}])
async def test_a_group_that_was_ignored_is_told(server: Loopback, add: Add, group: dict[str, Any]) -> None:
    server.steps = [answer({"id": 7} | group)]
    assert (await add("weekly")).group_missing
    assert not (await add()).group_missing


async def test_another_group_than_was_asked_for_is_told(server: Loopback, client: WhatCounts) -> None:
    server.steps = [answer(DONE | {"groupName": "daily"})]
    added = await client.add_contact("jon@example.com", PHONE, SENDER, group="weekly")
    assert not isinstance(added, AlreadySubscribed)
    assert (added.group, added.group_missing) == ("daily", True)


@pytest.mark.parametrize(
    "words", ["An SMS Subscription already exists", "AN SMS subscription already exists."]
)
@pytest.mark.parametrize("status", [200, 500])
async def test_one_that_exists_is_already_subscribed(
    server: Loopback, add: Add, words: str, status: int
) -> None:
    server.steps = [answer({"error": words, "statusCode": 500}, status)]
    for group in (None, "weekly"):
        found = await add(group)
        assert isinstance(found, AlreadySubscribed)
        assert found.group_unproven is (group is not None)


@pytest.mark.parametrize("status", [400, 401, 403, 405, 406, 413, 414, 415, 429])
async def test_a_status_given_before_anything_is_done_is_a_refusal(
    server: Loopback, add: Add, status: int
) -> None:
    assert isinstance(await failure(server, add, html(status)), Refused)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (error("Error getting sender with senderCode 1 realmID: 10"), "does not know this sender code"),
        (answer({"error": "Unauthorized", "statusCode": 401}, 401), "allow-list"),
    ],
)
async def test_words_that_are_known_are_a_refusal(server: Loopback, add: Add, step: Step, says: str) -> None:
    failed = await failure(server, add, step)
    assert isinstance(failed, Refused)
    assert says in str(failed)


@pytest.mark.parametrize(
    "step",
    [
        error("Something nobody has seen"), html(200), html(500), html(502), text("OK"), Reply(200), Cut(),
        Reset(), Reply(200, b'{"id": 7', promised=99), Reply(302, headers={"Location": "https://e.example/"}),
    ],
)  # fmt: skip
async def test_anything_else_leaves_a_doubt_and_is_not_repeated(
    server: Loopback, add: Add, step: Step
) -> None:
    assert isinstance(await failure(server, add, step), Uncertain)
    assert len(server.requests) == 1


@pytest.mark.parametrize("step", [Hang(), HangAfter(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")])
async def test_no_answer_in_time_leaves_a_doubt_and_is_not_repeated(
    server: Loopback, make: Make, add: Add, step: Step
) -> None:
    server.steps = [answer(DONE), step]
    client = make(limits=Limits(read=1))
    await add(client=client)
    with pytest.raises(Uncertain):
        await add(client=client)
    assert len(server.requests) == 2


async def test_subscribing_keeps_its_connection(server: Loopback, add: Add) -> None:
    server.steps = [answer(DONE)]
    for _ in range(5):
        await add()
    assert server.connections == 1


async def test_a_kept_connection_that_broke_is_asked_once_more_on_a_new_one(
    server: Loopback, add: Add
) -> None:
    server.steps = [answer(DONE), Cut(), answer(DONE)]
    await add()
    assert (await add()).id == 7
    assert (len(server.requests), server.connections) == (3, 2)


async def test_one_that_breaks_twice_is_a_doubt(server: Loopback, add: Add) -> None:
    server.steps = [answer(DONE), Cut()]
    await add()
    with pytest.raises(Uncertain):
        await add()
    assert len(server.requests) == 3


async def test_add_phone_has_no_other_form(server: Loopback, client: WhatCounts) -> None:
    server.steps = [html(404)]
    with pytest.raises(Refused, match="WHATCOUNTS_URL"):
        await client.add_phone(PHONE, SENDER)
    assert len(server.requests) == 1


async def test_add_contacts_other_form_is_tried_once(server: Loopback, client: WhatCounts) -> None:
    server.steps = [html(404)]
    with pytest.raises(Refused, match="WHATCOUNTS_URL"):
        await client.add_contact("jon@example.com", PHONE, SENDER, country="CA")
    start = "/rest/sms/addSubscriberToSenderCode/jon%40example.com/2065550100/2065551212"
    assert [request.target for request in server.requests] == [start, f"{start}/CA/"]


@pytest.mark.parametrize(
    ("phone", "sender", "group"),
    [
        ("2065550100", SENDER, None), ("jon@example.com", SENDER, None), ("+12065550100", SENDER, None),
        (PHONE, "", None), (PHONE, " ", None), (PHONE, "a/b", None), (PHONE, "..", None),
        (PHONE, SENDER, " "), (PHONE, SENDER, "a\nb"), (PHONE, SENDER, "\ud800"),
    ],
)  # fmt: skip
async def test_what_would_not_arrive_as_typed_is_refused_before_a_byte_leaves(
    server: Loopback, client: WhatCounts, phone: str, sender: str, group: str | None
) -> None:
    with pytest.raises(Refused):
        await client.add_phone(phone, sender, group)
    with pytest.raises(Refused):
        await client.add_contact("jon@example.com", phone, sender, group=group)
    assert server.connections == 0


@pytest.mark.parametrize(
    "given",
    [
        {"email": "jon"}, {"email": ""}, {"email": "2065550100"}, {"email": "a@b"}, {"email": "a@b..c"},
        {"email": "a" * 65 + "@example.com"}, {"email": "a\0b@example.com"}, {"email": "a\ud800@example.com"},
        {"country": ""}, {"country": "USA"}, {"country": "u/"}, {"sender": "a/b"},
        {"first": " "}, {"first": "a\0"}, {"customer_key": "\t"}, {"customer_key": "k\n"},
    ],
)  # fmt: skip
async def test_a_contact_that_would_not_arrive_whole_is_refused_before_a_byte_leaves(
    server: Loopback, client: WhatCounts, given: dict[str, str]
) -> None:
    with pytest.raises(Refused) as failed:
        await client.add_contact(**{"email": "jon@example.com", "phone": PHONE, "sender": SENDER} | given)
    assert server.connections == 0
    assert "example.com" not in str(failed.value)


async def test_a_result_shows_no_whole_number(server: Loopback, add: Add) -> None:
    server.steps = [answer(DONE)]
    assert PHONE not in repr(await add())
    server.steps = [error(f"An SMS Subscription already exists for {PHONE} jon@example.com")]
    shown = repr(await add())
    assert PHONE not in shown
    assert "jon@" not in shown
