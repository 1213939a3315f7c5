"""WhatCounts' SMS API on this machine, as bad as the documented one: for demo, tests and drill."""

from sandbox.whatcounts.emulator import WhatCountsEmulator
from sandbox.whatcounts.faults import Faults
from sandbox.whatcounts.habits import Habits
from sandbox.whatcounts.journal import Journal, Received, Sent
from sandbox.whatcounts.realm import Realm

__all__ = ["Faults", "Habits", "Journal", "Realm", "Received", "Sent", "WhatCountsEmulator"]
