"""The registry in the database: seeded once, changed by admins, seen by every process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import Connection, make_url, select

from bot.database import Database
from bot.evidence import Replayed, evidence
from bot.registry import Register, Registry, remove, seed, unregistered
from bot.settings import Group, Sender, Settings
from tests.sends.test_locks import waits_or_ends

NOW = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
MAX = "U0MAX"
MAIN, SHORT = Sender("2065551212", "Main line"), Sender("12345", "Short code")
WEEKLY, VIP = Group("weekly"), Group("vip", "America/New_York")


@dataclass(frozen=True)
class Registered:
    """A process's view of the registry, and its database."""

    register: Register
    database: Database

    @property
    def names(self) -> tuple[list[str], list[str]]:
        known = self.register.known
        return [one.code for one in known.senders], [one.name for one in known.groups]

    async def seed(self, senders: Any = (MAIN, SHORT), groups: Any = (WEEKLY, VIP)) -> None:
        """As at the start of a process with these settings."""
        await self.database.write(seed, NOW, senders, groups)
        await self.register.refresh()

    async def happened(self) -> list[tuple[str, str, Any]]:
        """All evidence, oldest first: who, what, and of which name."""

        def read(connection: Connection) -> list[tuple[str, str, Any]]:
            rows = connection.execute(select(evidence).order_by(evidence.c.id))
            return [(row.who, row.what, row.detail["name"]) for row in rows]

        return await self.database.read(read)


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Registered]:
    database = Database(url)
    yield Registered(Register(database), database)
    await database.close()


@pytest_asyncio.fixture
async def ours(database_url: str) -> AsyncIterator[Registered]:
    """A registry seeded with two sender codes and two groups."""
    async with process(database_url) as opened:
        await opened.seed()
        yield opened


async def test_the_settings_seed_it_in_their_order(ours: Registered) -> None:
    assert ours.register.known == Registry([MAIN, SHORT], [WEEKLY, VIP])
    assert ours.register.known.default_sender == MAIN


async def test_it_is_seeded_once_and_a_removal_outlives_the_next_start(ours: Registered) -> None:
    assert await ours.register.remove(MAX, NOW, None, "group", "vip")
    assert await ours.register.remove(MAX, NOW, None, "sender", "2065551212")
    await ours.seed()
    await ours.seed(groups=(WEEKLY, VIP, Group("new in the settings")))
    assert ours.names == (["12345"], ["weekly"])
    assert ours.register.known.default_sender == SHORT


async def test_each_sort_is_seeded_when_there_was_never_one_of_it(database_url: str) -> None:
    async with process(database_url) as bare:
        await bare.seed(groups=())
        assert bare.names == (["2065551212", "12345"], [])
        await bare.seed(senders=(MAIN,))
        assert bare.names == (["2065551212", "12345"], ["weekly", "vip"])
        for name in ("weekly", "vip"):
            await bare.register.remove(MAX, NOW, None, "group", name)
        await bare.seed()
        assert bare.names[1] == []


async def test_what_is_added_comes_last_and_is_written_down(ours: Registered) -> None:
    assert await ours.register.add(MAX, NOW, None, Group("staff"))
    assert await ours.register.add(MAX, NOW, None, Sender("54321", "Third line"))
    assert ours.names == (["2065551212", "12345", "54321"], ["weekly", "vip", "staff"])
    assert await ours.happened() == [(MAX, "registered group", "staff"), (MAX, "registered sender", "54321")]


async def test_what_stands_there_just_so_is_not_added_again(ours: Registered) -> None:
    assert not await ours.register.add(MAX, NOW, None, VIP)
    assert await ours.happened() == []


async def test_another_label_or_zone_changes_the_entry(ours: Registered) -> None:
    assert await ours.register.add(MAX, NOW, None, Group("vip", "America/Chicago"))
    assert await ours.register.add(MAX, NOW, None, Sender("12345", "Alerts"))
    assert ours.register.known.group("vip") == Group("vip", "America/Chicago")
    assert ours.register.known.sender("12345") == Sender("12345", "Alerts")
    assert (len(ours.names[0]), len(ours.names[1])) == (2, 2)


async def test_what_was_removed_can_be_added_again(ours: Registered) -> None:
    assert await ours.register.remove(MAX, NOW, None, "group", "vip")
    assert ours.register.known.group("vip") is None
    assert await ours.register.add(MAX, NOW, None, Group("vip"))
    assert ours.register.known.group("vip") == Group("vip")


async def test_a_near_miss_is_a_miss(ours: Registered) -> None:
    known = ours.register.known
    for name in ("Weekly", "weekly ", "", None):
        assert known.group(name) is None
    for code in (" 12345", "1234", "", None):
        assert known.sender(code) is None
    assert not await ours.register.remove(MAX, NOW, None, "group", "Weekly")
    assert await ours.happened() == []


async def test_a_group_and_a_sender_code_of_one_name_are_two(ours: Registered) -> None:
    assert await ours.register.add(MAX, NOW, None, Group("12345"))
    assert await ours.register.remove(MAX, NOW, None, "sender", "12345")
    assert ours.names == (["2065551212"], ["weekly", "vip", "12345"])


async def test_the_last_sender_code_cannot_go_and_the_last_group_can(ours: Registered) -> None:
    assert await ours.register.remove(MAX, NOW, None, "sender", "12345")
    assert not await ours.register.remove(MAX, NOW, None, "sender", "2065551212")
    for name in ("weekly", "vip"):
        assert await ours.register.remove(MAX, NOW, None, "group", name)
    assert ours.names == (["2065551212"], [])


async def test_what_is_not_there_cannot_be_removed(ours: Registered) -> None:
    assert not await ours.register.remove(MAX, NOW, None, "group", "staff")
    assert await ours.register.remove(MAX, NOW, None, "group", "vip")
    assert not await ours.register.remove(MAX, NOW, None, "group", "vip")
    assert await ours.happened() == [(MAX, "removed group", "vip")]


async def test_one_request_changes_it_once(ours: Registered) -> None:
    assert await ours.register.add(MAX, NOW, "request 1", Group("staff"))
    assert await ours.register.remove(MAX, NOW, "request 2", "group", "staff")
    with pytest.raises(Replayed):
        await ours.register.add(MAX, NOW, "request 1", Group("staff"))
    await ours.register.refresh()
    assert ours.register.known.group("staff") is None


async def test_another_process_sees_it_once_it_reads_again(ours: Registered, database_url: str) -> None:
    async with process(database_url) as theirs:
        await theirs.register.refresh()
        await theirs.register.add(MAX, NOW, None, Group("staff"))
        assert ours.register.known.group("staff") is None
        await ours.register.refresh()
        assert ours.register.known.group("staff")


async def test_two_processes_that_start_at_once_seed_it_once(database_url: str) -> None:
    async with process(database_url) as one, process(database_url) as other:
        await asyncio.gather(one.seed(), other.seed())
        assert one.names[0] == other.names[0] == ["2065551212", "12345"]


async def test_two_admins_who_remove_the_last_two_sender_codes_leave_one(postgres_url: str) -> None:
    address = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    gone = "UPDATE registered SET removed_at = now() WHERE what = 'sender' AND name = '12345'"
    async with process(postgres_url) as ours:
        await ours.seed()
        with psycopg.connect(address) as other:
            other.execute(gone)
            removing = asyncio.create_task(
                ours.database.write(remove, MAX, NOW, None, "sender", "2065551212")
            )
            await waits_or_ends(address, removing)
        assert not await removing
        await ours.register.refresh()
        assert ours.names[0] == ["2065551212"]


def test_what_the_settings_name_and_the_registry_does_not_is_told() -> None:
    given = {
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s" * 32, "WHATCOUNTS_URL": "https://example.com",
        "WHATCOUNTS_REALM": "r", "WHATCOUNTS_PASSWORD": "p" * 12, "SMS_ADMINS": MAX, "SMS_TIMEZONE": "UTC",
        "SMS_SENDERS": "2065551212=Main line,12345", "SMS_GROUPS": "weekly,vip",
    }  # fmt: skip
    settings = Settings.read(given)
    assert unregistered(settings, Registry(settings.senders, settings.groups)) == []
    found = unregistered(settings, Registry([MAIN], [Group("Weekly"), Group("vip", "UTC")]))
    assert found == ["SMS_SENDERS: 12345", "SMS_GROUPS: weekly"]
