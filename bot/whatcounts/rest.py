"""The REST API of one account: a POST to an address that was read back, and the list of stored messages."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from bot.errors import BotError, Refused
from bot.whatcounts import outcomes
from bot.whatcounts.answers import Answer, Message, Unreadable, stored_messages
from bot.whatcounts.connection import Connection
from bot.whatcounts.paths import PLAIN, Alphabet, Pairs, path_problem, rest_url
from bot.whatcounts.secrets import Redactor

PAGE = 500  # Get SMS Messages: "first 500 are displayed", then skip=500, 1000, ...
MOST_PAGES = 100


class UnreadList(Exception):
    """The list came, under a 2xx, in no form that we know; `error` says so to people."""

    def __init__(self, error: BotError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass
class Rest:
    """Everything below `origin/rest/sms`; arguments are segments of the path and the query, never a body.

    `alphabet` is what a segment is known to carry.
    """

    origin: str
    connection: Connection
    redact: Redactor
    alphabet: Alphabet = PLAIN

    async def send(self, segments: Pairs, query: Pairs = ()) -> Answer:
        """A send: once and only once, without waiting for a turn.

        Raises Refused where it would not arrive as typed, Unavailable, Uncertain.
        """
        return await self.connection.send(self._url(segments, query))

    async def post(self, segments: Pairs, query: Pairs = ()) -> Answer:
        """Another change that is not repeatable: once and only once. Raises as `send` does."""
        return await self.connection.post(self._url(segments, query))

    async def change(self, segments: Pairs, query: Pairs = (), end: str = "") -> Answer:
        """What may be done twice without harm, over a kept connection. Raises as `send` does."""
        return await self.connection.change(self._url(segments, query, end))

    def path_problem(self, what: str, value: str) -> str | None:
        """Why `value` cannot be a segment, as a sentence for people; None if it can."""
        return path_problem(what, value, self.alphabet)

    def _url(self, segments: Pairs, query: Pairs, end: str = "") -> httpx.URL:
        return rest_url(self.origin, segments, query, end, self.alphabet)

    async def messages(self) -> list[Message]:
        """All stored messages, each once, in WhatCounts' order. Raises Refused, Unavailable, UnreadList.

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
            raise UnreadList(outcomes.unread(answer, self.redact))
        try:
            return stored_messages(answer)
        except Unreadable:
            raise UnreadList(outcomes.unread(answer, self.redact)) from None
