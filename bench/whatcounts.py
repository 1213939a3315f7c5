"""`python -m bench.whatcounts PORT`: a WhatCounts that says yes to a subscribe, too quick to be measured."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

BODY = (
    b'{"id":180,"realmId":10,"smsSubscriberId":373,"smsSenderId":3,"smsGroupId":42,"authenticated":false,'
    b'"createdDate":"Mar 16, 2018 9:10:50 AM","updatedDate":"Mar 16, 2018 9:10:50 AM"}'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)


class Yes(asyncio.Protocol):
    """Answers each request on the connection the same; understands those without a body only."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        *whole, self._buffer = (self._buffer + data).split(b"\r\n\r\n")
        if whole and self._transport:
            self._transport.write((HEAD + BODY) * len(whole))


async def serve(port: int) -> None:
    """Until it is ended from outside."""
    server = await asyncio.get_running_loop().create_server(Yes, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
