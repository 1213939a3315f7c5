"""The HTTP API, `/bin/api_web`: everything is an argument, every answer is text under 200."""

from __future__ import annotations

import csv
import hmac
import io
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.whatcounts.dates import csv_date
from sandbox.whatcounts.exchange import Answer, Request, text_answer
from sandbox.whatcounts.plan import Call, Kind, Plan, World, refusal
from sandbox.whatcounts.realm import BusinessError
from sandbox.whatcounts.tomcat import Target, error_page, form_charset, parameters

_REALM = ("r", "realm")
_PASSWORD = ("p", "pwd", "password")
_COMMAND = ("c", "cmd")


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
    group = None if "drop_group" in call.quirks else call.value("group_name")
    _, texts = call.realm.text_to_sender(
        call.value("message_name"),
        call.value("sender_code"),
        call.value("name"),
        call.values.get("description"),
        group,
    )
    call.world.deliver(texts)
    return "SUCCESS: Sending message to subscriber was successful"


def get_messages(call: Call) -> str:
    """getsmsmessages: CSV, every field quoted, not in the order of the ids, no label, no paging."""
    sheet = io.StringIO()
    rows = csv.writer(sheet, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(["Id", "RealmId", "Name", "MessageText", "TotalParts", "CreatedDate", "UpdatedDate"])
    for m in sorted(call.realm.messages, key=lambda message: message.name):
        dates = csv_date(m.created_at), csv_date(m.updated_at)
        rows.writerow([m.id, call.realm.id, m.name, m.text, m.parts, *dates])
    return sheet.getvalue()


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
    "getsmsmessages": Command(get_messages, "read", optional=("output_format",)),
}


def plan(request: Request, target: Target, world: World) -> Plan:
    """What a request to /bin/api_web asks for; GET with a query or POST with a form, the query wins."""
    if request.method not in ("GET", "POST"):
        return refusal(error_page(405))
    given = _arguments(request, target)
    name = _first(given, _COMMAND) or ""
    command = COMMANDS.get(name)
    names = (*command.required, *command.optional) if command else ()
    call = Call(world, {key: given[key] for key in names if key in given})

    def run(quirks: frozenset[str]) -> Answer:
        if no := _who(request, given, world):
            return text_answer(no)
        if not command:
            return text_answer("FAILURE: Invalid command")
        return _run(command, Call(world, call.values, quirks))

    return Plan(run, name if command else "", command.kind if command else "read", "http", call.values)


def _run(command: Command, call: Call) -> Answer:
    for name in command.required:
        if name not in call.values:
            return text_answer(f"FAILURE: Missing argument {name}")
    try:
        return text_answer(command.run(call))
    except BusinessError as error:
        return text_answer(f"FAILURE: {error}")


def _arguments(request: Request, target: Target) -> dict[str, str]:
    given = parameters(target.query.encode("ascii"))
    charset = form_charset(request.header("content-type") or "") if request.method == "POST" else None
    form = parameters(request.body, charset) if charset else {}
    return given | {name: value for name, value in form.items() if name not in given}


def _first(given: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((given[name] for name in names if name in given), None)


def _who(request: Request, given: dict[str, str], world: World) -> str | None:
    realm, password = world.realm, _first(given, _PASSWORD) or ""
    if _first(given, _REALM) != realm.name or (world.habits.realm_before_password and not _in_order(given)):
        return "FAILURE: Unable to determine customer account (realm)"
    allowed = realm.approved_ips is None or request.client in realm.approved_ips
    if not allowed or not hmac.compare_digest(password.encode(), realm.password.encode()):
        return password_failure(password, request.client)
    client = given.get("api_client")
    if client is not None and realm.api_clients.get(client) != given.get("client_auth"):
        return "Invalid credentials"
    return None


def _in_order(given: dict[str, str]) -> bool:
    names = list(given)
    realm = [names.index(name) for name in _REALM if name in given]
    password = [names.index(name) for name in _PASSWORD if name in given]
    return bool(realm and password) and min(realm) < min(password)


def password_failure(password: str, client: str) -> str:
    """The real API's words, which repeat the password that was given."""
    return (
        f"FAILURE: Password ({password}) doesn't match entry for API user credentials in database"
        f" or {client} isn't an approved IP"
    )
