"""The sentences of a card: heading, state, audience, times; pure, from the row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.blocks import ago, both_times, escape, shorten, their_second, their_time
from bot.phones import mask
from bot.sends import Kind, Send, State
from bot.settings import Settings

SOON = timedelta(hours=1)  # nearer than this a time is shown with its seconds


def heading(send: Send) -> str:
    """`Campaign · spring sale → group weekly`, plain text."""
    if send.kind is Kind.CAMPAIGN:
        return f"Campaign · {shorten(send.message or '', 60)} → group {shorten(send.audience or '', 60)}"
    return f"Text → {mask(send.phone or '')}"


def audience(send: Send) -> str:
    """Who gets it, mrkdwn."""
    if send.kind is Kind.CAMPAIGN:
        return f"Group {escape(send.audience or '')}"
    return f"One phone, {mask(send.phone or '')}"


def sender(send: Send, settings: Settings) -> str:
    """The sender code and the words that people know it by, mrkdwn."""
    label = next(
        (one.label for one in settings.senders if one.code == send.sender and one.label != one.code), ""
    )
    return escape(f"{send.sender} ({label})" if label else send.sender)


def when(send: Send, zone: ZoneInfo, delay_seconds: int) -> str:
    """When it leaves, or would, mrkdwn."""
    at = send.due_at or send.chosen_at
    if at is None:
        return f"{delay_seconds} seconds after Send is pressed"
    moved = send.due_at is not None and send.chosen_at is not None and send.due_at > send.chosen_at
    note = "\nMoved: the time chosen left less than the delay in which it can be cancelled." if moved else ""
    return both_times(at, zone) + note


def earlier(send: Send) -> str:
    """The last text that smsops sent to the same audience, as known when this was prepared; mrkdwn."""
    if not send.earlier:
        return "none by smsops"
    at = datetime.fromisoformat(send.earlier["at"])
    since = f", {ago(send.prepared_at - at)} before this" if send.prepared_at else ""
    doubt = ", may have been sent" if send.earlier["state"] == State.MAYBE_SENT else ""
    return (
        f"{their_time(at)}{since}{doubt}: {escape(shorten(send.earlier['text'], 80))} ({send.earlier['id']})"
    )


def state(send: Send, frozen: bool) -> str:
    """Where it stands and what happens next, one line, mrkdwn."""
    again = f" Drafted again as {send.again}." if send.again else ""
    waits = send.state in (State.DRAFT, State.SCHEDULED)
    banner = " *Sends are frozen: this is held unless an admin lifts the freeze first.*"
    return _STATES[send.state](send) + again + (banner if frozen and waits else "")


def _draft(send: Send) -> str:
    if send.prepared_at is not None:
        verb = "Schedule" if send.chosen_at else "Send"
        return f"*Draft.* Nothing is sent until someone presses {verb}."
    if send.objections:
        again = " It is tried again by itself." if send.prepare_at else ""
        return f"*Draft, cannot be sent yet.*{again} Nothing was sent."
    return "*Draft.* Reading the text from WhatCounts…"


def _scheduled(send: Send) -> str:
    soon = send.due_at is not None and send.due_at - send.state_at < SOON
    at = (their_second if soon else their_time)(send.due_at) if send.due_at else ""
    if send.attempts:
        times = "once" if send.attempts == 1 else f"{send.attempts} times"
        return (
            f"*Scheduled.* It was to leave {at}, but WhatCounts could not be reached {times};"
            " nothing was sent yet. It is tried again, and can be cancelled meanwhile."
        )
    return (
        f"*Scheduled.* It leaves {at}, confirmed by {_mention(send.confirmed_by)}."
        " It can be cancelled until then."
    )


def _held(send: Send) -> str:
    return f"*Held: nothing was sent.* {escape(send.why or '')}"


def _submitted(send: Send) -> str:
    if send.settled_by:
        return f"*Submitted*, says {_mention(send.settled_by)}, who looked in WhatCounts."
    one_phone = send.kind is Kind.SEND
    untold = "whether it is delivered" if one_phone else "how many people get it"
    return f"*Submitted* {their_time(send.state_at)}. WhatCounts took it; it does not tell {untold}."


def _refused(send: Send) -> str:
    by = f" Settled by {_mention(send.settled_by)}." if send.settled_by else ""
    return f"*Not sent.* {escape(send.why or '')}{by}"


def _maybe(send: Send) -> str:
    return (
        f"*May have been sent: nobody knows.* {escape(send.why or '')} Look in WhatCounts for {_trace(send)},"
        " then press what you found. smsops will not send it again."
    )


def _trace(send: Send) -> str:
    """Where it would be seen in WhatCounts, had it been sent."""
    if send.kind is Kind.CAMPAIGN:
        return f"a campaign whose name ends in {send.id}"
    return "this text in the phone's history"


def _cancelled(send: Send) -> str:
    by = f" by {_mention(send.settled_by)} {their_time(send.state_at)}" if send.settled_by else ""
    return f"*Cancelled*{by}. Nothing was sent. {escape(send.why or '')}".rstrip()


def _mention(user: str | None) -> str:
    return f"<@{user}>" if user else "nobody"


_STATES: dict[State, Callable[[Send], str]] = {
    State.DRAFT: _draft,
    State.AWAITING: lambda send: "*Awaiting approval.* Nothing is sent until another person approves it.",
    State.SCHEDULED: _scheduled,
    State.HELD: _held,
    State.SENDING: lambda send: "*Sending.* The request is on its way to WhatCounts.",
    State.SUBMITTED: _submitted,
    State.REFUSED: _refused,
    State.MAYBE_SENT: _maybe,
    State.CANCELLED: _cancelled,
    State.EXPIRED: lambda send: "*Expired.* Nobody decided for 24 hours. Nothing was sent.",
}


def held_note(send: Send, why: str) -> str:
    """For the thread: wakes up who asked. mrkdwn."""
    return f"<@{send.asked_by}> {send.id} is held: nothing was sent. {escape(why)}"


def maybe_note(send: Send) -> str:
    """For the thread: wakes up who asked, and says what to look for. mrkdwn."""
    return (
        f"<@{send.asked_by}> {send.id} may have been sent, and smsops will not send it again."
        f" Look in WhatCounts for {_trace(send)}. Then press *It Was Sent* or *It Was Not Sent* on the card."
    )
