"""What Slack says for a campaign that did not report, and what its thread is told about that; pure."""

from __future__ import annotations

import re
from datetime import datetime

from bot.blocks import escape, their_time
from bot.card import words
from bot.card.about import heading
from bot.sends import Send

MARK = "did not report"
_ABOUT = re.compile(rf"\*(S-[0-9A-Z]{{6}}) {MARK}\.\*")

REASONS = {
    "restricted_too_many": "Slack takes no more than 30 of one channel within five minutes",
    "time_in_past": "the clock here is not Slack's",
    "time_too_far": "the clock here is not Slack's",
}


def alarm(send: Send, due_at: datetime) -> str:
    """What Slack posts by itself unless it is taken away in time; mrkdwn."""
    return (
        f"<@{send.asked_by}> *{send.id} {MARK}.* {escape(heading(send))} was due {their_time(due_at)}, and"
        " smsops has not said what came of it: it may be down. It may have been sent, or not. Do not send it"
        f" again: look in WhatCounts for a campaign whose name ends in {send.id}, and have smsops started."
    )


def about(text: str) -> str | None:
    """The id of the send that an alarm is about; None for any other message."""
    found = _ABOUT.search(text)
    return found[1] if found else None


def overtaken(send: Send) -> str:
    """For the thread of an alarm that was posted, or could not be taken away any more; mrkdwn."""
    return f"The alarm about {send.id} is overtaken. As it stands now: {words.state(send, False)}"


def unwatched(send: Send, why: str) -> str:
    """For the thread of a campaign that has no alarm; mrkdwn."""
    return (
        f"Slack books no alarm for {send.id} ({escape(REASONS.get(why, why))}). It leaves as it was"
        " confirmed; but if smsops is down at its hour, nobody is told. It is tried again every ten minutes."
    )
