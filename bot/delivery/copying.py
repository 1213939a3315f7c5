"""Draw the copies of a card in the direct messages of those who are asked to approve it: each posted once."""

from __future__ import annotations

import logging

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.card.copies import remove_copy
from bot.card.picture import picture
from bot.delivery.elsewhere import DELETED, passes
from bot.errors import NotAllowed
from bot.people import APPROVE, Unknown
from bot.sends import Copy, Send, State, is_own
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

SlackError = (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError)


async def draw_copy(bot: Bot, copy_id: str) -> bool:
    """Draw one copy; returns whether it is drawn. What Slack does not take now is tried again in 30 s."""
    found = await bot.sends.take_copy(bot.now(), int(copy_id))
    if found is None:
        return False
    copy, send = found
    try:
        if copy.ts is None and not await _is_wanted(bot, copy, send):
            return await bot.sends.copy_drawn(copy, None, None)
    except Unknown:
        return False  # a guest reads no card: asked again in 30 s
    try:
        channel, ts = await _show(bot, copy, send)
    except SlackError as error:
        said = slack_problem(error)
        log.warning("%s: Slack did not take a copy of its card: %s", send.id, said)
        if said in DELETED or not passes(error):  # there is none now, and it is not posted again
            await bot.sends.copy_drawn(copy, None, None)
        return False
    if not await bot.sends.copy_drawn(copy, channel, ts):
        remove_copy(bot, channel, ts)
    return True


async def _is_wanted(bot: Bot, copy: Copy, send: Send) -> bool:
    """Whether it still waits, and this person may approve it: a guest in a user group reads no card.

    Raises Unknown while Slack does not say who that is.
    """
    if send.state is not State.AWAITING or is_own(send, copy.who):
        return False
    try:
        return (await bot.people.person(copy.who, None)).may(APPROVE)
    except NotAllowed:
        return False


async def _show(bot: Bot, copy: Copy, send: Send) -> tuple[str, str]:
    """Post or edit; returns (channel, ts)."""
    freeze = await bot.sends.frozen()
    text, blocks = picture(send, bot.settings, bot.registry, freeze.frozen)
    if copy.ts and copy.channel:
        await bot.slack.allowance.turn("chat.update", copy.channel)
        await bot.slack.chat_update(channel=copy.channel, ts=copy.ts, text=text, blocks=blocks)
        return copy.channel, copy.ts
    await bot.slack.allowance.turn("chat.postMessage", copy.who, urgent=True)
    answer = await bot.slack.chat_postMessage(
        channel=copy.who, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
    )
    return str(answer["channel"]), str(answer["ts"])
