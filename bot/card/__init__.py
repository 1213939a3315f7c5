"""A send's one message in its channel: a picture of its row (`picture`) and the buttons on it (`presses`)."""

from bot.card import (  # their listeners: recorded by importing them
    approvals,
    oops,
    presses,
    receipt,
    repeats,
    running,
    second,
)
from bot.card.picture import card, picture

__all__ = ["approvals", "card", "oops", "picture", "presses", "receipt", "repeats", "running", "second"]
