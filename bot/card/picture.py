"""The picture of a row: Block Kit and the text that a screen reader reads; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.blocks import SPOKEN, actions, button, context, escape, exact, facts, header, section, shorten
from bot.card import words
from bot.command import Part
from bot.sends import Kind, Send, State
from bot.settings import Settings
from bot.text import describe

AHEAD = (State.DRAFT, State.AWAITING, State.SCHEDULED, State.SENDING)  # it is still to leave

card = Part("card")

View = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """One button of a card: what it says, which listener answers, how it looks."""

    label: str
    action: str
    style: str | None = None


EDIT, CANCEL, MOVE = Button("Edit", "edit"), Button("Cancel", "cancel"), Button("Move", "move")
SEND_NOW = Button("Send Now", "send_now", "primary")
SENT, NOT_SENT = Button("It Was Sent", "was_sent"), Button("It Was Not Sent", "was_not_sent")
AGAIN = Button("Draft Again", "again")
RELEASABLE = ("late", "freeze", "unreachable")  # what held it may have passed; a changed text has not


def _draft(send: Send) -> list[Button]:
    confirm = Button("Schedule" if send.chosen_at else "Send", "confirm", "primary")
    return ([confirm] if send.prepared_at else []) + [EDIT, CANCEL]


def _held(send: Send) -> list[Button]:
    return [SEND_NOW, MOVE, CANCEL] if send.held_by in RELEASABLE else [EDIT, CANCEL]


def _over(send: Send) -> list[Button]:
    return [] if send.again else [AGAIN]


BUTTONS: dict[State, Callable[[Send], list[Button]]] = {
    State.DRAFT: _draft,
    State.AWAITING: lambda send: [EDIT, CANCEL],
    State.SCHEDULED: lambda send: [CANCEL, MOVE, EDIT],
    State.HELD: _held,
    State.SENDING: lambda send: [],
    State.SUBMITTED: lambda send: [],
    State.MAYBE_SENT: lambda send: [SENT, NOT_SENT],
    State.REFUSED: _over,
    State.CANCELLED: _over,
    State.EXPIRED: _over,
}


def buttons(send: Send) -> list[Button]:
    """What may be pressed in this state (product.md 3)."""
    return BUTTONS[send.state](send)


def picture(send: Send, settings: Settings, frozen: bool) -> tuple[str, list[View]]:
    """The top-level text, which says all of it, and the blocks."""
    pairs = _facts(send, settings)
    state = words.state(send, frozen)
    objections = _objections(send)
    blocks = [header(words.heading(send)), section(state)]
    blocks += [exact(send.text)] if send.text else []
    blocks += [facts(pairs)]
    last = f"Last text to them: {words.earlier(send)}" if send.prepared_at or send.earlier else ""
    blocks += [context(last)] if last else []
    blocks += [context("\n".join(objections))] if objections else []
    blocks += _actions(send)
    blocks += [context(f"{send.id} · asked for by <@{send.asked_by}>")]
    return _aloud(send, [state, *(f"{name}: {value}" for name, value in pairs), last, *objections]), blocks


def _aloud(send: Send, lines: list[str]) -> str:
    """What a screen reader reads, all of it; a very long text comes last and is cut."""
    said = "\n".join(filter(None, [escape(words.heading(send)), *lines, send.id]))
    return shorten(f"{said}\nText: {escape(send.text)}" if send.text else said, SPOKEN)


def _facts(send: Send, settings: Settings) -> list[tuple[str, str]]:
    delay = settings.delays.phone if send.kind is Kind.SEND else settings.delays.group
    pairs = [("From", words.sender(send, settings)), ("To", words.audience(send))]
    if send.due_at or send.chosen_at or send.state in AHEAD:
        pairs += [(_when(send), words.when(send, settings.timezone, delay))]
    pairs += [("Length", escape(describe(send.text)))] if send.text else []
    pairs += [("Campaign name", escape(send.wire_campaign))] if send.campaign else []
    pairs += [("Description", escape(send.description))] if send.description else []
    pairs += [("Confirmed by", f"<@{send.confirmed_by}>")] if send.confirmed_by else []
    pairs += (
        [("Moved by" if send.chosen_at else "Released by", f"<@{send.moved_by}>")] if send.moved_by else []
    )
    return pairs


def _when(send: Send) -> str:
    if send.state in AHEAD:
        return "When"
    return "Was due" if send.state in (State.SUBMITTED, State.MAYBE_SENT) else "Was to leave"


def _objections(send: Send) -> list[str]:
    if send.state not in (State.DRAFT, State.AWAITING):
        return []  # what stopped it later is in its state
    marks = {"stop": "*Stops it:*", "notice": "*Note:*"}
    return [f"{marks[one['severity']]} {escape(one['sentence'])}" for one in send.objections]


def _actions(send: Send) -> list[View]:
    """The block's id names the revision that the person sees: a press on an older picture is not obeyed."""
    made = [button(one.label, card.id(one.action), send.id, one.style) for one in buttons(send)]
    return [actions(f"{send.id}.{send.revision}", made)] if made else []
