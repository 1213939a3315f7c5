"""A send's one message in its channel: a picture of its row (`picture`) and the buttons on it (`presses`)."""

# their listeners are recorded by importing them
from bot.card import approvals, oops, presses, receipt, running, second
from bot.card.picture import card, picture

__all__ = ["approvals", "card", "oops", "picture", "presses", "receipt", "running", "second"]
