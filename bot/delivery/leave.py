"""Claim and POST: the only place from which a text leaves; what is known after decides the next state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.blocks import escape
from bot.card.deeds import deed
from bot.card.words import maybe_note
from bot.delivery.hands import BUSY, CLAIM_HOLDS, TOO_OLD, Claim, Hands, unclaim
from bot.delivery.prepare import look
from bot.delivery.requests import Took, ask_whatcounts
from bot.delivery.writing import until_written
from bot.errors import NotKnown, Refused, Unavailable, Uncertain
from bot.sends import TEXTS, Kind, Send, State
from bot.sends.leaving import LATE, NOT_AT_ALL
from bot.sends.legs import DENIALS, Came
from bot.whatcounts import TooLate, may_leave
from bot.wiring import Bot

log = logging.getLogger(__name__)

FIRST_BYTE = 10.0  # seconds from the claim to the request's first byte; to connect may take 5 s
MEANWHILE = 0.1  # seconds after which what another process was at is seen to again
TRIES = 5  # of a request that never reached WhatCounts
CAME: dict[State, Came] = {State.SUBMITTED: "done", State.REFUSED: "refused", State.MAYBE_SENT: "doubt"}


async def leave(
    bot: Bot,
    hands: Hands,
    send_id: str,
    waited: timedelta = NOT_AT_ALL,
    unused: Callable[[], None] = lambda: None,
) -> bool:
    """Claim it, send it, write what is known; returns whether anything changed.

    Where the claim does not match (a freeze, a look too old), the brakes are asked again, and say so; where
    they let it pass it is claimed anew, so that it does not lose its turn. `unused` is told of a turn that no
    claim came of: with several processes each waits for a turn for the same rows, and one of them gets it.
    What another process is at just now is left to it: to ask the brakes there too would take as long as to
    send it. Should that process not claim it, it is due still, and taken up again.
    """
    claim, changed = await hands.claim(send_id, waited), False
    if claim is None and (changed := await look(bot, send_id, waited)):
        claim = await hands.claim(send_id, waited)
        if claim is None:
            await bot.register.refresh()  # what another process struck off is not asked for again at once
    if isinstance(claim, Claim):
        return await _carry_out(bot, hands, claim)
    unused()
    if claim == BUSY:
        await asyncio.sleep(MEANWHILE)
    return changed or claim == BUSY  # it was looked at, or held; or has to be seen to again


async def _carry_out(bot: Bot, hands: Hands, claim: Claim) -> bool:
    """The request of a claim, and what came of it; it goes back untouched where the claim has grown old."""
    claimed = claim.send
    if claimed.kind is Kind.BULK:
        hands.begun()  # its claim is its start: each of its rows has one of its own (`carry`)
        return True
    try:
        async with hands.hand():
            took = await _ask(bot, claim)
    except TooLate:
        await unclaim(bot, claimed.id, claimed.claim or "", TOO_OLD)
        return False
    except Refused as error:
        if claimed.kind is Kind.STOP:
            await _stop_failed(bot, claimed, str(error), _said(error), isinstance(error, NotKnown))
        else:
            await _write(bot, claimed, State.REFUSED, str(error), _said(error))
    except Unavailable as error:
        return await _unreached(bot, claimed, error)
    except Uncertain as error:
        await _doubt(bot, claimed, str(error), _said(error))
    except asyncio.CancelledError:
        await _doubt(bot, claimed, "smsops was stopped in the middle of this.")
        raise
    except Exception as error:  # whatever it was, the request may have left
        log.error("%s: an unexpected %s while sending", claimed.id, type(error).__name__)
        await _doubt(bot, claimed, "An error inside smsops, in the middle of this.")
    else:
        await _write(bot, claimed, State.SUBMITTED, took.remark, took.answer, took.note)
    return True


async def _ask(bot: Bot, claim: Claim) -> Took:
    """The request, once. Raises TooLate, Refused, Unavailable, Uncertain."""
    if claim.is_older(bot, CLAIM_HOLDS):
        raise TooLate(TOO_OLD)
    _count(bot, claim.send)
    with may_leave(lambda: not claim.is_older(bot, FIRST_BYTE)):
        return await ask_whatcounts(bot, claim.send)


def _count(bot: Bot, claimed: Send) -> None:
    """How late it leaves, the first time; our own throttle's waiting is part of it."""
    if claimed.kind in TEXTS and claimed.due_at and claimed.attempts == 1:
        bot.metrics.left(claimed.kind, (bot.now() - claimed.due_at).total_seconds())


def _said(error: Exception) -> dict[str, Any] | None:
    """What WhatCounts said, redacted; the client keeps it beside the sentence for people."""
    notes = getattr(error, "__notes__", ())
    return {"raw": notes[0]} if notes else None


async def _unreached(bot: Bot, claimed: Send, error: Unavailable) -> bool:
    """Never connected: back to scheduled a few times inside its window, then refused."""
    if claimed.kind is Kind.STOP:
        await _stop_failed(bot, claimed, str(error), None)
        return True
    is_late = claimed.due_at is None or bot.now() - claimed.due_at > LATE
    if claimed.attempts < TRIES and not is_late and await _give_back(bot, claimed, str(error)):
        return False  # a later tick tries again, not this instant
    why = f"WhatCounts could not be reached; nothing was {deed(claimed).what}."
    await _write(bot, claimed, State.REFUSED, why)
    return True


async def _stop_failed(
    bot: Bot, claimed: Send, why: str, answer: dict[str, Any] | None, is_denied: bool = False
) -> None:
    """An opt-out stays open, and is asked for until it is done; whoever asked is told once a sender code.

    `is_denied`: WhatCounts does not know the phone there, which is no failure if it was stopped elsewhere.
    """
    note = (
        f"<@{claimed.asked_by}> {claimed.id} is not stopped in WhatCounts yet on {escape(claimed.sender)}."
        f" {escape(why)} It is asked again until it is done."
    )
    told = note if _is_news(claimed, is_denied) else None

    async def write() -> bool:
        return await bot.sends.came_of_leg(bot.now(), claimed, "open", why, answer, told, is_denied)

    await until_written(claimed.id, claimed.claim, "not stopped yet", write)


def _is_news(claimed: Send, is_denied: bool) -> bool:
    """Whether this sender code fails for the first time; a denial counts when it is believed."""
    leg = claimed.leg
    if leg is None:
        return False
    if not is_denied:
        return leg.tries == leg.denials
    return leg.denials + 1 == DENIALS and not any(each.came == "done" for each in claimed.legs)


async def _give_back(bot: Bot, claimed: Send, why: str) -> bool:
    return await until_written(
        claimed.id, claimed.claim, "not reached", lambda: bot.sends.untouched(bot.now(), claimed, why)
    )


async def _doubt(bot: Bot, claimed: Send, why: str, answer: dict[str, Any] | None = None) -> None:
    note = maybe_note(claimed)
    await asyncio.shield(asyncio.ensure_future(_write(bot, claimed, State.MAYBE_SENT, why, answer, note)))


async def _write(
    bot: Bot,
    claimed: Send,
    to: State,
    why: str | None,
    answer: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    if claimed.kind is Kind.STOP and to is not State.SUBMITTED:
        await _stop_failed(bot, claimed, why or "", answer)
        return
    known = f"{to.value} {answer.get('id') or ''}" if answer else to.value

    async def write() -> bool:
        if claimed.legs:
            is_test = claimed.kind is not Kind.STOP  # told when its last leg is over, if one was in doubt
            doubt = maybe_note(claimed) if is_test else None
            return await bot.sends.came_of_leg(bot.now(), claimed, CAME[to], why, answer, doubt)
        return await bot.sends.outcome(bot.now(), claimed, to, why, answer, note)

    await until_written(claimed.id, claimed.claim, known, write)
