"""Carry out what is due, then bring the cards up to date: the loop that the clock wakes."""

from bot.delivery.alarming import Watchman
from bot.delivery.loop import Delivery
from bot.delivery.worker import work as carry_runs

__all__ = ["Delivery", "Watchman", "carry_runs"]
