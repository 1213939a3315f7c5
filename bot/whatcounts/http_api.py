"""The HTTP API of one account: a command and its arguments as a form, which carries any text."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from bot.whatcounts.answers import Answer
from bot.whatcounts.connection import Connection
from bot.whatcounts.paths import Pairs
from bot.whatcounts.secrets import Redactor


@dataclass(frozen=True)
class HttpApi:
    """`origin/bin/api_web`. Never GET: its address would leave password and text in every log.

    `client` is the API client's name and authentication, if the account has one.
    """

    origin: str
    realm: str
    password: str = field(repr=False)
    client: tuple[str, str] | None = field(repr=False)
    connection: Connection
    redact: Redactor

    async def send(self, command: str, arguments: Pairs) -> Answer:
        """A send: once and only once, without waiting for a turn. Raises Unavailable, Uncertain."""
        return await self.connection.send(self._url(), self._form(command, arguments))

    async def post(self, command: str, arguments: Pairs) -> Answer:
        """Another change that is not repeatable: once and only once. Raises Unavailable, Uncertain."""
        return await self.connection.post(self._url(), self._form(command, arguments))

    async def change(self, command: str, arguments: Pairs) -> Answer:
        """What may be done twice without harm, over a kept connection. Raises as `post` does."""
        return await self.connection.change(self._url(), self._form(command, arguments))

    async def read(self, command: str) -> Answer:
        """What changes nothing. Raises Unavailable."""
        return await self.connection.read(self._url(), self._form(command, []))

    def _url(self) -> httpx.URL:
        return httpx.URL(f"{self.origin}/bin/api_web")

    def _form(self, command: str, arguments: Pairs) -> bytes:
        """In the order of the pages: the HTTP API overview wants the realm first, the password after it.

        An API client goes where one in production puts it; the page says only "in the header".
        """
        client = zip(("api_client", "client_auth"), self.client or (), strict=False)
        login = [("r", self.realm), ("p", self.password), ("c", command)]
        return urlencode([*client, *login, *arguments]).encode("ascii")
