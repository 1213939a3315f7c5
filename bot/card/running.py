"""Pause and Resume: the buttons of a bulk run; Cancel is the one of every card (`presses`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot import asking
from bot.blocks import escape
from bot.card.picture import card
from bot.card.presses import allow, done, pressed
from bot.errors import Objected
from bot.people import ANYONE, Person
from bot.rules import Facts, Terms
from bot.rules.hours import blackout, hours
from bot.sends import Ask, Send, State
from bot.sends.run import Action, PausedBy
from bot.wiring import Bot


@card.action("pause")
async def pause(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    bot.people.require(person, ANYONE, "press Pause")
    # no revision: the card moves on with each count, and stopping it is what was meant
    paused = await bot.runs.pause(ask, press.send.id, PausedBy.HAND, "Somebody pressed Pause.")
    await done(bot, ack, paused, press.send.id)


@card.action("resume")
async def resume(bot: Bot, body: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck) -> None:
    press = await pressed(bot, body)
    allow(bot, person, press.send, "Resume")
    await _may_go_on(bot, press.send, ask)
    await done(bot, ack, await bot.runs.resume(ask, press.send.id), press.send.id)


async def _may_go_on(bot: Bot, send: Send, ask: Ask) -> None:
    """Raises Objected where what paused it, or something else, still stands against it."""
    seen = await asking.see(bot, send.id)
    if seen is None or send.run is None or send.run.action is Action.STOP:
        return
    if seen.freeze.frozen:
        raise Objected(
            "Sends are still frozen, so it stays paused. An admin lifts that with `/sms unfreeze`."
        )
    now = replace(send, state=State.DRAFT, chosen_at=None, due_at=None)
    terms = Terms.of(bot.settings)
    facts = Facts(now, send.text or "", ask.at, bot.registry, seen.freeze, False, terms=terms)
    if shut := hours(facts) or blackout(facts):
        raise Objected(f"{escape(shut.sentence.partition(' Press Move')[0])} It stays paused.")
