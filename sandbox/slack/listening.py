"""HTTP on a loopback port: uvicorn's protocol in the present loop, without its signals and its ticks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

LOOPBACK = "127.0.0.1"
GRACE = 0.2  # seconds that an answer in the making may take once we stop


class Listening:
    """One server; `stop` leaves no connection and no task behind."""

    def __init__(self) -> None:
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._make: Callable[[], asyncio.Protocol] | None = None
        self._port = 0

    async def start(self, app: ASGIApp, host: str, port: int) -> int:
        """Listens, and says on which port; ValueError for anything but 127.0.0.1."""
        if host != LOOPBACK:
            raise ValueError(f"the sandbox listens on {LOOPBACK} only, not on {host}")
        quiet: dict[str, Any] = {
            "log_config": None,
            "access_log": False,
            "server_header": False,
            "date_header": False,
        }
        config = Config(app, lifespan="off", ws="none", proxy_headers=False, **quiet)
        loop = asyncio.get_running_loop()
        config.load()
        self._make = lambda: HttpToolsProtocol(config, self._state, {}, loop)
        return await self._listen(host, port)

    async def _listen(self, host: str, port: int) -> int:
        assert self._make is not None
        self._server = await asyncio.get_running_loop().create_server(self._make, host, port)
        self._port = int(self._server.sockets[0].getsockname()[1])
        return self._port

    def unplug(self) -> None:
        """Refuses every connection, and breaks those that there are."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            connection.transport.abort()

    async def plug_in(self) -> None:
        """Listens again, at the same port."""
        await self._listen(LOOPBACK, self._port)

    def cut(self, client: tuple[str, int]) -> None:
        """Breaks the connection of that peer, without an answer."""
        for connection in list(self._state.connections):
            if connection.transport.get_extra_info("peername")[:2] == client:
                connection.transport.abort()

    async def stop(self) -> None:
        """Closes; what is being answered gets a moment, then is cancelled."""
        if self._server is None:
            return
        self._server.close()
        await self._finish()
        for connection in list(self._state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # an aborted connection says goodbye in the loop's next turn
        await self._server.wait_closed()
        self._server = None

    async def _finish(self) -> None:
        if not self._state.tasks:
            return
        _, late = await asyncio.wait(list(self._state.tasks), timeout=GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
