"""The REST API of one account: a POST to an address that was read back, and the list of stored messages."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from bot.errors import Refused
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer, Message, Unreadable, stored_messages
from bot.whatcounts.connection import Connection
from bot.whatcounts.paths import Pairs, rest_url
from bot.whatcounts.secrets import Redactor

PAGE = 500  # Get SMS Messages: "first 500 are displayed", then skip=500, 1000, ...
MOST_PAGES = 100


@dataclass(frozen=True)
class Rest:
    """Everything below `origin/rest/sms`; arguments are segments of the path and the query, never a body."""

    origin: str
    connection: Connection
    redact: Redactor

    async def post(self, segments: Pairs, query: Pairs = ()) -> Answer:
        """Once and only once. Raises Refused where it would not arrive as typed, Unavailable, Uncertain."""
        return await self.connection.send(rest_url(self.origin, segments, query))

    async def change(self, segments: Pairs, query: Pairs = (), end: str = "") -> Answer:
        """What may be done twice without harm, over a kept connection. Raises as `post` does."""
        return await self.connection.change(rest_url(self.origin, segments, query, end))

    async def messages(self) -> list[Message]:
        """All stored messages, each once, in WhatCounts' order. Raises Refused or Unavailable.

        Get SMS Messages: pages of 500 by `skip`. A page that brings nothing new ends it: there the server
        ignores `skip`. A message without a name cannot be sent by name and is left out.
        """
        found: dict[int, Message] = {}
        for page in range(MOST_PAGES):
            items = await self._page(page * PAGE)
            before = len(found)
            for message in items:
                found.setdefault(message.id, message)
            if len(items) < PAGE or len(found) == before:
                return [message for message in found.values() if message.name]
        raise Refused(f"WhatCounts has more than {MOST_PAGES * PAGE} messages, more than can be read here.")

    async def _page(self, skip: int) -> list[Message]:
        query = f"?skip={skip}" if skip else ""
        answer = await self.connection.read(httpx.URL(f"{self.origin}/rest/sms{query}"))
        outcomes.check_read(answer, self.redact)
        if not answer.text and not skip:  # nothing at all is no list; after a full page it is the end
            raise outcomes.unread(answer, self.redact)
        try:
            return stored_messages(answer)
        except Unreadable:
            raise outcomes.unread(answer, self.redact) from None
