"""What one process does for all, now and then: the daily digest, and erasing what is too old."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import alarms, digests
from bot.digests import Digest
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

LOOKS_EVERY = timedelta(hours=1)  # between looks for what is too old, while there was none


@dataclass
class Keeping:
    """Remembers when it looked last for what is too old."""

    bot: Bot
    _looked_at: datetime | None = None

    async def once(self) -> bool:
        """Whether there may be more to do at once. Raises DatabaseError."""
        bot = self.bot
        while await bot.database.write(digests.make, bot.now()):
            pass
        if bot.settings.alarm_channel:
            await self._post(bot.settings.alarm_channel)
        if self._looked_at is None or abs(bot.now() - self._looked_at) > LOOKS_EVERY:
            kept_for = timedelta(days=bot.settings.retention_days)
            if await bot.sends.erase_old(bot.now(), kept_for):
                return True  # their cards
            await bot.sends.erase_unused(bot.now(), kept_for)
            await bot.database.write(alarms.erase_alarms, bot.now() - kept_for)
            self._looked_at = bot.now()
        return False

    async def _post(self, channel: str) -> None:
        """What Slack does not take now, or took without our knowing it, is posted at a later tick."""
        made = await self.bot.database.write(digests.take, self.bot.now())
        if made is None:
            return
        try:
            await self.bot.slack.chat_postMessage(channel=channel, text=words(made), unfurl_links=False)
        except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("Slack did not take the digest of %s: %s", made.day, slack_problem(error))
            return
        await self.bot.database.write(digests.posted, self.bot.now(), made.day)


def words(made: Digest) -> str:
    """The line for the alarm channel, mrkdwn; the same one each time."""
    return (
        f"The record up to {made.day} (UTC): {made.chains} chains grew, of {made.rows} rows in all."
        f" Digest `{made.hash}`. Leave this line here: `python -m bot verify {made.hash}` proves by it that"
        " nothing was changed or cut off since."
    )
