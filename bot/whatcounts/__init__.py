"""WhatCounts: one method per endpoint, what its answers mean, its errors."""

from bot.whatcounts.answers import Message, Submitted
from bot.whatcounts.client import IN_STORED, WhatCounts
from bot.whatcounts.connection import Limits, may_leave
from bot.whatcounts.creating import Created, message_problems
from bot.whatcounts.members import AlreadySubscribed, Contact, Stopped, Subscription
from bot.whatcounts.paths import PROBES, Alphabet, Probe, path_problem
from bot.whatcounts.watched import TooLate

__all__ = [
    "IN_STORED",
    "PROBES",
    "Alphabet",
    "AlreadySubscribed",
    "Contact",
    "Created",
    "Limits",
    "Message",
    "Probe",
    "Stopped",
    "Submitted",
    "Subscription",
    "TooLate",
    "WhatCounts",
    "may_leave",
    "message_problems",
    "path_problem",
]
