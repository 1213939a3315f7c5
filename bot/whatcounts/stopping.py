"""Stop a phone: it may be asked for again without harm, and is never taken for done where it may not be."""

from __future__ import annotations

import asyncio
import re

from bot.errors import NotKnown, Refused, Unavailable, Uncertain
from bot.phones import ten_digits
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer
from bot.whatcounts.connection import UNREACHED
from bot.whatcounts.contacts import checked_phone
from bot.whatcounts.http_api import HttpApi
from bot.whatcounts.members import Stopped, read
from bot.whatcounts.rest import Rest

STOP, STOP_MISSPELT = "stopSubscriberSend", "stopSubcriberSend"
TRIES = 3  # by REST

# Seed 004_5ab793a1ef825a7a.txt, "if a Phone number for the Sender Code does not exist".
_NOT_STOPPED = re.compile(r"An error occurred processing STOP sends", re.IGNORECASE)
# The same by the HTTP API, whose page names the reasons but not the words.
_DENIED = re.compile(r"(FAILURE\W*)?(An error occurred processing STOP|.*\bnot (found|exist))", re.IGNORECASE)


async def stop(rest: Rest, http: HttpApi, phone: str, sender: str, pause: float) -> Stopped:
    """By REST; a phone that it does not know, once by the HTTP API. See `WhatCounts.stop`."""
    checked_phone(phone)
    doubts: list[Uncertain] = []
    try:
        return await _by_path(rest, phone, sender, pause, doubts)
    except NotKnown as refusal:
        said: NotKnown | Uncertain = doubts[0] if doubts else refusal
    return await _by_form(http, phone, sender, said)


async def _by_path(rest: Rest, phone: str, sender: str, pause: float, doubts: list[Uncertain]) -> Stopped:
    """POST stopSubscriberSend/{phone}/{senderCode}, at most three times.

    The page's example misspells the command: that spelling is tried on a 404, which did nothing, and kept.
    A try that may have been carried out makes any later no a doubt: its own opt-out may be what is refused.
    """
    where = [("phone number", ten_digits(phone)), ("sender code", sender)]
    command = STOP
    failed: Refused | Unavailable = Unavailable(UNREACHED)
    for number in range(1, TRIES + 1):
        try:
            answer = await rest.post([("command", command), *where])
            if answer.status == 404 and command == STOP and number < TRIES:
                command = STOP_MISSPELT
                continue
            return _stopped(rest, answer, phone)
        except Uncertain as doubt:
            doubts.append(doubt)
        except Unavailable as error:
            failed = error
        except NotKnown:
            raise
        except Refused as refusal:
            failed = refusal
            break
        if number < TRIES:
            await asyncio.sleep(pause * number)
    raise (doubts[0] if doubts else failed) from None


def _stopped(rest: Rest, answer: Answer, phone: str) -> Stopped:
    if _NOT_STOPPED.match(outcomes.words(answer)):
        sentence = "WhatCounts did not stop it: it does not know this phone number for this sender code."
        raise outcomes.noted(NotKnown(sentence), answer, rest.redact)
    outcomes.check_send(answer, rest.redact, "done")
    return read(Stopped, answer, rest.redact, phone)


async def _by_form(http: HttpApi, phone: str, sender: str, said: NotKnown | Uncertain) -> Stopped:
    """POST smsstopsubscribersend, once: page api-http-stop-sending-sms-to-contact.

    It says "or create an opt out for any Phone number regardless of subscription", and then that it fails for
    a phone that is not found; so where it says no, what REST `said` stands. Where it is not reached, or says
    no for another reason (a login), nobody has denied the phone for good.
    """
    try:
        answer = await http.change("smsstopsubscribersend", [("phone", phone), ("sender_code", sender)])
        if _DENIED.match(outcomes.words(answer)):
            raise said
        outcomes.check_send(answer, http.redact, "done")
        outcomes.check_success(answer, http.redact, "done")
    except NotKnown:
        raise
    except (Refused, Unavailable):
        raise (said if isinstance(said, Uncertain) else Refused(str(said))) from None
    return Stopped()
