"""Subscribing, adding and stopping against the vendor's own pages, each example copied from its page."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.errors import Refused, Uncertain
from bot.whatcounts import AlreadySubscribed, Contact, Stopped, Subscription, WhatCounts
from tests.whatcounts.loopback import Loopback, Reply, html
from tests.whatcounts.pages import check_is_the_pages, error

ADD_PHONE = "https://mail.mydomain.com/rest/sms/addPhoneToSenderCode/2065559696/2065551212?groupName=weekly"
ADD_PHONE_ANSWER = b"""{
"id": 180, "realmId": 10, "smsSubscriberId": 373, "smsSenderId": 3, "smsGroupId": 42, "authenticated": false,
"createdDate": "Mar 16, 2018 9:10:50 AM", "updatedDate": "Mar 16, 2018 9:10:50 AM"
}"""
# The page's address; its example is of another command and without a sender code.
ADD_CONTACT = (
    "https://mail.mydomain.com/rest/sms/addSubscriberToSenderCode/jon.doe@mydomain.com/2065559696/2065551212"
    "?groupName=smsGroup&first=Jon&customerKey=123"
)
ADD_CONTACT_ANSWER = b"""{"success":true,"createDate":"Jan 27, 2020 9:12:31 AM",
"updatedDate":"Jan 27, 2020 9:12:31 AM","realmId":1,"smsSubscriberId":5,"id":7,"groupName":"smsGroup",
"phone":"15558999520"}"""
STOP = "https://[siteurl]/rest/sms/stopSubscriberSend/2065959696/2065551212".replace("[siteurl]", "host")
STOP_ANSWER = b"""{
"id": 15, "smsSubscriberId": 424, "smsSenderId": 3, "realmId": 10, "campaignId": 0, "phone": "12065959696",
"createdDate": "Mar 16, 2018 09:10:50 AM", "updatedDate": "Mar 16, 2018 09:10:50 AM"
}"""
STOP_ERROR = "An error occurred processing STOP sends for phone [12065959696] realmId [10]"


async def test_add_phone_is_the_pages_request_and_answer(server: Loopback, client: WhatCounts) -> None:
    """Seed 000_05c643a328dd2a45.txt, API: Rest Add Phone To Sender Code."""
    server.steps = [Reply(200, ADD_PHONE_ANSWER)]

    taken = await client.add_phone("12065559696", "2065551212", "weekly")

    (request,) = server.requests
    check_is_the_pages(request, ADD_PHONE)
    assert isinstance(taken, Subscription)
    assert (taken.id, taken.realm_id, taken.subscriber_id, taken.sender_id) == (180, 10, 373, 3)
    assert (taken.group_id, taken.group_missing, taken.authenticated) == (42, False, False)
    assert taken.created_at == taken.updated_at == datetime(2018, 3, 16, 9, 10, 50)  # noqa: DTZ001  # no zone


async def test_add_phones_error_is_already_subscribed(server: Loopback, client: WhatCounts) -> None:
    """Seed 000_05c643a328dd2a45.txt: "if a Subscription already exists for the Contact"."""
    server.steps = [error("An SMS Subscription already exists")]
    taken = await client.add_phone("12065559696", "2065551212", "weekly")
    assert isinstance(taken, AlreadySubscribed)
    assert taken.group_unproven
    assert "already exists" in taken.raw


async def test_add_contact_is_the_pages_request_and_answer(server: Loopback, client: WhatCounts) -> None:
    """Page api-rest-add-sms-contact-to-sender-code; facts/whatcounts.md 2.4."""
    server.steps = [Reply(200, ADD_CONTACT_ANSWER)]

    taken = await client.add_contact(
        "jon.doe@mydomain.com", "15558999520", "2065551212", group="smsGroup", first="Jon", customer_key="123"
    )

    (request,) = server.requests
    check_is_the_pages(request, ADD_CONTACT.replace("2065559696", "5558999520"))
    assert isinstance(taken, Contact)
    assert (taken.id, taken.realm_id, taken.subscriber_id, taken.phone) == (7, 1, 5, "15558999520")
    assert (taken.group, taken.group_missing) == ("smsGroup", False)
    assert (taken.created_at_raw, taken.updated_at_raw) == ("Jan 27, 2020 9:12:31 AM",) * 2
    assert taken.created_at == datetime(2020, 1, 27, 9, 12, 31)  # noqa: DTZ001  # no zone


async def test_add_contact_on_404_is_the_overviews_request(server: Loopback, client: WhatCounts) -> None:
    """Seed 002_95762707450eb301.txt: .../{email}/{phone}/{sender_code}/{country}/?groupName=&first=..."""
    server.steps = [html(404), Reply(200, ADD_CONTACT_ANSWER)]

    await client.add_contact(
        "jon.doe@mydomain.com", "15558999520", "2065551212", group="smsGroup", first="Jon", customer_key="123"
    )

    page = ADD_CONTACT.replace("2065559696", "5558999520")
    check_is_the_pages(server.requests[0], page)
    check_is_the_pages(server.requests[1], page.replace("2065551212?", "2065551212/us/?"))


async def test_stop_is_the_headings_request_and_the_pages_answer(
    server: Loopback, client: WhatCounts
) -> None:
    """Seed 004_5ab793a1ef825a7a.txt, API: Rest Stop Sending SMS To Contact, as its heading spells it."""
    server.steps = [Reply(200, STOP_ANSWER)]

    taken = await client.stop("12065959696", "2065551212")

    (request,) = server.requests
    check_is_the_pages(request, STOP)
    assert isinstance(taken, Stopped)
    assert (taken.id, taken.subscriber_id, taken.sender_id, taken.realm_id) == (15, 424, 3, 10)
    assert (taken.campaign_id, taken.phone) == (None, "12065959696")
    assert taken.created_at == datetime(2018, 3, 16, 9, 10, 50)  # noqa: DTZ001  # no zone


async def test_stop_on_404_is_the_pages_example_as_it_is_misspelt(
    server: Loopback, client: WhatCounts
) -> None:
    """Seed 004_5ab793a1ef825a7a.txt: its curl example says stopSubcriberSend."""
    server.steps = [html(404), Reply(200, STOP_ANSWER)]
    await client.stop("12065959696", "2065551212")
    check_is_the_pages(server.requests[1], STOP.replace("stopSubscriberSend", "stopSubcriberSend"))


async def test_stops_error_is_a_refusal(server: Loopback, client: WhatCounts) -> None:
    """Seed 004_5ab793a1ef825a7a.txt: "if a Phone number for the Sender Code does not exist"."""
    server.steps = [error(STOP_ERROR)]
    with pytest.raises(Refused, match="did not stop it") as failed:
        await client.stop("12065959696", "2065551212")
    assert [request.target.partition("/")[2][:4] for request in server.requests] == ["rest", "bin/"]
    assert "•••••••9696" in failed.value.__notes__[0]
    assert "2065959696" not in failed.value.__notes__[0]


@pytest.mark.parametrize("body", [ADD_PHONE_ANSWER, STOP_ANSWER])
async def test_the_pages_bodies_without_commas_are_never_taken_for_a_yes(
    server: Loopback, client: WhatCounts, body: bytes
) -> None:
    """Seeds 000_05c643a328dd2a45.txt and 004_5ab793a1ef825a7a.txt print their JSON so."""
    server.steps = [Reply(200, body.replace(b",", b""))]
    with pytest.raises(Uncertain):
        await client.add_phone("12065559696", "2065551212")
