"""The whole thing on one machine: Slack, WhatCounts and the bot, each as real as it gets, and nobody else."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.panel import Panel
from sandbox.process import BotProcess, free_port
from sandbox.slack import Slack
from sandbox.whatcounts import WhatCountsEmulator

# What a team would set, with delays short enough to watch.
TEAM = {
    "SMS_ADMINS": "U0MAX",
    "SMS_APPROVERS": "U0ANA",
    "SMS_OPERATORS": "U0OLIVE",
    "SMS_SENDERS": "2065551212=Main line,12345=Short code",
    "SMS_GROUPS": "weekly,vip",
    "SMS_TEST_PHONES": "2065550100",
    "SMS_TIMEZONE": "America/Los_Angeles",
    "SMS_BRAND": "Tidewater Coffee",
    "SMS_DELAY_SECONDS": "phone=2,group=3,everyone=5",
    "SMS_QUIET_HOURS": "off",  # so that it can be tried at night
}


@dataclass(frozen=True)
class Sandbox:
    """The three, running."""

    slack: Slack
    whatcounts: WhatCountsEmulator
    bot: BotProcess

    @property
    def url(self) -> str:
        """The page's address."""
        return self.slack.url


@asynccontextmanager
async def sandbox(
    ports: range = range(1), socket: bool = False, **settings: str
) -> AsyncIterator[Sandbox]:
    """All three, until the end; then the bot stops as on a deploy, and its folder is removed.

    The page gets the first of `ports` that is free (0: any). `settings` go over those of TEAM.
    `socket`: they speak over Socket Mode. Raises RuntimeError with the bot's last words when it does not
    start.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smsops-sandbox-")))
        whatcounts = WhatCountsEmulator()
        await whatcounts.start()
        stack.push_async_callback(whatcounts.stop)
        port = free_port()
        slack = Slack(request_url=f"http://127.0.0.1:{port}/slack/events", socket=socket)
        await _listen(slack, ports)
        stack.push_async_callback(slack.stop)
        values = _environment(slack, whatcounts, folder) | settings
        values |= {"SLACK_APP_TOKEN": slack.sockets.app_token} if socket else {}
        bot = BotProcess(values, folder / "bot.log", port=port, changed=slack.changed)
        slack.page.panel = Panel(slack, whatcounts, bot)
        whatcounts.on_change(slack.changed)
        stack.push_async_callback(_stop, bot)
        await bot.start()
        await bot.wait_ready()
        yield Sandbox(slack, whatcounts, bot)


async def _listen(slack: Slack, ports: range) -> None:
    for port in ports[:-1]:
        try:
            return await slack.start(port=port)
        except OSError:
            continue  # taken: the next one
    await slack.start(port=ports[-1])


async def _stop(bot: BotProcess) -> None:
    if bot.alive:
        await bot.terminate()


def _environment(slack: Slack, whatcounts: WhatCountsEmulator, folder: Path) -> dict[str, str]:
    return TEAM | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "WHATCOUNTS_URL": whatcounts.url,
        "WHATCOUNTS_REALM": whatcounts.realm.name,
        "WHATCOUNTS_PASSWORD": whatcounts.password,
        "DATABASE_URL": f"sqlite:///{folder / 'smsops.db'}",
        "METRICS_TOKEN": secrets.token_urlsafe(24),
    }
