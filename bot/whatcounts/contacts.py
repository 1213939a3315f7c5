"""Subscribe a phone, add a contact, stop a phone: changes that may be asked for twice without harm."""

from __future__ import annotations

import asyncio
import re

from bot.errors import Refused, Unavailable, Uncertain
from bot.phones import ten_digits
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer
from bot.whatcounts.connection import UNREACHED
from bot.whatcounts.members import AlreadySubscribed, Contact, Stopped, Subscription, read
from bot.whatcounts.paths import Pairs
from bot.whatcounts.rest import Rest

# REST by seed 000_05c643a328dd2a45.txt; the second from public clients of the e-mail side.
_EXISTS = re.compile(r"An SMS Subscription already exists|Cannot insert duplicate subscription", re.I)
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
# Seed 004_5ab793a1ef825a7a.txt, "if a Phone number for the Sender Code does not exist".
_NOT_STOPPED = re.compile(r"An error occurred processing STOP sends", re.I)
_WORDS = {"groupName": "group", "first": "first name", "customerKey": "customer key"}
_COUNTRY = re.compile(r"[A-Za-z]{2}")

STOP, STOP_MISSPELT = "stopSubscriberSend", "stopSubcriberSend"
TRIES = 3  # of a stop


def checked_phone(phone: str) -> str:
    """The phone as it is. Raises Refused unless it is in its normal form."""
    if not re.fullmatch(r"1\d{10}", phone, re.ASCII):
        raise Refused("The phone number is not in its normal form.")
    return phone


async def add_phone(
    rest: Rest, phone: str, sender: str, group: str | None
) -> Subscription | AlreadySubscribed:
    """POST addPhoneToSenderCode/{phone}/{senderCode}?groupName=; see `WhatCounts.add_phone`."""
    segments = [
        ("command", "addPhoneToSenderCode"),
        ("phone number", ten_digits(checked_phone(phone))),
        ("sender code", sender),
    ]
    answer = await rest.change(segments, _filled([("groupName", group)]))
    if already := _already(rest, answer, group):
        return already
    outcomes.check_send(answer, rest.redact, "done")
    taken = read(Subscription, answer, rest.redact, phone)
    return taken.model_copy(update={"group_missing": bool(group) and taken.group_id is None})


async def add_contact(
    rest: Rest, email: str, phone: str, sender: str, country: str, query: Pairs
) -> Contact | AlreadySubscribed:
    """POST addSubscriberToSenderCode/{email}/{phone}/{senderCode}; see `WhatCounts.add_contact`.

    A 404 is given before anything is done, so the overview's form, which has a country and a slash at its
    end (seed 002_95762707450eb301.txt), is then tried, once.
    """
    segments = [
        ("command", "addSubscriberToSenderCode"),
        ("e-mail address", _checked_email(email)),
        ("phone number", ten_digits(checked_phone(phone))),
        ("sender code", sender),
    ]
    if not _COUNTRY.fullmatch(country):
        raise Refused("The country is written with two letters, such as us.")
    group = dict(query).get("groupName")
    answer = await rest.change(segments, query)
    if answer.status == 404:
        answer = await rest.change([*segments, ("country", country)], query, end="/")
    if already := _already(rest, answer, group):
        return already
    outcomes.check_send(answer, rest.redact, "done")
    taken = read(Contact, answer, rest.redact, phone)
    return taken.model_copy(update={"group_missing": bool(group) and not _is_named(taken.group, group)})


def contact_query(group: str | None, first: str | None, customer_key: str | None) -> Pairs:
    """The query of add_contact, in exactly the page's names. Raises Refused for what is blank."""
    return _filled([("groupName", group), ("first", first), ("customerKey", customer_key)])


def _filled(pairs: list[tuple[str, str | None]]) -> Pairs:
    """Those that were given; blanks would be ignored by WhatCounts without a word."""
    given = [(name, value) for name, value in pairs if value]
    for name, value in given:
        if not value.strip():
            raise Refused(f"The {_WORDS[name]} is made of spaces only.")
    return given


def _checked_email(email: str) -> str:
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise Refused("That is not an e-mail address.")
    return email


def _is_named(said: str | None, group: str | None) -> bool:
    return (said or "").strip().casefold() == (group or "").strip().casefold()


def _already(rest: Rest, answer: Answer, group: str | None) -> AlreadySubscribed | None:
    if not _EXISTS.match(outcomes.words(answer)):
        return None
    return AlreadySubscribed(group_unproven=bool(group), raw=rest.redact(answer.text))


async def stop(rest: Rest, phone: str, sender: str, pause: float) -> Stopped:
    """POST stopSubscriberSend/{phone}/{senderCode}, at most three times; see `WhatCounts.stop`.

    The page's example misspells the command: that spelling is tried on a 404, which did nothing, and kept.
    A try that may have been carried out makes any later no a doubt: its own opt-out may be what is refused.
    """
    where = [("phone number", ten_digits(checked_phone(phone))), ("sender code", sender)]
    command, failed = STOP, None
    for number in range(1, TRIES + 1):
        try:
            answer = await rest.post([("command", command), *where])
            if answer.status == 404 and command == STOP and number < TRIES:
                command = STOP_MISSPELT
                continue
            return _stopped(rest, answer, phone)
        except Refused as refusal:
            raise (failed if isinstance(failed, Uncertain) else refusal) from None
        except (Unavailable, Uncertain) as error:
            failed = failed if isinstance(failed, Uncertain) else error
        if number < TRIES:
            await asyncio.sleep(pause * number)
    raise failed or Unavailable(UNREACHED)


def _stopped(rest: Rest, answer: Answer, phone: str) -> Stopped:
    if _NOT_STOPPED.match(outcomes.words(answer)):
        sentence = "WhatCounts did not stop it: it does not know this phone number for this sender code."
        raise outcomes.noted(Refused(sentence), answer, rest.redact)
    outcomes.check_send(answer, rest.redact, "done")
    return read(Stopped, answer, rest.redact, phone)
