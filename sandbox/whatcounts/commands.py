"""The HTTP API's commands, one function each in a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.whatcounts import writes
from sandbox.whatcounts.dates import csv_date
from sandbox.whatcounts.fields import BusinessError
from sandbox.whatcounts.plan import Call, Kind


def send_message_to_phone(call: Call) -> str:
    """smssendmessagetophone; the limit of 160 characters is on its page."""
    phone, sender, text = call.value("phone"), call.value("sender_code"), call.value("message_text")
    texts = call.realm.text_to_phone(phone, sender, text)
    call.world.deliver(texts)
    habit = call.world.habits.opted_out
    if not texts and habit in ("500", "success_false"):
        raise BusinessError(f"Phone [{phone}] has opted out")
    return "" if not texts and habit == "empty_array" else "SUCCESS: Sending message to phone was successful"


def send_message_to_sender_code(call: Call) -> str:
    """smssendmessagetosendercode; a misspelt or unknown `group_name` means everyone here as well."""
    _, texts = call.realm.text_to_sender(
        call.value("message_name"),
        call.value("sender_code"),
        call.value("name"),
        call.values.get("description"),
        call.group("group_name"),
    )
    call.world.deliver(texts)
    return "SUCCESS: Sending message to subscriber was successful"


def get_messages(call: Call) -> str:
    """getsmsmessages: CSV, every field quoted, not in the order of the ids, no label, no paging."""
    sheet = io.StringIO()
    comma = {"csv_tab": "\t", "csv_pipe": "|"}.get(call.value("output_format"), ",")
    rows = csv.writer(sheet, quoting=csv.QUOTE_ALL, lineterminator="\n", delimiter=comma)
    rows.writerow(["Id", "RealmId", "Name", "MessageText", "TotalParts", "CreatedDate", "UpdatedDate"])
    for m in sorted(call.realm.messages, key=lambda message: message.name):
        dates = csv_date(m.created_at), csv_date(m.updated_at)
        rows.writerow([m.id, call.realm.id, m.name, m.text, m.parts, *dates])
    return sheet.getvalue()


def create_message(call: Call) -> str:
    """createsmsmessage: the new message's id."""
    name, text = call.value("message_name"), call.value("message_text")
    return f"SUCCESS: {writes.create_message(call.realm, name, text, call.value('label')).id}"


def add_phone(call: Call) -> str:
    """addphonetosendercode."""
    phone, sender = call.value("phone"), call.value("sender_code")
    writes.subscribe_phone(call.realm, call.world.habits, phone, sender, call.group("group_name"))
    return "SUCCESS: Adding phone to sender code was successful"


def add_contact(call: Call) -> str:
    """addsubscribertosendercode; `customer_key` is a guess, the page's table is cut."""
    who = {name: call.value(name) for name in ("email", "phone", "country", "first", "customer_key")}
    sender, group = call.value("sender_code"), call.group("group_name")
    writes.subscribe_contact(call.realm, call.world.habits, who, sender, group)
    return "SUCCESS: Adding subscriber to sender code was successful"


def stop(call: Call) -> str:
    """smsstopsubscribersend."""
    writes.stop(call.realm, call.world.habits, call.value("phone"), call.value("sender_code"))
    return "SUCCESS: Stopping message to phone was successful"


@dataclass(frozen=True)
class Command:
    """One command: what it does, the arguments that it must have, those that it may have."""

    run: Callable[[Call], str]
    kind: Kind
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


COMMANDS = {
    "smssendmessagetophone": Command(send_message_to_phone, "send", ("phone", "sender_code", "message_text")),
    "smssendmessagetosendercode": Command(
        send_message_to_sender_code,
        "send",
        ("sender_code", "message_name", "name"),
        ("group_name", "description"),
    ),
    "createsmsmessage": Command(create_message, "write", ("message_name", "message_text"), ("label",)),
    "addphonetosendercode": Command(add_phone, "write", ("phone", "sender_code"), ("group_name",)),
    "addsubscribertosendercode": Command(
        add_contact,
        "write",
        ("email", "phone", "country", "sender_code"),
        ("first", "group_name", "customer_key"),
    ),
    "smsstopsubscribersend": Command(stop, "write", ("phone", "sender_code")),
    "getsmsmessages": Command(get_messages, "read", optional=("output_format",)),
}
