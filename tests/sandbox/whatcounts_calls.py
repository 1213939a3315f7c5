"""One good call of each operation, by either API, and what each leaves in the account."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from sandbox.whatcounts import WhatCountsEmulator

MAIN, SHORT = "2065551212", "12345"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
NEW = "2065550177"  # no contact has it
EVE = "2065550104"  # on the main line, not on the short code

REST = {
    "createMessage": ("createMessage", ("Night hours", "We open at 8"), {"label": "info,sms"}),
    "addPhoneToSenderCode": ("addPhoneToSenderCode", (EVE, SHORT), {"groupName": "weekly"}),
    "addSubscriberToSenderCode": (
        "addSubscriberToSenderCode",
        ("jon.doe@mydomain.com", NEW, SHORT),
        {"groupName": "weekly", "first": "Jon"},
    ),
    "stopSubscriberSend": ("stopSubscriberSend", (EVE, MAIN), {}),
    "sendMessageToPhone": ("sendMessageToPhone", ("Hi", EVE, MAIN), {}),
    "sendMessageToSenderCode": ("sendMessageToSenderCode", ("welcome", SHORT, "June"), {"groupName": "vip"}),
}
HTTP = {
    "createsmsmessage": {"message_name": "Night hours", "message_text": "We open at 8", "label": "info,sms"},
    "addphonetosendercode": {"phone": f"1{EVE}", "sender_code": SHORT, "group_name": "weekly"},
    "addsubscribertosendercode": {
        "email": "jon.doe@mydomain.com",
        "phone": f"1{NEW}",
        "country": "us",
        "sender_code": SHORT,
        "group_name": "weekly",
        "first": "Jon",
    },
    "smsstopsubscribersend": {"phone": f"1{EVE}", "sender_code": MAIN},
    "smssendmessagetophone": {"phone": f"1{EVE}", "sender_code": MAIN, "message_text": "Hi"},
    "smssendmessagetosendercode": {
        "sender_code": SHORT,
        "message_name": "welcome",
        "name": "June",
        "group_name": "vip",
    },
}
WRITES = (*list(REST)[:4], *list(HTTP)[:4])


async def rest(client: httpx.AsyncClient, name: str, *segments: str, **query: str) -> httpx.Response:
    """POST /rest/sms/{name}/…, each segment percent-encoded."""
    path = "/".join(quote(segment, safe="") for segment in (name, *segments))
    return await client.post(f"/rest/sms/{path}", params=query)


async def good(client: httpx.AsyncClient, emulator: WhatCountsEmulator, operation: str) -> httpx.Response:
    """A call that is right in every way."""
    if operation in REST:
        name, segments, query = REST[operation]
        return await rest(client, name, *segments, **query)
    form = {"r": emulator.realm.name, "p": emulator.password, "c": operation, **HTTP[operation]}
    return await client.post("/bin/api_web", data=form, headers={"content-type": FORM})


def left(emulator: WhatCountsEmulator) -> tuple[int, int, int, int, int]:
    """How much of each there is: messages, contacts, subscriptions, opt-outs, texts sent."""
    realm = emulator.realm
    return (
        len(realm.messages),
        len(realm.contacts),
        len(realm.subscriptions),
        len(realm.opt_outs),
        len(emulator.sent),
    )
