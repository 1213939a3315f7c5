"""/metrics: who may read it, that Prometheus reads it, and that it says what happened."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, insert

from bot.gauges import Gauges
from bot.metrics import new_metrics
from bot.migrations import HEAD
from bot.sends import State
from bot.sends.table import send
from bot.version import VERSION
from tests.steps import doubtful_text, held_text, submitted_text, typed
from tests.world import OLIVE, World, open_world

TOKEN = "a-token-of-more-than-sixteen"
PAGE = (Path(__file__).parent.parent / "docs" / "metrics.md").read_text()
NOW = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)


@asynccontextmanager
async def measured_world(url: str) -> AsyncIterator[World]:
    async with open_world(url, METRICS_TOKEN=TOKEN) as world:
        yield world


@pytest_asyncio.fixture
async def measured(database_url: str) -> AsyncIterator[World]:
    async with measured_world(database_url) as world:
        yield world


@pytest_asyncio.fixture
async def measured_sqlite(sqlite_url: str) -> AsyncIterator[World]:
    async with measured_world(sqlite_url) as world:
        yield world


async def get(world: World, authorization: str | None = f"Bearer {TOKEN}") -> httpx.Response:
    headers = {b"authorization": authorization.encode()} if authorization is not None else {}
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{world.port}/metrics", headers=headers)


async def scraped(world: World) -> dict[str, Metric]:
    """As Prometheus' own parser reads it."""
    answer = await get(world)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def value(families: dict[str, Metric], name: str, /, sample: str = "", **labels: str) -> float:
    """One sample's value; 0 where there is none with these labels."""
    found = [
        one.value
        for one in families[name].samples
        if one.name == (sample or one.name) and labels.items() <= one.labels.items()
    ]
    return sum(found)


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer é"]
)
async def test_who_does_not_bring_the_token_reads_nothing(
    measured_sqlite: World, authorization: str | None
) -> None:
    answer = await get(measured_sqlite, authorization)
    assert (answer.status_code, answer.text) == (401, "Unauthorized")
    assert answer.headers["www-authenticate"] == 'Bearer realm="smsops"'


async def test_without_the_setting_it_is_not_there(sqlite_world: World) -> None:
    assert (await get(sqlite_world)).status_code == 404


async def test_a_scheme_is_read_in_any_case(measured_sqlite: World) -> None:
    assert (await get(measured_sqlite, f"bearer {TOKEN}")).status_code == 200


async def test_a_text_that_left_is_counted_at_every_step(measured: World) -> None:
    before = time.time()
    await submitted_text(measured)
    found = await scraped(measured)
    assert value(found, "smsops_sends", state="submitted") == 1
    assert value(found, "smsops_sends", state="held") == 0
    assert value(found, "smsops_requests", kind="command", verb="send", outcome="ok") == 1
    assert value(found, "smsops_requests", kind="press", verb="card", outcome="ok") == 1
    assert value(found, "smsops_ack_seconds", "smsops_ack_seconds_count", verb="send") == 1
    assert value(found, "smsops_api_operations", operation="send_to_phone", outcome="done") == 1
    assert value(found, "smsops_api_seconds", "smsops_api_seconds_count", operation="send_to_phone") == 1
    assert value(found, "smsops_lateness_seconds", "smsops_lateness_seconds_count", kind="send") == 1
    posted = value(
        found, "smsops_slack_seconds", "smsops_slack_seconds_count", method="chat.postMessage", outcome="ok"
    )
    assert posted >= 1
    assert before <= value(found, "smsops_last_slack_request_timestamp_seconds") <= time.time() + 5
    assert before - 5 <= value(found, "smsops_last_tick_timestamp_seconds") <= time.time()
    assert value(found, "smsops_database_up") == value(found, "smsops_processes") == 1
    assert value(found, "smsops_build_info", version=VERSION, step=HEAD) == 1


async def test_what_waits_and_for_how_long_is_told(measured: World) -> None:
    await held_text(measured)
    await doubtful_text(measured, "Another")
    measured.pass_time(100)
    await asyncio.sleep(1.1)  # what was asked is fresh for a second
    found = await scraped(measured)
    assert value(found, "smsops_sends", state="held") == value(found, "smsops_sends", state="maybe_sent") == 1
    assert value(found, "smsops_oldest_waiting_seconds", state="held") > 100
    assert value(found, "smsops_oldest_waiting_seconds", state="maybe_sent") >= 100
    assert value(found, "smsops_oldest_waiting_seconds", state="scheduled") == 0
    assert value(found, "smsops_api_operations", operation="send_to_phone", outcome="doubt") == 1


async def test_refusals_replays_and_unknown_words_are_told_apart(measured_sqlite: World) -> None:
    world = measured_sqlite
    await typed(world, "sned 206")
    await typed(world, "send 206 Hello")
    await typed(world, "send 2065550100 Hello")
    await world.slack.replay(1)
    found = await scraped(world)
    assert value(found, "smsops_requests", verb="unknown", outcome="refused") == 1
    assert value(found, "smsops_requests", kind="command", verb="send", outcome="refused") == 1
    assert value(found, "smsops_requests", verb="send", outcome="ok") == 1
    assert value(found, "smsops_requests", verb="send", outcome="replayed") == 1


async def test_a_freeze_and_failures_are_told(measured_sqlite: World) -> None:
    await typed(measured_sqlite, "freeze")
    found = await scraped(measured_sqlite)
    assert value(found, "smsops_frozen") == 1
    assert value(found, "smsops_failures_in_a_row") == 0


async def test_a_database_that_is_away_is_told_and_the_rest_stays(measured: World) -> None:
    await submitted_text(measured)
    await scraped(measured)
    await measured.bot.database.write(lambda c: c.exec_driver_sql('ALTER TABLE "freeze" RENAME TO gone'))
    await asyncio.sleep(1.1)  # what was asked is fresh for a second
    found = await scraped(measured)
    assert value(found, "smsops_database_up") == 0
    assert value(found, "smsops_sends", state="submitted") == 1
    await measured.bot.database.write(lambda c: c.exec_driver_sql('ALTER TABLE gone RENAME TO "freeze"'))


async def test_nothing_personal_and_nothing_secret_is_in_it(measured_sqlite: World) -> None:
    await submitted_text(measured_sqlite, "Hello Hortense")
    said = (await get(measured_sqlite)).text
    settings = measured_sqlite.settings
    for secret in (settings.slack_bot_token, settings.slack_signing_secret, settings.whatcounts_password):
        assert secret.get_secret_value() not in said
    assert not re.search(r"20655\d{5}|Hortense|S-[0-9A-Z]{6}", said)
    assert OLIVE not in said


async def test_every_metric_is_documented_with_its_labels_and_no_other() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|([^|]*)\|[^|]+\|", PAGE, re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", labels)) for names, labels in rows
            for name in re.findall(r"`(\w+)`", names)}  # fmt: skip
    metrics = new_metrics()
    counted = {
        f"{one._name}_total" if one._type == "counter" else one._name: set(one._labelnames)
        for one in {id(each): each for each in metrics.registry._names_to_collectors.values()}.values()
        if hasattr(one, "_labelnames")
    }
    assert counted == {name: labels for name, labels in told.items() if name.startswith("smsops_")}
    process = {
        one.name for family in metrics.registry.collect() for one in family.samples
        if family.name.startswith("process_")
    }  # fmt: skip
    assert process <= {name for name in told if name.startswith("process_")}


def test_every_alert_names_a_metric_that_there_is() -> None:
    names = set(re.findall(r"^\| .*?`(smsops_\w+)`", PAGE, re.MULTILINE))
    asked = {re.sub("_bucket$", "", one) for one in re.findall(r"smsops_\w+", PAGE.split("woken for")[1])}
    assert asked
    assert asked <= names


def test_two_processes_in_one_program_do_not_share_their_counts() -> None:
    first, second = new_metrics(), new_metrics()
    first.left("send", 1)
    assert first.registry.get_sample_value("smsops_lateness_seconds_count", {"kind": "send"}) == 1
    assert second.registry.get_sample_value("smsops_lateness_seconds_count", {"kind": "send"}) is None


@pytest.mark.timeout(240)  # most of it is writing them
async def test_a_hundred_thousand_sends_are_counted_by_an_index_while_the_loop_goes_on(
    measured: World,
) -> None:
    await measured.bot.database.write(_fill, 100_000)
    longest, stop = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not stop.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - began - 0.005)

    watching = asyncio.create_task(watch())
    began = time.perf_counter()
    said = await Gauges(measured.bot).exposition()
    took = time.perf_counter() - began
    stop.set()
    await watching
    assert b'smsops_sends{state="submitted"} 100000.0' in said
    assert took < 2.0  # some 20 ms where nothing else runs
    assert longest < 0.5


def _fill(connection: Connection, many: int) -> None:
    row = {
        "kind": "send", "state": State.SUBMITTED, "state_at": NOW, "revision": 1, "sender": "2065551212",
        "asked_by": OLIVE, "asked_at": NOW, "channel": "C0SMS", "objections": [], "attempts": 1,
        "card_revision": 1, "card_frozen": False, "card_lost": False, "needs_person": False,
    }  # fmt: skip
    for start in range(0, many, 5000):
        rows = [
            row | {"id": f"X{start + one}", "due_at": NOW + timedelta(seconds=start + one)}
            for one in range(5000)
        ]
        connection.execute(insert(send), rows)
