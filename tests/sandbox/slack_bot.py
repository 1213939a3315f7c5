"""A bot small enough to read: it answers whatever a test tells it to, and keeps what Slack sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.slack import Slack
from sandbox.slack.listening import Listening
from sandbox.slack.sending import signature

Json = dict[str, Any]
Listener = Callable[[Json], Awaitable[Response | Json | str | None]]


class SmallBot:
    """`on` maps a kind of request ("command", "block_actions") to its listener; without: an empty 200."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.got: list[Json] = []
        self.on: dict[str, Listener] = {}
        self._http = Listening()
        self._session: aiohttp.ClientSession

    async def start(self) -> None:
        """Listens and tells Slack where."""
        port = await self._http.start(
            Starlette(routes=[Route("/slack/events", self._hear, methods=["POST"])]), "127.0.0.1", 0
        )
        self.slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Stops listening."""
        await self._http.stop()
        await self._session.close()

    async def _hear(self, request: Request) -> Response:
        body = await request.body()
        stamp = request.headers["x-slack-request-timestamp"]
        if request.headers["x-slack-signature"] != signature(self.slack.signing_secret, stamp, body):
            return Response("not signed", 401)
        said = _parsed(body, request.headers["content-type"])
        self.got.append(said)
        self.slack.changed()  # so that `slack.wait_for` looks at what it got, too
        listener = self.on.get(said.get("type", "command"))
        answer = await listener(said) if listener else None
        if isinstance(answer, Response):
            return answer
        return JSONResponse(answer) if isinstance(answer, dict) else Response(answer or "")

    async def call(self, method: str, token: str | None = None, **args: Any) -> Json:
        """Calls the Web API; the answer with the HTTP status under "status"."""
        headers = {"Authorization": f"Bearer {token or self.slack.bot_token}"}
        async with self._session.post(self.slack.api_url + method, json=args, headers=headers) as got:
            found: Json = json.loads(await got.text()) if got.content_type == "application/json" else {}
            return found | {"status": got.status, "headers": got.headers}

    async def respond(self, url: str, **body: Any) -> int:
        """Posts to a response_url; the HTTP status."""
        async with self._session.post(url, json=body) as got:
            return got.status


def _parsed(body: bytes, kind: str) -> Json:
    if kind == "application/json":
        event: Json = json.loads(body)
        return event
    fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    payload: Json = json.loads(fields["payload"]) if "payload" in fields else fields
    return payload


def always(answer: Response | Json | str | None) -> Listener:
    """A listener that gives the same answer each time."""

    async def listener(_said: Json) -> Response | Json | str | None:
        return answer

    return listener


async def never(_said: Json) -> None:
    """A listener that does not answer."""
    await asyncio.Event().wait()
