"""The WhatCounts client: one method per operation of the SMS API."""

from __future__ import annotations

import base64
from typing import Literal
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from bot.errors import Refused
from bot.phones import ten_digits
from bot.text import problem
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Message, Submitted
from bot.whatcounts.connection import Connection, Limits
from bot.whatcounts.contacts import add_contact, add_phone, checked_phone, contact_query, stop
from bot.whatcounts.creating import Created, create_message
from bot.whatcounts.members import AlreadySubscribed, Contact, Stopped, Subscription
from bot.whatcounts.paths import path_problem
from bot.whatcounts.rest import Rest
from bot.whatcounts.secrets import Redactor


class WhatCounts:
    """One account of WhatCounts. Lives as long as the process; `aclose` it at the end.

    `url` is the bare origin (`https://api.whatcounts.net`). `text_api` says how one-off texts go: `http` is
    the form POST, which carries any text; `rest` is a path, which carries fewer characters. Errors are those
    of `bot.errors`, named by what is known afterwards, with nothing secret in them.
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
    ) -> None:
        self._origin = url.rstrip("/")
        self._realm, self._password = realm, _secret(password)
        self._client = (client_name, _secret(client_auth)) if client_name and client_auth else None
        self._text_api = text_api
        self._limits = limits or Limits()
        self._connection = Connection(self._headers(), self._limits)
        secrets = [self._password, f"{realm}:{self._password}"]
        if self._client:
            secrets += [self._client[1], ":".join(self._client)]
        self._redact = Redactor(secrets)
        self._rest = Rest(self._origin, self._connection, self._redact)

    def _headers(self) -> dict[str, str]:
        """REST overview: Basic of realm and password, and the optional API client in x-api-key."""
        headers = {
            "Authorization": f"Basic {_base64(f'{self._realm}:{self._password}')}",
            "Accept": "application/vnd.whatcounts-v1+json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "smsops",
        }
        if self._client:
            headers["x-api-key"] = _base64(":".join(self._client))
        return headers

    async def messages(self) -> list[Message]:
        """All stored messages, each once, in WhatCounts' order. Raises Refused or Unavailable.

        REST Get SMS Messages; a message without a name is left out.
        """
        return await self._rest.messages()

    async def create_message(self, name: str, text: str, label: str = "") -> Created:
        """Store `text` under `name`, with labels separated by commas. Raises Refused, Unavailable, Uncertain.

        REST Create Message, api-rest-create-sms-message: an undefined label answers 500 *and stores it*. So
        it is asked once, and whatever leaves a doubt is settled by reading the list. Two that run at once
        under one name cannot be told apart where they hold the same text.
        """
        return await create_message(self._rest, name, text, label)

    async def add_phone(
        self, phone: str, sender: str, group: str | None = None
    ) -> Subscription | AlreadySubscribed:
        """Subscribe an existing SMS contact to `sender`. Raises Refused, Unavailable or Uncertain.

        REST Add Phone To Sender Code, seed 000_05c643a328dd2a45.txt. `phone` is in its normal form. A group
        that does not arrive is ignored by WhatCounts: `group_missing` in what comes back says so.
        """
        return await add_phone(self._rest, phone, sender, group)

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
        no country; it goes along only where WhatCounts does not know that address.
        """
        query = contact_query(group, first, customer_key)
        return await add_contact(self._rest, email, phone, sender, country, query)

    async def stop(self, phone: str, sender: str) -> Stopped:
        """Opt `phone` out of `sender`; nothing in the API undoes it. Raises Refused, Unavailable, Uncertain.

        REST Stop Sending SMS To Contact, seed 004_5ab793a1ef825a7a.txt. Asked at most three times, since it
        may be done twice, so it can take a minute when WhatCounts is silent.
        """
        return await stop(self._rest, phone, sender, self._limits.pause)

    def text_problem(self, text: str) -> str | None:
        """Why `text` cannot go to one phone by the way that is set, as a sentence; None if it can."""
        if self._text_api == "http":
            return problem(text)
        return problem(text) or path_problem("text", text)

    async def send_to_phone(self, phone: str, sender: str, text: str) -> Submitted:
        """Send one text now. `phone` is in its normal form. Raises Refused, Unavailable or Uncertain.

        Not repeatable: WhatCounts has no key that would make a second call harmless. It honours opt-outs.
        """
        checked_phone(phone)
        if not sender.strip():
            raise Refused("The sender code is missing.")
        if objection := self.text_problem(text):
            raise Refused(objection)
        if self._text_api == "rest":
            return await self._send_by_path(phone, sender, text)
        return await self._send_by_form(phone, sender, text)

    async def _send_by_form(self, phone: str, sender: str, text: str) -> Submitted:
        """HTTP Send Message to Phone. Never GET: its address would leave password and text in every log."""
        fields = [
            ("r", self._realm),  # the HTTP API overview: realm first, password after it
            ("p", self._password),
            ("c", "smssendmessagetophone"),
            ("phone", phone),
            ("sender_code", sender),
            ("message_text", text),
        ]
        if self._client:  # where a client in production puts them; the page says only "in the header"
            fields = [("api_client", self._client[0]), ("client_auth", self._client[1]), *fields]
        url = httpx.URL(f"{self._origin}/bin/api_web")
        answer = await self._connection.send(url, form=urlencode(fields).encode("ascii"))
        outcomes.check_send(answer, self._redact)
        return outcomes.text_taken(answer, self._redact)

    async def _send_by_path(self, phone: str, sender: str, text: str) -> Submitted:
        """REST sendMessageToPhone/{messageText}/{phone}/{senderCode}; its page shows phones of ten digits."""
        segments = [
            ("command", "sendMessageToPhone"),
            ("text", text),
            ("phone number", ten_digits(phone)),
            ("sender code", sender),
        ]
        answer = await self._rest.post(segments)
        outcomes.check_send(answer, self._redact)
        return outcomes.parts_taken(answer, self._redact)

    async def send_to_group(
        self, message: str, sender: str, group: str, campaign: str, description: str = ""
    ) -> Submitted:
        """Send the stored `message` to `group` of `sender` now. Raises Refused, Unavailable or Uncertain.

        REST Send Message to Sender Code. A group that does not arrive is ignored, and the message goes to
        every contact: so there is no call without one, it is read back from the address before it is written,
        and `sms_group_id` None in what comes back is an alarm. Not repeatable, as above.
        """
        if not group.strip():
            raise Refused("The group is missing, and without one it would go to everyone.")
        segments = [
            ("command", "sendMessageToSenderCode"),
            ("message name", message),
            ("sender code", sender),
            ("campaign name", campaign),
        ]
        query = [("groupName", group), *([("description", description)] if description else [])]
        answer = await self._rest.post(segments, query)
        outcomes.check_send(answer, self._redact)
        return outcomes.campaign_taken(answer, self._redact)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._connection.aclose()


def _secret(value: SecretStr | str | None) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value or ""


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
