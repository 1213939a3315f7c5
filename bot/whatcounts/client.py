"""The WhatCounts client: one method per operation of the SMS API."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import SecretStr

from bot.errors import Refused
from bot.pace import Pace, Slots
from bot.settings.values import Rate
from bot.text import problem
from bot.whatcounts import sending
from bot.whatcounts.answers import Message, Submitted
from bot.whatcounts.connection import Connection, Limits
from bot.whatcounts.contacts import (
    NewContact,
    add_contact,
    add_phone,
    add_phone_by_form,
    checked_phone,
    contact_problems,
)
from bot.whatcounts.creating import Created, create_message
from bot.whatcounts.http_api import HttpApi
from bot.whatcounts.listing import all_messages, by_csv, by_rest
from bot.whatcounts.members import AlreadySubscribed, Contact, Stopped, Subscription
from bot.whatcounts.paths import PROBES, Alphabet
from bot.whatcounts.rest import Rest
from bot.whatcounts.secrets import Redactor
from bot.whatcounts.stopping import stop
from bot.whatcounts.watched import Count, Nobody, watched

IN_STORED = "\t\r"  # texts stored by WhatCounts' own page may have them


class WhatCounts:
    """One account of WhatCounts. Lives as long as the process; `aclose` it at the end.

    `url` is the bare origin (`https://api.whatcounts.net`). `text_api` says how one-off texts go: `http` is
    the form POST, which carries any text; `rest` is a path, which carries fewer characters. `rate` is how
    many requests a second may leave (None: as many as are asked for), over all processes that share `slots`;
    all but sends wait for their turn by themselves. Errors are those of `bot.errors`, named by what is known
    afterwards, with nothing secret in them.

    Where both APIs can do it, the method chooses the one that carries what is asked and proves most. Two
    commands of the HTTP API prove less than REST and carry nothing more that smsops has; they have methods of
    their own, `..._by_form`, which smsops does not call.
    """

    def __init__(
        self,
        *,
        url: str,
        realm: str,
        password: SecretStr | str,
        client_name: str | None = None,
        client_auth: SecretStr | str | None = None,
        text_api: Literal["http", "rest"] = "http",
        limits: Limits | None = None,
        rate: Rate | None = None,
        slots: Slots | None = None,
        count: Count | None = None,
    ) -> None:
        origin, word = url.rstrip("/"), _secret(password)
        api_client = (client_name, _secret(client_auth)) if client_name and client_auth else None
        self._text_api = text_api
        self._limits = limits or Limits()
        self._texts = Pace(rate.send, slots=slots) if rate else None
        self._others = Pace(rate.other, slots=slots) if rate else None
        self._count = count or Nobody()
        headers = _headers(realm, word, api_client)
        self._connection = Connection(headers, self._limits, self.turn, self._count)
        of_client = [api_client[1], ":".join(api_client)] if api_client else []
        redact = Redactor([word, f"{realm}:{word}", *of_client])
        self._rest = Rest(origin, self._connection, redact)
        self._http = HttpApi(origin, realm, word, api_client, self._connection, redact)

    def trust(self, alphabet: Alphabet) -> None:
        """From now on let REST paths carry what a live test of this account has shown to arrive."""
        self._rest.alphabet = alphabet

    def path_problem(self, what: str, value: str) -> str | None:
        """Why `value`, called `what`, cannot travel in a REST path of this account; None if it can."""
        return self._rest.path_problem(what, value)

    async def turn_to_text(self, sender: str, lane: str = "") -> float:
        """Returns when one more one-off text may leave from this sender code; each of them takes a turn.

        With the seconds that the throttle made it wait. Lanes (a lane is what belongs together: the texts of
        one run) take turns, so that who wants one is never behind a long run. Raises NoTurn.
        """
        return await self._texts.turn(f"text {sender}", lane) if self._texts else 0.0

    async def turn(self, lane: str = "") -> float:
        """The same for a request of another kind; whoever calls `send_to_group` takes one of these first."""
        return await self._others.turn("other", lane) if self._others else 0.0

    def text_turn_unused(self, sender: str, since: float) -> None:
        """A `turn_to_text` that nothing came of, had since then (monotonic): the next may have it."""
        if self._texts:
            self._texts.unused(f"text {sender}", since)

    def turn_unused(self, since: float) -> None:
        """A `turn` that nothing came of."""
        if self._others:
            self._others.unused("other", since)

    async def messages(self) -> list[Message]:
        """All stored messages, each once, in WhatCounts' order. Raises Refused or Unavailable.

        REST Get SMS Messages; where that comes in a form that cannot be read, HTTP Get SMS Messages, whose
        CSV has no labels. A message without a name is left out.
        """
        with watched(self._count, "messages"):
            return await all_messages(self._rest, self._http)

    async def messages_by(self, api: Literal["rest", "http"]) -> list[Message]:
        """The same by this API alone, for whoever asks whether it is well. Raises Refused or Unavailable."""
        with watched(self._count, "messages"):
            return await (by_rest(self._rest) if api == "rest" else by_csv(self._http))

    async def create_message(self, name: str, text: str, label: str = "") -> Created:
        """Store `text` under `name`, with labels separated by commas. Raises Refused, Unavailable, Uncertain.

        REST Create Message, api-rest-create-sms-message, or for a text that no path carries HTTP Create SMS
        Message, create-sms-message: by both an undefined label is an error *and the message is stored*. So it
        is asked once, and whatever leaves a doubt is settled by reading the list. Two that run at once under
        one name cannot be told apart where they hold the same text.
        """
        with watched(self._count, "create_message"):
            return await create_message(self._rest, self._http, name, text, label)

    async def probe_message(self, name: str, text: str) -> Message | None:
        """Store a text of PROBES by REST, proven or not; returns it as the list has it, None if it has not.

        Raises Refused, Unavailable or Uncertain. No SMS is sent; the API cannot delete what was stored.
        """
        daring = replace(self._rest, alphabet=Alphabet(frozenset(PROBES)))
        await create_message(daring, self._http, name, text)
        return next((each for each in await self.messages() if each.name == name), None)

    async def add_phone(
        self, phone: str, sender: str, group: str | None = None
    ) -> Subscription | AlreadySubscribed:
        """Subscribe an existing SMS contact to `sender`. Raises Refused, Unavailable or Uncertain.

        REST Add Phone To Sender Code, seed 000_05c643a328dd2a45.txt. `phone` is in its normal form. A group
        that does not arrive is ignored by WhatCounts: `group_missing` in what comes back says so.
        """
        with watched(self._count, "add_phone"):
            return await add_phone(self._rest, phone, sender, group)

    async def add_phone_by_form(
        self, phone: str, sender: str, group: str | None = None
    ) -> Subscription | AlreadySubscribed:
        """The same by HTTP Add Phone to Sender Code, add-phone-to-sender-code. Raises as `add_phone` does.

        Its answer has no id and tells nothing of the group: `group_unproven` in what comes back says so.
        """
        with watched(self._count, "add_phone"):
            return await add_phone_by_form(self._http, phone, sender, group)

    async def add_contact(
        self,
        email: str,
        phone: str,
        sender: str,
        *,
        country: str = "us",
        group: str | None = None,
        first: str | None = None,
        customer_key: str | None = None,
    ) -> Contact | AlreadySubscribed:
        """Add a contact with e-mail and phone to `sender`. Raises Refused, Unavailable or Uncertain.

        REST Add SMS Contact to Sender Code, api-rest-add-sms-contact-to-sender-code. The page's address has
        no country; it goes along only where WhatCounts does not know that address. An e-mail address that no
        path carries goes by HTTP Add SMS Contact to Sender Code, which takes no customer key and whose answer
        has no id and tells nothing of the group: `group_unproven` in what comes back says so.
        """
        who = NewContact(email, phone, sender, country, group, first, customer_key)
        with watched(self._count, "add_contact"):
            return await add_contact(self._rest, self._http, who)

    def contact_problems(
        self, email: str, first: str | None, customer_key: str | None, country: str
    ) -> dict[str, str]:
        """Why a contact cannot be added: email, first_name, customer_key, country -> sentence for people."""
        return contact_problems(self._rest, email, first, customer_key, country)

    async def stop(self, phone: str, sender: str) -> Stopped:
        """Opt `phone` out of `sender`; nothing in the API undoes it. Raises Refused, Unavailable, Uncertain.

        REST Stop Sending SMS To Contact, seed 004_5ab793a1ef825a7a.txt. Asked at most three times, since it
        may be done twice, so it can take a minute when WhatCounts is silent. A phone that REST does not know
        for this sender code is asked for once more by the HTTP API, whose answer has no id.
        """
        with watched(self._count, "stop"):
            return await stop(self._rest, self._http, phone, sender, self._limits.pause)

    def text_problem(self, text: str, allowed: str = "") -> str | None:
        """Why `text` cannot go to one phone by the way that is set, as a sentence; None if it can.

        `allowed`: control characters that may be in it; a stored text may have some that nobody types.
        """
        if self._text_api == "http":
            return problem(text, allowed)
        return problem(text, allowed) or self.path_problem("text", text)

    async def send_to_phone(self, phone: str, sender: str, text: str) -> Submitted:
        """Send one text now. `phone` is in its normal form. Raises Refused, Unavailable or Uncertain.

        Not repeatable: WhatCounts has no key that would make a second call harmless. It honours opt-outs. It
        does not wait: take a `turn_to_text` before the send is claimed, so that a claim is never old.
        """
        checked_phone(phone)
        if not sender.strip():
            raise Refused("The sender code is missing.")
        if objection := self.text_problem(text, IN_STORED):
            raise Refused(objection)
        with watched(self._count, "send_to_phone"):
            if self._text_api == "rest":
                return await sending.text_by_path(self._rest, phone, sender, text)
            return await sending.text_by_form(self._http, phone, sender, text)

    async def send_to_group(
        self, message: str, sender: str, group: str, campaign: str, description: str = ""
    ) -> Submitted:
        """Send the stored `message` to `group` of `sender` now. Raises Refused, Unavailable or Uncertain.

        REST Send Message to Sender Code, seed 001_04b437c420a287bd.txt. A group that does not arrive is
        ignored, and the message goes to every contact: so there is no call without one, it is read back from
        the address before it is written, and `sms_group_id` None in what comes back is an alarm. Not
        repeatable, and it does not wait, as above: take a `turn` first.
        """
        with watched(self._count, "send_to_group"):
            return await sending.send_to_group(self._rest, message, sender, group, campaign, description)

    async def send_to_everyone_without_a_group(
        self, message: str, sender: str, campaign: str, description: str = ""
    ) -> Submitted:
        """Send the stored `message` to EVERY contact of `sender` now. Raises as `send_to_group` does.

        The same page: without `groupName` it goes to all. `sms_group_id` in what comes back must be None.
        """
        with watched(self._count, "send_to_everyone"):
            return await sending.send_to_everyone_without_a_group(
                self._rest, message, sender, campaign, description
            )

    async def send_to_group_by_form(self, message: str, sender: str, group: str, campaign: str) -> Submitted:
        """The same by HTTP Send Message to Sender Code, send-message-to-sender-code. Raises as above.

        It carries any name. But its SUCCESS names no group, so that one that was not understood, and went to
        everyone, cannot be told from one that was: `sms_group_id` in what comes back is None whatever was
        done. Not repeatable, and it does not wait.
        """
        with watched(self._count, "send_to_group"):
            return await sending.group_by_form(self._http, message, sender, group, campaign)

    @property
    def date(self) -> str | None:
        """The Date header of its last answer, by which one's own clock can be compared; None without one."""
        return self._connection.date

    @property
    def answered_at(self) -> datetime | None:
        """When it last answered, whatever it said (UTC, by the clock here); None before that."""
        return self._connection.answered_at

    async def aclose(self) -> None:
        """Close its connections."""
        await self._connection.aclose()


def _secret(value: SecretStr | str | None) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value or ""


def _headers(realm: str, password: str, api_client: tuple[str, str] | None) -> dict[str, str]:
    """REST overview: Basic of realm and password, and the optional API client in x-api-key."""
    headers = {
        "Authorization": f"Basic {_base64(f'{realm}:{password}')}",
        "Accept": "application/vnd.whatcounts-v1+json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": "smsops",
    }
    if api_client:
        headers["x-api-key"] = _base64(":".join(api_client))
    return headers


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
