"""The live test of odd characters: what arrives is trusted, by the same account, from the next start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot import findings
from bot.doctor.account import encoding_lines
from bot.encoding import KEY, keep, trust_kept, try_all
from bot.whatcounts import PROBES
from sandbox.whatcounts.habits import PathPlus
from tests.examined import Ends, between, examined
from tests.world import inside, outside

EASY = {"latin", "other", "astral"}  # what Tomcat and UTF-8 carry, whatever becomes of + and %
BY_HABIT: dict[PathPlus, set[str]] = {
    "double_decode": EASY,
    "space": EASY | {"percent"},
    "literal": EASY | {"percent", "plus"},
}


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[Ends]:
    """Slack and WhatCounts, before the bot."""
    async with outside() as opened:
        yield opened


async def trusted(ends: Ends, url: str, **settings: str) -> set[str]:
    """What a start trusts, and what its client then lets through."""
    async with between(ends, url, **settings) as bot:
        alphabet = await trust_kept(bot)
        for kind, probe in PROBES.items():
            lets = bot.whatcounts.path_problem("name", probe.sample) is None
            assert lets == (kind in alphabet.trusted)
        return set(alphabet.trusted)


@pytest.mark.parametrize("habit", BY_HABIT)
async def test_what_arrives_is_trusted_and_what_does_not_is_told(
    ends: Ends, database_url: str, habit: PathPlus
) -> None:
    ends[1].habits.path_plus = habit
    async with between(ends, database_url) as bot:
        lines = await encoding_lines(bot)
    assert await trusted(ends, database_url) == BY_HABIT[habit]
    said = [str(line) for line in lines]
    for kind, probe in PROBES.items():
        mark = "ok  " if kind in BY_HABIT[habit] else "note"
        assert any(line.startswith(f"{mark} encoding: {probe.what} by REST") for line in said)
        assert f"ok   encoding: {probe.what} by the HTTP API arrive unchanged." in said
    assert lines[-2].mark == "ok"
    assert ends[1].sent == []


async def test_a_changed_text_and_a_refused_one_are_told_apart(ends: Ends, sqlite_url: str) -> None:
    ends[1].habits.path_plus = "space"
    async with between(ends, sqlite_url) as bot:
        said = [str(line) for line in await encoding_lines(bot)]
    changed = "plus signs by REST are changed: “1+1 = 2, a + b” became “1 1 = 2, a   b”"
    assert f"note encoding: {changed}, so they are not trusted." in said
    refused = "slashes by REST were not stored (WhatCounts did not understand the request (400)), so they are"
    assert any(refused in line for line in said)


async def test_the_messages_can_be_found_and_deleted(ends: Ends, sqlite_url: str) -> None:
    before = {message.name for message in ends[1].realm.messages}
    async with between(ends, sqlite_url) as bot:
        stamp = f"smsops check {bot.now():%Y-%m-%d}-"
        *_, last = await encoding_lines(bot)
    made = {message.name for message in ends[1].realm.messages} - before
    (begin,) = {name[: len(stamp) + 4] for name in made}
    assert begin.startswith(stamp)
    assert made >= {f"{begin} plain", f"{begin} latin", f"{begin} plus form"}
    assert f"“{begin}”" in last.said
    assert "on WhatCounts' own page" in last.said


@pytest.mark.parametrize(
    "other", [{"WHATCOUNTS_REALM": "another"}, {"WHATCOUNTS_URL": "https://api.example.net"}]
)
async def test_another_account_trusts_nothing_of_it(
    ends: Ends, database_url: str, other: dict[str, str]
) -> None:
    async with between(ends, database_url) as bot:
        await keep(bot, await try_all(bot.whatcounts, bot.now()))
    assert await trusted(ends, database_url, **other) == set()
    assert await trusted(ends, database_url) == EASY


async def test_a_start_trusts_what_was_kept(ends: Ends, database_url: str) -> None:
    async with inside(*ends, database_url) as world:
        assert world.bot.whatcounts.path_problem("name", "Grüße") is not None
        code, lines = await examined(ends, database_url, live_encoding=True)
        assert code == 0, [str(line) for line in lines]
        assert world.bot.whatcounts.path_problem("name", "Grüße") is not None  # not before it starts anew
    async with inside(*ends, database_url) as world:
        await asyncio.wait_for(world.bot.workspace.known.wait(), 10)  # it is served only after that
        assert world.bot.whatcounts.path_problem("name", "Grüße") is None
        assert world.bot.whatcounts.path_problem("name", "a+b") is not None


async def test_without_a_live_test_nothing_is_trusted(ends: Ends, database_url: str) -> None:
    assert await trusted(ends, database_url) == set()


FAILURES = [
    ("error_503", "createMessage", 1, "plain words are refused"),
    ("unauthorized", "createMessage", 1, "the login is refused"),
    ("close_before", "createMessage", 1, "nobody knows of the plain words"),
    ("error_503", "messages", None, "the list cannot be read"),
    ("unauthorized", "messages", None, "the list cannot be read"),
]


@pytest.mark.parametrize(("fault", "operation", "times", "why"), FAILURES)
async def test_a_run_that_failed_leaves_what_was_known(
    ends: Ends, sqlite_url: str, fault: str, operation: str, times: int | None, why: str
) -> None:
    async with between(ends, sqlite_url) as bot:
        await keep(bot, await try_all(bot.whatcounts, bot.now()))
        ends[1].habits.path_plus = "literal"  # now more would arrive
        order = ends[1].faults.always if times is None else ends[1].faults.next
        order(fault, operation=operation)
        lines = await encoding_lines(bot)
    assert [line.mark for line in lines] == ["FAIL", "note"], why
    assert "did not come to its end, and what was known before stays" in lines[0].said
    assert await trusted(ends, sqlite_url) == EASY


async def test_a_run_in_which_whatcounts_goes_away_keeps_nothing(ends: Ends, sqlite_url: str) -> None:
    whatcounts = ends[1]

    def leave() -> None:
        if any(message.name.endswith("latin") for message in whatcounts.realm.messages):
            whatcounts.faults.always("error_503")

    whatcounts.habits.path_plus = "literal"
    whatcounts.on_change(leave)
    async with between(ends, sqlite_url) as bot:
        run = await try_all(bot.whatcounts, bot.now())
        assert run.problem and not run.trials
        await keep(bot, run)
    assert await trusted(ends, sqlite_url) == set()


async def test_a_class_that_met_an_error_is_not_trusted_and_the_others_are(
    ends: Ends, sqlite_url: str
) -> None:
    is_struck = asyncio.Event()

    def strike() -> None:
        if ends[1].realm.messages[-1].name.endswith("plain") and not is_struck.is_set():
            is_struck.set()
            ends[1].faults.next("error_503", operation="createMessage")

    async with between(ends, sqlite_url) as bot:
        ends[1].habits.path_plus = "literal"
        ends[1].on_change(strike)
        lines = await encoding_lines(bot)
    assert await trusted(ends, sqlite_url) == BY_HABIT["literal"] - {"plus"}
    assert lines[0].said.startswith("plus signs by REST were not stored (")


async def test_a_later_run_takes_trust_away(ends: Ends, sqlite_url: str) -> None:
    async with between(ends, sqlite_url) as bot:
        ends[1].habits.path_plus = "literal"
        await keep(bot, await try_all(bot.whatcounts, bot.now()))
        ends[1].habits.path_plus = "space"
        await keep(bot, await try_all(bot.whatcounts, bot.now()))
        assert await trusted(ends, sqlite_url) == BY_HABIT["space"]


async def test_a_class_that_was_tried_otherwise_is_not_trusted(ends: Ends, sqlite_url: str) -> None:
    async with between(ends, sqlite_url) as bot:
        found = {"url": bot.settings.whatcounts_url, "realm": bot.settings.whatcounts_realm}
        arrived = {"plus": PROBES["plus"].sample, "latin": "é alone", "letters": "abc"}
        await bot.database.write(findings.keep, bot.now(), KEY, {**found, "arrived": arrived})
        assert await bot.database.read(findings.read, KEY) == {**found, "arrived": arrived}
    assert await trusted(ends, sqlite_url) == {"plus"}
