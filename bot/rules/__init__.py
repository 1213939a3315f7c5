"""The brakes: facts in, objections out; pure. Asked at prepare, at a press and at the look, by one code.

Each is one function from `Facts` to an `Objection`, or None; `table.BRAKES` names them all.
"""

from bot.rules.audience import WANTS
from bot.rules.content import WHOLE, difference
from bot.rules.facts import Brake, Facts, Objection, Terms, is_accepted
from bot.rules.repeating import of_times
from bot.rules.table import ALWAYS, BRAKES, RULES, objections, second_looks, stops

__all__ = [
    "ALWAYS",
    "BRAKES",
    "RULES",
    "WANTS",
    "WHOLE",
    "Brake",
    "Facts",
    "Objection",
    "Terms",
    "difference",
    "is_accepted",
    "objections",
    "of_times",
    "second_looks",
    "stops",
]
