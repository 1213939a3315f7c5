"""Slack's Web API, as far as the bot uses it."""

from sandbox.slack.api import chat, connections, files, lookups, scheduled, views
from sandbox.slack.api.method import Method

_ALL = (
    *chat.METHODS, *scheduled.METHODS, *views.METHODS, *lookups.METHODS, *files.METHODS, *connections.METHODS,
)  # fmt: skip
METHODS: dict[str, Method] = {each.name: each for each in _ALL}

__all__ = ["METHODS", "Method"]
