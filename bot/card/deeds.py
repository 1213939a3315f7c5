"""What each kind of send does, in the words of its card: on the button, done, and not done."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sends import Kind, Send
from bot.sends.run import Action, RowState


@dataclass(frozen=True)
class Deed:
    """`verb` stands on the button; `done` is its participle; `change`: of WhatCounts; nobody is texted."""

    verb: str
    done: str
    change: bool = True

    @property
    def what(self) -> str:
        """What nothing is, before it is done: "Nothing is sent until ..."."""
        return "changed" if self.change else "sent"


TEXT = Deed("Send", "sent", change=False)

DEEDS = {
    Kind.SEND: TEXT,
    Kind.CAMPAIGN: TEXT,
    Kind.EVERYONE: TEXT,
    Kind.TEST: TEXT,
    Kind.CREATE: Deed("Create", "stored"),
    Kind.SUBSCRIBE: Deed("Subscribe", "subscribed"),
    Kind.CONTACT: Deed("Add", "added"),
    Kind.STOP: Deed("Stop", "stopped"),
    Kind.BULK: Deed("Start", "done"),
    Kind.REPEAT: Deed("Start", "started", change=False),
}
BULK = {
    Action.SEND: TEXT, Action.SUBSCRIBE: DEEDS[Kind.SUBSCRIBE], Action.STOP: DEEDS[Kind.STOP],
}  # fmt: skip


def deed(send: Send) -> Deed:
    """What this send does."""
    return BULK[send.run.action] if send.run else DEEDS[send.kind]


def has_begun(send: Send) -> bool:
    """Whether some of its several requests may have been carried out."""
    rows = send.run.count(RowState.SUBMITTED, RowState.MAYBE_SENT) if send.run else 0
    return rows > 0 or any(leg.came in ("done", "doubt") for leg in send.legs)


def partly(send: Send) -> str:
    """"1 of 3 was submitted.", of a send that is several requests and began to leave."""
    if not has_begun(send):
        return ""
    done, many = sum(leg.came == "done" for leg in send.legs), len(send.legs)
    if send.run:
        done, many = send.run.count(RowState.SUBMITTED), send.run.valid
    did = deed(send).done if deed(send).change else "submitted"
    return f"{done:,} of {many:,} {'was' if done == 1 else 'were'} {did}."


def nothing(send: Send) -> str:
    """"Nothing was sent.", where that is so: one of several requests may have been carried out."""
    if has_begun(send):
        return ""
    return f"Nothing was {deed(send).what}."
