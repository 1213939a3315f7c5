"""The brakes: facts in, objections out; pure. Asked at prepare and again at the look, by the same code."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.freeze import Freeze
from bot.registry import Registry
from bot.sends import TEXTS, Kind, Send
from bot.sends.leaving import LATE, NOT_AT_ALL
from bot.sends.optouts import OptOut
from bot.sends.told import Told
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
    """All the rules know. `text` would leave now; `at_look`: seconds before the claim, not at prepare.

    `stopped` is an opt-out of somebody whom it is for; `waited`: how long our own throttle kept it; `names`
    are those of the stored messages, where they were read; `told`: the last texts to them, newest first.
    """

    send: Send
    text: str
    now: datetime
    registry: Registry
    freeze: Freeze
    at_look: bool
    stopped: OptOut | None = None
    waited: timedelta = NOT_AT_ALL
    names: frozenset[str] = frozenset()
    told: Sequence[Told] = ()


def firewall(facts: Facts) -> Objection | None:
    """Only registered sender codes and groups; a missing group is an error, never "all" (product.md 5.1).

    The API ignores a group that it does not know and sends to everyone
    (seed page Send Message To Sender Code).
    """
    send, wants = facts.send, WANTS[facts.send.kind]
    if "sender" in wants and facts.registry.sender(send.sender) is None:
        return Objection(
            "audience", "stop", f"The sender code {send.sender} is not registered. Choose a registered one."
        )
    if ("group" in wants or send.audience is not None) and facts.registry.group(send.audience) is None:
        return Objection(
            "audience", "stop", f"The group “{send.audience}” is not registered. Choose a registered one."
        )
    if "phone" in wants and send.phone is None:
        return Objection("audience", "stop", "There is no phone number.")
    return None


# What has to be there, and registered; an opt-out also holds on a sender code that is registered no more.
WANTS = {
    Kind.SEND: {"sender", "phone"},
    Kind.CAMPAIGN: {"sender", "group"},
    Kind.TEST: {"sender", "phone"},
    Kind.CREATE: set[str](),
    Kind.SUBSCRIBE: {"sender", "phone"},
    Kind.CONTACT: {"sender", "phone"},
    Kind.STOP: {"phone"},
}


def optout(facts: Facts) -> Objection | None:
    """A phone that we stopped is not texted one-off, nor subscribed again (product.md 5.7).

    Whether WhatCounts would subscribe it again is not documented, so it is not tried.
    """
    if facts.stopped is None or facts.send.kind is Kind.STOP:
        return None
    who = "one of these phones" if len(facts.send.legs) > 1 else "this phone"
    return Objection(
        "stopped", "stop",
        f"Somebody stopped {who} on {facts.send.sender} ({facts.stopped.send_id}),"
        " so it is neither texted nor subscribed there.",
    )  # fmt: skip


def taken(facts: Facts) -> Objection | None:
    """A new message wants a name of its own: WhatCounts refuses one that is there (Create Message).

    A name that differs in case alone is one that people take for the other.
    """
    wanted = (facts.send.message or "").casefold()
    found = next((name for name in sorted(facts.names) if name.casefold() == wanted), None)
    if facts.send.kind is not Kind.CREATE or found is None:
        return None
    return Objection(
        "name", "stop",
        f"There is a message “{found}” in WhatCounts already. Press Edit and give another name.",
    )  # fmt: skip


def content(facts: Facts) -> Objection | None:
    """What was confirmed is what leaves: the text read now must be what the card shows (product.md 5.2)."""
    if facts.at_look and facts.send.fingerprint(facts.text) != facts.send.confirmed_print:
        return Objection(
            "content", "stop", "The text in WhatCounts is not the one that was confirmed any more."
        )
    return None


def readable(facts: Facts) -> Objection | None:
    """A one-off text that the API takes: not empty, at most 160 characters, no control characters."""
    if facts.send.kind not in TEXTS | {Kind.CREATE}:
        return None
    wrong = problem(facts.text) if facts.send.kind in (Kind.SEND, Kind.CREATE) else None
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
    """More than two minutes after its time nothing leaves by itself (product.md 5.4).

    Waiting for our own throttle is not lateness.
    """
    due = facts.send.due_at
    if not facts.at_look or due is None or facts.now - due - facts.waited <= LATE:
        return None
    minutes = int((facts.now - due).total_seconds() // 60)
    return Objection("late", "stop", f"It was due {minutes} minutes ago, and nothing leaves late by itself.")


def frozen(facts: Facts) -> Objection | None:
    """Nothing leaves in a freeze (product.md 5.10), nor at its end what came due in it.

    A draft may be written in one; a correction leaves that an admin let through.
    """
    freeze, due = facts.freeze, facts.send.due_at
    if not facts.at_look or due is None or facts.now < due or facts.send.is_let_through:
        return None  # until it is due the card says it, and the freeze may still be lifted
    if not freeze.frozen and (freeze.at is None or freeze.at < due):
        return None
    why = f": {freeze.why}" if freeze.why else ""
    return Objection("freeze", "stop", f"Sends were frozen when it was due{why}.")


RULES: tuple[Callable[[Facts], Objection | None], ...] = (
    firewall, optout, taken, readable, past, content, late, frozen,
)  # fmt: skip
ALWAYS = (firewall, content)  # what an opt-out is asked: it leaves late, and in a freeze


def objections(facts: Facts) -> list[Objection]:
    """What the rules say, in their order; empty: it may go."""
    rules = ALWAYS if facts.send.kind is Kind.STOP else RULES
    return [objection for rule in rules if (objection := rule(facts)) is not None]


def stops(found: Iterable[Objection]) -> Objection | None:
    """The first one that stops it, or None."""
    return next((one for one in found if one.severity == "stop"), None)


def difference(before: str, after: str) -> str:
    """What changed from one text to the other, in two lines that a person can compare."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line for line in lines if not line.startswith("?"))
