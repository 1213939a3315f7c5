"""The brakes: facts in, objections out; pure. Asked at prepare and again at the look, by the same code."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.freeze import Freeze
from bot.registry import Registry
from bot.sends import Kind, Send
from bot.sends.leaving import LATE
from bot.text import invisible, problem

WHOLE = 3000  # characters that a card shows; nothing leaves that nobody could read


@dataclass(frozen=True)
class Objection:
    """A rule's no (`stop`) or its warning (`notice`), as a sentence for people that says what to do."""

    rule: str
    severity: Literal["stop", "notice"]
    sentence: str

    def as_row(self) -> dict[str, str]:
        return {"rule": self.rule, "severity": self.severity, "sentence": self.sentence}


@dataclass(frozen=True)
class Facts:
    """All the rules know. `text` would leave now; `at_look`: seconds before the claim, not at prepare."""

    send: Send
    text: str
    now: datetime
    registry: Registry
    freeze: Freeze
    at_look: bool


def firewall(facts: Facts) -> Objection | None:
    """Only registered sender codes and groups; a missing group is an error, never "all" (product.md 5.1).

    The API ignores a group that it does not know and sends to everyone
    (seed page Send Message To Sender Code).
    """
    send = facts.send
    if facts.registry.sender(send.sender) is None:
        return Objection(
            "audience", "stop", f"The sender code {send.sender} is not registered. Choose a registered one."
        )
    if send.kind is Kind.CAMPAIGN and facts.registry.group(send.audience) is None:
        return Objection(
            "audience", "stop", f"The group “{send.audience}” is not registered. Choose a registered one."
        )
    if send.kind is Kind.SEND and send.phone is None:
        return Objection("audience", "stop", "There is no phone number to send to.")
    return None


def content(facts: Facts) -> Objection | None:
    """What was confirmed is what leaves: the text read now must be what the card shows (product.md 5.2)."""
    if facts.at_look and facts.send.fingerprint(facts.text) != facts.send.confirmed_print:
        return Objection(
            "content", "stop", "The text in WhatCounts is not the one that was confirmed any more."
        )
    return None


def readable(facts: Facts) -> Objection | None:
    """A one-off text that the API takes: not empty, at most 160 characters, no control characters."""
    wrong = problem(facts.text) if facts.send.kind is Kind.SEND else None
    if wrong is None:  # a stored one may be longer, and have a tab
        wrong = invisible("text", facts.text, allowed="\t\r")
    if wrong is None and not facts.text.strip():
        wrong = "The stored text is empty."
    if wrong is None and len(facts.text) > WHOLE:
        wrong = f"The text has {len(facts.text)} characters, too many for a card to show it whole."
    return Objection("text", "stop", wrong) if wrong else None


def past(facts: Facts) -> Objection | None:
    """A draft whose chosen time has passed (of a send that is drafted again, say) wants another, or none."""
    at = facts.send.chosen_at
    if facts.at_look or at is None or at > facts.now:
        return None
    return Objection(
        "past", "stop", "The time that was chosen has passed. Press Edit: choose another, or none for now."
    )


def late(facts: Facts) -> Objection | None:
    """More than two minutes after its time nothing leaves by itself (product.md 5.4)."""
    due = facts.send.due_at
    if not facts.at_look or due is None or facts.now - due <= LATE:
        return None
    minutes = int((facts.now - due).total_seconds() // 60)
    return Objection("late", "stop", f"It was due {minutes} minutes ago, and nothing is sent late by itself.")


def frozen(facts: Facts) -> Objection | None:
    """Nothing leaves in a freeze (product.md 5.10); a draft may be written in one."""
    freeze = facts.freeze
    due = facts.send.due_at
    if not freeze.frozen or not facts.at_look or due is None or facts.now < due:
        return None  # until it is due the card says it, and the freeze may still be lifted
    why = f": {freeze.why}" if freeze.why else ""
    return Objection("freeze", "stop", f"Sends were frozen when it was due{why}.")


RULES: tuple[Callable[[Facts], Objection | None], ...] = (firewall, readable, past, content, late, frozen)


def objections(facts: Facts) -> list[Objection]:
    """What the rules say, in their order; empty: it may go."""
    return [objection for rule in RULES if (objection := rule(facts)) is not None]


def stops(found: Iterable[Objection]) -> Objection | None:
    """The first one that stops it, or None."""
    return next((one for one in found if one.severity == "stop"), None)


def difference(before: str, after: str) -> str:
    """What changed from one text to the other, in two lines that a person can compare."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line for line in lines if not line.startswith("?"))
