"""A second message of one card: Slack posted it, and its answer was lost, so it was posted again."""

from __future__ import annotations

import logging

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)


def remove_copy(bot: Bot, channel: str, ts: str) -> None:
    """In the background. What stays, as Slack did not take that, is removed by the next press on it."""
    bot.chores.start(_remove(bot, channel, ts))


async def _remove(bot: Bot, channel: str, ts: str) -> None:
    try:
        await bot.slack.allowance.turn("chat.delete", urgent=True)
        await bot.slack.chat_delete(channel=channel, ts=ts)
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("Slack did not remove the copy of a card: %s", slack_problem(error))
