"""Pause, Resume, End: the buttons of a repeating campaign, on its card."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.card.picture import card
from bot.card.presses import allow, done, pressed
from bot.people import ANYONE, Person
from bot.sends import Ask
from bot.wiring import Bot


@card.action("pause_times")
async def pause(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    bot.people.require(person, ANYONE, "press Pause")
    # no revision: as with Cancel, whatever the card said meanwhile, stopping it is what was meant
    await done(bot, ack, await bot.sends.pause(ask, press.send.id), press.send.id)


@card.action("resume_times")
async def resume(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "Resume")
    press.require("resume_times")
    delay = bot.delay(press.send)
    await done(bot, ack, await bot.sends.resume(ask, press.send.id, press.revision, delay), press.send.id)


@card.action("end")
async def end(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "End")
    # no revision here either: it changes whenever a time is made, which is nothing to who wants it to stop
    await done(bot, ack, await bot.sends.cancel(ask, press.send.id), press.send.id)
