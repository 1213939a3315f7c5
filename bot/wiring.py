"""What every listener is given (`Bot`), and its lifetime (`open_bot`)."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.allowance import Allowance
from bot.approval import reaches_far
from bot.database import Database
from bot.homes import Homes
from bot.metrics import Metrics, new_metrics
from bot.people import People
from bot.registry import Register, Registry
from bot.roles import Roles
from bot.sends import Kind, Send, Sends
from bot.sends.runs import Runs
from bot.settings import Settings
from bot.slack import SlackClient
from bot.slots import SharedSlots
from bot.stored import StoredMessages
from bot.usergroups import UserGroups
from bot.whatcounts import WhatCounts

log = logging.getLogger(__name__)

SLACK_SECONDS = 10  # for the background; a listener that waits for Slack uses ACK_SECONDS
ACK_SECONDS = 2  # of the 3 that Slack gives


class SlackAway(ConnectionError):
    """Slack did not answer, or not in a form that says what happened."""


@dataclass
class Workspace:
    """Which workspace this bot lives in, learned from Slack (auth.test) after the start."""

    team: str | None = None
    bot_user: str | None = None
    url: str | None = None  # https://example.slack.com/
    known: asyncio.Event = field(default_factory=asyncio.Event)

    def learn(self, team: str, bot_user: str, url: str | None = None) -> None:
        self.team, self.bot_user, self.url = team, bot_user, url
        self.known.set()

    async def own_team(self) -> str:
        """The workspace's id. Raises SlackAway where Slack does not say it in a listener's time."""
        try:
            async with asyncio.timeout(ACK_SECONDS / 2):
                await self.known.wait()
        except TimeoutError:
            raise SlackAway("the workspace is not known") from None
        return self.team or ""


@dataclass
class Pulse:
    """When delivery last came round, woken by the clock; and when Slack last asked something."""

    at: float = field(default_factory=time.monotonic)
    heard_at: datetime | None = None  # UTC
    deaf_since: float | None = None  # monotonic; in Socket Mode, while no socket is open

    def beat(self) -> None:
        self.at = time.monotonic()

    def age(self) -> float:
        """Seconds since."""
        return time.monotonic() - self.at


@dataclass
class Chores:
    """Short background tasks that outlive their listener; waited for at the stop."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a background task failed: %s", type(task.exception()).__name__)

    async def finish(self, seconds: float) -> None:
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=seconds)
        for task in self.tasks:
            task.cancel()


def where(error: BaseException) -> str:
    """The place of an error for the log, without its words, which may hold what a person typed."""
    return "".join(traceback.format_tb(error.__traceback__))


def utc_now() -> datetime:
    """The time, aware, UTC."""
    return datetime.now(UTC)


def delay_seconds(settings: Settings, send: Send) -> int:
    """The seconds of SMS_DELAY_SECONDS for its audience."""
    delays = settings.delays
    if reaches_far(send, settings):
        return delays.everyone
    return delays.group if send.kind in (Kind.CAMPAIGN, Kind.REPEAT, Kind.BULK) else delays.phone


@dataclass(frozen=True)
class Bot:
    """What the parts share; `now` is a field, so that time needs no patching."""

    settings: Settings
    slack: SlackClient
    whatcounts: WhatCounts
    database: Database
    sends: Sends
    stored: StoredMessages
    register: Register
    people: People
    homes: Homes
    now: Callable[[], datetime] = utc_now
    workspace: Workspace = field(default_factory=Workspace)
    pulse: Pulse = field(default_factory=Pulse)
    chores: Chores = field(default_factory=Chores)
    metrics: Metrics = field(default_factory=new_metrics)
    changes: dict[str, dict[str, Any] | None] = field(default_factory=dict)  # modal's id -> its next picture
    callers: dict[str, str] = field(
        default_factory=dict
    )  # send id -> where its command can still be answered
    wake: asyncio.Event = field(default_factory=asyncio.Event)  # set it, and delivery looks at the rows

    @property
    def runs(self) -> Runs:
        """The bulk runs."""
        return Runs(self.database)

    @property
    def registry(self) -> Registry:
        """The registry as this process last read it; the claim asks the database."""
        return self.register.known

    def delay(self, send: Send) -> timedelta:
        """The time between a confirm and the POST in which it can be cancelled."""
        return timedelta(seconds=delay_seconds(self.settings, send))


@asynccontextmanager
async def open_bot(settings: Settings, now: Callable[[], datetime] = utc_now) -> AsyncIterator[Bot]:
    """The bot with its clients, as long as the block lasts; whoever opens it has migrated the database."""
    connector = aiohttp.TCPConnector(limit=32)
    async with aiohttp.ClientSession(connector=connector) as session:
        metrics = new_metrics()
        slack = SlackClient(
            Allowance(),
            metrics,
            token=settings.slack_bot_token.get_secret_value(),
            base_url=settings.slack_api_url,
            timeout=SLACK_SECONDS,
            session=session,
        )
        database = Database(settings.database_url)
        workspace = Workspace()
        slots = None if database.is_sqlite else SharedSlots(database)
        whatcounts = _whatcounts(settings, slots, metrics)
        bot = Bot(
            settings=settings,
            slack=slack,
            whatcounts=whatcounts,
            database=database,
            sends=Sends(database),
            stored=StoredMessages(whatcounts, now),
            register=Register(database),
            people=_people(settings, slack, database, workspace),
            homes=Homes(database),
            now=now,
            workspace=workspace,
            metrics=metrics,
        )
        try:
            yield bot
        finally:
            await bot.chores.finish(1)
            await bot.stored.close()
            await whatcounts.aclose()
            await database.close()


def _people(settings: Settings, slack: SlackClient, database: Database, workspace: Workspace) -> People:
    return People(
        settings, lambda user: _profile(slack, user), workspace.own_team, Roles(database),
        UserGroups(lambda group: _members(slack, group)),
    )  # fmt: skip


def _whatcounts(settings: Settings, slots: SharedSlots | None, metrics: Metrics) -> WhatCounts:
    return WhatCounts(
        url=settings.whatcounts_url,
        realm=settings.whatcounts_realm,
        password=settings.whatcounts_password,
        client_name=settings.whatcounts_client_name,
        client_auth=settings.whatcounts_client_auth,
        text_api=settings.whatcounts_text_api,
        rate=settings.rate,
        slots=slots,
        count=metrics,
    )


def slack_problem(error: Exception) -> str:
    """The word that Slack answered, or the kind of error; never the request, which may hold a text."""
    data = getattr(getattr(error, "response", None), "data", None) or getattr(error, "response", None)
    word = data.get("error") if isinstance(data, Mapping) else None
    return str(word or type(error).__name__)


async def _profile(slack: SlackClient, user: str) -> dict[str, Any]:
    """users.info, within the time a listener has. Raises SlackAway, which is an OSError, or TimeoutError."""
    try:
        async with asyncio.timeout(ACK_SECONDS):
            answer = await slack.users_info(user=user)
    except SlackApiError as error:
        if slack_problem(error) == "user_not_found":
            return {"deleted": True}
        raise SlackAway(slack_problem(error)) from None
    except (SlackClientError, aiohttp.ClientError) as error:
        raise SlackAway(type(error).__name__) from None
    profile: dict[str, Any] = answer["user"]
    return profile


async def _members(slack: SlackClient, group: str) -> frozenset[str]:
    """usergroups.users.list, within the time a listener has. Raises SlackAway or TimeoutError.

    A group that is not there, or disabled, has nobody in it (docs.slack.dev, usergroups.users.list).
    """
    try:
        async with asyncio.timeout(ACK_SECONDS / 2):
            answer = await slack.usergroups_users_list(usergroup=group)
    except SlackApiError as error:
        if slack_problem(error) in NO_GROUP:
            return frozenset()
        raise SlackAway(slack_problem(error)) from None
    except (SlackClientError, aiohttp.ClientError) as error:
        raise SlackAway(type(error).__name__) from None
    return frozenset(answer["users"])


NO_GROUP = ("no_such_subteam",)
