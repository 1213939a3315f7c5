"""A form that comes back: a new draft, or the change of a send, whose card follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.answers import Channel
from bot.blocks import values
from bot.card.presses import done
from bot.forms import ContentForm, Place
from bot.people import Person
from bot.sends import Ask, Content
from bot.wiring import Bot


async def draft_typed(bot: Bot, ask: Ask, content: Content, channel: Channel, ack: AsyncAck) -> None:
    """A new draft of what was typed; where its card cannot stand, the command can still be answered."""
    send_id = await bot.sends.draft(ask, content, channel.id)
    bot.callers[send_id] = channel.url
    bot.wake.set()
    await ack()


NOTHING: Mapping[str, Any] = {}


async def draft_or_edit(
    form: type[ContentForm], bot: Bot, view: dict[str, Any], person: Person, ask: Ask, ack: AsyncAck,
    more: Mapping[str, Any] = NOTHING,
) -> None:  # fmt: skip
    """Check who and what, write it, ack. Raises NotAllowed, FieldErrors; Objected where it came too late.

    `more`: values that the form keeps without asking.
    """
    place = Place.read(view["private_metadata"])
    place.allow(bot, person, form.doing)
    content = form.read({**values(view), **more}).content(bot, ask.at)
    if place.send_id:
        edited = await bot.sends.edit(ask, place.send_id, place.revision, content)
        await done(bot, ack, edited, place.send_id, form=True)
        return
    await bot.sends.draft(ask, content, place.channel)
    bot.wake.set()
    await ack()
