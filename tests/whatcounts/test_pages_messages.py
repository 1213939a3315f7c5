"""Creating a message and sending a text by REST against the vendor's own pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from bot.errors import Refused
from bot.whatcounts import WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Loopback, Reply, answer
from tests.whatcounts.pages import check_is_the_pages, error

CREATE = "https://mail.mydomain.com/rest/sms/createMessage/My+SMS+Message/Welcome+to+SMS?label=welcome,sms"
CREATE_ANSWER = b"""{"id":443,"realmId":10,"totalParts":1,"name":"My SMS Message",
"messageText":"Welcome to SMS","label":"welcome,sms","createdDate":"Jan 31, 2018 8:41:55 AM",
"updatedDate":"Jan 31, 2018 8:41:55 AM"}"""
SEND = "https://mail.mydomain.com/rest/sms/sendMessageToPhone/One+time+message/5558999520/2065551212"
SEND_ANSWER = b"""[{"success":true,"createDate":"Jan 27, 2020 1:13:54 PM",
"updatedDate":"Jan 27, 2020 1:13:54 PM","partSent":1,"realmId":1,"smsSenderId":5,"totalParts":1,
"messageId":"13000000AB005CC6","phone":"15558999520","status":"0"}]"""


async def test_create_message_is_the_pages_request_and_answer(server: Loopback, client: WhatCounts) -> None:
    """Page api-rest-create-sms-message; facts/whatcounts.md 2.1."""
    server.steps = [Reply(200, CREATE_ANSWER)]

    created = await client.create_message("My SMS Message", "Welcome to SMS", "welcome,sms")

    (request,) = server.requests
    check_is_the_pages(request, CREATE)
    message = created.message
    assert (message.id, message.name, message.text) == (443, "My SMS Message", "Welcome to SMS")
    assert (message.parts, message.label) == (1, "welcome,sms")
    assert message.created_at == datetime(2018, 1, 31, 8, 41, 55)  # noqa: DTZ001  # no zone
    assert (created.is_reconciled, created.is_changed, created.label_missing) == (False, False, False)


async def test_create_messages_error_is_a_refusal_once_the_list_has_been_read(
    server: Loopback, client: WhatCounts
) -> None:
    """Page api-rest-create-sms-message: `"error": "Message could not be save`, where the copy is cut off."""
    server.steps = [error("Message could not be saved"), answer([])]
    with pytest.raises(Refused, match="did not store it: Message could not be saved"):
        await client.create_message("My SMS Message", "Welcome to SMS", "welcome,sms")
    assert [request.method for request in server.requests] == ["POST", "GET"]


async def test_a_text_by_rest_is_the_pages_request_and_answer(server: Loopback, make: Make) -> None:
    """Page api-rest-send-message-to-phone; facts/whatcounts.md 2.5."""
    server.steps = [Reply(200, SEND_ANSWER)]

    taken = await make(text_api="rest").send_to_phone("15558999520", "2065551212", "One time message")

    (request,) = server.requests
    check_is_the_pages(request, SEND)
    assert (taken.status, taken.id) == ("0", None)
    assert "13000000AB005CC6" in taken.raw


async def test_the_error_of_a_text_by_rest_is_a_refusal(server: Loopback, make: Make) -> None:
    """Page api-rest-send-message-to-phone: a sender code that the realm does not have."""
    server.steps = [error("Error getting sender with senderCode 1 realmID: 10")]
    with pytest.raises(Refused, match="does not know this sender code"):
        await make(text_api="rest").send_to_phone("15558999520", "1", "One time message")


Call = Callable[[WhatCounts], Awaitable[Any]]
OVERVIEW: dict[str, tuple[str, Call]] = {
    "Get Messages": ("GET /rest/sms", lambda c: c.messages()),
    "Add Phone to Sender Code": (
        "POST /rest/sms/addPhoneToSenderCode/2065550100/2065551212?groupName=weekly",
        lambda c: c.add_phone("12065550100", "2065551212", "weekly"),
    ),
    "Send Message to Phone": (
        "POST /rest/sms/sendMessageToPhone/Hello/2065550100/2065551212",
        lambda c: c.send_to_phone("12065550100", "2065551212", "Hello"),
    ),
    "Send Message to Sender Code": (
        "POST /rest/sms/sendMessageToSenderCode/sale/2065551212/Sale?groupName=weekly&description=daily",
        lambda c: c.send_to_group("sale", "2065551212", "weekly", "Sale", "daily"),
    ),
    "Stop Sending to Contact": (
        "POST /rest/sms/stopSubscriberSend/2065550100/2065551212",
        lambda c: c.stop("12065550100", "2065551212"),
    ),
    # The table says /rest/create_message here; the command's own page is followed.
    "Create Message": (
        "POST /rest/sms/createMessage/sale/Hello?label=welcome",
        lambda c: c.create_message("sale", "Hello", "welcome"),
    ),
}


@pytest.mark.parametrize("name", OVERVIEW)
async def test_each_operation_is_the_overviews_endpoint(server: Loopback, make: Make, name: str) -> None:
    """Seed 002_95762707450eb301.txt, API: Rest SMS Overview, the table of commands."""
    line, call = OVERVIEW[name]
    server.steps = [answer({"error": "Unauthorized", "status": "Unauthorized", "statusCode": 401}, 401)]
    with pytest.raises(Refused, match="allow-list"):
        await call(make(text_api="rest"))
    assert [f"{request.method} {request.target}" for request in server.requests] == [line]
