"""The picture of a row: Block Kit and the text that a screen reader reads; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.blocks import SPOKEN, actions, button, context, escape, exact, header, section, shorten
from bot.blocks import facts as columns
from bot.card import words
from bot.card.about import facts, heading
from bot.card.deeds import deed, has_begun
from bot.command import Part
from bot.registry import Registry
from bot.sends import TEXTS, Kind, Send, State
from bot.settings import Settings

card = Part("card")

View = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """One button of a card: what it says, which listener answers, how it looks."""

    label: str
    action: str
    style: str | None = None


EDIT, CANCEL, MOVE = Button("Edit", "edit"), Button("Cancel", "cancel"), Button("Move", "move")
AGAIN = Button("Draft Again", "again")
ERASED = "Its text, and the number if it went to one phone, are not kept any more."
RELEASABLE = ("late", "freeze", "unreachable")  # what held it may have passed; a changed text has not


def _draft(send: Send) -> list[Button]:
    confirm = Button("Schedule" if send.chosen_at else deed(send).verb, "confirm", "primary")
    return ([confirm] if send.prepared_at else []) + [EDIT, CANCEL]


def _scheduled(send: Send) -> list[Button]:
    if send.kind is Kind.STOP:  # once WhatCounts was asked it may be there
        return [CANCEL] if send.claim is None else [_settled(send)[0]]
    if has_begun(send):
        return [CANCEL]
    return [CANCEL, MOVE, EDIT] if send.kind in TEXTS else [CANCEL, EDIT]


def _held(send: Send) -> list[Button]:
    if send.held_by not in RELEASABLE:
        return [CANCEL] if has_begun(send) else [EDIT, CANCEL]
    release = Button(f"{deed(send).verb} Now", "send_now", "primary")
    return [release, MOVE, CANCEL] if send.kind in TEXTS else [release, CANCEL]


def _settled(send: Send) -> list[Button]:
    yes, no = words.settle_labels(send)
    return [Button(yes, "was_sent"), Button(no, "was_not_sent")]


def _over(send: Send) -> list[Button]:
    return [] if send.again or send.erased_at or send.kind is Kind.STOP else [AGAIN]


BUTTONS: dict[State, Callable[[Send], list[Button]]] = {
    State.DRAFT: _draft,
    State.AWAITING: lambda send: [EDIT, CANCEL],
    State.SCHEDULED: _scheduled,
    State.HELD: _held,
    State.SENDING: lambda send: [],
    State.SUBMITTED: lambda send: [],
    State.MAYBE_SENT: _settled,
    State.REFUSED: _over,
    State.CANCELLED: _over,
    State.EXPIRED: _over,
}


def buttons(send: Send) -> list[Button]:
    """What may be pressed in this state (product.md 3)."""
    return BUTTONS[send.state](send)


def picture(send: Send, settings: Settings, registry: Registry, frozen: bool) -> tuple[str, list[View]]:
    """The top-level text, which says all of it, and the blocks."""
    pairs = facts(send, settings, registry)
    state = words.state(send, frozen)
    objections = _objections(send)
    blocks = [header(heading(send)), section(state)]
    blocks += [exact(send.text)] if send.text else []
    blocks += [context(ERASED)] if send.erased_at else []
    blocks += [columns(pairs)]
    known = send.kind in TEXTS - {Kind.TEST} and (send.prepared_at or send.earlier) and not send.erased_at
    last = f"Last text to them: {words.earlier(send)}" if known else ""
    blocks += [context(last)] if last else []
    blocks += [context("\n".join(objections))] if objections else []
    blocks += _actions(send)
    blocks += [context(f"{send.id} · asked for by <@{send.asked_by}>")]
    erased = ERASED if send.erased_at else ""
    said = [state, erased, *(f"{name}: {value}" for name, value in pairs), last, *objections]
    return _aloud(send, said), blocks


def _aloud(send: Send, lines: list[str]) -> str:
    """What a screen reader reads, all of it; a very long text comes last and is cut."""
    said = "\n".join(filter(None, [escape(heading(send)), *lines, send.id]))
    return shorten(f"{said}\nText: {escape(send.text)}" if send.text else said, SPOKEN)


def _objections(send: Send) -> list[str]:
    if send.state not in (State.DRAFT, State.AWAITING):
        return []  # what stopped it later is in its state
    marks = {"stop": "*Stops it:*", "notice": "*Note:*"}
    return [f"{marks[one['severity']]} {escape(one['sentence'])}" for one in send.objections]


def _actions(send: Send) -> list[View]:
    """The block's id names the revision that the person sees: a press on an older picture is not obeyed."""
    made = [button(one.label, card.id(one.action), send.id, one.style) for one in buttons(send)]
    return [actions(f"{send.id}.{send.revision}", made)] if made else []
