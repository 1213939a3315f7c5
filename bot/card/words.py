"""The sentences of a card: its state, notes for its thread, the banner of a freeze; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.blocks import escape, named, their_second, their_time
from bot.card import bulk, repeating
from bot.card.about import heading
from bot.card.deeds import deed, nothing, partly
from bot.freeze import Freeze
from bot.sends import OPEN, TO_MANY, Kind, Send, State
from bot.sends.ending import EXPIRES
from bot.sends.oops import CORRECTABLE

SOON = timedelta(hours=1)  # nearer than this a time is shown with its seconds


def state(send: Send, frozen: bool) -> str:
    """Where it stands and what happens next, one line, mrkdwn."""
    said = (repeating.state(send) or _state(send)).strip()
    return said + _oops(send) + _again(send) + (_banner(send) if frozen else "")


def _state(send: Send) -> str:
    """Of a bulk run, once it began, how far it is."""
    if send.run is None or (send.run.ended_at is None and send.state is not State.SENDING):
        return _STATES[send.state](send)
    return bulk.sending(send) if send.state is State.SENDING else bulk.over(send)


def _oops(send: Send) -> str:
    if not (send.oops_by and send.oops_at):
        return ""
    return f" *Its text was wrong*, says {_mention(send.oops_by)} {their_time(send.oops_at)}."


def _again(send: Send) -> str:
    if not send.again:
        return ""
    if send.state is State.SUBMITTED:  # the text of a correction was stored, or a wrong text left
        what = "The correction with this text is drafted as" if send.corrects else "Its correction:"
        return f" {what} {send.again}."
    return f" Drafted again as {send.again}."


def _banner(send: Send) -> str:
    """Of a card that waits, in a freeze."""
    if send.state not in OPEN or send.kind is Kind.STOP:
        return ""
    if send.kind is Kind.REPEAT:
        return " *Sends are frozen: what falls due meanwhile is held.*"
    if send.is_stored_in_freeze:
        return " Sends are frozen; this texts nobody, and is stored all the same."
    if send.through_freeze_by:
        return f" *Sends are frozen, and {_mention(send.through_freeze_by)} lets this one leave.*"
    if waits_for_admin(send):
        return " *Sends are frozen: it leaves only if an admin who did not write it lets it through.*"
    if send.state is State.HELD:
        return " *Sends are still frozen; an admin lifts that first.*"
    return " *Sends are frozen: this is held unless an admin lifts the freeze first.*"


def waits_for_admin(send: Send) -> bool:
    """A correction that is ready, and that nobody has let through the freeze."""
    is_ready = send.state in OPEN and (send.state is not State.DRAFT or send.prepared_at is not None)
    is_correction = send.corrects is not None and send.kind in CORRECTABLE
    return is_ready and is_correction and send.through_freeze_by is None


def frozen_banner(freeze: Freeze) -> str:
    """What stands over a menu or a list in a freeze; mrkdwn."""
    why = f" Why: {escape(freeze.why)}" if freeze.why else ""
    until = "Nothing leaves until an admin lifts it, or lets a correction through."
    return f"*Sends are frozen* by {named(freeze.by)}. {until}{why}"


def _draft(send: Send) -> str:
    if send.prepared_at is not None:
        verb = "Schedule" if send.chosen_at else deed(send).verb
        return f"*Draft.*{_rejected(send)} Nothing is {deed(send).what} until someone presses {verb}."
    if send.objections:
        again = " It is tried again by itself." if send.prepare_at else ""
        return f"*Draft, cannot be {deed(send).done} yet.*{again} {nothing(send)}"
    if send.run is not None and send.run.read_at is None:
        return "*Draft.* Reading the file…"
    return "*Draft.* Checking it…" if deed(send).change else "*Draft.* Reading the text from WhatCounts…"


def _rejected(send: Send) -> str:
    if not send.rejected_by:
        return ""
    return f" Rejected by {_mention(send.rejected_by)}: {escape(send.why or '')}{_stop(send.why)}"


def _stop(sentence: str | None) -> str:
    return "" if (sentence or "").endswith((".", "!", "?", "…")) else "."


def _awaiting(send: Send) -> str:
    """Who may approve, and until when; where it was on its way already, why it is asked anew."""
    again = f" {escape(send.why)}" if send.why else ""
    until = send.state_at + EXPIRES
    if send.chosen_at is not None:
        until = min(until, send.chosen_at)
    return (
        f"*Awaiting approval.*{again} Another person has to approve it until {their_time(until)}:"
        f" {send.asked_of or 'an approver'}. Nothing is {deed(send).what} before."
    )


def _scheduled(send: Send) -> str:
    if send.kind is Kind.STOP:
        return _stopping(send)
    if any(leg.came != "open" for leg in send.legs):
        return f"*Sending.* {_settled_legs(send)} of {len(send.legs)} done."
    at = _at(send)
    if send.attempts:
        return f"*Scheduled.* {_tried(send, at)}"
    leaves = f"It is {deed(send).done}" if deed(send).change else "It leaves"
    return (
        f"*Scheduled.* {leaves} {at}, confirmed by {_mention(send.confirmed_by)}{_approved(send)}."
        f" It can be {'skipped' if send.series else 'cancelled'} until then."
    )


def _approved(send: Send) -> str:
    return f", approved by {_mention(send.approved_by)}" if send.approved_by else ""


def _at(send: Send) -> str:
    soon = send.due_at is not None and send.due_at - send.state_at < SOON
    return (their_second if soon else their_time)(send.due_at) if send.due_at else ""


def _tried(send: Send, at: str) -> str:
    times = "once" if send.attempts == 1 else f"{send.attempts} times"
    if send.why:  # it was reached, and what came of it is not known; asking again does nothing twice
        why = escape(send.why)
        return f"It was asked for {times}: {why} It is asked for again, which does nothing twice."
    leave = f"be {deed(send).done}" if deed(send).change else "leave"
    return (
        f"It was to {leave} {at}, but WhatCounts could not be reached {times};"
        f" nothing was {deed(send).what} yet. It is tried again, and can be cancelled meanwhile."
    )


def _settled_legs(send: Send) -> int:
    return sum(leg.came != "open" for leg in send.legs)


OURS = "smsops itself sends it nothing more from there."


def _stopping(send: Send) -> str:
    failed = [leg for leg in send.legs if leg.came in ("open", "unknown") and leg.tries]
    if not failed:
        return f"*Stopping.* {OURS}"
    codes = escape(" and ".join(leg.sender for leg in failed))
    times = "once" if failed[0].tries == 1 else f"{failed[0].tries} times"
    return (
        f"*Not stopped in WhatCounts yet on {codes}*, asked {times}: {escape(failed[0].why or '')}"
        f" It is asked again {_at(send)}, until it is done. {OURS}"
        f" If you stopped it on {codes} in WhatCounts yourself, press It Was Stopped."
    )


def _held(send: Send) -> str:
    held = next((one for one in send.objections if one["sentence"] == send.why), {})
    return f"{_held_at(send)} {escape(send.why or '')}{in_their_time(held)}"


def in_their_time(objection: Mapping[str, str]) -> str:
    """When it would object no more, in the reader's zone; mrkdwn, '' where that is not known."""
    at = objection.get("next_at")
    return f" In your time: {their_time(datetime.fromisoformat(at))}." if at else ""


def _held_at(send: Send) -> str:
    return f"*Held.* {partly(send)}" if partly(send) else f"*Held: {nothing(send).lower()}*"


def _submitted(send: Send) -> str:
    did, why = deed(send), escape(send.why or "")
    count, all_ = _done_legs(send), len(send.legs)
    part = f" to {count} of {all_}" if send.kind is Kind.TEST and (send.settled_by or count < all_) else ""
    if send.settled_by:
        submitted = did.done.capitalize() if did.change else "Submitted"
        return f"*{submitted}{part}*, says {_mention(send.settled_by)}, who looked in WhatCounts."
    if did.change:
        return f"*{did.done.capitalize()}* {their_time(send.state_at)}. {why or _TOOK[send.kind]}"
    untold = "how many people get it" if send.kind in TO_MANY else "whether it is delivered"
    return f"*Submitted{part}* {their_time(send.state_at)}. WhatCounts took it; it does not tell {untold}."


def _done_legs(send: Send) -> int:
    return sum(leg.came == "done" for leg in send.legs)


_TOOK = {
    Kind.CREATE: "It can be chosen in `/sms campaign` now.",
    Kind.SUBSCRIBE: "WhatCounts took it.",
    Kind.CONTACT: "WhatCounts took it.",
    Kind.STOP: "WhatCounts keeps the opt-out, and nothing in its API takes it back.",
}


def _refused(send: Send) -> str:
    by = f" Settled by {_mention(send.settled_by)}." if send.settled_by else ""
    return f"*Not {deed(send).done}.* {escape(send.why or '')}{by}"


def _maybe(send: Send) -> str:
    again = "ask for it again" if deed(send).change else "send it again"
    why = next((leg.why for leg in send.legs if leg.came == "doubt"), send.why)
    return (
        f"*May have been {deed(send).done}: nobody knows.* {escape(why or '')} Look in WhatCounts for"
        f" {_trace(send)}, then press what you found. smsops will not {again}."
    )


def _trace(send: Send) -> str:
    """Where it would be seen in WhatCounts, had it been sent."""
    if send.kind in TO_MANY:
        return f"a campaign whose name ends in {send.id}"
    if send.kind is Kind.CREATE:
        return f"a message named “{escape(send.message or '')}”"
    if send.kind in (Kind.SUBSCRIBE, Kind.CONTACT):
        return f"this phone among the contacts of {escape(send.sender)}"
    return "this text in the phone's history"


def _cancelled(send: Send) -> str:
    by = f" by {_mention(send.settled_by)} {their_time(send.state_at)}" if send.settled_by else ""
    what = "Skipped" if send.series and send.settled_by and not send.why else "Cancelled"
    return f"*{what}*{by}. {partly(send) or nothing(send)} {escape(send.why or '')}"


def _mention(user: str | None) -> str:
    return f"<@{user}>" if user else "nobody"


_SENDING = {False: "Sending", True: "Asking WhatCounts"}
_STATES: dict[State, Callable[[Send], str]] = {
    State.DRAFT: _draft,
    State.AWAITING: _awaiting,
    State.SCHEDULED: _scheduled,
    State.HELD: _held,
    State.SENDING: lambda send: f"*{_SENDING[deed(send).change]}.* The request is on its way to WhatCounts.",
    State.SUBMITTED: _submitted,
    State.REFUSED: _refused,
    State.MAYBE_SENT: _maybe,
    State.CANCELLED: _cancelled,
    State.EXPIRED: lambda send: f"*Expired.* Nobody decided for 24 hours. {partly(send) or nothing(send)}",
}


def held_note(send: Send, why: str) -> str:
    """For the thread: wakes up who asked. mrkdwn."""
    return f"<@{send.asked_by}> {send.id} is held: {partly(send) or nothing(send).lower()} {escape(why)}"


def rejected_note(send: Send, by: str, reason: str) -> str:
    """For the thread: tells who asked, and why. mrkdwn."""
    said = f"{escape(reason)}{_stop(reason)}"
    return f"<@{send.asked_by}> <@{by}> rejected {send.id}: {said} It is a draft again. {nothing(send)}"


def approval_note(send: Send, why: str) -> str:
    """For the thread: what was on its way needs another person. mrkdwn."""
    return f"<@{send.asked_by}> {send.id} awaits approval: {nothing(send).lower()} {escape(why)}"


def reminder(send: Send) -> str:
    """For who was asked to approve, in their direct messages. mrkdwn."""
    what = f"{escape(heading(send))}, asked for by <@{send.asked_by}>"
    return f"{send.id} still waits for your approval: {what}. Its card is above."


def maybe_note(send: Send) -> str:
    """For the thread: wakes up who asked, and says what to look for. mrkdwn."""
    did = deed(send)
    again = "ask for it again" if did.change else "send it again"
    yes, no = settle_labels(send)
    return (
        f"<@{send.asked_by}> {send.id} may have been {did.done}, and smsops will not {again}."
        f" Look in WhatCounts for {_trace(send)}. Then press *{yes}* or *{no}* on the card."
    )


def settle_labels(send: Send) -> tuple[str, str]:
    """What a person presses who looked in WhatCounts: it was done, it was not."""
    done = deed(send).done.capitalize()
    return f"It Was {done}", f"It Was Not {done}"
