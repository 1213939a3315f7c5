"""The watchman: tells the alarm channel what needs somebody, each matter once, several as one message.

A task beside delivery, so that it speaks also when delivery hangs. One process looks at the matters, that
which does the chores; where its clock stands still, any other. When none is left, the messages speak that
Slack posts by itself (`bot.delivery.watching`), and the next start says since when nothing ran.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import alarms
from bot.alarms import Beat, Matter
from bot.card.alarming import gone, matters, message, silent
from bot.database import DatabaseError
from bot.sends.asking import asking
from bot.wiring import Bot, slack_problem, where

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between looks
STOPS = 1.0  # second at the stop, of the 25 that there are
SILENT = timedelta(seconds=30)  # without a tick; the clock ticks every two seconds
AWAY = timedelta(minutes=1)  # of no process, that is worth telling


class Watchman:
    """Holds nothing that a restart would lose."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._has_started = False

    async def run(self) -> None:
        """Until it is cancelled; what goes wrong is tried again at the next look."""
        while True:
            try:
                await self.once()
            except DatabaseError as error:
                log.error("the alarms: the database failed: %s", error)
            except Exception as error:  # it must not end: it is who tells that something is wrong
                log.error("the alarms: %s at\n%s", type(error).__name__, where(error))
            await asyncio.sleep(EVERY)

    async def once(self) -> None:
        """One look, and what it has to tell. Raises DatabaseError."""
        bot, now = self._bot, self._bot.now()
        known = await bot.database.read(alarms.beats)
        dead = await bot.database.dead({one.process for one in known})
        before = [one for one in known if one.process != bot.database.me]
        news = [] if self._has_started else self._gone(before, now)
        self._has_started = True
        is_chief = await bot.database.is_chief()
        mine = Beat(bot.database.me, now - timedelta(seconds=bot.pulse.age()), is_chief)
        await bot.database.write(alarms.write_beat, mine)
        others = [one for one in known if one.process not in {*dead, mine.process}]
        if is_chief or not any(one.is_chief and not _is_silent(one, now) for one in others):
            if dead:
                await bot.database.write(alarms.forget_beats, list(dead))
            await self._keep(now, [*others, mine], news)
            await self._tell(now)

    async def stop(self) -> None:
        """It is stopped in order: nobody need be told."""
        with suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(STOPS):
                await self._bot.database.write(alarms.forget_beats, [self._bot.database.me])

    def _gone(self, known: Iterable[Beat], now: datetime) -> list[Matter]:
        """At the start: whether nobody ran for a while, and none of them was stopped in order."""
        newest = max((one.tick_at for one in known), default=None)
        if newest is None or now - newest < AWAY:
            return []
        return [gone(newest, now)]

    async def _keep(self, now: datetime, living: Iterable[Beat], news: list[Matter]) -> None:
        bot = self._bot
        found = matters(await bot.database.read(asking, now))
        found += [silent(one.process, one.tick_at) for one in living if _is_silent(one, now)]
        opened, closed = await bot.database.write(alarms.keep, now, [*found, *news])
        for key in opened:
            log.warning("event=alarm matter=%r", key)
        for key in closed:
            log.info("event=alarm-over matter=%r", key)

    async def _tell(self, now: datetime) -> None:
        """What Slack does not take now is told later; without a channel the log and `/sms status` have it."""
        bot, channel = self._bot, self._bot.settings.alarm_channel
        if not channel:
            return
        lines = await bot.database.write(alarms.take, now)
        if not lines:
            return
        try:
            await bot.slack.chat_postMessage(channel=channel, text=message(lines), unfurl_links=False)
        except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.error("SMS_ALARM_CHANNEL: Slack did not take an alarm: %s", slack_problem(error))
            return
        await bot.database.write(alarms.told, now, lines)


def _is_silent(one: Beat, now: datetime) -> bool:
    return now - one.tick_at > SILENT
