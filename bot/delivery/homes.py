"""Draw App Home for who opened it: looked at when something was recorded, published when it is different."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from bot.command import Command
from bot.delivery.copying import SlackError
from bot.delivery.elsewhere import passes
from bot.errors import NotAllowed
from bot.home.calendar import Coming, end_of, first_day
from bot.home.picture import Seen, View, closed, hashed, picture, view
from bot.homes import PACE, Home
from bot.people import Unknown
from bot.sends.ahead import Ahead
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

LATE = 10  # seconds without a look at the sends


async def draw_home(bot: Bot, commands: Mapping[str, Command], user: str) -> bool:
    """Look at one home, and publish it where it shows something else; returns whether it was published.

    What Slack does not take now is tried again in 30 s.
    """
    found = await bot.homes.take(bot.now(), user)
    if found is None:
        return False
    taken, newest = found
    try:
        blocks, channel = await _blocks(bot, commands, taken)
    except Unknown:
        return False  # Slack does not say who that is: asked again in 30 s
    shows = hashed(blocks, channel)
    if is_new := shows != taken.shown:
        try:
            await bot.slack.allowance.turn("views.publish")
            await bot.slack.views_publish(user_id=user, view=view(blocks, channel, bot.now()))
        except SlackError as error:
            log.warning("Slack did not take a home: %s", slack_problem(error))
            if passes(error):
                return False
    await bot.homes.drawn(bot.now(), taken, newest, shows)
    asyncio.get_running_loop().call_later(PACE.total_seconds(), bot.wake.set)  # what came meanwhile
    return is_new


async def _blocks(bot: Bot, commands: Mapping[str, Command], taken: Home) -> tuple[list[View], str | None]:
    """The picture, and the channel of its buttons. Raises Unknown."""
    try:
        person = await bot.people.person(taken.who, None)
    except Unknown:
        raise
    except NotAllowed:
        return closed(), None
    settings, now = bot.settings, bot.now()
    until = end_of(first_day(now, settings.timezone), settings.timezone)
    ahead = await bot.sends.ahead(person.id, now, until)
    coming = _coming(bot, ahead)
    channel = _channel(bot, taken.channel, ahead.channel)
    late = int(bot.pulse.age())
    seen = Seen(
        person, ahead, now, coming, bot.workspace.url, channel, late - late % 10 if late > LATE else 0
    )
    return picture(seen, settings, commands), channel


def _coming(bot: Bot, ahead: Ahead) -> list[Coming]:
    """What the calendar shows of campaigns: each that is made, once, and what repeating ones will make."""
    url = bot.workspace.url
    made = [Coming.of(one, url) for one in ahead.campaigns]
    return made + [Coming.of_rule(one.campaign, one.due_at, url) for one in ahead.times]


def _channel(bot: Bot, chosen: str | None, last: str | None) -> str | None:
    """Where cards go: the only channel, the chosen one, or that of what this person sent last."""
    allowed = bot.settings.channels
    if len(allowed) == 1:
        return next(iter(allowed))
    return next((one for one in (chosen, last) if one and (not allowed or one in allowed)), None)
