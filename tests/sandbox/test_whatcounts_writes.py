"""Creating and subscribing by REST: what is answered, and what the account holds afterwards."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from sandbox.whatcounts import WhatCountsEmulator
from tests.sandbox.whatcounts_calls import EVE, MAIN, NEW, SHORT, good, left, rest

NOON = datetime(2018, 3, 16, 16, 10, 50, tzinfo=UTC)
WRITTEN = "Mar 16, 2018 9:10:50 AM"


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator()
    running.realm.now = lambda: NOON
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(emulator: WhatCountsEmulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=emulator.url, auth=("sandbox", emulator.password)) as open_client:
        yield open_client


async def refused(client: httpx.AsyncClient, name: str, *segments: str, **query: str) -> str:
    """The error of a call that is answered 500, with the three keys of every page."""
    answer = await rest(client, name, *segments, **query)
    said = answer.json()
    assert (answer.status_code, said["status"], said["statusCode"]) == (500, "Internal Server Error", 500)
    return str(said["error"])


async def test_a_message_is_created_as_its_page_shows(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/rest/sms/createMessage/My+SMS+Message/Welcome+to+SMS?label=welcome,sms")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": emulator.realm.messages[-1].id,
        "realmId": 10,
        "totalParts": 1,
        "name": "My SMS Message",
        "messageText": "Welcome to SMS",
        "label": "welcome,sms",
        "createdDate": WRITTEN,
        "updatedDate": WRITTEN,
    }
    assert (await client.get("/rest/sms")).json()[-1] == answer.json()


async def test_a_label_that_the_realm_does_not_have_is_a_500_and_the_message_is_there(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    said = await refused(client, "createMessage", "Night hours", "Text", label="info,nope,sms")
    assert said == "Error label name not found"
    assert (emulator.realm.messages[-1].name, emulator.realm.messages[-1].label) == ("Night hours", "info")


@pytest.mark.parametrize("query", [{"Label": "nope"}, {"labels": "nope"}, {"label": ""}])
async def test_a_misspelt_label_key_and_an_empty_one_are_no_label(
    client: httpx.AsyncClient, query: dict[str, str]
) -> None:
    answer = await rest(client, "createMessage", "Night hours", "Text", **query)
    assert (answer.status_code, answer.json().get("label")) == (200, None)


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("welcome", "Text", "Message could not be saved"),
        (" ", "Text", "Message name cannot be empty."),
        ("50¢ off!", "Text", "Message name cannot contain special characters."),
        ("Night", " ", "Message text cannot be empty."),
        ("Night", "x" * 161, "Message text cannot be more than 160 characters long"),
        ("Night", "😀" * 81, "Message text cannot be more than 160 characters long"),
    ],
)
async def test_a_message_that_is_refused_is_not_created(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, name: str, text: str, error: str
) -> None:
    before = left(emulator)
    assert await refused(client, "createMessage", name, text, label="info") == error
    assert left(emulator) == before


async def test_a_phone_is_put_on_a_sender_code_as_its_page_shows(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    answer = await good(client, emulator, "addPhoneToSenderCode")
    assert answer.json() == {
        "id": emulator.realm.last_id,
        "realmId": 10,
        "smsSubscriberId": emulator.realm.contacts[f"1{EVE}"].id,
        "smsSenderId": 5,
        "smsGroupId": 42,
        "authenticated": False,
        "createdDate": WRITTEN,
        "updatedDate": WRITTEN,
    }
    assert f"1{EVE}" in emulator.realm.audience(5, 42)


@pytest.mark.parametrize("query", [{}, {"groupname": "weekly"}, {"groupName": "weakly"}, {"groupName": ""}])
async def test_without_a_group_that_is_known_a_subscription_has_none(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, query: dict[str, str]
) -> None:
    answer = (await rest(client, "addPhoneToSenderCode", EVE, SHORT, **query)).json()
    contact = (await rest(client, "addSubscriberToSenderCode", "a@b.c", NEW, SHORT, **query)).json()
    assert "smsGroupId" not in answer
    assert "groupName" not in contact
    assert emulator.realm.audience(5, 42) == []


@pytest.mark.parametrize("number", [NEW, f"1{NEW}"])
async def test_a_contact_is_made_and_put_on_a_sender_code_as_its_page_shows(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, number: str
) -> None:
    query = {"groupName": "weekly", "first": "Jon", "customerKey": "K 1"}
    answer = await rest(client, "addSubscriberToSenderCode", "jon.doe@mydomain.com", number, SHORT, **query)
    made = emulator.realm.contacts[f"1{NEW}"]
    assert answer.json() == {
        "success": True,
        "createDate": WRITTEN,
        "updatedDate": WRITTEN,
        "realmId": 10,
        "smsSubscriberId": made.id,
        "id": emulator.realm.last_id,
        "groupName": "weekly",
        "phone": f"1{NEW}",
    }
    assert (made.email, made.first, made.customer_key, made.country) == (
        "jon.doe@mydomain.com",
        "Jon",
        "K 1",
        None,
    )


@pytest.mark.parametrize(
    ("form", "statuses"), [("both", [200, 200]), ("three", [200, 404]), ("four", [404, 200])]
)
async def test_the_country_in_the_path_is_a_habit(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, form: str, statuses: list[int]
) -> None:
    emulator.habits.set("contact_form", form)
    paths = (f"a@b.c/{NEW}/{SHORT}?first=A", f"d@e.f/2065550178/{SHORT}/us/?first=D")
    answers = [await client.post(f"/rest/sms/addSubscriberToSenderCode/{path}") for path in paths]
    assert [answer.status_code for answer in answers] == statuses
    made = [emulator.realm.contacts.get(f"1{phone}") for phone in (NEW, "2065550178")]
    assert [one and (one.first, one.country) for one in made] == [
        ("A", None) if statuses[0] == 200 else None,
        ("D", "us") if statuses[1] == 200 else None,
    ]


async def test_a_realm_with_customer_keys_wants_one(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.realm.customer_keys = True
    add = ("addSubscriberToSenderCode", "a@b.c", NEW, SHORT)
    assert await refused(client, *add, customer_key="K") == "Customer Key is required."
    assert f"1{NEW}" not in emulator.realm.contacts
    assert (await rest(client, *add, customerKey="K")).status_code == 200


@pytest.mark.parametrize(("habit", "status"), [("sender", 500), ("sender_and_group", 200)])
async def test_a_second_subscription_is_refused_and_in_another_group_that_is_a_habit(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, habit: str, status: int
) -> None:
    emulator.habits.set("already_subscribed", habit)
    await good(client, emulator, "addPhoneToSenderCode")
    exists = "An SMS Subscription already exists"
    assert await refused(client, "addPhoneToSenderCode", EVE, SHORT, groupName="weekly") == exists
    add = ("addSubscriberToSenderCode", "e@e.e", EVE, SHORT)
    assert await refused(client, *add, groupName="weekly", first="Nobody") == exists
    assert emulator.realm.contacts[f"1{EVE}"].first == "Eve"
    assert (await rest(client, *add, groupName="staff", first="Evelyn")).status_code == status
    assert (f"1{EVE}" in emulator.realm.audience(5, 44)) is (status == 200)


async def test_adding_a_phone_of_nobody_is_refused_or_makes_a_contact(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    said = await refused(client, "addPhoneToSenderCode", NEW, MAIN)
    assert said == f"Error getting SMS subscriber with phone [1{NEW}] realmId [10]"
    emulator.habits.set("unknown_phone", "taken")
    assert (await rest(client, "addPhoneToSenderCode", NEW, MAIN)).status_code == 200
    assert f"1{NEW}" in emulator.realm.audience(3, None)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (("addPhoneToSenderCode", EVE, "1"), "Error getting sender with senderCode 1 realmID: 10"),
        (
            ("addSubscriberToSenderCode", "a@b.c", NEW, "1"),
            "Error getting sender with senderCode 1 realmID: 10",
        ),
        (("stopSubscriberSend", EVE, "1"), "Error getting sender with senderCode 1 realmID: 10"),
        (("addPhoneToSenderCode", "jon.doe@mydomain.com", EVE), "Phone number must be numeric."),
        (("addSubscriberToSenderCode", "a@b.c", "206-555-0177", SHORT), "Phone number must be numeric."),
        (("stopSubscriberSend", "(206)5550104", MAIN), "Phone number must be numeric."),
        (("addSubscriberToSenderCode", "jon", NEW, SHORT), "Email address is not valid."),
    ],
)
async def test_a_refused_call_changes_nothing(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, call: tuple[str, ...], error: str
) -> None:
    before = left(emulator)
    assert await refused(client, *call) == error
    assert left(emulator) == before


@pytest.mark.parametrize("name", ["createMessage", "addPhoneToSenderCode", "stopSubscriberSend"])
async def test_another_number_of_segments_or_another_method_is_no_call(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, name: str
) -> None:
    before = left(emulator)
    for segments in (("a",), ("a", "b", "c"), ("", "b")):
        assert (await rest(client, name, *segments)).status_code == 404
    assert (await client.get(f"/rest/sms/{name}/a/b")).status_code == 405
    assert left(emulator) == before
