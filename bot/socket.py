"""Socket Mode: Slack's requests over a socket that this process opens, so that it needs no public address.

Bolt's handler on aiohttp carries them to the same app. It is watched here: slack_sdk's client may go on
trying an address whose ticket is used up, and then hears nothing for hours (github.com/slackapi/bolt-python,
417). What Slack sends over the socket is not signed; whoever opened it holds the app's token.
"""

from __future__ import annotations

import asyncio
import logging
import time

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.web import is_whole
from bot.wiring import Bot, Pulse, slack_problem

log = logging.getLogger(__name__)

PING = 5.0  # seconds between pings; four that are not answered mean that nobody is there
LOOK = 0.2  # seconds between looks at the socket
OPENS = 10.0  # seconds for a socket to open
AGAIN = 2.0  # seconds between tries to open one
DEAF = 15.0  # seconds without a socket, after which a new client is made
GIVE_UP = 300.0  # seconds of deafness, while Slack answers, after which the process is of no use
IN_FLIGHT = 2.0  # seconds at the stop for requests that are being answered
# What apps.connections.open says of a token with which no socket will ever open.
WRONG = {
    "not_allowed_token_type": "it is no app-level token",
    "invalid_auth": "Slack does not know it",
    "token_revoked": "it was revoked",
    "token_expired": "it has expired",
    "account_inactive": "the app was removed",
    "missing_scope": "it lacks the scope connections:write",
    "no_permission": "it lacks the scope connections:write",
}
AWAY = (SlackClientError, aiohttp.ClientError, TimeoutError)


class WrongToken(Exception):
    """SLACK_APP_TOKEN opens no socket; the sentence says why."""


class Deaf(Exception):
    """No socket for minutes although Slack answers: the process has to start anew."""


class _Handler(AsyncSocketModeHandler):
    """Bolt's, which counts what is being answered and lets in only what the front door would."""

    client: SocketModeClient

    def __init__(self, app: AsyncApp, token: str) -> None:
        quiet = logging.getLogger(f"{__name__}.client")
        quiet.setLevel(logging.CRITICAL + 1)  # it logs addresses with their tickets, and whole answers
        super().__init__(app, token, logger=quiet, ping_interval=PING)
        self.in_flight: set[asyncio.Task[None] | None] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # Bolt's own override has it too
        if not is_whole(req.payload):
            log.warning("a request over the socket could not be read: %s", req.type)
            return
        task = asyncio.current_task()
        self.in_flight.add(task)
        try:
            await super().handle(client, req)
        finally:
            self.in_flight.discard(task)


class Ear:
    """Keeps one socket open, and tells `pulse` while there is none."""

    def __init__(self, app: AsyncApp, token: str, bot: Bot) -> None:
        self._app, self._token, self._bot = app, token, bot
        self._handler: _Handler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._pulse.deaf_since = time.monotonic()

    @property
    def _pulse(self) -> Pulse:
        return self._bot.pulse

    async def listen(self) -> None:
        """Until it is cancelled. Raises WrongToken, Deaf."""
        while True:
            try:
                await self._open()
            except AWAY as error:
                log.warning("Slack's socket did not open: %s", slack_problem(error))
                await self._give_up_after_a_while()
                await asyncio.sleep(AGAIN)
            else:
                await self._watch()
            await self._drop()

    async def close(self) -> None:
        """Answer what is being answered, then hear nothing more."""
        if self._handler and (tasks := {one for one in self._handler.in_flight if one}):
            await asyncio.wait(tasks, timeout=IN_FLIGHT)
        await self._drop()

    async def _open(self) -> None:
        """Returns when there is a socket. Raises WrongToken, SlackClientError, ClientError, TimeoutError."""
        self._handler = handler = _Handler(self._app, self._token)
        try:
            handler.client.wss_uri = await handler.client.issue_new_wss_url()
        except SlackApiError as error:
            if why := WRONG.get(slack_problem(error)):
                raise WrongToken(f"SLACK_APP_TOKEN: {why} ({slack_problem(error)}).") from None
            raise
        self._connecting = asyncio.create_task(_connect(handler.client))
        async with asyncio.timeout(OPENS):
            await self._connecting
        self._pulse.deaf_since = None
        log.info("Slack's socket is open")

    async def _watch(self) -> None:
        """While it is open, or the client mends it by itself in time."""
        assert self._handler is not None
        while (since := self._pulse.deaf_since) is None or time.monotonic() - since < DEAF:
            await asyncio.sleep(LOOK)
            is_open = await self._handler.client.is_connected()
            if not is_open and self._pulse.deaf_since is None:
                log.info("Slack's socket is closed; another one is being opened")
                self._pulse.deaf_since = time.monotonic()
            elif is_open and self._pulse.deaf_since is not None:
                log.info("Slack's socket is open again")
                self._pulse.deaf_since = None
        log.warning("Slack's socket has been closed for %.0f s", DEAF)
        await self._give_up_after_a_while()

    async def _give_up_after_a_while(self) -> None:
        """Raises Deaf where Slack answers all else; where it is away, a new process would hear no more."""
        since = self._pulse.deaf_since
        if since is None or time.monotonic() - since < GIVE_UP:
            return
        try:
            await self._bot.slack.auth_test()
        except AWAY:
            return
        raise Deaf(f"Slack's socket has not opened for {GIVE_UP:.0f} s, although Slack answers")

    async def _drop(self) -> None:
        handler, self._handler = self._handler, None
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
            self._connecting = None
        if handler is not None:
            client = handler.client
            await client.close()  # type: ignore[no-untyped-call]  # slack_sdk says no types here
            tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
            await asyncio.gather(*(one for one in tasks if one is not None), return_exceptions=True)


async def _connect(client: SocketModeClient) -> None:
    await client.connect()  # type: ignore[no-untyped-call]  # slack_sdk says no types here
