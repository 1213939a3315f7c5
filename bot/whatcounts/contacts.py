"""Subscribe a phone, add a contact: changes that may be asked for twice without harm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.errors import Refused
from bot.phones import ten_digits
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer
from bot.whatcounts.http_api import HttpApi
from bot.whatcounts.members import AlreadySubscribed, Contact, Subscription, read
from bot.whatcounts.paths import Pairs, form_problem, hidden_problem
from bot.whatcounts.rest import Rest

# REST by seed 000_05c643a328dd2a45.txt; the second from public clients of the e-mail side.
_EXISTS = re.compile(r"An SMS Subscription already exists|Cannot insert duplicate subscription", re.I)
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_NO_KEY = (
    "This e-mail address goes by an API of WhatCounts that takes no customer key. Leave the customer key "
    "out, or use an address with plain letters, digits and common punctuation."
)


@dataclass(frozen=True)
class NewContact:
    """Who is to be added, and to what; `phone` is in its normal form."""

    email: str = field(repr=False)
    phone: str = field(repr=False)
    sender: str
    country: str
    group: str | None
    first: str | None = field(repr=False)
    customer_key: str | None = field(repr=False)


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
    if problem := _problem("group", group):
        raise Refused(problem)
    answer = await rest.change(segments, _given([("groupName", group)]))
    if already := _already(rest, answer, group):
        return already
    outcomes.check_send(answer, rest.redact, "done")
    taken = read(Subscription, answer, rest.redact, phone)
    return taken.model_copy(update={"group_missing": bool(group) and taken.group_id is None})


async def add_phone_by_form(
    http: HttpApi, phone: str, sender: str, group: str | None
) -> Subscription | AlreadySubscribed:
    """POST addphonetosendercode; see `WhatCounts.add_phone_by_form`."""
    checked_phone(phone)
    for problem in (form_problem("sender code", sender), _problem("group", group)):
        if problem:
            raise Refused(problem)
    arguments = [("phone", phone), ("sender_code", sender), *_given([("group_name", group)])]
    already = await _by_form(http, "addphonetosendercode", arguments, group)
    return already or Subscription(group_unproven=bool(group))


def contact_problems(
    rest: Rest, email: str, first: str | None, customer_key: str | None, country: str
) -> dict[str, str]:
    """Why a contact cannot be added: field -> sentence for people; empty if it can."""
    is_email = _EMAIL.fullmatch(email) and len(email) <= 254 and not hidden_problem("", email)
    found = {
        "email": None if is_email else "That is not an e-mail address.",
        "first_name": _problem("first name", first),
        "customer_key": _problem("customer key", customer_key),
        "country": None if _COUNTRY.fullmatch(country) else "Write the country with two letters, such as us.",
    }
    if is_email and customer_key and rest.path_problem("e-mail address", email):
        found["customer_key"] = _NO_KEY
    return {name: sentence for name, sentence in found.items() if sentence}


def _problem(what: str, value: str | None) -> str | None:
    """Why `value`, if there is one, would not arrive; a blank would be ignored without a word."""
    if value and not value.strip():
        return f"The {what} is made of spaces only."
    return hidden_problem(what, value or "")


async def add_contact(rest: Rest, http: HttpApi, who: NewContact) -> Contact | AlreadySubscribed:
    """By REST where its path can carry the e-mail address, else as a form; see `WhatCounts.add_contact`."""
    checked_phone(who.phone)
    problems = contact_problems(rest, who.email, who.first, who.customer_key, who.country)
    others = (_problem("group", who.group), rest.path_problem("sender code", who.sender))
    for problem in (*problems.values(), *others):
        if problem:
            raise Refused(problem)
    if rest.path_problem("e-mail address", who.email) is None:
        return await _contact_by_path(rest, who)
    return await _contact_by_form(http, who)


async def _contact_by_path(rest: Rest, who: NewContact) -> Contact | AlreadySubscribed:
    """POST addSubscriberToSenderCode/{email}/{phone}/{senderCode}?groupName=&first=&customerKey=.

    A 404 is given before anything is done, so the overview's form, which has a country and a slash at its
    end (seed 002_95762707450eb301.txt), is then tried, once.
    """
    segments = [
        ("command", "addSubscriberToSenderCode"),
        ("e-mail address", who.email),
        ("phone number", ten_digits(who.phone)),
        ("sender code", who.sender),
    ]
    query = _given([("groupName", who.group), ("first", who.first), ("customerKey", who.customer_key)])
    answer = await rest.change(segments, query)
    if answer.status == 404:
        answer = await rest.change([*segments, ("country", who.country)], query, end="/")
    if already := _already(rest, answer, who.group):
        return already
    outcomes.check_send(answer, rest.redact, "done")
    taken = read(Contact, answer, rest.redact, who.phone)
    missing = bool(who.group) and not _is_named(taken.group, who.group)
    return taken.model_copy(update={"group_missing": missing})


async def _contact_by_form(http: HttpApi, who: NewContact) -> Contact | AlreadySubscribed:
    """POST addsubscribertosendercode: HTTP Add SMS Contact to Sender Code, add-sms-contact-to-sender-code."""
    arguments = [
        ("email", who.email),
        ("phone", who.phone),
        ("country", who.country),
        ("sender_code", who.sender),
        *_given([("first", who.first), ("group_name", who.group)]),
    ]
    already = await _by_form(http, "addsubscribertosendercode", arguments, who.group)
    return already or Contact(group_unproven=bool(who.group))


async def _by_form(
    http: HttpApi, command: str, arguments: Pairs, group: str | None
) -> AlreadySubscribed | None:
    """None where the HTTP API says SUCCESS, which is all that it says."""
    answer = await http.change(command, arguments)
    if already := _already(http, answer, group):
        return already
    outcomes.check_send(answer, http.redact, "done")
    outcomes.check_success(answer, http.redact, "done")
    return None


def _given(pairs: list[tuple[str, str | None]]) -> Pairs:
    return [(name, value) for name, value in pairs if value]


def _is_named(said: str | None, group: str | None) -> bool:
    return (said or "").strip().casefold() == (group or "").strip().casefold()


def _already(api: Rest | HttpApi, answer: Answer, group: str | None) -> AlreadySubscribed | None:
    if not _EXISTS.match(outcomes.words(answer)):
        return None
    return AlreadySubscribed(group_unproven=bool(group), raw=api.redact(answer.text))
