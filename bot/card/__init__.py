"""A send's one message in its channel: a picture of its row (`picture`) and the buttons on it (`presses`)."""

import bot.card.presses as presses  # its listeners are recorded by importing it
from bot.card.picture import card, picture

__all__ = ["card", "picture", "presses"]
