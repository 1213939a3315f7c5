"""The front door: size cap, signature over the raw bytes, then Bolt; /healthz, /readyz and /metrics."""

from __future__ import annotations

import hmac
import json
import logging
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import freeze
from bot.database import DatabaseError
from bot.gauges import Gauges
from bot.migrations import behind
from bot.scheduler import Clock
from bot.wiring import Bot

log = logging.getLogger(__name__)

LARGEST = 1_000_000  # bytes; Slack's largest payload, a modal of 250 kB in a form, is well below


def build_web(app: AsyncApp, bot: Bot, clock: Clock) -> Starlette:
    """The ASGI application. Slack's requests come to POST /slack/events."""
    verifier = SignatureVerifier(bot.settings.slack_signing_secret.get_secret_value())
    gauges, token = Gauges(bot), bot.settings.metrics_token

    async def slack(request: Request) -> Response:
        body = await read_body(request)
        if isinstance(body, Response):
            return body
        if (refusal := refuse(request, body, verifier)) is not None:
            return refusal
        answer = await app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=dict(request.headers)))
        headers = {name: values[0] for name, values in answer.headers.items()}
        return Response(answer.body, answer.status, headers)

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        problem = await not_ready(bot, clock)
        return PlainTextResponse(problem or "ready", 503 if problem else 200)

    async def metrics(request: Request) -> Response:
        if token is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        if not _is_bearer(request.headers.get("authorization", ""), token):
            return PlainTextResponse(
                HTTPStatus.UNAUTHORIZED.phrase, 401, {"www-authenticate": 'Bearer realm="smsops"'}
            )
        return Response(await gauges.exposition(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/slack/events", slack, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
        ]
    )


async def not_ready(bot: Bot, clock: Clock) -> str | None:
    """Why this process should get no requests, all of it in words; None when it should."""
    problems = [] if clock.ticks() else [f"the clock has not ticked for {bot.pulse.age():.0f} s"]
    if bot.pulse.deaf_since is not None:
        problems.append(f"Slack's socket is closed, for {time.monotonic() - bot.pulse.deaf_since:.0f} s")
    try:
        problems += await bot.database.read(_problems)
    except DatabaseError as error:
        problems += [f"the database does not answer ({error})"]
    return "; ".join(problems) or None


def _problems(connection: Connection) -> list[str]:
    """What is wrong with the database. Raises what it raises where it cannot be asked."""
    if wanted := behind(connection):
        return [wanted]
    freeze.read(connection)
    return []


def _is_bearer(given: str, token: SecretStr) -> bool:
    """Whether this Authorization header holds the token (RFC 6750); compared in constant time."""
    scheme, _, value = given.partition(" ")
    is_right = hmac.compare_digest(value.strip().encode(), token.get_secret_value().encode())
    return is_right and scheme.lower() == "bearer"


async def read_body(request: Request) -> bytes | Response:
    """The body, or the answer to one that is too large or was cut off; what is too large is not read."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > LARGEST:
        return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST:
                return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            parts.append(part)
    except ClientDisconnect:
        return _refusal(HTTPStatus.BAD_REQUEST)
    return b"".join(parts)


def refuse(request: Request, body: bytes, verifier: SignatureVerifier) -> Response | None:
    """401 for what Slack did not sign, 400 for what it signed and Bolt could not read; None lets it in.

    Bolt parses before it verifies, and answers garbage with a traceback (docs.slack.dev, verifying requests).
    """
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    plausible = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12 and signature.isascii()
    if not plausible or not _verified(verifier, body, timestamp, signature):
        return _refusal(HTTPStatus.UNAUTHORIZED)
    return (
        None
        if _is_readable(body, request.headers.get("content-type", ""))
        else _refusal(HTTPStatus.BAD_REQUEST)
    )


def _verified(verifier: SignatureVerifier, body: bytes, timestamp: str, signature: str) -> bool:
    try:
        return verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:  # it signs text: bytes that are none were not signed
        return False


def _is_readable(body: bytes, content_type: str) -> bool:
    """Whether Bolt can parse it: UTF-8, and JSON where JSON is said."""
    try:
        text = body.decode()
        if content_type.startswith("application/json") or text.startswith("{"):  # so Bolt decides
            return is_whole(json.loads(text))
        payload = parse_qs(text).get("payload")
        return payload is None or is_whole(json.loads(payload[0]))
    except (ValueError, RecursionError):
        return False


def is_whole(payload: Any) -> bool:
    """Whether it has what Bolt and the router take for granted (docs.slack.dev, interaction payloads)."""
    if not isinstance(payload, dict):
        return False
    if payload.get("type") == "block_actions":
        actions = payload.get("actions")
        return (
            isinstance(actions, list) and bool(actions) and all(_names(one, "action_id") for one in actions)
        )
    if payload.get("type") == "event_callback":
        return _names(payload, "event_id") and _names(payload.get("event"), "type")
    if payload.get("type") in ("view_submission", "view_closed"):
        return _names(payload.get("view"), "callback_id") and _names(payload["view"], "type")
    return True


def _names(part: Any, key: str) -> bool:
    return isinstance(part, dict) and isinstance(part.get(key), str)


def _refusal(status: HTTPStatus) -> Response:
    return PlainTextResponse(status.phrase, status)
