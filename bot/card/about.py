"""What a card says a send is: its heading, whom it is for, its facts; pure, from the row."""

from __future__ import annotations

from collections.abc import Callable

from bot.approval import needs_person
from bot.blocks import both_times, escape, shorten
from bot.card import bulk
from bot.card.deeds import deed
from bot.card.repeating import one_of
from bot.masks import mask_email, mask_key
from bot.phones import mask
from bot.registry import Registry
from bot.sends import TO_MANY, Kind, Leg, Send, State
from bot.settings import Settings
from bot.text import describe
from bot.wiring import delay_seconds

AHEAD = (State.DRAFT, State.AWAITING, State.SCHEDULED, State.SENDING)  # it is still to leave
CAME = {"done": "submitted", "refused": "not sent", "doubt": "may have been sent"}

Pairs = list[tuple[str, str]]


def heading(send: Send) -> str:
    """`Campaign · spring sale → group weekly`, plain text."""
    return _HEADINGS[send.kind](send)


def _phone(send: Send) -> str:
    return mask(send.phone) if send.phone else "an erased number" if send.erased_at else mask("")


def _name(send: Send) -> str:
    return shorten(send.message or "", 60)


def _test_heading(send: Send) -> str:
    to = send.legs[0].to if len(send.legs) == 1 else f"{len(send.legs)} test phones"
    return f"Test · {_name(send)} → {to}"


_HEADINGS: dict[Kind, Callable[[Send], str]] = {
    Kind.SEND: lambda send: f"Text → {_phone(send)}",
    Kind.CAMPAIGN: lambda send: f"Campaign · {_name(send)} → group {shorten(send.audience or '', 60)}",
    Kind.EVERYONE: lambda send: f"EVERYONE on {send.sender} · {_name(send)}",
    Kind.TEST: _test_heading,
    Kind.CREATE: lambda send: f"New message · {_name(send)}",
    Kind.SUBSCRIBE: lambda send: f"Subscribe {_phone(send)} → {send.sender}",
    Kind.CONTACT: lambda send: f"Contact {_phone(send)} → {send.sender}",
    Kind.STOP: lambda send: f"Stop texting {_phone(send)}",
    Kind.BULK: bulk.heading,
    Kind.REPEAT: lambda send: f"Repeating · {_name(send)} → group {shorten(send.audience or '', 60)}",
}


def facts(send: Send, settings: Settings, registry: Registry) -> Pairs:
    """Name and value of all that was decided; the values are mrkdwn."""
    pairs = _TARGETS[send.kind](send, registry) + bulk.facts(send, settings)
    is_past = send.state not in AHEAD and (not send.is_text or not (send.due_at or send.chosen_at))
    has_time = send.kind not in (Kind.STOP, Kind.REPEAT) and not is_past
    pairs += [(_when(send), when(send, settings))] if has_time else []
    pairs += [("Repeats", escape(send.rule.words()))] if send.repeats else []
    pairs += [("One time of", one_of(send))] if send.series else []
    pairs += [("Length", escape(describe(send.text)))] if send.text else []
    pairs += [("Label", escape(send.label))] if send.label else []
    campaign = send.wire_campaign if send.kind is not Kind.REPEAT else f"{send.campaign}, and each one's id"
    pairs += [("Campaign name", escape(campaign))] if send.campaign else []
    let = f", let through the freeze by <@{send.through_freeze_by}>" if send.through_freeze_by else ""
    pairs += [("Corrects", f"{send.corrects}{let}")] if send.corrects else []
    pairs += [("Description", escape(send.description))] if send.description else []
    is_new = send.is_text or send.kind is Kind.REPEAT or send.confirmed_by != send.asked_by
    confirmed = "Started by" if send.kind is Kind.REPEAT else "Confirmed by"
    pairs += [(confirmed, f"<@{send.confirmed_by}>")] if send.confirmed_by and is_new else []
    pairs += [("Approved by", f"<@{send.approved_by}>")] if send.approved_by else []
    moved = "Moved by" if send.chosen_at else "Released by"
    return pairs + ([(moved, f"<@{send.moved_by}>")] if send.moved_by else [])


def _text_target(send: Send, registry: Registry) -> Pairs:
    to = f"One phone, {_phone(send)}"
    if send.kind in TO_MANY | {Kind.REPEAT}:
        to = f"Group {escape(send.audience)}" if send.audience else f"*{audience(send)}*, not one group of it"
    return [("From", sender(send.sender, registry)), ("To", to)]


def _test_target(send: Send, registry: Registry) -> Pairs:
    return [("From", sender(send.sender, registry)), ("To", "\n".join(_came(one, send) for one in send.legs))]


def _created(send: Send, registry: Registry) -> Pairs:
    return [("Name", escape(send.message or ""))]


def _subscribed(send: Send, registry: Registry) -> Pairs:
    pairs = [("Phone", _phone(send)), ("Sender code", sender(send.sender, registry))]
    pairs += [("Group", escape(send.audience))] if send.audience else [("Group", "none")]
    pairs += [("E-mail", escape(mask_email(send.email)))] if send.email else []
    pairs += [("First name", escape(send.first_name))] if send.first_name else []
    pairs += [("Customer key", escape(mask_key(send.customer_key)))] if send.customer_key else []
    return pairs + ([("Country", escape(send.country))] if send.country else [])


def _bulk_target(send: Send, registry: Registry) -> Pairs:
    name = "From" if send.is_text else "Sender code"
    pairs = [(name, sender(send.sender, registry))]
    return pairs + ([("Group", escape(send.audience))] if send.audience else [])


def _stopped(send: Send, registry: Registry) -> Pairs:
    lines = [f"{sender(one.sender, registry)}{_stop_came(one, send)}" for one in send.legs]
    return [("Phone", _phone(send)), ("Sender code" + ("s" if len(lines) > 1 else ""), "\n".join(lines))]


_TARGETS: dict[Kind, Callable[[Send, Registry], Pairs]] = {
    Kind.SEND: _text_target,
    Kind.CAMPAIGN: _text_target,
    Kind.EVERYONE: _text_target,
    Kind.TEST: _test_target,
    Kind.CREATE: _created,
    Kind.SUBSCRIBE: _subscribed,
    Kind.CONTACT: _subscribed,
    Kind.STOP: _stopped,
    Kind.BULK: _bulk_target,
    Kind.REPEAT: _text_target,
}


def audience(send: Send) -> str:
    """The name as it is read, and as who approves types it, of everybody or of the phones of a list."""
    return f"{send.run.valid:,} phones" if send.run else f"EVERYONE on {send.sender}"


def _came(leg: Leg, send: Send) -> str:
    """A test phone, and what came of it."""
    came = leg.came
    if leg == send.leg and came == "open" and send.state is State.MAYBE_SENT:
        came = "doubt"
    is_over = send.state in (State.SUBMITTED, State.REFUSED, State.CANCELLED, State.EXPIRED)
    came = "refused" if is_over and came == "open" else came
    why = f" ({escape(shorten(leg.why, 120))})" if leg.why and came == "refused" else ""
    return f"{leg.to}: {CAME[came]}{why}" if came in CAME else leg.to


def _stop_came(leg: Leg, send: Send) -> str:
    if leg.came == "unknown" and send.state is not State.SCHEDULED:
        return ": not known there"
    if leg.came == "done" or send.state is State.SUBMITTED:
        return ": stopped"
    return ": not stopped yet" if send.state is State.SCHEDULED and leg.tries else ""


def sender(code: str, registry: Registry) -> str:
    """The sender code and the words that people know it by, mrkdwn."""
    known = registry.sender(code)
    return escape(f"{code} ({known.label})" if known and known.label != code else code)


def _when(send: Send) -> str:
    if send.state in AHEAD:
        return "When"
    return "Was due" if send.state in (State.SUBMITTED, State.MAYBE_SENT) else "Was to leave"


def _let_go(send: Send, settings: Settings) -> str:
    """What the delay begins with."""
    if needs_person(send.kind, settings.approval, send.objections) or send.state is State.AWAITING:
        return "another person has approved it"
    return f"{deed(send).verb} is pressed"


def when(send: Send, settings: Settings) -> str:
    """When it leaves, or would, mrkdwn."""
    at = send.due_at or send.chosen_at
    if at is None:
        return f"{delay_seconds(settings, send)} seconds after {_let_go(send, settings)}"
    moved = send.due_at is not None and send.chosen_at is not None and send.due_at > send.chosen_at
    note = "\nMoved: the time chosen left less than the delay in which it can be cancelled." if moved else ""
    return both_times(at, settings.timezone) + note
