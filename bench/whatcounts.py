"""`python -m bench.whatcounts PORT [SECONDS]`: a WhatCounts that says yes, at once or after some seconds."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

SUBSCRIBED = (
    b'{"id":180,"realmId":10,"smsSubscriberId":373,"smsSenderId":3,"smsGroupId":42,"authenticated":false,'
    b'"createdDate":"Mar 16, 2018 9:10:50 AM","updatedDate":"Mar 16, 2018 9:10:50 AM"}'
)
SENT = b"SUCCESS: Sending message to phone was successful"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
ANSWER_TO_REST = HEAD % (b"application/json", len(SUBSCRIBED)) + SUBSCRIBED
ANSWER_TO_FORM = HEAD % (b"text/plain", len(SENT)) + SENT


class Yes(asyncio.Protocol):
    """Answers each request on the connection the same: one for REST, one for a form."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, length = self._buffer[:end], _length(self._buffer[:end])
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._answer(ANSWER_TO_FORM if b" /bin/api_web" in head else ANSWER_TO_REST)

    def _answer(self, answer: bytes) -> None:
        assert self._transport
        if self._seconds:
            asyncio.get_running_loop().call_later(self._seconds, self._transport.write, answer)
        else:
            self._transport.write(answer)


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0] or 0)


async def serve(port: int, seconds: float) -> None:
    """Until it is ended from outside."""
    server = await asyncio.get_running_loop().create_server(lambda: Yes(seconds), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
