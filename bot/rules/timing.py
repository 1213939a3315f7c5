"""When it may leave: not in the past, not late, not in a freeze."""

from __future__ import annotations

from bot.rules.facts import Facts, Objection
from bot.sends.leaving import LATE
from bot.sends.run import Action


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
    is_stop = facts.send.run is not None and facts.send.run.action is Action.STOP
    if not facts.at_look or due is None or facts.now < due or facts.send.is_let_through or is_stop:
        return None  # until it is due the card says it, and the freeze may still be lifted
    if not freeze.frozen and (freeze.at is None or freeze.at < due):
        return None
    why = f": {freeze.why}" if freeze.why else ""
    return Objection("freeze", "stop", f"Sends were frozen when it was due{why}.")
