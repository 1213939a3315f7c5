"""A send's one message in its channel: a picture of its row (`picture`) and the buttons on it (`presses`)."""

from bot.card import approvals, presses, receipt, second  # their listeners are recorded by importing them
from bot.card.picture import card, picture

__all__ = ["approvals", "card", "picture", "presses", "receipt", "second"]
