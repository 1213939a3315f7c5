"""What a person does with App Home itself: opens it, chooses where cards go. Delivery draws it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.errors import UsageError
from bot.home.picture import home
from bot.people import SEND, Person
from bot.wiring import Bot


@home.event("app_home_opened")
async def opened(bot: Bot, event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Its messages are another tab of the same (docs.slack.dev, app_home_opened)."""
    if event.get("tab") != "home":
        return
    if await bot.homes.opened(str(event["user"]), opened_at(event, body)):
        bot.wake.set()


def opened_at(event: Mapping[str, Any], body: Mapping[str, Any]) -> datetime:
    """When, by Slack's clock (UTC): to the microsecond where it says so, else to the second."""
    said = str(event.get("event_ts") or "")
    seconds = float(said) if "." in said else float(body["event_time"])
    return datetime.fromtimestamp(seconds, UTC)


@home.action("channel")
async def choose(bot: Bot, body: Mapping[str, Any], person: Person, ack: AsyncAck) -> None:
    """Where the cards of what they send from there go."""
    channel = body["actions"][0].get("selected_conversation")
    if not channel:
        raise UsageError("No channel was chosen, so nothing was changed.")
    bot.people.require(person, SEND, "send texts")
    bot.people.require_channel(channel)
    await bot.homes.choose(person.id, channel)
    bot.wake.set()
    await ack()
