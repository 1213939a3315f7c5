"""The Web API's front: token, arguments, ordered faults, the record of every call, and the answer."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack.api import METHODS
from sandbox.slack.api.files import take_bytes
from sandbox.slack.api.method import BREACHES, ApiError, Method, Unforeseen, need_scope
from sandbox.slack.api.response_url import respond
from sandbox.slack.record import Call, Json
from sandbox.slack.workspace import Workspace

NESTED = {"blocks", "attachments", "view", "metadata", "files"}  # JSON in a string where the body is a form
POSTS = {"chat.postMessage", "chat.postEphemeral"}


class Front:
    """Starlette endpoints; `cut` breaks the connection of a peer."""

    def __init__(self, slack: Workspace, cut: Callable[[tuple[str, int]], None]) -> None:
        self._slack, self._cut = slack, cut
        self._posts: dict[str, deque[float]] = defaultdict(deque)

    async def api(self, request: Request) -> Response:
        """POST or GET /api/<method>."""
        name = str(request.path_params["method"])
        return self._dated(await self._through_faults(request, name, self._call))

    async def response(self, request: Request) -> Response:
        """POST /response/<secret>."""
        return self._dated(await self._through_faults(request, "response_url", self._respond))

    async def upload(self, request: Request) -> Response:
        """POST /upload/<secret>: the raw bytes of a file."""
        return self._dated(await self._through_faults(request, "upload_url", self._upload))

    def _upload(self, request: Request, name: str, body: bytes) -> Response:
        call = Call(name, {"length": len(body)})
        try:
            take_bytes(self._slack, str(request.path_params["secret"]), body)
        except ApiError as error:
            self._breach(name, error)
            call.status = 400
            return self._record(call, error.to_dict())
        return self._record(call, {"ok": True})

    async def download(self, request: Request) -> Response:
        """GET /files-pri/<team>-<file>/...: the bytes for who has the token, else a login."""
        return await self._through_faults(request, "url_private", self._download)

    def _download(self, request: Request, name: str, _body: bytes) -> Response:
        asked = str(request.path_params["file"])
        call = Call(name, {"file": asked, "headers": sorted(request.headers.keys())})
        file = self._slack.files.get(asked)
        try:
            self._check_token(request, {})
            need_scope(self._slack, "files:read")
        except ApiError as error:
            self._breach(name, error)
            call.status = 302
            self._record(call, error.to_dict())
            return Response(status_code=302, headers={"location": f"{self._slack.url}/signin"})
        if file is None or file.content is None or file.is_deleted:
            call.status = 404
            return self._record(call, {"ok": False, "error": "file_not_found"})
        self._record(call, {"ok": True})
        kind = file.to_dict("")["mimetype"]
        return Response(file.content, media_type=kind, headers={"content-disposition": "attachment"})

    async def signin(self, _request: Request) -> Response:
        """GET /signin: what a browser would be shown."""
        return Response("<!DOCTYPE html><title>Sign in to Slack</title>", media_type="text/html")

    def _dated(self, response: Response) -> Response:
        """Slack's clock, by which an app can tell how wrong its own is."""
        response.headers["date"] = formatdate(self._slack.now(), usegmt=True)
        return response

    async def _through_faults(
        self, request: Request, name: str, carry_out: Callable[[Request, str, bytes], Response]
    ) -> Response:
        body, faults = await request.body(), self._slack.faults
        if hold := faults.take_hold(name):
            await hold.here()
        if faults.delay:
            await asyncio.sleep(faults.delay)
            if await request.is_disconnected():
                return Response()
        if faults.down:
            return (
                await self._lost(request)
                if faults.down == "closed"
                else PlainTextResponse("unavailable", 503)
            )
        order = faults.take(name)
        if order and order.kind == "ratelimit":
            return self._refused(request, name, order.retry_after)
        if order and order.kind == "refuse":
            return self._record(Call(name, dict(request.query_params)), {"ok": False, "error": order.error})
        response = carry_out(request, name, body)
        if not order:
            return response
        self._slack.calls[-1].lost = True
        return await self._lost(request)

    async def _lost(self, request: Request) -> Response:
        client = request.client
        assert client is not None  # a TCP connection has a peer
        self._cut((client.host, client.port))
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response()

    def _refused(self, request: Request, name: str, retry_after: int) -> Response:
        call = Call(name, dict(request.query_params), status=429)
        return self._record(call, {"ok": False, "error": "ratelimited"}, {"retry-after": str(retry_after)})

    def _record(self, call: Call, answer: Json, headers: dict[str, str] | None = None) -> Response:
        call.answer, call.at = answer, self._slack.now()
        self._slack.calls.append(call)
        self._slack.changes.happened()
        scopes = {"x-oauth-scopes": ",".join(self._slack.scopes)}
        return JSONResponse(answer, call.status, scopes | (headers or {}))

    def _call(self, request: Request, name: str, body: bytes) -> Response:
        call, method = Call(name, {}), METHODS.get(name)
        try:
            if method is None:
                raise ApiError("unknown_method", req_method=name)
            call.args = arguments(request, method, body)
            self._check_token(request, call.args)
            answer = method.answer(self._slack, call.args)
            self._pace(name, call.args)
        except ApiError as error:
            answer = error.to_dict()
            self._breach(name, error)
        accepted = {"x-accepted-oauth-scopes": method.scope} if method else {}
        return self._record(call, answer, accepted)

    def _breach(self, name: str, error: ApiError) -> None:
        foreseen = not isinstance(error, Unforeseen) and not self._was_asked_for(error)
        if error.error in BREACHES and foreseen:
            self._slack.breach(f"{name}: {error.sentence}")

    def _was_asked_for(self, error: ApiError) -> bool:
        """A scope that the manifest names and the token lacks is missing by who installed the app."""
        needed = set(str(error.more.get("needed", "")).split(","))
        return not needed.isdisjoint(self._slack.manifest.scopes())

    def _check_token(self, request: Request, args: Json) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token if scheme.lower() == "bearer" else str(args.get("token") or "")
        if not token:
            raise ApiError("not_authed")
        if token != self._slack.bot_token:
            raise ApiError("invalid_auth")
        if not self._slack.is_installed:
            raise ApiError("account_inactive")
        args.pop("token", None)

    def _pace(self, name: str, args: Json) -> None:
        """One post a second in a channel, short bursts allowed (docs.slack.dev/apis/web-api/rate-limits)."""
        if name not in POSTS:
            return
        channel, now = str(args["channel"]), self._slack.now()
        recent = self._posts[channel]
        recent.append(now)
        while recent[0] <= now - 1:
            recent.popleft()
        if len(recent) == self._slack.posts_per_second + 1:
            self._slack.breach(
                f"{name}: more than {self._slack.posts_per_second} posts in a second in {channel}"
            )

    def _respond(self, request: Request, name: str, body: bytes) -> Response:
        call = Call(name, {})
        try:
            call.args = _object(body)
            respond(self._slack, str(request.path_params["secret"]), call.args)
        except ApiError as error:
            self._breach(name, error)
            call.status = 404 if error.error in ("used_url", "expired_url") else 400
            return self._record(call, error.to_dict())
        return self._record(call, {"ok": True})


def arguments(request: Request, method: Method, body: bytes) -> Json:
    """The query and the body, a form or (where the method reads it) JSON; ApiError for what is neither."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        args |= _object(body) if method.json else {}
    elif kind == "application/x-www-form-urlencoded":
        args |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif body:
        raise ApiError("invalid_form_data", [f"a body of type {kind or 'nothing'}"])
    return {name: _nested(name, value) for name, value in args.items() if value is not None}


def _nested(name: str, value: Any) -> Any:
    if name not in NESTED or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ApiError("invalid_arguments", [f"must be JSON [json-pointer:/{name}]"]) from None


def _object(body: bytes) -> Json:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(found, dict):
        raise ApiError("invalid_json")
    return found
