"""The sentences of a repeating campaign: its card, its thread, and what one of its times says of it; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bot.blocks import escape, their_time
from bot.repeats import Moment
from bot.sends import Kind, Send, State

MISSED_SHOWN = 5

AGAIN = "Each time has a card of its own a day ahead, with Skip This One."


def state(send: Send) -> str | None:
    """Where a repeating campaign stands, mrkdwn; None where it is as any send, or is none."""
    found = _STATES.get(send.state) if send.kind is Kind.REPEAT else None
    return found(send) if found else None


def _running(send: Send) -> str:
    by = f", approved by <@{send.approved_by}>" if send.approved_by else ""
    return (
        f"*Running*: it leaves {escape(send.rule.words())}. Started by <@{send.confirmed_by}>{by}. {AGAIN}"
    )


def _paused(send: Send) -> str:
    if send.settled_by is None:
        return f"*Stopped: nothing leaves.* {escape(send.why or '')}"
    return (
        f"*Paused* by <@{send.settled_by}> {their_time(send.state_at)}: nothing leaves until somebody presses"
        " Resume. What passes meanwhile is not caught up."
    )


def _ended(send: Send) -> str:
    by = f" by <@{send.settled_by}> {their_time(send.state_at)}" if send.settled_by else ""
    what = "Ended" if send.next_day else "Cancelled"
    left = "Nothing more leaves of it." if send.next_day else "Nothing was sent."
    return f"*{what}*{by}. {left} {escape(send.why or '')}"


_STATES: dict[State, Callable[[Send], str]] = {
    State.SCHEDULED: _running,
    State.HELD: _paused,
    State.CANCELLED: _ended,
}

LABELS = {State.SCHEDULED: "running", State.HELD: "paused", State.CANCELLED: "ended"}


def label(send: Send) -> str | None:
    """Its state in a list; None where it is as any send, or is none."""
    if send.kind is not Kind.REPEAT or (send.state is State.CANCELLED and not send.next_day):
        return None
    return LABELS.get(send.state)


def since(send: Send) -> date:
    """The day of the first time that its card shows."""
    return send.next_day or next(send.rule.after(send.state_at)).day


def upcoming(send: Send) -> str:
    """The next five times, mrkdwn; "" where there are none."""
    if send.kind is not Kind.REPEAT or send.state not in (State.DRAFT, State.AWAITING, State.SCHEDULED):
        return ""
    would = "" if send.state is State.SCHEDULED else ", once it is started"
    times = "\n".join(f"• {escape(one)}" for one in send.rule.coming(since(send)))
    return f"*The next five times{would}* ({escape(send.rule.zone.key)})\n{times}"


def summary(send: Send) -> str:
    """For a list: how often, and when next, mrkdwn; "" for what does not repeat."""
    if send.kind is not Kind.REPEAT:
        return ""
    runs = ""
    if send.make_at and send.next_day:
        runs = f", next {their_time(send.rule.moment(send.next_day).at)}"
    return f", {escape(send.rule.words())}{runs}"


def one_of(send: Send) -> str:
    """What the card of one time says of its campaign, mrkdwn; "" for others."""
    return f"{send.series}, for {send.on_day:%a %d %b %Y}" if send.series and send.on_day else ""


def missed_note(send: Send, missed: Sequence[Moment]) -> str:
    """For its thread: what fell due while nothing ran; mrkdwn."""
    shown = "\n".join(f"• {escape(send.rule.said(one))}" for one in missed[:MISSED_SHOWN])
    more = f"\n• and {len(missed) - MISSED_SHOWN} more" if len(missed) > MISSED_SHOWN else ""
    times = "One time" if len(missed) == 1 else f"{len(missed)} times"
    return (
        f"<@{send.asked_by}> {times} of {send.id} passed while smsops did not run. Nothing was sent for"
        f" {'it' if len(missed) == 1 else 'them'}, and nothing is caught up:\n{shown}{more}"
    )
