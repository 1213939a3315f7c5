"""The yardstick, `python -m bench.bare PORT SECRET`: a Bolt app as in its tutorial, one listener, no work."""

from __future__ import annotations

import sys

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def build(secret: str) -> Starlette:
    """The ASGI application; it authorises without asking Slack, which spares it a call."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0", bot_token="xoxb-bench", bot_user_id="U0BOT")

    app = AsyncApp(signing_secret=secret, authorize=authorize)

    @app.command("/sms")
    async def sms(ack: AsyncAck) -> None:
        await ack("Here is how.")

    handler = AsyncSlackRequestHandler(app)

    async def slack(request: Request) -> Response:
        return await handler.handle(request)

    async def readyz(request: Request) -> Response:
        return PlainTextResponse("ready")

    return Starlette(routes=[Route("/slack/events", slack, methods=["POST"]), Route("/readyz", readyz)])


if __name__ == "__main__":
    uvicorn.run(
        build(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning"
    )
