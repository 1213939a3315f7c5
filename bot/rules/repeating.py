"""Repeating campaigns: what stops one of its times, and what its hours say of the times to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.repeats import Moment
from bot.rules.facts import Facts, Objection
from bot.rules.hours import blackout, hours
from bot.sends import State


def paused(facts: Facts) -> Objection | None:
    """One time leaves only while its campaign runs."""
    state, series = facts.history.rule_state, facts.send.series
    if series is None or state in (None, State.SCHEDULED):
        return None
    is_paused = state is State.HELD
    said = f"Its repeating campaign {series} is paused." if is_paused else f"Its campaign {series} was ended."
    way = " Its card says how it goes on." if is_paused else " Draft it anew with /sms campaign."
    return Objection("paused", "stop", said + way)


def in_doubt(facts: Facts) -> Objection | None:
    """While one time may have been sent, the next does not leave: a person looks first (never-twice.md 3)."""
    other = facts.history.in_doubt
    if other is None:
        return None
    said = f"An earlier time of this campaign, {other}, may have been sent, and nobody has looked yet."
    if facts.at_look or facts.send.state is State.HELD:
        return Objection("in doubt", "stop", f"{said} Settle that first, on its card.", other)
    return Objection("in doubt", "notice", f"{said} Until then this one is held at its hour.", other)


def of_times(facts: Facts, moments: Sequence[Moment]) -> list[Objection]:
    """What hours and blackout days say of the next times: a stop where none of them could leave."""
    shut = {one.at: found for one in moments if (found := _shut(facts, one)) is not None}
    if not shut:
        return []
    first = next(iter(shut.values()))
    if len(shut) == len(moments):
        said = f"None of its next {len(moments)} times could leave. {first.sentence}"
        return [Objection(first.rule, "stop", said)]
    days = ", ".join(f"{one.day:%a %d %b}" for one in moments if one.at in shut)
    said = f"Of its next {len(moments)} times these would be held: {days}. {first.sentence.split('. ')[0]}."
    return [Objection(first.rule, "notice", said)]


def _shut(facts: Facts, moment: Moment) -> Objection | None:
    there = replace(facts, send=replace(facts.send, chosen_at=moment.at))
    return hours(there) or blackout(there)
