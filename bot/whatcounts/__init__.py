"""WhatCounts: one method per endpoint, what its answers mean, its errors."""

from bot.whatcounts.answers import Message, Submitted
from bot.whatcounts.client import WhatCounts
from bot.whatcounts.connection import Limits
from bot.whatcounts.paths import path_problem

__all__ = ["Limits", "Message", "Submitted", "WhatCounts", "path_problem"]
