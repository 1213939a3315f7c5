"""The emulated WhatCounts does what the vendor's pages say, and what they leave out in the worst way."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from sandbox.whatcounts import Realm, WhatCountsEmulator
from sandbox.whatcounts.parts import part_count

MAIN = "2065551212"


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


def phones(emulator: WhatCountsEmulator) -> list[str]:
    return [text.phone for text in emulator.sent]


async def test_messages_are_listed_as_the_overview_page_shows_them(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/rest/sms")).json()
    assert len(listed) == 8
    assert listed[1] == {
        "id": 444,
        "realmId": 10,
        "totalParts": 1,
        "name": "Spring sale",
        "messageText": "Tidewater Coffee: Spring sale! 20 percent off all beans this week. "
        "Reply STOP to opt out",
        "label": "promo",
        "createdDate": "Mar 16, 2026 9:05:00 AM",
        "updatedDate": "Mar 16, 2026 9:05:00 AM",
    }
    assert "label" not in listed[7]
    assert [message["totalParts"] for message in listed] == [1, 1, 1, 1, 1, 1, 2, 1]


async def test_strings_are_escaped_as_gson_does(client: httpx.AsyncClient) -> None:
    answer = await client.get("/rest/sms")
    assert answer.headers["content-type"] == "application/json"
    assert b"Msg\\u0026data" in answer.content
    assert "☕🎉".encode() in answer.content


async def test_pages_hold_500_messages(emulator: WhatCountsEmulator, client: httpx.AsyncClient) -> None:
    for number in range(600):
        emulator.realm.add_message(f"extra {number}", "x")
    first = (await client.get("/rest/sms")).json()
    second = (await client.get("/rest/sms?skip=500")).json()
    assert (len(first), len(second)) == (500, 108)
    assert (await client.get("/rest/sms?skip=1000")).json() == []
    assert (await client.get("/rest/sms?Skip=500")).json() == first


async def test_a_group_send_reaches_each_of_the_group_who_did_not_opt_out(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    path = f"/rest/sms/sendMessageToSenderCode/Spring%20sale/{MAIN}/June%207?groupName=weekly&description=x"
    answer = (await client.post(path)).json()
    assert phones(emulator) == ["12065550100", "12065550101", "12065550102"]
    assert {(text.campaign, text.group, text.sender) for text in emulator.sent} == {
        ("June 7", "weekly", MAIN)
    }
    assert answer["smsGroupId"] == 42
    assert (answer["status"], answer["smsSubscriberCount"], answer["name"]) == ("submitted", 0, "June 7")
    assert (answer["smsMessageId"], answer["smsSenderId"], answer["description"]) == (444, 3, "x")


@pytest.mark.parametrize("query", ["", "?groupname=weekly", "?group_name=weekly", "?groupName=weakly"])
async def test_a_misspelt_key_or_an_unknown_group_reaches_everyone(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, query: str
) -> None:
    answer = await client.post(f"/rest/sms/sendMessageToSenderCode/welcome/{MAIN}/c{query}")
    assert answer.status_code == 200
    assert "smsGroupId" not in answer.json()
    assert phones(emulator) == [
        "12065550100",
        "12065550101",
        "12065550102",
        "12065550103",
        "12065550104",
    ]
    assert {text.group for text in emulator.sent} == {None}


async def test_a_send_to_one_phone_answers_one_element_for_each_part(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    text = "—" * 71
    answer = await client.post(f"/rest/sms/sendMessageToPhone/{'%E2%80%94' * 71}/2065550199/{MAIN}")
    parts = answer.json()
    assert [part["partSent"] for part in parts] == [1, 2]
    assert {(p["phone"], p["status"], p["success"], p["totalParts"]) for p in parts} == {
        ("12065550199", "0", True, 2)
    }
    assert all(re.fullmatch("[0-9A-F]{16}", part["messageId"]) for part in parts)
    assert [(sent.phone, sent.text, sent.campaign) for sent in emulator.sent] == [("12065550199", text, None)]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        (f"sendMessageToSenderCode/nope/{MAIN}/c", "Message name Not Found."),
        ("sendMessageToSenderCode/welcome/1/c", "Error getting sender with senderCode 1 realmID: 10"),
        ("sendMessageToPhone/Hi/2065550100/1", "Error getting sender with senderCode 1 realmID: 10"),
        (f"sendMessageToPhone/Hi/jon/{MAIN}", "Phone number must be numeric."),
        (
            f"sendMessageToPhone/{'x' * 161}/2065550100/{MAIN}",
            "Message text cannot be more than 160 characters long",
        ),
    ],
)
async def test_a_refusal_by_rest_is_a_500_with_three_keys(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient, path: str, error: str
) -> None:
    answer = await client.post(f"/rest/sms/{path}")
    assert answer.status_code == 500
    assert answer.json() == {"error": error, "status": "Internal Server Error", "statusCode": 500}
    assert emulator.sent == []


@pytest.mark.parametrize(
    "header", ["", "Basic !!!", "Bearer x", "Basic c2FuZGJveDp3cm9uZw==", "Basic c2FuZA=="]
)
async def test_rest_refuses_wrong_credentials(emulator: WhatCountsEmulator, header: str) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as stranger:
        answer = await stranger.post(
            f"/rest/sms/sendMessageToPhone/Hi/2065550100/{MAIN}", headers={"authorization": header}
        )
    assert answer.status_code == 401
    assert answer.json() == {"error": "Unauthorized", "status": "Unauthorized", "statusCode": 401}
    assert emulator.sent == []


async def test_an_api_client_must_be_known(emulator: WhatCountsEmulator, client: httpx.AsyncClient) -> None:
    key = {"x-api-key": "Ym90OmtleQ=="}  # bot:key
    assert (await client.get("/rest/sms", headers=key)).status_code == 401
    emulator.realm.api_clients["bot"] = "key"
    assert (await client.get("/rest/sms", headers=key)).status_code == 200


async def test_dates_are_the_wall_time_of_los_angeles_unpadded(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    emulator.realm.now = lambda: datetime(2026, 3, 16, 7, 4, 5, tzinfo=UTC)
    answer = await client.post(f"/rest/sms/sendMessageToSenderCode/welcome/{MAIN}/c?groupName=staff")
    assert answer.json()["createdDate"] == "Mar 16, 2026 12:04:05 AM"


async def test_texts_reach_the_handsets_later_when_so_wanted(client: httpx.AsyncClient) -> None:
    slow = WhatCountsEmulator(password="p", delivery_delay=0.02)
    await slow.start()
    await client.post(
        f"{slow.url}/rest/sms/sendMessageToSenderCode/welcome/{MAIN}/c?groupName=vip", auth=("sandbox", "p")
    )
    assert slow.sent == []
    await slow.wait_for(lambda: len(slow.sent) == 2)
    assert [len(texts) for texts in slow.handsets().values()] == [1, 0, 0, 1, 0, 0]
    await slow.stop()


async def test_every_request_is_kept_as_it_came(
    emulator: WhatCountsEmulator, client: httpx.AsyncClient
) -> None:
    await client.post(f"/rest/sms/sendMessageToSenderCode/welcome/{MAIN}/a%20b?groupName=vip&x=1")
    kept = emulator.requests[0]
    assert (kept.method, kept.status, kept.operation) == ("POST", 200, "sendMessageToSenderCode")
    assert kept.target == f"/rest/sms/sendMessageToSenderCode/welcome/{MAIN}/a%20b?groupName=vip&x=1"
    assert kept.values == {
        "messageName": "welcome",
        "senderCode": MAIN,
        "campaignName": "a b",
        "groupName": "vip",
    }
    assert (kept.header("Authorization") or "").startswith("Basic ")
    assert emulator.password not in str(kept.shown())
    assert ["Authorization", "•••"] in kept.shown()["headers"]


async def test_the_account_may_be_given_and_extra_senders_and_groups_are_added() -> None:
    account = Realm("mine", "secret")
    running = WhatCountsEmulator(account=account, senders=("777",), groups=("night",))
    running.realm.subscribe(running.realm.add_contact("2065550111", "Gus"), "777", "night")
    assert running.realm.audience(running.realm.sender_id("777"), running.realm.groups["night"]) == [
        "12065550111"
    ]
    assert account.senders == {}
    running.reset()
    assert (running.realm.contacts, list(running.realm.groups)) == ({}, ["night"])


async def test_waiting_in_vain_says_what_was_seen(emulator: WhatCountsEmulator) -> None:
    with pytest.raises(TimeoutError) as failed:
        await emulator.wait_for(lambda: emulator.sent, timeout=0.01)
    assert "sent: []" in str(failed.value)


async def test_it_listens_on_this_machine_only() -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 only"):
        await WhatCountsEmulator().start("0.0.0.0")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ы" * 70, 1),
        ("ы" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_the_carrier_counts_them(text: str, parts: int) -> None:
    assert part_count(text) == parts
