"""The client against the vendor's own pages: each example is copied from its page.

JSON is given with the commas that the pages leave out; real answers have them.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.errors import Refused, Uncertain
from bot.whatcounts import WhatCounts
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Loopback, Reply, answer, text
from tests.whatcounts.pages import check_is_the_pages

SENDER_CODE_EXAMPLE = (
    "https://mail.mydomain.com/rest/sms/sendMessageToSenderCode/welcome/2065551212/Welcome+Campaign"
    "?description=daily&groupName=daily"
)
SENDER_CODE_ANSWER = """{
"id": 274, "realmId": 10, "smsMessageId": 443, "smsSenderId": 3, "smsGroupId": 42, "smsSubscriberCount": 0,
"campaignId": 0, "lcCampaignId": 0, "lcActionId": 0, "name": "Welcome Campaign", "description": "daily",
"status": "submitted", "createdDate": "Mar 16, 2018 09:10:50 AM", "updatedDate": "Mar 16, 2018 09:10:50 AM"
}"""
SENDER_CODE_ERROR = (
    """{ "error": "Message name Not Found.", "status": "Internal Server Error", "statusCode": 500 }"""
)


async def test_a_send_to_a_group_is_the_pages_request(server: Loopback, client: WhatCounts) -> None:
    """Seed 001_04b437c420a287bd.txt, API: Rest Send Message To Sender Code."""
    server.steps = [Reply(200, SENDER_CODE_ANSWER.encode())]

    taken = await client.send_to_group("welcome", "2065551212", "daily", "Welcome Campaign", "daily")

    (request,) = server.requests
    check_is_the_pages(request, SENDER_CODE_EXAMPLE)
    assert (taken.id, taken.sms_group_id, taken.status) == (274, 42, "submitted")


async def test_the_pages_error_is_a_refusal(server: Loopback, client: WhatCounts) -> None:
    """Seed 001_04b437c420a287bd.txt: "if a Message with the specified name does not exist"."""
    server.steps = [Reply(500, SENDER_CODE_ERROR.encode())]
    with pytest.raises(Refused, match=r"no message of this name"):
        await client.send_to_group("welcome", "2065551212", "daily", "Welcome Campaign")


@pytest.mark.parametrize("words", ["Thanks!", "Your message is delivered"])
async def test_a_one_off_text_is_the_pages_command_as_a_form(
    server: Loopback, make: Make, words: str
) -> None:
    """Seed 003_3ab2735251f84056.txt, API: HTTP Send Message to Phone. The page shows a GET."""
    example = (
        "api_web?r=myrealm&p=mypass&c=smssendmessagetophone&phone=12065551212&sender_code=120162701555"
        f"&message_text={words.replace(' ', '%20')}"
    )
    server.steps = [text("SUCCESS: Sending message to phone was successful")]

    taken = await make(realm="myrealm", password="mypass").send_to_phone("12065551212", "120162701555", words)

    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/bin/api_web")
    assert request.form == parse_qsl(urlsplit(example).query)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert taken.raw == "SUCCESS: Sending message to phone was successful"


async def test_the_pages_failure_is_a_refusal_with_its_reason(server: Loopback, client: WhatCounts) -> None:
    """Seed 003_3ab2735251f84056.txt: `FAILURE: [Reason]`."""
    server.steps = [text("FAILURE: [Reason]")]
    with pytest.raises(Refused, match=r"WhatCounts refused it: \[Reason\]\."):
        await client.send_to_phone("12065551212", "120162701555", "Thanks!")


async def test_a_text_by_rest_is_the_overviews_endpoint(server: Loopback, make: Make) -> None:
    """Seed 002_95762707450eb301.txt: POST /rest/sms/sendMessageToPhone/{messageText}/{phone}/{senderCode}."""
    part = {"success": True, "partSent": 1, "totalParts": 1, "phone": "15558999520", "status": "0"}
    server.steps = [answer([{**part, "messageId": "13000000AB005CC6"}])]

    taken = await make(text_api="rest").send_to_phone("15558999520", "2065551212", "One time message")

    (request,) = server.requests
    assert request.method == "POST"
    assert request.target == "/rest/sms/sendMessageToPhone/One%20time%20message/5558999520/2065551212"
    assert request.body == b""
    assert "13000000AB005CC6" in taken.raw
    assert "15558999520" not in taken.raw


async def test_messages_have_the_overviews_fields(server: Loopback, client: WhatCounts) -> None:
    """Seed 002_95762707450eb301.txt: GET /rest/sms and "SMS Message Property Data Fields"."""
    fields = {"id": 443, "realmId": 10, "totalParts": 1, "name": "welcome", "messageText": "Welcome to SMS"}
    dates = {"createdDate": "Mar 22, 2018 4:05:11 PM", "updatedDate": "Mar 23, 2018 12:45:04 PM"}
    server.steps = [answer([fields | dates])]

    (message,) = await client.messages()

    (request,) = server.requests
    assert (request.method, request.target) == ("GET", "/rest/sms")
    assert (message.id, message.name, message.text) == (443, "welcome", "Welcome to SMS")
    assert (message.parts, message.label) == (1, None)
    assert message.created_at_raw == "Mar 22, 2018 4:05:11 PM"
    assert message.updated_at_raw == "Mar 23, 2018 12:45:04 PM"


async def test_the_pages_body_without_commas_is_never_taken_for_a_yes(
    server: Loopback, client: WhatCounts
) -> None:
    """All seeds print their JSON without commas; were one to come so, nothing is read out of it."""
    server.steps = [Reply(200, SENDER_CODE_ANSWER.replace(",", "").encode())]
    with pytest.raises(Uncertain):
        await client.send_to_group("welcome", "2065551212", "daily", "Welcome Campaign")


def test_the_copied_answers_are_json() -> None:
    assert json.loads(SENDER_CODE_ANSWER)["status"] == "submitted"
    assert json.loads(SENDER_CODE_ERROR)["statusCode"] == 500
