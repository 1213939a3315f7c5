"""The durable record of a send, and the only moves it may make.

    draft --confirm--> scheduled --claim--> sending --submitted--> submitted
      |  ^               |  ^  |               |-----refused-----> refused
      |  '---- edit -----|  |  |               |-----in doubt----> maybe_sent -a person-> submitted | refused
      |                  |  |  '--hold--> held '-----untouched---> scheduled   (proof that nothing left)
      |                  |  '- send now, move -'
      '--cancel, expire--+--> cancelled | expired   (from draft, awaiting, scheduled and held)

Where another person is wanted, what goes to scheduled by confirm, send now or move goes to awaiting first:

    draft | held | scheduled --confirm, send now, move, look--> awaiting --approve--> scheduled
                                                                   '--reject--> draft

A send is a text that goes out, or a change in WhatCounts: a new message, a subscription, an opt-out. An
opt-out begins as scheduled, is held by nothing, and goes back to scheduled until it is done. A send that is
several requests goes through sending once for each of them (`legs`).

A move is one conditional UPDATE (`... WHERE id = ? AND state IN (...)`); its row count says whether we were
first, and its evidence is written in the same transaction. Whoever loses a race gets None and has changed
nothing.
"""

from bot.sends.approving import is_own
from bot.sends.content import Ask, Content
from bot.sends.copies import Copy
from bot.sends.kinds import OPEN, TEXTS, TO_MANY, UNDECIDED, Kind, State
from bot.sends.legs import Leg
from bot.sends.notes import Note
from bot.sends.questions import Seen
from bot.sends.row import Send
from bot.sends.store import Sends
from bot.sends.wanted import Wanted
from bot.sends.work import Due

__all__ = [
    "OPEN",
    "TEXTS",
    "TO_MANY",
    "UNDECIDED",
    "Ask",
    "Content",
    "Copy",
    "Due",
    "Kind",
    "Leg",
    "Note",
    "Seen",
    "Send",
    "Sends",
    "State",
    "Wanted",
    "is_own",
]
