"""apps.connections.open: an address for a socket, for the app's own token and no other."""

from __future__ import annotations

from sandbox.slack.api.method import ApiError, Method
from sandbox.slack.record import Json
from sandbox.slack.workspace import Workspace

OPEN = "apps.connections.open"


def check_app_token(slack: Workspace, token: str) -> None:
    """ApiError for any token but the app's (docs.slack.dev/reference/methods/apps.connections.open)."""
    if token == slack.bot_token:
        raise ApiError("not_allowed_token_type")
    if token != slack.sockets.app_token:
        raise ApiError("invalid_auth")


def connections_open(slack: Workspace, args: Json) -> Json:
    return {"url": slack.sockets.ticket()}


METHODS = [Method.of(OPEN, connections_open, json=False)]
