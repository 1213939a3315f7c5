"""The HTTP API, `/bin/api_web`: everything is an argument, every answer is text under 200."""

from __future__ import annotations

import hmac

from sandbox.whatcounts.commands import COMMANDS, Command
from sandbox.whatcounts.exchange import Answer, Request, text_answer
from sandbox.whatcounts.fields import BusinessError
from sandbox.whatcounts.plan import Call, Plan, World, refusal
from sandbox.whatcounts.tomcat import Target, error_page, form_charset, parameters

_REALM = ("r", "realm")
_PASSWORD = ("p", "pwd", "password")
_COMMAND = ("c", "cmd")


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
