"""Whatever a listener raises right after its ack, the request is answered; Bolt's own runner loses that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.async_app import AsyncAck

from bot.answers import NOT_DONE, NOT_KNOWN
from bot.app import build
from bot.command import Command, Part
from bot.database import DatabaseError, Unconfirmed
from bot.errors import Objected
from bot.evidence import Replayed
from bot.scheduler import Clock
from bot.web import build_web
from sandbox.slack.listening import LOOPBACK, Listening
from tests.test_web import FORM, payload, signed
from tests.world import OLIVE, World

TYPED = "words that a person typed"
UNKNOWN = (KeyError(TYPED), Unconfirmed("OperationalError"))  # after these nobody knows whether it was done
ERRORS = [*UNKNOWN, Objected("No."), DatabaseError("OperationalError"), Replayed()]
WHO = {"user": {"id": OLIVE, "team_id": "T0SANDBOX"}, "team": {"id": "T0SANDBOX"}}
VIEW = {"type": "modal", "callback_id": "sms.broken.form", "id": "V1", "blocks": [], "state": {"values": {}}}
PAYLOADS: dict[str, dict[str, Any]] = {
    "press": {"type": "block_actions", "actions": [{"action_id": "sms.broken.press", "type": "button"}]},
    "form": {"type": "view_submission", "view": VIEW},
    "shortcut": {"type": "message_action", "callback_id": "sms.broken.shortcut"},
    "search": {"type": "block_suggestion", "view": VIEW, "action_id": "field", "block_id": "b", "value": "x"},
    "typing": {"type": "block_actions", "view": VIEW, "actions": [{"action_id": "text", "type": "x"}]},
}


class Waits(Exception):
    """The listener does, for a record that does not answer."""


def broken(error: Exception) -> tuple[Command, Part]:
    """A command and a part whose every listener acks, and raises at once."""
    command, part = Command("broken", works_for_all=True), Part("broken")

    async def listener(ack: AsyncAck) -> None:
        if isinstance(error, Waits):
            await asyncio.Event().wait()
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
    async with with_listeners(sqlite_world, request.param) as world:
        yield world


@pytest.fixture
async def waiting(sqlite_world: World) -> AsyncIterator[World]:
    async with with_listeners(sqlite_world, Waits()) as world:
        yield world


@asynccontextmanager
async def with_listeners(world: World, error: Exception) -> AsyncIterator[World]:
    """The bot with such listeners, at an address of its own."""
    command, part = broken(error)
    app = build(world.bot, [command], [part])
    clock, door = Clock(world.bot.wake, world.bot.pulse), Listening()
    web = build_web(app, world.bot, clock)
    port = await door.start(web, LOOPBACK, 0)
    world.slack.request_url = f"http://{LOOPBACK}:{port}/slack/events"
    yield world
    await door.stop()


async def answered(world: World, body: bytes, kind: str = FORM) -> int:
    """The status, which came at once: an answer that Bolt lost comes after three seconds, as 404."""
    began = time.monotonic()
    answer = await world.slack.raw(body, signed(world, body, kind))
    assert time.monotonic() - began < 2.5
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


async def test_a_form_reads_that_nothing_was_done_only_where_that_is_known(
    raising: World, request: pytest.FixtureRequest
) -> None:
    body = payload(PAYLOADS["form"] | WHO)
    answer = await raising.slack.raw(body, signed(raising, body, FORM))
    is_unknown = any(type(error).__name__ in request.node.name for error in UNKNOWN)
    assert answer.json()["view"]["title"]["text"] == (NOT_KNOWN if is_unknown else NOT_DONE)


async def test_who_waits_longer_than_slack_reads_that_it_is_not_known(waiting: World) -> None:
    typed = {"command": "/sms", "text": "broken", "user_id": OLIVE, "team_id": "T0SANDBOX"}
    command = urlencode(typed | {"channel_id": "C0SMS", "trigger_id": "1.1.a"}).encode()
    form = payload(PAYLOADS["form"] | WHO)
    event = b'{"type": "event_callback", "event_id": "Ev1", "event": {"type": "broken"}}'
    began = time.monotonic()
    said, shown, heard = await asyncio.gather(
        waiting.slack.raw(command, signed(waiting, command, FORM)),
        waiting.slack.raw(form, signed(waiting, form, FORM)),
        waiting.slack.raw(event, signed(waiting, event, "application/json")),
    )
    assert time.monotonic() - began < 3
    assert "it is not known whether this was done" in said.json()["text"]
    assert shown.json()["view"]["title"]["text"] == NOT_KNOWN
    assert heard.status_code == 503
