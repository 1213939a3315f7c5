"""The addresses of the sandbox's Slack, and who may come: this machine's own page, and the bot."""

from __future__ import annotations

import json
import mimetypes
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.slack.api.front import Front
from sandbox.slack.page import Page

CSP = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
HEADERS = {"content-security-policy": CSP, "cache-control": "no-store", "x-content-type-options": "nosniff"}
ACTS = ("command", "click", "shortcut", "view_click", "value", "options", "submit", "close", "home")
NAMES = ("127.0.0.1", "localhost")


class OwnPageOnly:
    """403 for what another site made a browser send: a foreign Host (DNS rebinding) or Origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and not self._welcome(Request(scope)):
            await PlainTextResponse("this sandbox answers its own page only", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _welcome(self, request: Request) -> bool:
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        port = (request.scope.get("server") or ("", 0))[1]
        if host not in {f"{name}:{port}" for name in NAMES}:
            return False
        if request.headers.get("sec-fetch-site") == "cross-site":
            return False
        return origin is None or origin == f"http://{host}"


def application(front: Front, page: Page) -> ASGIApp:
    """Everything on one port: /api, /response, the page and what it asks for."""
    site = Site(page)
    routes = [
        Route("/api/{method}", front.api, methods=["GET", "POST"]),
        Route("/response/{secret:path}", front.response, methods=["POST"]),
        Route("/upload/{secret}", front.upload, methods=["POST"]),
        Route("/files-pri/{team}-{file}/{rest:path}", front.download),
        Route("/signin", front.signin),
        Route("/", site.index),
        Route("/page/{file:path}", site.file),
        Route("/sandbox/state", site.state),
        Route("/sandbox/events", site.events),
        Route("/sandbox/file", site.give, methods=["POST"]),
        *[Route(f"/sandbox/{act}", site.act, methods=["POST"]) for act in (*ACTS, "control")],
    ]
    return OwnPageOnly(Starlette(routes=routes))


class Site:
    """The page's endpoints."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def index(self, _request: Request) -> Response:
        """GET /"""
        return self._file("index.html")

    async def file(self, request: Request) -> Response:
        """GET /page/<file>"""
        return self._file(str(request.path_params["file"]))

    def _file(self, name: str) -> Response:
        root = self._page.root.resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return PlainTextResponse(f"there is no {name}", 404)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Response(path.read_bytes(), media_type=kind, headers=HEADERS)

    async def state(self, request: Request) -> Response:
        """GET /sandbox/state?user="""
        return JSONResponse(self._page.state(request.query_params.get("user", "U0OLIVE")), headers=HEADERS)

    async def events(self, _request: Request) -> Response:
        """GET /sandbox/events"""
        return StreamingResponse(self._page.events(), media_type="text/event-stream", headers=HEADERS)

    async def give(self, request: Request) -> Response:
        """POST /sandbox/file?user=&name=: the bytes of a file that a person puts into a form."""
        asked = request.query_params
        given = self._page.give(asked.get("user", ""), asked.get("name", ""), await request.body())
        return JSONResponse(given, headers=HEADERS)

    async def act(self, request: Request) -> Response:
        """POST /sandbox/<act>"""
        try:
            body: Any = json.loads(await request.body() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return JSONResponse({"ok": False, "notice": "a JSON object, please"}, 400)
        return JSONResponse(
            await self._page.act(urlsplit(str(request.url)).path.rpartition("/")[2], body), headers=HEADERS
        )
