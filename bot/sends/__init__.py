"""The durable record of a send, and the only moves it may make.

    draft --confirm--> scheduled --claim--> sending --submitted--> submitted
      |  ^               |  ^  |               |-----refused-----> refused
      |  '---- edit -----|  |  |               |-----in doubt----> maybe_sent -a person-> submitted | refused
      |                  |  |  '--hold--> held '-----untouched---> scheduled   (proof that nothing left)
      |                  |  '- send now, move -'
      '--cancel, expire--+--> cancelled | expired   (from draft, scheduled and held)

A move is one conditional UPDATE (`... WHERE id = ? AND state IN (...)`); its row count says whether we were
first, and its evidence is written in the same transaction. Whoever loses a race gets None and has changed
nothing.
"""

from bot.sends.moves import Ask, Content
from bot.sends.notes import Note
from bot.sends.row import OPEN, UNDECIDED, Kind, Send, State
from bot.sends.store import Sends

__all__ = ["OPEN", "UNDECIDED", "Ask", "Content", "Kind", "Note", "Send", "Sends", "State"]
