"""Where a card goes that may not stand where it was asked for, and why it may not."""

from __future__ import annotations

import logging

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.answers import respond
from bot.sends import Send, State
from bot.wiring import Bot, slack_problem

log = logging.getLogger(__name__)

CLOSED = (
    "Closed", "not_in_channel", "channel_not_found", "is_archived", "no_permission", "missing_scope",
    "team_access_not_granted", "posting_to_general_channel_denied",
)  # fmt: skip
PASSING = (
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "invalid_auth", "not_authed",
    "account_inactive", "token_revoked", "token_expired",
)  # fmt: skip
DELETED = ("message_not_found", "cant_update_message", "edit_window_closed")


class Closed(SlackClientError):
    """The card may not stand in this channel."""


def is_closed(said: str) -> bool:
    """Whether Slack says that the bot has no business there, now or later."""
    return said in CLOSED or said.startswith("restricted_action")


def passes(error: Exception) -> bool:
    """Whether it is Slack's trouble or that of the whole app, which another channel would not cure."""
    status = getattr(getattr(error, "response", None), "status_code", 0)
    return not isinstance(error, SlackApiError) or status != 200 or slack_problem(error) in PASSING


async def send_elsewhere(bot: Bot, taken: Send, said: str) -> None:
    """Say why the card is not there: the card of one phone comes to their DM, the rest is cancelled."""
    is_direct = taken.card_channel == taken.asked_by or (taken.card_channel or "").startswith("D")
    is_over = taken.state in (State.CANCELLED, State.EXPIRED)  # and needs no other place
    if is_direct or is_over:
        log.error("%s: its card can be shown nowhere: %s", taken.id, said)
        await bot.sends.card_gone(bot.now(), taken)
        return
    why = cannot_post(said, "in the channel where this was asked for")
    why += " Then press Draft Again." if taken.is_to_many or taken.needs_person else ""
    note = f"{cannot_post(said, f'in <#{taken.channel}>')} The card came here instead."
    await bot.sends.redirect(bot.now(), taken, taken.asked_by, why, note)
    if url := bot.callers.pop(taken.id, ""):
        text = f"{cannot_post(said, 'here')} The card of {taken.id} came to your direct messages."
        bot.chores.start(respond(bot, url, {"text": text, "response_type": "ephemeral"}))


def cannot_post(said: str, where: str) -> str:
    """Why the card is not `where` it was asked for, and how to mend it."""
    if said == "Closed":
        return f"Cards are not shown {where}, since people of another company read there."
    return f"smsops may not post {where}. Type /invite @smsops there to mend that."
