"""The REST API's door: who asks, for which operation, with which values."""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import unquote_to_bytes

from sandbox.whatcounts.exchange import Answer, Request, json_answer, json_error
from sandbox.whatcounts.fields import BusinessError
from sandbox.whatcounts.habits import Habits, PathPlus
from sandbox.whatcounts.operations import OPERATIONS, Operation
from sandbox.whatcounts.plan import Call, Plan, World, refusal
from sandbox.whatcounts.tomcat import Target, error_page, parameters


def plan(request: Request, target: Target, world: World) -> Plan:
    """What a request below /rest asks for. Who asks is looked at first, then the path, then the method."""
    if no := _who(request, world):
        return refusal(no)
    name, arguments = _route(target.segments, world.habits)
    operation = OPERATIONS.get(name)
    if not operation or len(arguments) not in _lengths(name, operation, world.habits):
        return refusal(error_page(404, f"/{'/'.join(target.segments)}"))
    if request.method != operation.method:
        return refusal(error_page(405))
    if not _accepts(request.header("accept")):
        return refusal(error_page(406))
    try:
        values = _values(operation, arguments, target.query, world.habits.path_plus)
    except ValueError as error:
        return refusal(error_page(500, f"java.lang.IllegalArgumentException: URLDecoder: {error}"))
    return Plan(
        run=lambda quirks: _run(operation, Call(world, values, quirks)),
        operation=name,
        kind=operation.kind,
        api="rest",
        values=values,
    )


def _route(segments: tuple[str, ...], habits: Habits) -> tuple[str, list[str]]:
    """The operation's name and its segments; a name that no operation has when there is no such route."""
    match segments[1:]:
        case ("sms",):
            return "messages", []
        case ("sms", "stopSubcriberSend", *arguments) if habits.misspelt_stop:
            return "stopSubscriberSend", arguments
        case ("create_message", *arguments) if habits.overview_create:
            return "createMessage", arguments
        case ("sms", name, *arguments) if name != "messages":
            return name, arguments
    return "", []


def _lengths(name: str, operation: Operation, habits: Habits) -> set[int]:
    short, long = len(operation.path), len(operation.path) + bool(operation.last)
    if name == "addSubscriberToSenderCode":
        return {"three": {short}, "four": {long}, "both": {short, long}}[habits.contact_form]
    return {short, long}


def _values(operation: Operation, arguments: list[str], query: str, plus: PathPlus) -> dict[str, str]:
    given = parameters(query.encode("ascii"))
    # Only names spelt exactly so are taken; any other is ignored without a word, as the pages say.
    known = {name: given[name] for name in operation.query if name in given}
    names = (*operation.path, operation.last)
    return {name: decoded(value, plus) for name, value in zip(names, arguments, strict=False)} | known


def decoded(segment: str, plus: PathPlus) -> str:
    """What the application makes of a segment that the container decoded; ValueError for a `%` left in it."""
    if plus == "literal":
        return segment
    spaced = segment.replace("+", " ")
    if plus == "space":
        return spaced
    encoded = spaced.encode()
    for piece in encoded.split(b"%")[1:]:
        if len(piece) < 2 or not all(chr(byte) in "0123456789abcdefABCDEF" for byte in piece[:2]):
            raise ValueError("Illegal hex characters in escape (%) pattern")
    return unquote_to_bytes(encoded).decode("utf-8", errors="replace")


def _run(operation: Operation, call: Call) -> Answer:
    try:
        return json_answer(operation.run(call))
    except BusinessError as error:
        return json_error(str(error))


def _who(request: Request, world: World) -> Answer | None:
    realm = world.realm
    allowed = realm.approved_ips is None or request.client in realm.approved_ips
    ours = _same(_pair(request.header("authorization"), "basic "), (realm.name, realm.password))
    key = request.header("x-api-key")
    client = _pair(key, "") if key is not None else None
    known = key is None or any(_same(client, pair) for pair in realm.api_clients.items())
    return None if allowed and ours and known else json_error("Unauthorized", 401)


def _pair(header: str | None, scheme: str) -> tuple[str, str] | None:
    if header is None or not header.lower().startswith(scheme):
        return None
    try:
        text = base64.b64decode(header[len(scheme) :].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    name, colon, secret = text.partition(":")
    return (name, secret) if colon else None


def _same(given: tuple[str, str] | None, wanted: tuple[str, str]) -> bool:
    return given is not None and all(
        hmac.compare_digest(one.encode(), other.encode()) for one, other in zip(given, wanted, strict=True)
    )


_ACCEPTED = ("*/*", "application/*", "application/json", "application/vnd.whatcounts-v1+json")


def _accepts(accept: str | None) -> bool:
    kinds = [kind.partition(";")[0].strip().lower() for kind in (accept or "*/*").split(",")]
    return any(kind in _ACCEPTED for kind in kinds)
