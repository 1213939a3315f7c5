"""What a fault makes of an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from sandbox.whatcounts.exchange import Answer, Ending, Request, json_answer, json_error, text_answer
from sandbox.whatcounts.http_api import password_failure
from sandbox.whatcounts.plan import Plan
from sandbox.whatcounts.realm import Realm
from sandbox.whatcounts.tomcat import error_page
from sandbox.whatcounts.writes import EXISTS, NOT_SAVED, stop_failed

_ENDINGS: dict[str, Ending] = {
    "timeout_before": "hang",
    "timeout_after": "hang",
    "close_before": "close",
    "close_after": "close",
    "reset_before": "reset",
    "reset_after": "reset",
    "garbage": "garbage",
    "truncate": "truncate",
    "stall": "stall",
}
_PAGES = {"error_500": 500, "error_502": 502, "error_503": 503, "error_504": 504, "throttled_429": 429}
UNKNOWN_WORDS = "java.lang.NullPointerException: Cannot invoke method on null object"
COLON_WORDS = "Sender code: not enabled: contact support: code 17"
_LOGIN_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


def end(name: str, request: Request, plan: Plan, realm: Realm, true: Answer | None) -> Answer:
    """The answer under an outcome fault; `true` is what it would have been, None when not carried out."""
    if name in _ENDINGS:
        said = true or text_answer("")
        return Answer(said.status, said.body, said.content_type, ending=_ENDINGS[name])
    if name in _PAGES:
        page = error_page(_PAGES[name])
        page.headers += [("Retry-After", "1")] if name == "throttled_429" else []
        return page
    return _SAID[name](request, plan, realm)


def _no(plan: Plan, text: str) -> Answer:
    """A refusal in the manner of the API that was asked."""
    return text_answer(f"FAILURE: {text}") if plan.api == "http" else json_error(text)


_WORDS = {
    "createmessage": NOT_SAVED,
    "createsmsmessage": NOT_SAVED,
    "addphonetosendercode": EXISTS,
    "addsubscribertosendercode": EXISTS,
    "sendmessagetosendercode": "Message name Not Found.",
    "smssendmessagetosendercode": "Message name Not Found.",
}


def known_words(plan: Plan, realm: Realm) -> str:
    """A documented reason for the operation's refusal."""
    name = plan.operation.lower()
    if "stop" in name:
        phone = plan.values.get("phone", "")
        return stop_failed(realm, f"1{phone}" if len(phone) == 10 else phone)
    sender = plan.values.get("senderCode") or plan.values.get("sender_code") or "1"
    return _WORDS.get(name) or f"Error getting sender with senderCode {sender} realmID: {realm.id}"


def _known(request: Request, plan: Plan, realm: Realm) -> Answer:
    return _no(plan, known_words(plan, realm))


def _in_200(request: Request, plan: Plan, realm: Realm) -> Answer:
    text = known_words(plan, realm)
    return json_answer({"error": text, "status": "Internal Server Error", "statusCode": 500})


def _password_echo(request: Request, plan: Plan, realm: Realm) -> Answer:
    return _no(plan, password_failure(realm.password, request.client).removeprefix("FAILURE: "))


def _redirect(request: Request, plan: Plan, realm: Realm) -> Answer:
    # 307 keeps the method and the body: a client that follows it sends a second time.
    page = error_page(307)
    page.headers.append(("Location", f"http://{request.header('host')}{request.target}"))
    return page


def _unauthorized(request: Request, plan: Plan, realm: Realm) -> Answer:
    return text_answer("Invalid credentials") if plan.api == "http" else json_error("Unauthorized", 401)


_SAID: dict[str, Callable[[Request, Plan, Realm], Answer]] = {
    "error_500_known": _known,
    "error_500_unknown": lambda request, plan, realm: json_error(UNKNOWN_WORDS),
    "html_200": lambda request, plan, realm: Answer(200, _LOGIN_PAGE, "text/html;charset=utf-8"),
    "empty_200": lambda request, plan, realm: Answer(200, b""),
    "error_in_200": _in_200,
    "failure_with_colons": lambda request, plan, realm: _no(plan, COLON_WORDS),
    "password_echo": _password_echo,
    "redirect": _redirect,
    "unauthorized": _unauthorized,
}


def bend(answer: Answer, quirks: frozenset[str]) -> Answer:
    """The answer in the odd forms that were ordered: a success in JSON in all, an error without commas."""
    if answer.content_type == "application/json" and answer.body:
        answer.body = _bent(answer.body, quirks if answer.status == 200 else quirks & {"invalid_json"})
    if "bom" in quirks:
        answer.body = b"\xef\xbb\xbf" + answer.body
    return answer


def _bent(body: bytes, quirks: frozenset[str]) -> bytes:
    data = json.loads(body)
    if "odd_dates" in quirks:
        data = _odd_dates(data)
    if "dto" in quirks:
        data = [{"dto": item} for item in data] if isinstance(data, list) else {"dto": data}
    if "single_object" in quirks and isinstance(data, list) and len(data) == 1:
        data = data[0]
    if "keyed_list" in quirks and isinstance(data, list):
        data = {"messages": data}
    if "invalid_json" in quirks:
        return _without_commas(data)
    return json_answer(data).body


def _odd_dates(data: Any) -> Any:
    if isinstance(data, list):
        return [_odd_dates(item) for item in data]
    if isinstance(data, dict):
        return {key: _odd_dates(value) for key, value in data.items()}
    if isinstance(data, str):
        return re.sub(r"^(\w{3} \d+, \d{4}) ([\d:]+) ([AP]M)$", "\\1, \\2\u202f\\3", data)
    return data


def _without_commas(data: Any) -> bytes:
    printed = json.dumps(data, ensure_ascii=False, separators=("\n", ": "))
    return ("{ " + printed + " }" if isinstance(data, list) else printed).encode()
