"""Whatever a listener raises right after its ack, the request is answered; Bolt's own runner loses that."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.async_app import AsyncAck

from bot.app import build
from bot.command import Command, Part
from bot.database import DatabaseError
from bot.errors import Objected
from bot.evidence import Replayed
from bot.scheduler import Clock
from bot.web import build_web
from sandbox.slack.listening import LOOPBACK, Listening
from tests.test_web import FORM, payload, signed
from tests.world import OLIVE, World

TYPED = "words that a person typed"
ERRORS = [KeyError(TYPED), Objected("No."), DatabaseError("OperationalError"), Replayed()]
WHO = {"user": {"id": OLIVE, "team_id": "T0SANDBOX"}, "team": {"id": "T0SANDBOX"}}
VIEW = {"type": "modal", "callback_id": "sms.broken.form", "id": "V1", "blocks": [], "state": {"values": {}}}
PAYLOADS: dict[str, dict[str, Any]] = {
    "press": {"type": "block_actions", "actions": [{"action_id": "sms.broken.press", "type": "button"}]},
    "form": {"type": "view_submission", "view": VIEW},
    "shortcut": {"type": "message_action", "callback_id": "sms.broken.shortcut"},
    "search": {"type": "block_suggestion", "view": VIEW, "action_id": "field", "block_id": "b", "value": "x"},
    "typing": {"type": "block_actions", "view": VIEW, "actions": [{"action_id": "text", "type": "x"}]},
}


def broken(error: Exception) -> tuple[Command, Part]:
    """A command and a part whose every listener acks, and raises at once."""
    command, part = Command("broken", works_for_all=True), Part("broken")

    async def listener(ack: AsyncAck) -> None:
        await ack()
        raise error

    command.run(listener)
    for register in (part.action("press"), part.view("form"), part.shortcut("shortcut")):
        register(listener)
    part.search("field")(listener)
    part.typing("text")(listener)
    part.event("broken")(listener)
    return command, part


@pytest.fixture(params=ERRORS, ids=lambda error: type(error).__name__)
async def raising(sqlite_world: World, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The bot with such listeners, at an address of its own."""
    world = sqlite_world
    command, part = broken(request.param)
    app = build(world.bot, [command], [part])
    secret = world.settings.slack_signing_secret.get_secret_value()
    clock, door = Clock(world.bot.wake, world.bot.pulse), Listening()
    web = build_web(app, secret, world.bot.database, clock)
    port = await door.start(web, LOOPBACK, 0)
    world.slack.request_url = f"http://{LOOPBACK}:{port}/slack/events"
    yield world
    await door.stop()


async def answered(world: World, body: bytes, kind: str = FORM) -> int:
    """The status, which came at once: an answer that Bolt lost comes after three seconds, as 404."""
    began = time.monotonic()
    answer = await world.slack.raw(body, signed(world, body, kind))
    assert time.monotonic() - began < 1.5
    assert TYPED not in answer.text
    return answer.status_code


async def test_a_command_is_answered(raising: World) -> None:
    command = {"command": "/sms", "text": "broken", "user_id": OLIVE, "team_id": "T0SANDBOX"}
    assert await answered(raising, urlencode(command | {"channel_id": "C0SMS"}).encode()) == 200


@pytest.mark.parametrize("what", PAYLOADS)
async def test_an_interaction_is_answered(raising: World, what: str) -> None:
    assert await answered(raising, payload(PAYLOADS[what] | WHO)) == 200


async def test_an_event_is_answered_and_comes_again_unless_it_came_before(
    raising: World, request: pytest.FixtureRequest
) -> None:
    event = b'{"type": "event_callback", "event_id": "Ev1", "event": {"type": "broken"}}'
    came_before = "Replayed" in request.node.name
    assert await answered(raising, event, "application/json") == (200 if came_before else 503)
