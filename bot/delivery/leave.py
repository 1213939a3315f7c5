"""Claim and POST: the only place from which a text leaves; what is known after decides the next state."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Any

from bot.card.words import maybe_note
from bot.database import DatabaseError
from bot.delivery.prepare import look
from bot.errors import Refused, Unavailable, Uncertain
from bot.sends import Kind, Send, State
from bot.sends.leaving import LATE
from bot.whatcounts import Submitted
from bot.wiring import Bot

log = logging.getLogger(__name__)

CLAIM_HOLDS = 5.0  # seconds from the claim to the first byte; later than that it goes back untouched
TRIES = 5  # of a request that never reached WhatCounts
WRITE_FOR = 30.0  # seconds for which an outcome is tried to be written while the database is away


async def leave(bot: Bot, send_id: str) -> bool:
    """Claim it, send it, write what is known; returns whether anything changed.

    Where the claim does not match (a freeze, a look too old), the brakes are asked again, and say so.
    """
    started, token = time.monotonic(), secrets.token_hex(8)
    try:
        claimed = await bot.sends.claim(bot.now(), send_id, token)
    except DatabaseError:  # it may be claimed all the same: the answer to the commit was lost
        await _unclaim(bot, send_id, token, "The database did not confirm the claim.")
        raise
    if claimed is None:
        return await look(bot, send_id)
    if time.monotonic() - started > CLAIM_HOLDS:
        return await _unclaim(bot, send_id, token, "The claim took too long.")
    try:
        said = await _post(bot, claimed)
    except Refused as error:
        await _write(bot, claimed, State.REFUSED, str(error), _said(error))
    except Unavailable as error:
        return await _unreached(bot, claimed, error)
    except Uncertain as error:
        await _doubt(bot, claimed, str(error), _said(error))
    except asyncio.CancelledError:
        await _doubt(bot, claimed, "smsops was stopped while it was sending this.")
        raise
    except Exception as error:  # whatever it was, the request may have left
        log.error("%s: an unexpected %s while sending", claimed.id, type(error).__name__)
        await _doubt(bot, claimed, "An error inside smsops, while it was sending this.")
    else:
        await _write(bot, claimed, State.SUBMITTED, None, said.model_dump(), _group_alarm(claimed, said))
    return True


async def _post(bot: Bot, send: Send) -> Submitted:
    """The one request, once. Raises Refused, Unavailable, Uncertain."""
    if send.kind is Kind.SEND and send.phone and send.text:
        return await bot.whatcounts.send_to_phone(send.phone, send.sender, send.text)
    if send.kind is Kind.CAMPAIGN and send.message and send.audience:
        return await bot.whatcounts.send_to_group(
            send.message, send.sender, send.audience, send.wire_campaign, send.description or ""
        )
    raise Refused("The record of this send is not complete, so nothing was sent.")


def _group_alarm(send: Send, said: Submitted) -> str | None:
    """The answer names the group by id; else it was not understood (seed page, Send To Sender Code)."""
    if send.kind is not Kind.CAMPAIGN or said.sms_group_id is not None:
        return None
    return (
        f"<@{send.asked_by}> WhatCounts took {send.id}, but its answer names no group:"
        f" it may have gone to EVERYONE on {send.sender}. Look in WhatCounts now."
    )


def _said(error: Exception) -> dict[str, Any] | None:
    """What WhatCounts said, redacted; the client keeps it beside the sentence for people."""
    notes = getattr(error, "__notes__", ())
    return {"raw": notes[0]} if notes else None


async def _unreached(bot: Bot, claimed: Send, error: Unavailable) -> bool:
    """Never connected: back to scheduled a few times inside its window, then refused."""
    is_late = claimed.due_at is None or bot.now() - claimed.due_at > LATE
    if claimed.attempts < TRIES and not is_late and await _give_back(bot, claimed, str(error)):
        return False  # a later tick tries again, not this instant
    await _write(bot, claimed, State.REFUSED, "WhatCounts could not be reached; nothing was sent.")
    return True


async def _unclaim(bot: Bot, send_id: str, token: str, why: str) -> bool:
    return (
        await _until_written(
            send_id, token, "not claimed", lambda: bot.sends.unclaim(bot.now(), send_id, token, why)
        )
        is not None
    )


async def _give_back(bot: Bot, claimed: Send, why: str) -> bool:
    return (
        await _until_written(
            claimed.id, claimed.claim, "not reached", lambda: bot.sends.untouched(bot.now(), claimed, why)
        )
        is not None
    )


async def _doubt(bot: Bot, claimed: Send, why: str, answer: dict[str, Any] | None = None) -> None:
    await asyncio.shield(
        asyncio.ensure_future(_write(bot, claimed, State.MAYBE_SENT, why, answer, maybe_note(claimed)))
    )


async def _write(
    bot: Bot,
    claimed: Send,
    to: State,
    why: str | None,
    answer: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    known = f"{to.value} {answer.get('id') or ''}" if answer else to.value
    await _until_written(
        claimed.id, claimed.claim, known, lambda: bot.sends.outcome(bot.now(), claimed, to, why, answer, note)
    )


async def _until_written(send_id: str, claim: str | None, known: str, write: Any) -> Send | None:
    """What is known must not be lost to a database that is away for a moment; the log keeps it anyway."""
    deadline = time.monotonic() + WRITE_FOR
    while True:
        try:
            written: Send | None = await write()
            return written
        except DatabaseError as error:
            log.error("%s: claim %s: not written yet that it is %s (%s)", send_id, claim, known, error)
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(1)
