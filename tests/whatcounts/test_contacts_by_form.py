"""A contact whose e-mail address no path carries: by the HTTP API, whose answer is a word."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import BotError, Refused, Uncertain
from bot.whatcounts import Alphabet, AlreadySubscribed, Contact, WhatCounts
from tests.whatcounts.loopback import Cut, Loopback, Reply, Reset, Step, answer, html, text
from tests.whatcounts.pages import error

EMAIL, PHONE, SENDER = "jon+tag@example.com", "12065550100", "2065551212"
DONE = text("SUCCESS: Adding subscriber to sender code was successful")


async def add(client: WhatCounts, **given: Any) -> Contact | AlreadySubscribed:
    return await client.add_contact(**{"email": EMAIL, "phone": PHONE, "sender": SENDER} | given)


async def failure(server: Loopback, client: WhatCounts, *steps: Step) -> BotError:
    server.steps = list(steps)
    with pytest.raises(BotError) as failed:
        await add(client)
    return failed.value


@pytest.mark.parametrize("group", [None, "weekly"])
async def test_a_success_names_no_group_and_says_so(
    server: Loopback, client: WhatCounts, group: str | None
) -> None:
    server.steps = [DONE]
    added = await add(client, group=group)
    assert isinstance(added, Contact)
    assert (added.id, added.group, added.group_missing) == (None, None, False)
    assert added.group_unproven is (group is not None)
    assert PHONE not in repr(added)


@pytest.mark.parametrize("email", [EMAIL, "a/b@example.com", "jön@example.com", "a%41b@example.com"])
async def test_such_an_address_goes_as_a_form_until_a_path_is_proven_to_carry_it(
    server: Loopback, client: WhatCounts, email: str
) -> None:
    server.steps = [DONE, answer({"id": 7})]
    await add(client, email=email)
    client.trust(Alphabet(frozenset({"plus", "slash", "latin", "percent"})))
    await add(client, email=email)
    assert server.requests[0].target == "/bin/api_web"
    assert ("email", email) in server.requests[0].form
    assert server.requests[1].target.startswith("/rest/sms/addSubscriberToSenderCode/")


@pytest.mark.parametrize(
    "words", ["An SMS Subscription already exists", "Cannot insert duplicate subscription"]
)
@pytest.mark.parametrize("group", [None, "weekly"])
async def test_one_that_exists_is_already_subscribed(
    server: Loopback, client: WhatCounts, words: str, group: str | None
) -> None:
    for step in (text(f"FAILURE: {words}"), error(words)):
        server.steps = [step]
        found = await add(client, group=group)
        assert isinstance(found, AlreadySubscribed)
        assert found.group_unproven is (group is not None)
        assert words in found.raw


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (text("FAILURE: Country is missing: us"), "refused it: Country is missing: us."),
        (text("FAILURE: Error getting sender with senderCode 1 realmID: 10"), "not know this sender code"),
        (text("Invalid credentials"), "allow-list"), (html(404), "WHATCOUNTS_URL"), (html(429), "too often"),
    ],
)  # fmt: skip
async def test_a_no_is_a_refusal(server: Loopback, client: WhatCounts, step: Step, says: str) -> None:
    failed = await failure(server, client, step)
    assert isinstance(failed, Refused)
    assert says in str(failed)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "step",
    [
        text("SUCCESS: 0"), text("SUCCESS: 1 record(s) processed. 0 added."), text("OK"), html(200),
        html(500), html(502), Reply(200), error("Something nobody has seen"), answer({"id": 7}),
        text("FAILURE: An SMS Subscription already exists", 502),
        Reply(200, b"SUCCESS", promised=99), Cut(), Reset(),
        Reply(307, headers={"Location": "https://e.example/"}),
    ],
)  # fmt: skip
async def test_anything_else_leaves_a_doubt_and_is_not_repeated(
    server: Loopback, client: WhatCounts, step: Step
) -> None:
    assert isinstance(await failure(server, client, step), Uncertain)
    assert len(server.requests) == 1


async def test_a_kept_connection_that_broke_is_asked_once_more_on_a_new_one(
    server: Loopback, client: WhatCounts
) -> None:
    server.steps = [DONE, Cut(), DONE]
    await add(client)
    await add(client)
    assert (len(server.requests), server.connections) == (3, 2)
    assert server.requests[2].form == server.requests[1].form


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        (("jon@example.com", "Jön", "k1", "us"), {}),
        (("jon@example.com", None, None, "CA"), {}),
        ((EMAIL, "Jön", None, "us"), {}),
        ((EMAIL, None, "k1", "us"), {"customer_key": "takes no customer key"}),
        (("jon", None, "k1", "us"), {"email": "not an e-mail address"}),
        (
            ("jon@example.com", " ", "a\0b", ""),
            {"first_name": "spaces only", "customer_key": "invisible", "country": "two letters"},
        ),
    ],
)
def test_what_is_wrong_with_a_contact_is_told_by_field_all_at_once(
    client: WhatCounts, given: tuple[Any, ...], problems: dict[str, str]
) -> None:
    found = client.contact_problems(*given)
    assert list(found) == list(problems)
    assert all(says in found[field] for field, says in problems.items())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"customer_key": "123"}, "takes no customer key"),
        ({"group": "a\nb"}, "The group has an invisible control character"),
        ({"first": "\ud800"}, "The first name has an invisible control character"),
        ({"group": " "}, "The group is made of spaces only"),
        ({"sender": "a/b"}, "The sender code has “/” in it"),
        ({"sender": " "}, "The sender code is empty"),
        ({"country": "USA"}, "two letters"),
        ({"phone": "2065550100"}, "normal form"),
        ({"email": "a\ud800+b@example.com"}, "not an e-mail address"),
    ],
)
async def test_what_would_not_arrive_whole_is_refused_before_a_byte_leaves(
    server: Loopback, client: WhatCounts, given: dict[str, str], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        await add(client, **given)
    assert server.connections == 0
