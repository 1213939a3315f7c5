"""`python -m bot` as it is started: what stops it with one line and a code, and how it ends when told to."""

from __future__ import annotations

import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.database import Database
from bot.sends import Sends, State
from sandbox.process import BotProcess
from sandbox.slack import Slack
from sandbox.whatcounts import WhatCountsEmulator
from tests.world import OLIVE, environment, outside

Ends = tuple[Slack, WhatCountsEmulator]
AT_ONCE = "phone=0,group=0"
STOPS = 25.0  # seconds from SIGTERM to the end, at most (docs/operating.md)


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[Ends]:
    """Slack and WhatCounts, before the bot."""
    async with outside() as opened:
        yield opened


@pytest_asyncio.fixture
async def values(ends: Ends, sqlite_url: str) -> dict[str, str]:
    """Settings with which it starts, on a fresh SQLite file."""
    return environment(*ends, sqlite_url)


async def ended(
    values: dict[str, str], folder: Path, *, what: str = "serve", port: int = 0
) -> tuple[int, str]:
    """How a start that cannot succeed ends: the code and all that was said."""
    bot = BotProcess(values, folder / "ended.log", port=port, command=("-m", "bot", what))
    await bot.start()
    return await bot.wait(), bot.tail(1000)


WRONG = {
    "SMS_TIMEZONE": "Mars/Base",
    "SMS_ADMINS": "",
    "WHATCOUNTS_URL": "ftp://127.0.0.1",
    "SMS_DELAY_SECONDS": "phone=soon",
    "DATABASE_URL": "mysql://somebody:pass-word@127.0.0.1/sms",
    "SMS_SENDERZ": "2065551212",
    "WHATCOUNTS_PASSWROD": "pass-word",
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_setting_is_one_line_that_names_it_and_code_2(
    values: dict[str, str], tmp_path: Path, name: str
) -> None:
    code, said = await ended(values | {name: WRONG[name]}, tmp_path)
    (line,) = said.splitlines()
    assert code == 2
    assert line.startswith("smsops: ")
    assert name in line
    assert "pass-word" not in line


@pytest.mark.parametrize(
    ("what", "url"),
    [
        ("serve", "postgresql://somebody:pass-word@127.0.0.1:1/sms"),
        ("migrate", "postgres://somebody:pass-word@nowhere.invalid/sms"),
        ("serve", "sqlite:////nowhere/at/all/smsops.db"),
    ],
)
async def test_a_database_that_cannot_be_reached_is_said_so_and_code_1(
    values: dict[str, str], tmp_path: Path, url: str, what: str
) -> None:
    code, said = await ended(values | {"DATABASE_URL": url}, tmp_path, what=what)
    assert code == 1
    assert said.splitlines()[-1].startswith("smsops: DATABASE_URL: the database could not be used: ")
    assert "Traceback" not in said
    assert "pass-word" not in said


async def test_what_is_to_be_done_must_be_named(values: dict[str, str], tmp_path: Path) -> None:
    code, said = await ended(values, tmp_path, what="send")
    assert code == 2
    assert "{serve,worker,migrate,doctor,manifest,verify,forget}" in said


async def test_a_worker_says_why_it_is_of_no_use_on_sqlite(values: dict[str, str], tmp_path: Path) -> None:
    code, said = await ended(values, tmp_path, what="worker")
    assert code == 1
    assert said.splitlines()[-1] == (
        "smsops: a worker needs PostgreSQL; on SQLite `serve` carries bulk runs itself"
    )


async def test_migrate_brings_the_database_up_to_date_and_says_so(ends: Ends, tmp_path: Path) -> None:
    values = environment(*ends, f"sqlite:///{tmp_path / 'new.db'}")
    code, said = await ended(values, tmp_path, what="migrate")
    assert code == 0
    assert said.splitlines()[-1].endswith("the database was brought up to date")
    code, said = await ended(values, tmp_path, what="migrate")
    assert code == 0
    assert said.splitlines()[-1].endswith("the database is up to date")


async def test_doctor_says_a_line_for_each_thing_and_nothing_secret(
    values: dict[str, str], ends: Ends, tmp_path: Path
) -> None:
    phones = "+1 206 555 0100"
    code, said = await ended(values | {"SMS_TEST_PHONES": phones}, tmp_path, what="doctor")
    assert code == 0, said
    assert all(line.startswith(("ok   ", "note ")) for line in said.splitlines())
    assert "ok   WhatCounts: " in said
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "WHATCOUNTS_PASSWORD"):
        assert values[name] not in said, name
    for phone in (*ends[1].handsets(), "12065550100"):
        assert not any(written in said for written in (phone, phone[1:], phones)), phone


async def test_doctor_with_failures_ends_with_1_and_no_traceback(
    values: dict[str, str], tmp_path: Path
) -> None:
    wrong = {"WHATCOUNTS_PASSWORD": "an-odd-one", "DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}
    code, said = await ended(values | wrong, tmp_path, what="doctor")
    assert code == 1
    assert [line.split(":")[0] for line in said.splitlines() if line.startswith("FAIL")] == [
        "FAIL database",
        "FAIL WhatCounts",
    ]
    assert "Traceback" not in said
    assert "an-odd-one" not in said


async def test_doctor_with_a_wrong_setting_ends_with_2(values: dict[str, str], tmp_path: Path) -> None:
    code, said = await ended(values | {"WHATCOUNTS_PASSWROD": "pass-word"}, tmp_path, what="doctor")
    (line,) = said.splitlines()
    assert code == 2
    assert line.startswith("FAIL settings: WHATCOUNTS_PASSWROD: ")
    assert "pass-word" not in line


@pytest.mark.parametrize("what", ["doctor", "serve"])
async def test_a_live_test_is_the_doctors_alone(
    values: dict[str, str], ends: Ends, tmp_path: Path, what: str
) -> None:
    command = ("-m", "bot", what, "--live-encoding")
    process = BotProcess(values | {"LC_ALL": "C", "PYTHONUTF8": "0"}, tmp_path / "live.log", command=command)
    await process.start()
    code, said = await process.wait(), process.tail(1000)
    asked = {each.operation for each in ends[1].requests} - {""}  # what Tomcat refused was none
    if what == "doctor":
        assert (code, asked) == (0, {"messages", "getsmsmessages", "createMessage", "createsmsmessage"}), said
        assert "ok   encoding: emoji by REST arrive unchanged." in said
    else:
        assert (code, asked) == (2, set())
        assert "--live-encoding goes with doctor" in said


HANGS = """
import asyncio, sys
import bot.__main__ as program, bot.delivery.loop, bot.scheduler
async def hang(delivery):
    await asyncio.Event().wait()
bot.delivery.loop.Delivery.run, bot.scheduler.STOPPED = hang, 3
sys.exit(program.main())
"""


async def test_a_process_whose_delivery_hangs_ends_with_1_so_that_it_is_started_anew(
    values: dict[str, str], tmp_path: Path
) -> None:
    process = BotProcess(values, tmp_path / "hangs.log", command=("-c", HANGS, "serve"))
    await process.start()
    assert await process.wait() == 1  # after three seconds here, a minute in truth
    assert process.tail(1000).splitlines()[-1] == "smsops: the clock has not ticked for a minute"


@pytest_asyncio.fixture
async def bot(values: dict[str, str], ends: Ends, tmp_path: Path) -> AsyncIterator[BotProcess]:
    """The bot, ready, with Slack knowing where."""
    process = BotProcess(values | {"SMS_DELAY_SECONDS": AT_ONCE}, tmp_path / "bot.log")
    await process.start()
    await process.wait_ready()
    ends[0].request_url = f"{process.url}/slack/events"
    yield process
    if process.alive:
        await process.kill()


async def test_a_second_process_on_one_sqlite_file_is_refused(
    bot: BotProcess, values: dict[str, str], tmp_path: Path
) -> None:
    code, said = await ended(values, tmp_path)
    assert code == 1
    assert "another smsops process uses this SQLite file" in said.splitlines()[-1]
    assert bot.alive
    assert await bot.terminate() == 0


async def test_a_port_that_is_taken_is_said_so_and_code_1(values: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = await ended(values, tmp_path, port=port)
    assert code == 1
    assert said.splitlines()[-1] == f"smsops: HOST, PORT: nobody can listen on 127.0.0.1:{port}"
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_with_0_when_it_is_told_to_stop(bot: BotProcess, number: signal.Signals) -> None:
    bot.send_signal(number)
    assert await bot.wait(timeout=10) == 0
    assert "Traceback" not in bot.tail(1000)


async def test_a_text_under_way_is_finished_before_it_stops(
    bot: BotProcess, ends: Ends, sqlite_url: str
) -> None:
    slack, whatcounts = ends
    whatcounts.faults.next("delay_after", operation="smssendmessagetophone", seconds=1.5)
    await slack.command(OLIVE, "send 2065550100 Hello")
    card = await slack.wait_for(
        lambda: next((one for one in slack.messages("C0SMS") if "Send" in one.buttons()), None)
    )
    await slack.click(OLIVE, card, "Send")
    await whatcounts.wait_for(lambda: whatcounts.sent)
    assert await bot.terminate() == 0
    database = Database(sqlite_url)
    row = await Sends(database).get(card.read().splitlines()[-1].split()[0])
    await database.close()
    assert row
    assert (row.state, row.attempts) == (State.SUBMITTED, 1)
    assert "Submitted" in card.read()  # and its card was drawn before the end
    assert len(whatcounts.sent) == 1


@pytest.mark.crash  # it keeps the seconds of a request that gets no answer
async def test_told_to_stop_while_whatcounts_is_silent_it_ends_in_time_and_says_what_is_not_known(
    bot: BotProcess, ends: Ends
) -> None:
    slack, whatcounts = ends
    whatcounts.faults.next("timeout_after", operation="smssendmessagetophone")
    await slack.command(OLIVE, "send 2065550100 Hello")
    card = await slack.wait_for(
        lambda: next((one for one in slack.messages("C0SMS") if "Send" in one.buttons()), None)
    )
    await slack.click(OLIVE, card, "Send")
    await whatcounts.wait_for(lambda: whatcounts.sent)
    assert await bot.terminate(timeout=STOPS) == 0
    assert "May have been sent" in card.read()


async def test_it_says_that_it_lives_and_that_it_is_ready(bot: BotProcess) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        alive, ready = [(await client.get(f"{bot.url}{path}")) for path in ("/healthz", "/readyz")]
    assert (alive.status_code, alive.text) == (200, "ok")
    assert (ready.status_code, ready.text) == (200, "ready")


async def test_nothing_secret_is_logged_at_a_start_and_a_stop(
    bot: BotProcess, ends: Ends, values: dict[str, str]
) -> None:
    await ends[0].command(OLIVE, "help")
    assert await bot.terminate() == 0
    said = bot.tail(1000)
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "WHATCOUNTS_PASSWORD"):
        assert values[name] not in said, name
