"""All brakes, in the order in which they are asked; docs/brakes.md shows this table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.rules import lint
from bot.rules.audience import bulk_limit, firewall, optout
from bot.rules.clock_words import clock_words
from bot.rules.content import content, readable, taken
from bot.rules.facts import Brake, Facts, Objection, is_accepted
from bot.rules.hours import blackout, hours
from bot.rules.often import caps, repeat, same_text
from bot.rules.repeating import in_doubt, paused
from bot.rules.timing import frozen, late, past
from bot.sends import Kind

BOTH = "prepare, confirm, look"

MISTAKES = "people's mistakes"

BRAKES = (
    Brake(
        "audience", firewall,
        "A sender code or group that is not registered exactly so; a missing group, which WhatCounts takes"
        " for everyone.",
        "stop", f"{BOTH}, claim", "Send Message To Sender Code: an unknown group is ignored",
    ),
    Brake(
        "bulk", bulk_limit,
        "A bulk run for more phones than `SMS_BULK_LIMIT`, until another person approves it.",
        "person", BOTH, MISTAKES,
    ),
    Brake(
        "stopped", optout,
        "A text to a phone that was stopped on that sender code, or its subscription.",
        "stop", f"{BOTH}, claim", "47 CFR 64.1200(a)(10)",
    ),
    Brake("name", taken, "A new message of a name that is there.", "stop", "prepare, look", "Create Message"),
    Brake(
        "text", readable, "An empty text, control characters, more than WhatCounts or a card takes.",
        "stop", BOTH, "HTTP Send Message to Phone: 160 characters",
    ),
    Brake("past", past, "A draft for a time that has passed.", "stop", "prepare, confirm", MISTAKES),
    Brake(
        "content", content,
        "Another text than the one that was confirmed: somebody changed it in WhatCounts.",
        "stop", "look, claim", MISTAKES,
    ),
    Brake("late", late, "What comes due more than two minutes late.", "stop", "look, claim", MISTAKES),
    Brake(
        "freeze", frozen, "Everything, in a freeze, but a correction that an admin lets through it.",
        "stop", "look, claim", MISTAKES,
    ),
    Brake(
        "paused", paused, "One time of a repeating campaign that is paused, or was ended.",
        "stop", f"{BOTH}, claim", MISTAKES,
    ),
    Brake(
        "in doubt", in_doubt, "The next time of a repeating campaign, while one of them may have been sent.",
        "at prepare: notice; then stop", f"{BOTH}, claim", MISTAKES,
    ),
    Brake(
        "hours", hours, "A text at night, in any zone of its audience (`SMS_QUIET_HOURS`).",
        "to many: stop; one phone: look, with a reason", BOTH,
        "47 CFR 64.1200(c)(1); the states: `bot/rules/us_hours.toml`",
    ),
    Brake("blackout", blackout, "A text on a day of `SMS_BLACKOUT`.", "stop", BOTH, "the team's own days"),
    Brake(
        "caps", caps, "More texts than `SMS_CAPS` allows: of one person in a day, of all in an hour.",
        "stop", BOTH, MISTAKES,
    ),
    Brake(
        "repeat", repeat,
        "The same to the same people: to many within 24 hours, to one phone within 10 minutes. Times of one"
        " repeating campaign do not count against each other.",
        "look", BOTH, f"{MISTAKES}; Fla. Stat. 501.616(6)(b)",
    ),
    Brake(
        "same text", same_text,
        "The very words of one of the last three texts to the same people, however long ago; of the same"
        " repeating campaign they are meant.",
        "to many: look; else notice", BOTH, MISTAKES,
    ),
    Brake(
        "unfilled", lint.unfilled, "A place that nobody filled in: `{{ name }}`.",
        "look; of a new message notice", BOTH, MISTAKES,
    ),
    Brake("test word", lint.test_word, "The word “test”.", "to many: look; else notice", BOTH, MISTAKES),
    Brake(
        "clock words", clock_words,
        "“Tomorrow”, “Friday”, “good morning”, a past date, where they are not so when it leaves.",
        "look", BOTH, MISTAKES,
    ),
    Brake(
        "brand", lint.brand, "A text to many that does not name `SMS_BRAND`.",
        "look", BOTH, "CTIA Messaging Principles",
    ),
    Brake(
        "opt-out words", lint.opt_out_words, "A text to many that does not say how to get no more.",
        "look", BOTH, "CTIA Messaging Principles",
    ),
    Brake(
        "quotes", lint.quotes, "Nothing: it tells of curly quotes, which make a text dearer.",
        "notice", BOTH, "3GPP TS 23.038",
    ),
    Brake(
        "length", lint.length, "Nothing: it tells of a stored text of more than 160 characters.",
        "notice", BOTH, "3GPP TS 23.040",
    ),
    Brake(
        "fuse", None,
        "Everything: five texts in a row that failed freeze all sends, until an admin lifts it.",
        "stop", "each answer of WhatCounts", MISTAKES,
    ),
)  # fmt: skip

RULES = tuple(one.rule for one in BRAKES if one.rule is not None)
ALWAYS = (firewall, content)  # what an opt-out is asked: it leaves late, and in a freeze


def objections(facts: Facts) -> list[Objection]:
    """What the rules say, in their order; empty: it may go."""
    rules = ALWAYS if facts.send.kind is Kind.STOP else RULES
    return [objection for rule in rules if (objection := rule(facts)) is not None]


def stops(found: Iterable[Objection]) -> Objection | None:
    """The first one that stops it, or None."""
    return next((one for one in found if one.severity == "stop"), None)


def second_looks(found: Iterable[Objection], accepted: Iterable[Mapping[str, Any]] = ()) -> list[Objection]:
    """Those that want a second look and have not had it: nobody confirmed these very ones."""
    known = list(accepted)
    return [one for one in found if one.severity == "look" and not is_accepted(one, known)]
