"""The HTTP API's commands against the vendor's own pages: the fields that leave, in the pages' order."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.errors import Refused
from bot.whatcounts import Contact, Stopped, Submitted, Subscription, WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Loopback, Received, Reply, answer, text
from tests.whatcounts.pages import error

LOGIN = "api_web?r=myrealm&p=mypass&c="
CSV = (
    '"Id","RealmId","Name","MessageText","TotalParts","CreatedDate","UpdatedDate"\n'
    '"50","10","Second","Привет, ""мир""","1","2017-09-07 06:33:06","2017-09-08 06:33:06"\n'
    '"2","10","welcome","Hi,\nthere 😀","1","2017-08-01 10:00:00","2017-08-01 10:00:00"\n'
)


def check_is_the_pages(request: Received, example: str) -> None:
    """The page's arguments and no others, each decoded, as a form that says how it is encoded."""
    assert (request.method, request.target) == ("POST", "/bin/api_web")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert request.form == parse_qsl(urlsplit(example).query, strict_parsing=True)


def of_realm(make: Make) -> WhatCounts:
    return make(realm="myrealm", password="mypass")


async def test_create_message_is_the_pages_command(server: Loopback, make: Make) -> None:
    """Page create-sms-message: `SUCCESS: 6` is the new message's id."""
    stored = {"id": 6, "name": "Discount", "messageText": "50% off + more", "label": "welcome,sms"}
    server.steps = [text("SUCCESS: 6"), answer([stored])]

    created = await of_realm(make).create_message("Discount", "50% off + more", "welcome,sms")

    request, _ = server.requests
    arguments = "message_name=Discount&message_text=50%25+off+%2B+more&label=welcome,sms"
    check_is_the_pages(request, f"{LOGIN}createsmsmessage&{arguments}")
    assert (created.message.id, created.message.text) == (6, "50% off + more")
    assert (created.is_reconciled, created.is_changed, created.label_missing) == (False, False, False)


async def test_create_message_without_a_label_has_no_such_field(server: Loopback, make: Make) -> None:
    """Page create-sms-message: the label may be left out."""
    server.steps = [text("SUCCESS: 6"), answer([{"id": 6, "name": "sale", "messageText": "1/2"}])]
    await of_realm(make).create_message("sale", "1/2")
    request, _ = server.requests
    check_is_the_pages(request, f"{LOGIN}createsmsmessage&message_name=sale&message_text=1/2")


@pytest.mark.parametrize(
    "reason",
    ["Message text cannot be more than 160 characters long", "Message text cannot be empty."],
)
async def test_create_messages_failures_are_refusals(server: Loopback, make: Make, reason: str) -> None:
    """Page create-sms-message: what it prints for a text that is too long, and for one that is not there."""
    server.steps = [text(f"FAILURE: {reason}"), answer([])]
    with pytest.raises(Refused, match=f"did not store it: {reason.rstrip('.')}"):
        await of_realm(make).create_message("sale", "50% off")


async def test_a_label_that_is_not_defined_fails_and_is_stored_all_the_same(
    server: Loopback, make: Make
) -> None:
    """Page create-sms-message: "the message is created", under `FAILURE: Error label name not found`."""
    stored = {"id": 6, "name": "sale", "messageText": "50% off"}
    server.steps = [text("FAILURE: Error label name not found"), answer([stored])]
    created = await of_realm(make).create_message("sale", "50% off", "nowhere")
    assert (created.message.id, created.is_reconciled, created.label_missing) == (6, True, True)


async def test_add_contact_is_the_pages_command(server: Loopback, make: Make) -> None:
    """Page add-sms-contact-to-sender-code: phones of eleven digits, a country."""
    server.steps = [text("SUCCESS: Adding subscriber to sender code was successful")]

    added = await of_realm(make).add_contact(
        "jon+tag@mydomain.com", "12065559696", "120162701555", first="Jon", group="smsGroup"
    )

    (request,) = server.requests
    arguments = "email=jon%2Btag@mydomain.com&phone=12065559696&country=us&sender_code=120162701555"
    check_is_the_pages(
        request, f"{LOGIN}addsubscribertosendercode&{arguments}&first=Jon&group_name=smsGroup"
    )
    assert isinstance(added, Contact)
    assert (added.id, added.group, added.group_unproven) == (None, None, True)


async def test_add_phone_is_the_pages_command(server: Loopback, make: Make) -> None:
    """Page add-phone-to-sender-code: the group is `group_name` here."""
    server.steps = [text("SUCCESS: Adding phone to sender code was successful")]

    added = await of_realm(make).add_phone_by_form("12065559696", "120162701555", "weekly")

    (request,) = server.requests
    arguments = "phone=12065559696&sender_code=120162701555&group_name=weekly"
    check_is_the_pages(request, f"{LOGIN}addphonetosendercode&{arguments}")
    assert added == Subscription(group_unproven=True)


async def test_a_send_to_a_group_is_the_pages_command(server: Loopback, make: Make) -> None:
    """Page send-message-to-sender-code: its SUCCESS names neither campaign nor group."""
    server.steps = [text("SUCCESS: Sending message to subscriber was successful")]

    taken = await of_realm(make).send_to_group_by_form("50% off", "120162701555", "weekly", "June sale")

    (request,) = server.requests
    arguments = "sender_code=120162701555&message_name=50%25+off&name=June+sale&group_name=weekly"
    check_is_the_pages(request, f"{LOGIN}smssendmessagetosendercode&{arguments}")
    said = "SUCCESS: Sending message to subscriber was successful"
    assert taken == Submitted(id=None, sms_group_id=None, status="success", raw=said)


async def test_stop_is_the_pages_command(server: Loopback, make: Make) -> None:
    """Page api-http-stop-sending-sms-to-contact, for a phone that REST does not know."""
    unknown = error("An error occurred processing STOP sends for phone [12065959696] realmId [10]")
    server.steps = [unknown, text("SUCCESS: Stopping message to phone was successful")]

    stopped = await of_realm(make).stop("12065959696", "120162701555")

    _, request = server.requests
    check_is_the_pages(
        request, f"{LOGIN}smsstopsubscribersend&phone=12065959696&sender_code=120162701555"
    )
    assert stopped == Stopped()


async def test_get_messages_is_the_pages_command_and_answer(server: Loopback, make: Make) -> None:
    """Page get-sms-messages: every field quoted, not in the order of the ids, no label."""
    server.steps = [Reply(200, b'{ {"id": 50}, {"id": 2} }'), Reply(200, CSV.encode(), "text/plain")]

    second, welcome = await of_realm(make).messages()

    _, request = server.requests
    check_is_the_pages(request, f"{LOGIN}getsmsmessages")
    assert (second.id, second.name, second.text) == (50, "Second", 'Привет, "мир"')
    assert (welcome.id, welcome.text, welcome.parts, welcome.label) == (2, "Hi,\nthere 😀", 1, None)
    assert second.created_at == datetime(2017, 9, 7, 6, 33, 6)  # noqa: DTZ001  # no zone
    assert second.updated_at == datetime(2017, 9, 8, 6, 33, 6)  # noqa: DTZ001  # no zone


async def test_an_api_client_comes_first_in_every_command(server: Loopback, make: Make) -> None:
    """facts/whatcounts.md 1.3: where a client in production puts it."""
    client = make(realm="myrealm", password="mypass", client_name="bot", client_auth="s3cret")
    server.steps = [text("SUCCESS: Adding subscriber to sender code was successful")]
    await client.add_contact("a+b@mydomain.com", "12065559696", "2065551212")
    names = [name for name, _ in server.requests[0].form]
    assert names[:5] == ["api_client", "client_auth", "r", "p", "c"]
