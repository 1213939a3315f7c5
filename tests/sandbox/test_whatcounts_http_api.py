"""The emulated HTTP API: arguments in, text under 200 out."""

import csv
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.whatcounts import WhatCountsEmulator
from tests.sandbox.whatcounts_calls import EVE, HTTP, MAIN, NEW, good, left

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@pytest.fixture
async def emulator() -> AsyncIterator[WhatCountsEmulator]:
    running = WhatCountsEmulator()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(emulator: WhatCountsEmulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=emulator.url, auth=("sandbox", emulator.password)) as open_client:
        yield open_client


async def ask(client: httpx.AsyncClient, emulator: WhatCountsEmulator, **arguments: str) -> str:
    """What the HTTP API answers to a form with these arguments."""
    form = {"r": "sandbox", "p": emulator.password, **arguments}
    answer = await client.post("/bin/api_web", data=form, headers={"content-type": FORM})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("habit", ["500", "success_false", "empty_array", "silent_ok"])
async def test_an_opted_out_phone_gets_nothing_whatever_the_answer_says(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, habit: str
) -> None:
    emulator.habits.set("opted_out", habit)
    answer = await client.post(f"/rest/sms/sendMessageToPhone/Hi/2065550105/{MAIN}")
    said = await ask(
        client,
        emulator,
        c="smssendmessagetophone",
        phone="12065550105",
        sender_code=MAIN,
        message_text="Hi",
    )
    assert emulator.sent == []
    by_rest = answer.status_code if habit == "500" else [part["success"] for part in answer.json()]
    assert (habit, by_rest, said.partition(":")[0]) in [
        ("500", 500, "FAILURE"),
        ("success_false", [False], "FAILURE"),
        ("empty_array", [], ""),
        ("silent_ok", [True], "SUCCESS"),
    ]


async def test_an_address_that_is_not_approved_is_refused_by_both_apis(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.realm.approved_ips = frozenset({"192.0.2.1"})
    assert (await client.get("/rest/sms")).status_code == 401
    said = await ask(client, emulator, c="getsmsmessages")
    assert said.endswith("in database or 127.0.0.1 isn't an approved IP")


async def test_the_http_api_sends_a_text_that_no_path_could_carry(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    text = "50% off + more: https://example.com/a;b?c=d#e “now” ☕ \\ & é\nBye"
    said = await ask(
        client,
        emulator,
        c="smssendmessagetophone",
        phone="2065550100",
        sender_code="12345",
        message_text=text,
    )
    assert said == "SUCCESS: Sending message to phone was successful"
    assert [(sent.phone, sent.sender, sent.text) for sent in emulator.sent] == [
        ("12065550100", "12345", text)
    ]


async def test_a_form_without_a_charset_is_read_as_latin_1(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    form = {"r": "sandbox", "p": emulator.password, "c": "smssendmessagetophone", "message_text": "é"}
    await client.post("/bin/api_web", data={**form, "phone": "2065550100", "sender_code": MAIN})
    assert [sent.text for sent in emulator.sent] == ["Ã©"]


async def test_a_get_sends_as_well_and_the_query_wins_over_the_form(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    query = {
        "r": "sandbox",
        "p": emulator.password,
        "cmd": "smssendmessagetosendercode",
        "sender_code": MAIN,
        "message_name": "welcome",
        "name": "c",
        "group_name": "vip",
    }
    assert (await client.get("/bin/api_web", params=query)).text.startswith("SUCCESS: Sending message to sub")
    assert [sent.phone for sent in emulator.sent] == ["12065550100", "12065550103"]
    await client.post("/bin/api_web", params=query, data={"group_name": "weekly"})
    assert {sent.group for sent in emulator.sent} == {"vip"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"r": "nobody"}, "FAILURE: Unable to determine customer account (realm)"),
        ({"c": "smssendmessage"}, "FAILURE: Invalid command"),
        ({"phone": "206-555-0100"}, "FAILURE: Phone number must be numeric."),
        ({"message_text": " "}, "FAILURE: Message text cannot be empty."),
        ({"message_text": "x" * 161}, "FAILURE: Message text cannot be more than 160 characters long"),
        ({"sender_code": "1"}, "FAILURE: Error getting sender with senderCode 1 realmID: 10"),
    ],
)
async def test_a_refusal_by_the_http_api_is_text_under_200(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, arguments: dict[str, str], said: str
) -> None:
    fine = {"phone": "2065550100", "sender_code": MAIN, "message_text": "Hi", "c": "smssendmessagetophone"}
    assert await ask(client, emulator, **fine | arguments) == said
    assert emulator.sent == []


async def test_a_missing_argument_and_one_with_a_bare_percent_sign_are_missing(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    form = f"r=sandbox&p={emulator.password}&c=smssendmessagetophone&phone=2065550100&sender_code={MAIN}"
    headers = {"content-type": FORM}
    for body in (form, form + "&message_text=50% off", form + "&Message_text=x"):
        answer = await client.post("/bin/api_web", content=body, headers=headers)
        assert answer.text == "FAILURE: Missing argument message_text"


async def test_the_http_api_repeats_a_wrong_password_but_nothing_shows_it(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    said = await ask(client, emulator, c="getsmsmessages", p="hunter2)x")
    assert said.startswith("FAILURE: Password (hunter2)x) doesn't match entry")
    shown = str(emulator.requests[0].shown()) + repr(emulator.requests)
    assert "hunter2" not in shown
    assert b"hunter2" in emulator.requests[0].body


async def test_the_order_of_realm_and_password_counts_when_that_habit_is_on(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    body = f"p={emulator.password}&r=sandbox&c=getsmsmessages"
    headers = {"content-type": FORM}
    assert (await client.post("/bin/api_web", content=body, headers=headers)).text.startswith('"Id"')
    emulator.habits.set("realm_before_password", True)
    refused = await client.post("/bin/api_web", content=body, headers=headers)
    assert refused.text == "FAILURE: Unable to determine customer account (realm)"


async def test_messages_by_the_http_api_are_csv_in_an_order_of_its_own(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.realm.add_message('A "quoted", long', "two\nlines")
    rows = list(csv.reader((await ask(client, emulator, c="getsmsmessages")).splitlines(keepends=True)))
    assert rows[0] == ["Id", "RealmId", "Name", "MessageText", "TotalParts", "CreatedDate", "UpdatedDate"]
    assert rows[1][2:5] == ['A "quoted", long', "two\nlines", "1"]
    assert rows[2][5] == "2026-06-02 11:02:09"
    assert len(rows) == 10
    assert [int(row[0]) for row in rows[1:]] != sorted(int(row[0]) for row in rows[1:])


async def test_the_commands_that_write_succeed_in_the_words_of_their_pages(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    said = {name: (await good(client, emulator, name)).text for name in list(HTTP)[:4]}
    assert said == {
        "createsmsmessage": f"SUCCESS: {emulator.realm.messages[-1].id}",
        "addphonetosendercode": "SUCCESS: Adding phone to sender code was successful",
        "addsubscribertosendercode": "SUCCESS: Adding subscriber to sender code was successful",
        "smsstopsubscribersend": "SUCCESS: Stopping message to phone was successful",
    }
    made = emulator.realm.contacts[f"1{NEW}"]
    assert (made.first, made.email, made.country) == ("Jon", "jon.doe@mydomain.com", "us")
    assert (emulator.realm.messages[-1].name, emulator.realm.messages[-1].label) == (
        "Night hours",
        "info,sms",
    )
    assert emulator.realm.audience(5, 42) == [f"1{EVE}", f"1{NEW}"]
    assert emulator.realm.is_opted_out(f"1{EVE}", 3)


async def test_a_label_that_is_not_there_is_a_failure_and_the_message_is_created(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    message = {"message_name": "Night", "message_text": "50% / more", "label": "nope"}
    assert await ask(client, emulator, c="createsmsmessage", **message) == (
        "FAILURE: Error label name not found"
    )
    assert (emulator.realm.messages[-1].text, emulator.realm.messages[-1].label) == ("50% / more", None)
    again = await ask(client, emulator, c="createsmsmessage", **message)
    assert again == "FAILURE: Message could not be saved"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"c": "createsmsmessage", "message_name": "N"}, "Missing argument message_text"),
        ({"c": "createsmsmessage", "message_name": "N", "message_text": ""}, "Message text cannot be empty."),
        (
            {"c": "createsmsmessage", "message_name": "N", "message_text": "x" * 161},
            "Message text cannot be more than 160 characters long",
        ),
        (
            {"c": "createsmsmessage", "message_name": "N!", "message_text": "x"},
            "Message name cannot contain special characters.",
        ),
        (
            {"c": "addsubscribertosendercode", "email": "a@b.c", "phone": NEW, "sender_code": MAIN},
            "Missing argument country",
        ),
        (
            {"c": "addphonetosendercode", "phone": "12065550100", "sender_code": MAIN},
            "An SMS Subscription already exists",
        ),
        (
            {"c": "addphonetosendercode", "phone": NEW, "sender_code": MAIN},
            f"Error getting SMS subscriber with phone [1{NEW}] realmId [10]",
        ),
        (
            {"c": "smsstopsubscribersend", "phone": NEW, "sender_code": MAIN},
            f"An error occurred processing STOP sends for phone [1{NEW}] realmId [10]",
        ),
        ({"c": "smsstopsubscribersend", "phone": NEW, "senderCode": MAIN}, "Missing argument sender_code"),
    ],
)
async def test_a_refused_write_is_a_failure_that_changes_nothing(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, arguments: dict[str, str], reason: str
) -> None:
    before = left(emulator)
    assert await ask(client, emulator, **arguments) == f"FAILURE: {reason}"
    assert left(emulator) == before


@pytest.mark.parametrize(("kind", "comma"), [("csv", ","), ("csv_tab", "\t"), ("csv_pipe", "|")])
async def test_messages_come_with_the_separator_that_is_asked_for(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, kind: str, comma: str
) -> None:
    sheet = await ask(client, emulator, c="getsmsmessages", output_format=kind)
    assert sheet.startswith(f'"Id"{comma}"RealmId"{comma}"Name"')
