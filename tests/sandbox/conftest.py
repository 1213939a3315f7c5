"""A Slack, a small bot before it and a browser, for the tests that want nothing special of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from sandbox.slack import Slack
from sandbox.slack.manifest import Manifest
from tests.browser.conftest import chromium
from tests.browser.visitor import Visitor
from tests.sandbox.slack_bot import Json, SmallBot

__all__ = ["chromium"]  # a fixture of the browser tests


@pytest.fixture
def manifest() -> Manifest:
    """An app with two message shortcuts, a global one, and the scopes of ours."""
    features: Json = {
        "slash_commands": [{"command": "/sms", "usage_hint": "help", "description": "Texts"}],
        "shortcuts": [
            _shortcut("Stop texting this number", "stop", "message"),
            _shortcut("Show what was sent", "sent", "message"),
            _shortcut("Send a text", "send", "global"),
        ],
    }
    scopes = ["commands", "chat:write", "users:read", "channels:read", "groups:read", "usergroups:read"]
    address = "https://smsops.example.com/slack/events"
    interactivity = {"is_enabled": True, "request_url": address, "message_menu_options_url": address}
    return Manifest(
        {
            "features": features,
            "oauth_config": {"scopes": {"bot": scopes}},
            "settings": {"interactivity": interactivity},
        }
    )


def _shortcut(name: str, callback_id: str, kind: str) -> Json:
    return {"name": name, "callback_id": callback_id, "type": kind, "description": f"{name}."}


@pytest.fixture
async def slack(manifest: Manifest) -> AsyncIterator[Slack]:
    """A started Slack with that app."""
    slack = Slack(manifest=manifest)
    await slack.start()
    yield slack
    await slack.stop()


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[SmallBot]:
    """A bot that answers an empty 200 to everything."""
    bot = SmallBot(slack)
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
async def visitor(slack: Slack, bot: SmallBot, chromium: Browser) -> AsyncIterator[Visitor]:
    """Olive in #sms, at a clock that her test moves; at the end the console is quiet and no rule broken."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    visitor = Visitor(await context.new_page())
    await visitor.page.clock.install()
    await visitor.open(slack.url)
    yield visitor
    assert visitor.complaints == [] == slack.breaches
    await context.close()
