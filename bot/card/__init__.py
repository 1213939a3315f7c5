"""A send's one message in its channel: a picture of its row (`picture`) and the buttons on it (`presses`)."""

from bot.card import oops, presses, receipt  # their listeners are recorded by importing them
from bot.card.picture import card, picture

__all__ = ["card", "oops", "picture", "presses", "receipt"]
