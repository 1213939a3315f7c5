"""The whole bot on the wire: strict Slack at one end, WhatCounts emulator at the other, no fakes between."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.evidence import Fact
from bot.sends import Send, State
from bot.serving import serve
from bot.settings import Settings
from bot.wiring import Bot, utc_now
from sandbox.slack import Message, Slack
from sandbox.whatcounts import WhatCountsEmulator

OLIVE, ANA, MAX, OTTO = "U0OLIVE", "U0ANA", "U0MAX", "U0OTTO"  # operator, approver, admin, outsider
SMS = "C0SMS"
TEAM = {
    "SMS_ADMINS": MAX,
    "SMS_APPROVERS": ANA,
    "SMS_OPERATORS": OLIVE,
    "SMS_SENDERS": "2065551212=Main line,12345=Short code",
    "SMS_GROUPS": "weekly,vip",
    "SMS_TEST_PHONES": "206 555 0111,206 555 0112",
    "SMS_TIMEZONE": "America/Los_Angeles",
    "SMS_QUIET_HOURS": "off",  # a test runs at any hour; those of the hours set their own
}


@dataclass
class Time:
    """The bot's clock: real, and put forward or back by hand."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class World:
    """Everything that a test acts on and looks at."""

    slack: Slack
    whatcounts: WhatCountsEmulator
    settings: Settings
    bot: Bot
    time: Time = field(default_factory=Time)
    port: int = 0

    def pass_time(self, seconds: float) -> None:
        """The clock moves on at once, and whoever waits for it is woken."""
        self.time.ahead += timedelta(seconds=seconds)
        self.slack.pass_time(seconds)
        self.bot.wake.set()

    async def card(self, saying: str = "", channel: str = SMS) -> Message:
        """The newest card that says this, as soon as it does."""
        return await self.slack.wait_for(lambda: self._card(saying, channel))

    def _card(self, saying: str, channel: str) -> Message | None:
        cards = [one for one in self.slack.messages(channel) if not one.thread_ts or one.thread_ts == one.ts]
        return next((one for one in reversed(cards) if saying in one.read()), None)

    async def draft_text(self, text: str = "Hello", phone: str = "2065550100") -> Message:
        """Olive types a text; her card, ready to be sent."""
        answer = await self.slack.command(OLIVE, f"send {phone} {text}")
        assert answer.ok, answer
        return await self.card("Nothing is sent until someone presses")

    async def row(self) -> Send:
        """The only send there is, or the newest."""
        rows = await self.rows()
        return rows[-1]

    async def rows(self) -> list[Send]:
        """All sends, oldest first."""
        ids = await self.bot.database.read(
            lambda c: c.exec_driver_sql("SELECT id FROM send ORDER BY asked_at").fetchall()
        )
        found = [await self.bot.sends.get(row[0]) for row in ids]
        return [one for one in found if one]

    async def state(self, state: State) -> Send:
        """The newest send, as soon as it is in this state."""
        async with asyncio.timeout(20):
            while (row := await self.row()).state is not state:  # noqa: ASYNC110 - see below
                await asyncio.sleep(0.01)  # a row tells nobody that it has changed
        return row

    async def timeline(self) -> list[Fact]:
        return await self.bot.sends.timeline((await self.row()).id)

    def texts(self) -> list[str]:
        """Every text that reached a handset."""
        return [one.text for one in self.whatcounts.sent]


@asynccontextmanager
async def open_world(database_url: str, **settings: str) -> AsyncIterator[World]:
    """The three, running; at the end nothing may have breached Slack's rules."""
    async with outside() as (slack, whatcounts), inside(slack, whatcounts, database_url, **settings) as world:
        yield world


@asynccontextmanager
async def open_socket_world(database_url: str, **settings: str) -> AsyncIterator[World]:
    """The same in Socket Mode, as soon as the socket is open."""
    async with outside(socket=True) as (slack, whatcounts):
        settings |= {"SLACK_APP_TOKEN": slack.sockets.app_token}
        async with inside(slack, whatcounts, database_url, **settings) as world:
            await slack.wait_for(lambda: slack.sockets.count)
            yield world


@asynccontextmanager
async def outside(socket: bool = False) -> AsyncIterator[tuple[Slack, WhatCountsEmulator]]:
    """The two ends, which stay while the bot may come and go; `socket`: Slack speaks over Socket Mode."""
    whatcounts, slack = WhatCountsEmulator(), Slack(socket=socket)
    await whatcounts.start()
    await slack.start()
    try:
        yield slack, whatcounts
    finally:
        await slack.stop()
        await whatcounts.stop()
    assert slack.breaches == []


@asynccontextmanager
async def inside(
    slack: Slack, whatcounts: WhatCountsEmulator, database_url: str, **settings: str
) -> AsyncIterator[World]:
    """The bot between them; at the end it stops as on a deploy."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    values = Settings.read(environment(slack, whatcounts, database_url) | settings)
    stop, time, opened = asyncio.Event(), Time(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(values, stop, now=time.now, sockets=[listener], opened=opened.set_result)
    )
    try:
        await asyncio.wait({serving, opened}, return_when=asyncio.FIRST_COMPLETED)
        yield World(slack, whatcounts, values, await opened, time, port)
    finally:
        stop.set()
        await serving


def environment(slack: Slack, whatcounts: WhatCountsEmulator, database_url: str) -> dict[str, str]:
    return TEAM | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "WHATCOUNTS_URL": whatcounts.url,
        "WHATCOUNTS_REALM": whatcounts.realm.name,
        "WHATCOUNTS_PASSWORD": whatcounts.password,
        "DATABASE_URL": database_url,
    }
