"""Slack's Web API, as far as the bot uses it."""

from sandbox.slack.api import chat, lookups, views
from sandbox.slack.api.method import Method

METHODS: dict[str, Method] = {each.name: each for each in (*chat.METHODS, *views.METHODS, *lookups.METHODS)}

__all__ = ["METHODS", "Method"]
