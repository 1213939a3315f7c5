"""Every listener answers while Slack hangs: it calls Slack only to open a view, and to ask who somebody is.

house.md 4.5: check and write first, ack last; what is drawn is drawn by delivery, not by a listener.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest

import commands
from bot.card import card as card_part
from sandbox.slack import Message
from sandbox.slack.api import METHODS
from tests.steps import (
    cancelled_text,
    doubtful_text,
    draft_campaign,
    held_text,
    press,
    scheduled_text,
    submit,
    submitted_text,
    typed,
)
from tests.world import MAX, OLIVE, World

MAY_CALL = {"views.open", "users.info"}
MANY = 50
PATIENCE = 1500  # ms; a listener that waits for Slack waits 2 s and more, one that does not some 10 ms

Act = Callable[[World], Awaitable[Any]]


@contextmanager
def hanging(world: World) -> Iterator[None]:
    """Slack answers nothing but what a listener may call."""
    for method in ({*METHODS} | {"response_url"}) - MAY_CALL:
        for _ in range(MANY):
            world.slack.faults.hold(method)
    yield
    world.slack.faults.clear()


def listener_of(body: bytes) -> str:
    """The name of the listener that a request is for, as `Command` and `Part` keep it."""
    fields = {name: found[0] for name, found in parse_qs(body.decode()).items()}
    if "payload" not in fields:
        return f"sms.{fields.get('text', '').split(' ')[0] or 'menu'}.run"
    payload = json.loads(fields["payload"])
    if payload["type"] == "block_suggestion":
        return f"search {payload['view']['callback_id'].split('.')[1]}.{payload['action_id']}"
    return str((payload.get("actions") or [{"action_id": payload.get("view", {}).get("callback_id")}])[0]["action_id"])


def all_listeners() -> set[str]:
    """Every listener that the app registers."""
    parts = [*commands.load(), card_part]
    found = {f"sms.{one.name}.run" for one in commands.load()}
    found |= {key for part in parts for table in (part.actions, part.views) for key in table}
    return found | {f"search {part.name}.{what}" for part in parts for what in part.searches}


async def shown(world: World, words: str) -> Message:
    """The private message that a command makes."""
    answer = await world.slack.command(OLIVE, words)
    assert answer.shown is not None
    return answer.shown


def pressing(begin: Callable[[World], Awaitable[Message]], label: str) -> tuple[Act, Act]:
    """Before Slack hangs the card is there; then somebody presses."""

    async def before(world: World) -> Message:
        return await begin(world)

    async def act(world: World, card: Message) -> None:
        await press(world, card, label)

    return before, act  # type: ignore[return-value]


def typing(words: str, user: str = OLIVE) -> tuple[Act, Any]:
    async def before(world: World) -> None:
        return None

    async def act(world: World, _: object) -> None:
        await typed(world, words, user)

    return before, act


async def _many_drafts(world: World) -> Message:
    for number in range(11):
        await typed(world, f"send 2065550100 Number {number}")
    return await shown(world, "scheduled")


async def _many_messages(world: World) -> Message:
    world.whatcounts.realm.add_message("One more", "Text")
    return await shown(world, "messages")


async def _second_page(world: World, page: Message, heading: str) -> Message:
    await press(world, page, "Next Page")
    await world.slack.wait_for(lambda: heading in page.read())
    return page


async def _second_messages(world: World) -> Message:
    return await _second_page(world, await _many_messages(world), "Messages 9 to 9")


async def _second_drafts(world: World) -> Message:
    return await _second_page(world, await _many_drafts(world), "Waiting: 11 to 11")


async def _newest(world: World) -> Message:
    await world.draft_text()
    return await shown(world, "show")


def submitting(words: str, values: dict[str, Any]) -> tuple[Act, Any]:
    async def before(world: World) -> None:
        await typed(world, words)
        await world.slack.fill(OLIVE, values)

    async def act(world: World, _: object) -> None:
        assert (await submit(world, {})).closed

    return before, act


def moving() -> tuple[Act, Any]:
    async def before(world: World) -> None:
        await press(world, await scheduled_text(world), "Move")

    async def act(world: World, _: object) -> None:
        assert (await submit(world, {"when": int(world.time.now().timestamp()) + 3600})).closed

    return before, act


def searching() -> tuple[Act, Any]:
    async def before(world: World) -> None:
        await typed(world, "campaign")

    async def act(world: World, _: object) -> None:
        assert await world.slack.search(OLIVE, "message", "sale")

    return before, act


async def _submitted_late(world: World) -> Message:
    return (await submitted_text(world)).was(0)


async def _copy(world: World) -> Message:
    card = await scheduled_text(world)
    return world.slack.workspace.post("C0SMS", text=card.text, blocks=card.blocks)


STEPS: dict[str, tuple[Act, Any]] = {
    "menu": typing(""),
    "help": typing("help"),
    "send": typing("send 2065550100 Hello"),
    "the form of send": typing("send"),
    "campaign": typing("campaign Spring sale"),
    "messages": typing("messages"),
    "scheduled": typing("scheduled"),
    "show": typing("show"),
    "status": typing("status"),
    "freeze": typing("freeze"),
    "unfreeze": typing("unfreeze", MAX),
    "an unknown verb": typing("sned"),
    "messages, next": pressing(_many_messages, "Next Page"),
    "messages, back": pressing(_second_messages, "Earlier Page"),
    "scheduled, next": pressing(_many_drafts, "Next Page"),
    "scheduled, back": pressing(_second_drafts, "Earlier Page"),
    "show one": pressing(_newest, "Show"),
    "confirm": pressing(World.draft_text, "Send"),
    "edit": pressing(World.draft_text, "Edit"),
    "edit a campaign": pressing(draft_campaign, "Edit"),
    "cancel": pressing(scheduled_text, "Cancel"),
    "move": pressing(scheduled_text, "Move"),
    "send now": pressing(held_text, "Send Now"),
    "was sent": pressing(doubtful_text, "It Was Sent"),
    "was not sent": pressing(doubtful_text, "It Was Not Sent"),
    "draft again": pressing(cancelled_text, "Draft Again"),
    "too late": pressing(_submitted_late, "Send"),
    "on a copy": pressing(_copy, "Cancel"),
    "submit a text": submitting("send", {"phone": "2065550100", "text": "Hello"}),
    "submit a campaign": submitting("campaign Spring sale", {"group": "weekly"}),
    "submit a move": moving(),
    "search": searching(),
}
