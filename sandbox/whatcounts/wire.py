"""HTTP/1.1 on a loopback socket: raw targets in, and answers that may be cut, reset or never come."""

from __future__ import annotations

import asyncio
import socket
import struct
import weakref
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from email.utils import formatdate

import h11

from sandbox.whatcounts.exchange import REASONS, Answer, Request

LARGEST_BODY = 2 * 1024 * 1024  # Tomcat's maxPostSize
KEPT_LINE = 8192  # bytes of a garbled request's first line
Answerer = Callable[[Request], Awaitable[Answer]]


class Wire:
    """A server that hands each request to `answer` and does with the connection what the answer says."""

    def __init__(self, answer: Answerer) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()
        # Each lives as long as its connection, which may outlast the conversation by what is not yet flushed.
        self._writers: weakref.WeakSet[asyncio.StreamWriter] = weakref.WeakSet()

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Refuses any address that is not this machine's own."""
        if host not in ("127.0.0.1", "localhost"):
            raise ValueError(f"the emulator listens on 127.0.0.1 only, not on {host}")
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def stop(self) -> None:
        """Close the door and every connection, those that hang too."""
        if self._server:
            self._server.close()
        for task in self._conversations:
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)  # lets the loop close the sockets that were aborted
        if self._server:
            await self._server.wait_closed()
            self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own, so that stop() knows it even before it has run its first line.
        task = asyncio.create_task(self._converse(reader, writer))
        self._conversations.add(task)
        self._writers.add(writer)
        task.add_done_callback(self._conversations.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        try:
            with suppress(ConnectionError):
                while request := await connection.read():
                    if not await connection.write(await self._answer(request)):
                        break
        finally:
            writer.close()


class Connection:
    """One client's connection: requests out of it, answers into it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
        self._head_only = False
        self._came = b""  # of the request that is being read

    async def read(self) -> Request | None:
        """The next request; None when the client went away.

        One that was garbled has an empty method, and its first line, as it came, for a target.
        """
        self._came = self._http.trailing_data[0]
        try:
            head = await self._event()
            if not isinstance(head, h11.Request):
                return None
            self._head_only = head.method == b"HEAD"
            body = await self._body()
        except h11.RemoteProtocolError:
            return Request("", self._came.partition(b"\n")[0].decode("latin-1").rstrip(), [], b"")
        if body is None:
            return None
        # raw_items: with their names as they were written, which h11 makes lower case.
        headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in head.headers.raw_items()]
        return Request(head.method.decode("ascii"), head.target.decode("latin-1"), headers, body)

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                self._send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
            self._http.receive_data(data := await self._reader.read(65536))
            self._came = (self._came + data)[:KEPT_LINE]
        return event  # type: ignore[return-value]  # h11 types NEED_DATA, excluded above, into the union

    async def _body(self) -> bytes | None:
        parts: list[bytes] = []
        while isinstance(event := await self._event(), h11.Data):
            parts.append(bytes(event.data))
            if sum(map(len, parts)) > LARGEST_BODY:
                return None
        return b"".join(parts) if isinstance(event, h11.EndOfMessage) else None

    async def write(self, answer: Answer) -> bool:
        """Send an answer, or end the connection as it says; returns whether another request may follow."""
        match answer.ending:
            case "hang":
                await self._until_client_leaves()
            case "close":
                pass
            case "reset":
                _reset(self._writer)
            case "garbage":
                self._writer.write(b"\x15\x03\x01 not an answer\r\n\r\n")
                await self._writer.drain()
            case "truncate" | "stall":
                await self._write_half(answer)
            case _:
                return await self._write_whole(answer)
        return False

    async def _write_half(self, answer: Answer) -> None:
        # Content-Length tells of 64 bytes more than the whole, so that an empty body is cut as well.
        self._head(answer, len(answer.body) + 64)
        self._send(h11.Data(data=answer.body[: len(answer.body) // 2]))
        await self._writer.drain()
        if answer.ending == "stall":
            await self._until_client_leaves()

    async def _write_whole(self, answer: Answer) -> bool:
        self._head(answer, None if answer.stream else len(answer.body))
        if answer.stream:
            async with aclosing(answer.stream) as stream:
                async for chunk in stream:
                    self._send(h11.Data(data=chunk))
                    await self._writer.drain()
        elif answer.body and not self._head_only:
            self._send(h11.Data(data=answer.body))
        self._send(h11.EndOfMessage())
        await self._writer.drain()
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def _head(self, answer: Answer, length: int | None) -> None:
        headers = [("Content-Type", answer.content_type), ("Date", formatdate(usegmt=True)), *answer.headers]
        if length is not None:
            headers.append(("Content-Length", str(length)))
        reason = REASONS.get(answer.status, "").encode()
        self._send(h11.Response(status_code=answer.status, headers=headers, reason=reason))

    def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")

    async def _until_client_leaves(self) -> None:
        while await self._reader.read(65536):
            pass


def _reset(writer: asyncio.StreamWriter) -> None:
    # Lingering for zero seconds makes the kernel send RST instead of FIN.
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
