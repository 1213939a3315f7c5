"""A gate before PostgreSQL that shuts at the commit of one transaction: it cuts all lines, or is silent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy import make_url

BEGIN, COMMIT = b"BEGIN", b"COMMIT"
SIZE = 65_536


@dataclass
class Gate:
    """`url` is the database through it. Reads what the client says, which is not encrypted.

    Shut, it ends every session and takes no new one; or, `is_silent`, it keeps what either side says. `shut`
    is set when that is so, and PostgreSQL has done what it should do before.
    """

    url: str
    database_url: str
    is_silent: bool = False
    shut: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    _is_shut: bool = False
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    _mark: re.Pattern[bytes] | None = None
    _is_committed: bool = False
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)
    _sessions: set[asyncio.Task[None]] = field(default_factory=set)

    def cut_at(self, says: bytes, *, committed: bool) -> None:
        """Shut it at the commit of the next transaction that says this (a pattern): before it, or after it.

        `committed`: PostgreSQL has carried it out, and its answer does not come through.
        """
        self._mark, self._is_committed = re.compile(says, re.DOTALL), committed

    def open(self) -> None:
        """Let everything through again."""
        self._is_shut = False
        self.shut.clear()
        self.opened.set()

    async def passes(self) -> None:
        """Returns when it is open."""
        if self._is_shut:
            await self.opened.wait()

    def line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A new session."""
        task = asyncio.create_task(self._session(reader, writer))
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)

    async def close(self) -> None:
        """End every session."""
        self._answered.set()  # it comes no more
        self._abort()
        await asyncio.gather(*self._sessions)

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_shut and not self.is_silent:
            writer.close()
            return
        await self.passes()
        folder = make_url(self.database_url).query["host"]
        there, back = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        self._lines |= {writer, back}
        answers = asyncio.create_task(self._answers(there, writer))
        with suppress(ConnectionError):
            await self._words(reader, back)
        for end in (back, writer):
            end.close()
        await answers
        self._lines -= {writer, back}

    async def _words(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        """What the client says, until it or the line ends."""
        said = b""
        while words := await reader.read(SIZE):
            said = words if BEGIN in words else said + words[-SIZE:]
            if self._mark and COMMIT in words and self._mark.search(said):
                await self._shut(words, server)
            else:
                await self.passes()
                server.write(words)
                await server.drain()

    async def _shut(self, words: bytes, server: asyncio.StreamWriter) -> None:
        self._mark = None
        self.opened.clear()
        self._is_shut = True
        if self._is_committed:
            server.write(words)
            await self._answered.wait()
        self.shut.set()
        if not self.is_silent:
            self._abort()
        elif not self._is_committed:
            await self.passes()
            server.write(words)

    def _abort(self) -> None:
        for end in self._lines:
            end.transport.abort()

    async def _answers(self, server: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while words := await server.read(SIZE):
                if self._is_shut and COMMIT in words:
                    self._answered.set()
                await self.passes()  # where it is not silent the line has ended by then
                client.write(words)
                await client.drain()
        client.close()  # so does PostgreSQL, where a transaction stood open for too long


@asynccontextmanager
async def gate(database_url: str, is_silent: bool = False) -> AsyncIterator[Gate]:
    """A gate before this database, open."""
    opened = Gate("", database_url, is_silent)
    server = await asyncio.start_server(opened.line, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    opened.url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/{make_url(database_url).database}"
    try:
        yield opened
    finally:
        server.close()
        await opened.close()
