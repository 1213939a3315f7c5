"""What of all that waits a person may decide: by their role, and in the channels of SMS_CHANNELS; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.card.words import waits_for_admin
from bot.people import ADMIN, APPROVE, SEND, Person
from bot.sends import Send, is_own
from bot.sends.ahead import Ahead, Several
from bot.settings import Settings

SHOWN = 5  # of each group


@dataclass(frozen=True)
class Group:
    """Sends that wait for one thing: the first of them, and how many there are."""

    name: str
    what: str
    sends: Sequence[Send]
    total: int


def waiting_for(person: Person, ahead: Ahead, settings: Settings) -> list[Group]:
    """The groups in which something is, the most urgent first."""
    may_send = person.may(SEND)
    groups = [
        _group("To approve", "They wait for another person than who asked, and you may.", ahead.awaiting,
               lambda one: person.may(APPROVE) and not is_own(one, person.id)),
        _group("To let through the freeze", "A correction that waits for an admin.",
               Several(ahead.corrections, len(ahead.corrections)),
               lambda one: ahead.freeze.frozen and person.may(ADMIN) and waits_for_admin(one)
               and not is_own(one, person.id)),
        _group("Held", "Nothing of it leaves until somebody decides, on its card.", ahead.held,
               lambda one: may_send and _is_here(one, settings)),
        _group("Paused lists", "Nothing more of it leaves until somebody presses Resume, on its card.",
               _runs(ahead, paused=True), lambda one: may_send and _is_here(one, settings)),
        _group("May have been sent", "Look in WhatCounts, then press on the card what you found.",
               ahead.doubtful, lambda one: may_send and _is_here(one, settings)),
        _group("Lists under way", "They need nobody; their cards have Pause and Cancel.",
               _runs(ahead, paused=False), lambda one: may_send and _is_here(one, settings)),
        _group("Your drafts", "Nobody has confirmed them; they expire after 24 hours.", ahead.mine,
               lambda one: may_send),
    ]  # fmt: skip
    return [one for one in groups if one.sends]


def _runs(ahead: Ahead, *, paused: bool) -> Several:
    found = [one for one in ahead.runs if one.run and one.run.is_paused is paused]
    return Several(found, len(found))


def _is_here(send: Send, settings: Settings) -> bool:
    return not settings.channels or send.channel in settings.channels


def _group(name: str, what: str, found: Several, is_mine: Callable[[Send], bool]) -> Group:
    """Of those that were listed the ones that are theirs; where all are, the others are counted too."""
    mine = [one for one in found.sends if is_mine(one)]
    total = found.total if len(mine) == len(found.sends) else len(mine)
    return Group(name, what, mine[:SHOWN], total)
