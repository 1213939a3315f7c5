"""The one request of a row of a bulk run, and what of its answer is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import NotKnown, Refused, Unavailable, Uncertain
from bot.sends.rows import TRIES, Taken
from bot.sends.run import Action, RowState
from bot.whatcounts import AlreadySubscribed, TooLate, may_leave
from bot.wiring import Bot

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Came:
    """The state of the row from here on, and why. `is_missed`: WhatCounts was not reached.

    `counts`: a row that waits again was tried. `is_alike`: a refusal that is not about this phone.
    `is_doubt`: the answer left it open whether it was done, also where it is asked for again.
    """

    to: RowState
    why: str | None = None
    is_missed: bool = False
    counts: bool = True
    is_alike: bool = True
    is_doubt: bool = False


async def ask_row(bot: Bot, taken: Taken, is_old: Callable[[], bool]) -> Came:
    """The request, once, if the claim is young; never raises but where it is cancelled.

    An opt-out, which does nothing more when it is asked for twice, is asked for again a few times.
    """
    try:
        if is_old():
            return Came(RowState.WAITING, None, counts=False)
        with may_leave(lambda: not is_old()):
            return Came(RowState.SUBMITTED, await _ask(bot, taken))
    except TooLate:
        return Came(RowState.WAITING, None, counts=False)
    except Refused as error:
        return Came(RowState.REFUSED, str(error), is_alike=not isinstance(error, NotKnown))
    except Unavailable as error:
        return Came(RowState.WAITING, str(error), is_missed=True)
    except Uncertain as error:
        return _doubt(taken, str(error))
    except Exception as error:  # whatever it was, the request may have left
        log.error("%s line %s: an unexpected %s", taken.send_id, taken.line, type(error).__name__)
        return _doubt(taken, "An error inside smsops, in the middle of this.")


def _doubt(taken: Taken, why: str) -> Came:
    if taken.action is Action.STOP and taken.tries < TRIES:
        return Came(RowState.WAITING, why, is_doubt=True)
    return Came(RowState.MAYBE_SENT, why, is_doubt=True)


async def _ask(bot: Bot, taken: Taken) -> str | None:
    """A remark for the report, or None. Raises Refused, Unavailable, Uncertain."""
    if taken.action is Action.SEND:
        await bot.whatcounts.send_to_phone(taken.phone, taken.sender, taken.text)
        return None
    if taken.action is Action.STOP:
        await bot.whatcounts.stop(taken.phone, taken.sender)
        return None
    said = await bot.whatcounts.add_phone(taken.phone, taken.sender, taken.audience)
    if isinstance(said, AlreadySubscribed):
        return "It was subscribed already."
    return f"Its answer does not name the group {taken.audience}." if said.group_missing else None
