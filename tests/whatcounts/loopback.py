"""A server on loopback that keeps each request as it came off the wire, and answers or fails as told."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class Received:
    """One request: the target is raw, as the client wrote it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)


@dataclass
class Reply:
    """An answer. `promised` is a Content-Length larger than the body; then the connection is cut."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None


class Cut:
    """Read the request, then close without an answer."""


class Reset:
    """Read the request, then reset the connection."""


class Hang:
    """Read the request, then never answer."""


@dataclass
class HangAfter:
    """Send the beginning of an answer, then nothing more."""

    start: bytes


Step = Reply | Cut | Reset | Hang | HangAfter


def answer(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


def text(words: str, status: int = 200) -> Reply:
    return Reply(status, words.encode(), "text/plain;charset=utf-8")


def html(status: int) -> Reply:
    page = f"<!doctype html><title>HTTP Status {status}</title><h1>2065550100 {status}</h1>"
    return Reply(status, page.encode(), "text/html;charset=utf-8")


class Loopback:
    """`steps` are taken in order; the last one stays. A step may be made from the request."""

    def __init__(self) -> None:
        self.ended: asyncio.Event = asyncio.Event()  # a connection was closed by either side
        self.requests: list[Received] = []
        self.connections = 0
        self.steps: list[Step | Callable[[Received], Step]] = []
        self._released = asyncio.Event()
        self._changed = asyncio.Condition()
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._released.set()
        self._server.close()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def wait_for_requests(self, count: int) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.requests) >= count), 5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            while (received := await _read(reader)) is not None:
                step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
                async with self._changed:
                    self.requests.append(received)
                    self._changed.notify_all()
                if not await self._take(step if not callable(step) else step(received), writer):
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()
            self._open.discard(task)
            self.ended.set()

    async def _take(self, step: Step, writer: asyncio.StreamWriter) -> bool:
        """Do one step; whether the connection may go on."""
        if isinstance(step, Reply):
            writer.write(_written(step))
            await writer.drain()
            return step.promised is None
        if isinstance(step, Reset):
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        if isinstance(step, HangAfter):
            writer.write(step.start)
            await writer.drain()
        if isinstance(step, Hang | HangAfter):
            await self._released.wait()
        return False


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, target, headers, body)


def _written(reply: Reply) -> bytes:
    length = reply.promised if reply.promised is not None else len(reply.body)
    lines = [f"HTTP/1.1 {reply.status} Said", f"Content-Type: {reply.kind}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body
