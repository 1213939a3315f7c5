"""App Home: what waits for a person, what the coming days bring, what came last, what they may do.

The picture is a pure function of the rows and the person. Who opened it is in `bot.homes`; delivery draws.
"""

from bot.home import opened
from bot.home.picture import home

__all__ = ["home", "opened"]
