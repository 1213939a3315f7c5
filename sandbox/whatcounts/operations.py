"""The REST API's operations: `GET /rest/sms` and those below it, one function each in a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.whatcounts import writes
from sandbox.whatcounts.dates import json_date
from sandbox.whatcounts.fields import BusinessError, normal
from sandbox.whatcounts.parts import part_count
from sandbox.whatcounts.plan import Call, Kind
from sandbox.whatcounts.records import Message

PAGE_SIZE = 500


def messages(call: Call) -> list[dict[str, Any]]:
    """Get Messages: 500 from `skip` on."""
    skip = call.value("skip")
    start = int(skip) if skip.isascii() and skip.isdigit() and "ignore_skip" not in call.quirks else 0
    return [_message(call, message) for message in call.realm.messages[start : start + PAGE_SIZE]]


def _message(call: Call, message: Message) -> dict[str, Any]:
    fields = {
        "id": message.id,
        "realmId": call.realm.id,
        "totalParts": message.parts,
        "name": message.name,
        "messageText": message.text,
        "label": message.label,
        "createdDate": json_date(message.created_at),
        "updatedDate": json_date(message.updated_at),
    }
    return without_nulls(fields)


def send_message_to_phone(call: Call) -> list[dict[str, Any]]:
    """Send Message to Phone: an array, one element per part; what it says of an opted-out one is a habit."""
    phone, sender, text = normal(call.value("phone")), call.value("senderCode"), call.value("messageText")
    texts = call.realm.text_to_phone(phone, sender, text)
    total = part_count(text)
    parts = [_part(call, phone, sender, number, total) for number in range(1, total + 1)]
    if not texts:
        return _opted_out(call, parts)
    if "part_status_1" in call.quirks:
        parts[-1].update(success=False, status="1")
        return parts
    call.world.deliver(texts)
    return parts


def _part(call: Call, phone: str, sender: str, number: int, total: int) -> dict[str, Any]:
    now = json_date(call.realm.now())
    return {
        "success": True,
        "createDate": now,
        "updatedDate": now,
        "partSent": number,
        "realmId": call.realm.id,
        "smsSenderId": call.realm.senders[sender],
        "totalParts": total,
        "messageId": f"13000000{0xAB000000 + call.realm.new_id():08X}",
        "phone": phone,
        "status": "0",
    }


def _opted_out(call: Call, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    match call.world.habits.opted_out:
        case "500":
            raise BusinessError(f"Phone [{call.value('phone')}] has opted out")
        case "empty_array":
            return []
        case "success_false":
            return [{**part, "success": False, "partSent": 0} for part in parts]
        case _:
            return parts


def send_message_to_sender_code(call: Call) -> dict[str, Any]:
    """Send Message to Sender Code: taken, not yet sent. Counts are 0; no `smsGroupId` without a group."""
    campaign, texts = call.realm.text_to_sender(
        call.value("messageName"),
        call.value("senderCode"),
        call.value("campaignName"),
        call.values.get("description"),
        call.group("groupName"),
    )
    call.world.deliver(texts)
    made = json_date(campaign.at)
    fields = {
        "id": campaign.id,
        "realmId": call.realm.id,
        "smsMessageId": campaign.message_id,
        "smsSenderId": campaign.sender_id,
        "smsGroupId": campaign.group_id,
        "smsSubscriberCount": 0,
        "campaignId": 0,
        "lcCampaignId": 0,
        "lcActionId": 0,
        "name": campaign.name,
        "description": campaign.description,
        "status": "submitted",
        "createdDate": made,
        "updatedDate": made,
    }
    return without_nulls(fields)


def create_message(call: Call) -> dict[str, Any]:
    """Create Message: the stored message, shown as in the list."""
    name, text = call.value("messageName"), call.value("messageText")
    return _message(call, writes.create_message(call.realm, name, text, call.value("label")))


def add_phone(call: Call) -> dict[str, Any]:
    """Add Phone to Sender Code: the subscription; no `smsGroupId` without a group."""
    phone, sender = call.value("phone"), call.value("senderCode")
    made = writes.subscribe_phone(call.realm, call.world.habits, phone, sender, call.group("groupName"))
    now = json_date(call.realm.now())
    fields = {
        "id": made.id,
        "realmId": call.realm.id,
        "smsSubscriberId": made.contact_id,
        "smsSenderId": made.sender_id,
        "smsGroupId": made.group_id,
        "authenticated": False,
        "createdDate": now,
        "updatedDate": now,
    }
    return without_nulls(fields)


def add_contact(call: Call) -> dict[str, Any]:
    """Add SMS Contact to Sender Code: another shape, with `createDate` and the group's name."""
    who = {name: call.value(name) for name in ("email", "phone", "country", "first")}
    who["customer_key"] = call.value("customerKey")
    sender, group = call.value("senderCode"), call.group("groupName")
    contact, made = writes.subscribe_contact(call.realm, call.world.habits, who, sender, group)
    now = json_date(call.realm.now())
    fields = {
        "success": True,
        "createDate": now,
        "updatedDate": now,
        "realmId": call.realm.id,
        "smsSubscriberId": contact.id,
        "id": made.id,
        "groupName": group if made.group_id is not None else None,
        "phone": contact.phone,
    }
    return without_nulls(fields)


def stop(call: Call) -> dict[str, Any]:
    """Stop Sending to Contact: the opt-out; no `smsSubscriberId` for a phone of nobody."""
    sender = call.value("senderCode")
    made = writes.stop(call.realm, call.world.habits, call.value("phone"), sender)
    contact, now = call.realm.contacts.get(made.phone), json_date(call.realm.now())
    fields = {
        "id": made.id,
        "smsSubscriberId": contact.id if contact else None,
        "smsSenderId": call.realm.sender_id(sender),
        "realmId": call.realm.id,
        "campaignId": 0,
        "phone": made.phone,
        "createdDate": now,
        "updatedDate": now,
    }
    return without_nulls(fields)


def without_nulls(fields: dict[str, Any]) -> dict[str, Any]:
    """Gson leaves null fields out."""
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class Operation:
    """One endpoint: its method, the names of its path segments and of the query keys that it knows.

    `last` is a segment that may be there or not.
    """

    run: Callable[[Call], Any]
    method: str
    kind: Kind
    path: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    last: str = ""


# Keyed by the segment after /rest/sms; the list has none and is called "messages".
OPERATIONS = {
    "messages": Operation(messages, "GET", "read", query=("skip",)),
    "createMessage": Operation(create_message, "POST", "write", ("messageName", "messageText"), ("label",)),
    "addPhoneToSenderCode": Operation(add_phone, "POST", "write", ("phone", "senderCode"), ("groupName",)),
    "addSubscriberToSenderCode": Operation(
        add_contact,
        "POST",
        "write",
        ("email", "phone", "senderCode"),
        ("groupName", "first", "customerKey"),
        last="country",
    ),
    "stopSubscriberSend": Operation(stop, "POST", "write", ("phone", "senderCode")),
    "sendMessageToPhone": Operation(
        send_message_to_phone, "POST", "send", ("messageText", "phone", "senderCode")
    ),
    "sendMessageToSenderCode": Operation(
        send_message_to_sender_code,
        "POST",
        "send",
        ("messageName", "senderCode", "campaignName"),
        ("description", "groupName"),
    ),
}
