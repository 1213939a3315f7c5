"""The picture of a row: Block Kit and the text that a screen reader reads; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.blocks import (
    SPOKEN,
    actions,
    all_facts,
    button,
    context,
    escape,
    exact,
    header,
    plain,
    section,
    shorten,
)
from bot.card import told, words
from bot.card.about import facts, heading
from bot.card.deeds import deed, has_begun
from bot.card.repeating import upcoming
from bot.command import Part
from bot.registry import Registry
from bot.rules import BRAKES
from bot.sends import TEXTS, Kind, Send, State
from bot.sends.oops import CORRECTABLE
from bot.sends.run import RunState
from bot.sends.series import PAUSED
from bot.settings import Settings

card = Part("card")

View = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """One button of a card: what it says, which listener answers, how it looks."""

    label: str
    action: str
    style: str | None = None
    asks: str = ""  # what Slack asks before it acts


EDIT, CANCEL, MOVE = Button("Edit", "edit"), Button("Cancel", "cancel"), Button("Move", "move")
APPROVE, REJECT = Button("Approve", "approve", "primary"), Button("Reject", "reject")
SKIP = Button("Skip This One", "cancel")
PAUSE_TIMES, RESUME_TIMES = Button("Pause", "pause_times"), Button("Resume", "resume_times", "primary")
END = Button(
    "End", "end", "danger",
    "It leaves no more, and what is made of it and has not left is cancelled. To go on later, press Pause.",
)  # fmt: skip
AGAIN = Button("Draft Again", "again")
PAUSE, RESUME = Button("Pause", "pause"), Button("Resume", "resume", "primary")
CANCEL_RUN = Button("Cancel", "cancel", asks="The rest of the list is left alone. What was done stays so.")
LOOKED = Button("I Have Looked", "was_sent")
STRAIGHTEN = Button("Make Quotes Straight", "straighten")
OOPS = Button(
    "Oops", "oops", "danger",
    "The text was wrong? Everything is frozen at once, until an admin lifts it. Then write the correction.",
)  # fmt: skip
CORRECT = Button("Write Correction", "correct", "primary")
LET_THROUGH = Button(
    "Let Through Freeze", "let_through",
    asks="This correction alone may leave, as it is now. All else stays frozen.",
)  # fmt: skip
LOOKS = tuple(one.name for one in BRAKES if "look" in one.severity)  # a person may confirm it all the same
# What held it may have passed; a changed text has not.
RELEASABLE = ("late", "freeze", "unreachable", "hours", "blackout", "caps", "in doubt", *LOOKS)
MOVABLE = TEXTS | {Kind.BULK}
ERASED = "Its text, and the number if it went to one phone, are not kept any more."


def _draft(send: Send) -> list[Button]:
    confirm = Button("Schedule" if send.chosen_at else deed(send).verb, "confirm", "primary")
    mend = [STRAIGHTEN] if any(one["rule"] == "quotes" for one in send.objections) else []
    return ([confirm] if send.prepared_at else []) + (mend if send.kind is Kind.SEND else []) + [EDIT, CANCEL]


def _running(send: Send) -> list[Button]:
    return [PAUSE_TIMES, END] if send.state is State.SCHEDULED else [RESUME_TIMES, END]


def _scheduled(send: Send) -> list[Button]:
    if send.kind is Kind.REPEAT:
        return _running(send)
    if send.kind is Kind.STOP:  # once WhatCounts was asked it may be there
        return [CANCEL] if send.claim is None else [_settled(send)[0]]
    if has_begun(send):
        return [CANCEL]
    return [CANCEL, MOVE, EDIT] if send.kind in MOVABLE else [CANCEL, EDIT]


def _held(send: Send) -> list[Button]:
    if send.kind is Kind.REPEAT:
        return _running(send) if send.settled_by else [END]
    if send.held_by == PAUSED:
        return [CANCEL]
    if send.held_by not in RELEASABLE:
        return [CANCEL] if has_begun(send) else [EDIT, CANCEL]
    release = Button("Schedule" if send.is_held_ahead else f"{deed(send).verb} Now", "send_now", "primary")
    return [release, MOVE, CANCEL] if send.kind in MOVABLE else [release, CANCEL]


def _settled(send: Send) -> list[Button]:
    if send.kind is Kind.BULK:
        return [LOOKED]
    yes, no = words.settle_labels(send)
    return [Button(yes, "was_sent"), Button(no, "was_not_sent")]


def _submitted(send: Send) -> list[Button]:
    if send.kind not in CORRECTABLE or send.erased_at:
        return []
    if send.oops_at is None:
        return [OOPS]
    return [] if send.again else [CORRECT]


def _over(send: Send) -> list[Button]:
    if send.run is not None and send.run.begun_at:
        return []  # some of it left
    return [] if send.again or send.erased_at or send.kind is Kind.STOP else [AGAIN]


def _sending(send: Send) -> list[Button]:
    if send.run is None or send.run.state is RunState.CANCELLED:
        return []
    if send.run.state is RunState.PAUSED:
        return [RESUME, CANCEL_RUN]
    return [PAUSE, CANCEL_RUN]


BUTTONS: dict[State, Callable[[Send], list[Button]]] = {
    State.DRAFT: _draft,
    State.AWAITING: lambda send: [APPROVE, REJECT, EDIT, CANCEL],
    State.SCHEDULED: _scheduled,
    State.HELD: _held,
    State.SENDING: _sending,
    State.SUBMITTED: _submitted,
    State.MAYBE_SENT: _settled,
    State.REFUSED: _over,
    State.CANCELLED: _over,
    State.EXPIRED: _over,
}


def buttons(send: Send, frozen: bool = True) -> list[Button]:
    """What may be pressed in this state (product.md 3), while sends are `frozen` or not."""
    made = [SKIP if send.series and one is CANCEL else one for one in BUTTONS[send.state](send)]
    if not (frozen and words.waits_for_admin(send)):
        return made
    if send.state is not State.HELD:
        return [*made, LET_THROUGH]
    return [replace(LET_THROUGH, style="primary"), *(replace(one, style=None) for one in made)]


def picture(send: Send, settings: Settings, registry: Registry, frozen: bool) -> tuple[str, list[View]]:
    """The top-level text, which says all of it, and the blocks."""
    pairs = facts(send, settings, registry)
    state = words.state(send, frozen)
    objections = _objections(send)
    blocks = [header(heading(send)), section(state)]
    blocks += [exact(send.text)] if send.text else []
    blocks += [context(ERASED)] if send.erased_at else []
    blocks += all_facts(pairs)
    last = "\n".join(filter(None, [told.last(send), told.compared(send)]))
    blocks += [context(last)] if last else []
    blocks += [section(upcoming(send))] if upcoming(send) else []
    blocks += told.comparison(send)
    blocks += [context("\n".join(objections))] if objections else []
    blocks += _actions(send, frozen)
    blocks += [context(f"{send.id} · asked for by <@{send.asked_by}>")]
    erased = ERASED if send.erased_at else ""
    said = [state, erased, *(f"{name}: {value}" for name, value in pairs), told.last(send), told.aloud(send)]
    said += [upcoming(send)]
    return _aloud(send, [*said, *objections]), blocks


def _aloud(send: Send, lines: list[str]) -> str:
    """What a screen reader reads, all of it; a very long text comes last and is cut."""
    said = "\n".join(filter(None, [escape(heading(send)), *lines, send.id]))
    return shorten(f"{said}\nText: {escape(send.text)}" if send.text else said, SPOKEN)


MARKS = {
    "stop": "*Stops it:*", "person": "*Needs another person:*", "look": "*Look again:*", "notice": "*Note:*",
}  # fmt: skip


def _objections(send: Send) -> list[str]:
    """What the brakes said of a draft, and what somebody confirmed all the same."""
    is_draft = send.state in (State.DRAFT, State.AWAITING)
    known = {one["sentence"] for one in send.accepted}
    rows = [one for one in send.objections if is_draft and one["sentence"] not in known]
    told = [f"{MARKS[one['severity']]} {escape(one['sentence'])}{words.in_their_time(one)}" for one in rows]
    return told + [f"*Confirmed all the same* by <@{one['by']}>: {_why(one)}" for one in send.accepted]


def _why(accepted: Mapping[str, str]) -> str:
    reason = f" Why: {escape(accepted['reason'])}" if accepted.get("reason") else ""
    return escape(accepted["sentence"]) + reason


def _actions(send: Send, frozen: bool) -> list[View]:
    """The block's id names the revision that the person sees: a press on an older picture is not obeyed."""
    made = [
        button(one.label, card.id(one.action), send.id, one.style, _question(one))
        for one in buttons(send, frozen)
    ]
    return [actions(f"{send.id}.{send.revision}", made)] if made else []


def _question(one: Button) -> View | None:
    if not one.asks:
        return None
    question = {"title": plain(f"{one.label}?"), "text": plain(one.asks)}
    return question | {"confirm": plain(one.label), "deny": plain("Back")}
