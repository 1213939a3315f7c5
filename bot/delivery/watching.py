"""Book Slack's alarms for campaigns that may never report, and take them away again: as the rows say.

Slack posts an alarm by itself, so it also speaks when every process here is dead. It is booked once its row
is written; an answer that was lost is looked up in Slack's own list, never booked a second time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.card.watching import about, alarm, overtaken, unwatched
from bot.delivery.elsewhere import passes
from bot.sends.watches import TOO_NEAR, Watch
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

POSTED = timedelta(seconds=5)  # after its time an alarm stands in the channel
GONE = "invalid_scheduled_message_id"  # posted, taken away, or within a minute of its time
NO_CARD = "thread_not_found"
PAGE = 100
BOOK, TAKE_AWAY, LIST = "chat.scheduleMessage", "chat.deleteScheduledMessage", "chat.scheduledMessages.list"

Booking = Mapping[str, Any]


async def keep_watch(bot: Bot) -> bool:
    """Ask Slack about each watch that wants it; returns whether there was one.

    What Slack does not answer stays taken: it is asked again in a while, and what it has is looked up then.
    """
    taken = await bot.sends.take_watches(bot.now())
    await asyncio.gather(*(_keep(bot, one) for one in taken))
    return bool(taken)


async def _keep(bot: Bot, watch: Watch) -> None:
    try:
        if watch.is_wanted:
            await _book(bot, watch)
        else:
            await _take_away(bot, watch)
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("%s: its alarm: Slack did not answer: %s", watch.send.id, slack_problem(error))


async def _book(bot: Bot, watch: Watch) -> None:
    if watch.in_doubt and (known := await _find(bot, watch)):
        await bot.sends.watch_booked(watch.id, known)
        return
    await bot.slack.allowance.turn(BOOK)
    try:
        answer = await bot.slack.chat_scheduleMessage(
            channel=watch.channel, thread_ts=watch.thread_ts, reply_broadcast=True,
            post_at=int(watch.post_at.timestamp()), text=alarm(watch.send, watch.due_at),
            unfurl_links=False, unfurl_media=False,
        )  # fmt: skip
    except SlackApiError as error:
        if passes(error):
            raise
        said = slack_problem(error)
        if said == NO_CARD:  # somebody deleted it: it is posted anew, and the alarm is booked under that one
            await bot.sends.card_deleted(watch.send.id)
            await bot.sends.watch_closed(bot.now(), watch)
            return
        log.warning("%s: Slack books no alarm: %s", watch.send.id, said)
        await bot.sends.watch_refused(bot.now(), watch, said, unwatched(watch.send, said))
        return
    await bot.sends.watch_booked(watch.id, str(answer["scheduled_message_id"]))


async def _take_away(bot: Bot, watch: Watch) -> None:
    """Take it away; too late for that, wait until it stands there, and answer it."""
    known = watch.booked or (await _find(bot, watch) if watch.in_doubt else None)
    if known is None:
        await bot.sends.watch_closed(bot.now(), watch)
    elif watch.post_at <= bot.now():
        await bot.sends.watch_closed(bot.now(), watch, overtaken(watch.send))
    elif await _is_taken_away(bot, watch.channel, known) or not await _find(bot, watch):
        await bot.sends.watch_closed(bot.now(), watch)
    else:
        await bot.sends.watch_waits(watch.id, watch.post_at + POSTED)


async def _is_taken_away(bot: Bot, channel: str, message_id: str) -> bool:
    """False where Slack does not know it, or keeps it since it is too near."""
    await bot.slack.allowance.turn(TAKE_AWAY)
    try:
        await bot.slack.chat_deleteScheduledMessage(channel=channel, scheduled_message_id=message_id)
    except SlackApiError as error:
        if slack_problem(error) != GONE:
            raise
        return False
    return True


async def _find(bot: Bot, watch: Watch) -> str | None:
    """The alarm as Slack has it, after an answer that was lost; it may have been posted by now."""
    at = int(watch.post_at.timestamp())
    async for one in _booked(bot, channel=watch.channel, oldest=str(at - 1), latest=str(at + 1)):
        if about(str(one.get("text"))) == watch.send.id and one["post_at"] == at:
            return str(one["id"])
    return None


async def _booked(bot: Bot, **where: Any) -> AsyncIterator[Booking]:
    """What Slack is to post later for this token."""
    cursor = ""
    while True:
        await bot.slack.allowance.turn(LIST)
        page = await bot.slack.chat_scheduledMessages_list(limit=PAGE, cursor=cursor or None, **where)
        for one in page["scheduled_messages"]:
            yield one
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


async def reconcile(bot: Bot) -> bool:
    """At a start: what Slack has and what the rows say are made one; False where Slack did not answer.

    An alarm of a send of ours for which no watch stands is taken away; one that Slack lost is booked anew.
    """
    standing = await bot.sends.standing_watches()  # first: what is booked meanwhile is not lost
    try:
        found = [one async for one in _booked(bot)]
        await _take_strays_away(bot, found)
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("the alarms were not compared with Slack's: %s", slack_problem(error))
        return False
    there = {str(one["id"]) for one in found}
    for watch in standing:
        if watch.booked not in there and _is_ahead(watch, bot.now()):
            await bot.sends.watch_lost(watch)
    return True


def _is_ahead(watch: Watch, now: datetime) -> bool:
    return watch.post_at > now + 2 * TOO_NEAR


async def _take_strays_away(bot: Bot, found: list[Booking]) -> None:
    for one in found:
        send_id, message_id = about(str(one.get("text"))), str(one["id"])
        if send_id and await bot.sends.is_stray_watch(send_id, message_id):
            log.warning("%s: an alarm that nobody waits for is taken away", send_id)
            await _is_taken_away(bot, str(one["channel_id"]), message_id)
