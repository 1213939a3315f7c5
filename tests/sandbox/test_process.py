"""The bot's process: an environment made from nothing, killed and started again, gone with its parent."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.process import ROOT, BotProcess, free_port

VALUES = {
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "WHATCOUNTS_URL": "http://127.0.0.1:1",
    "DATABASE_URL": "sqlite:////nowhere/smsops.db",
}
# Stands where the bot stands: answers /readyz, and any other path with its environment.
STAND_IN = """
import http.server, json, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())
print("starting", flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
"""


def stand_in(folder: Path, script: str = STAND_IN, changes: list[str] | None = None) -> BotProcess:
    def changed() -> None:
        if changes is not None:
            changes.append(bot.state)

    bot = BotProcess(VALUES, folder / "bot.log", command=("-c", script), changed=changed)
    return bot


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    """A stand-in for the bot, running."""
    process = stand_in(tmp_path)
    await process.start()
    await process.wait_ready()
    yield process
    if process.alive:
        await process.kill()


async def test_what_is_exported_here_does_not_get_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SLACK_BOT_TOKEN", "WHATCOUNTS_PASSWORD", "SMS_ADMINS", "HTTPS_PROXY", "PYTHONPATH"):
        monkeypatch.setenv(name, "exported")
    monkeypatch.setenv("DATABASE_URL", "postgresql://production/sms")
    process = stand_in(tmp_path)
    await process.start()
    await process.wait_ready()
    async with httpx.AsyncClient(trust_env=False) as client:
        environ = json.loads((await client.get(process.url)).text)
    await process.kill()
    kept = {"PATH", "HOME", "HOST", "PORT", "PYTHONUNBUFFERED", *VALUES}
    assert set(environ) - {"LC_CTYPE"} == kept  # Python sets LC_CTYPE itself where none is
    assert environ["DATABASE_URL"] == VALUES["DATABASE_URL"]
    assert environ["HOST"] == "127.0.0.1"


@pytest.mark.parametrize("name", ["SLACK_API_URL", "WHATCOUNTS_URL"])
@pytest.mark.parametrize("value", ["", "https://slack.com/", "http://127.0.0.1.example.com", "//10.0.0.1"])
def test_it_cannot_be_pointed_at_another_machine(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        BotProcess(VALUES | {name: value}, tmp_path / "bot.log")


def test_it_does_not_touch_the_default_database(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        BotProcess(VALUES | {"DATABASE_URL": ""}, tmp_path / "bot.log")


async def test_it_is_killed_and_started_again_on_the_same_port(tmp_path: Path) -> None:
    changes: list[str] = []
    process = stand_in(tmp_path, changes=changes)
    await process.start()
    await process.wait_ready()
    first = process.pid
    assert await process.kill() == -signal.SIGKILL
    assert process.state == "down"
    await process.start()
    await process.wait_ready()
    assert process.pid != first
    assert await process.terminate() == 0
    assert changes == ["starting", "up", "down", "starting", "up", "down"]
    assert process.tail().count("starting") == 2


async def test_starting_it_twice_is_refused(bot: BotProcess) -> None:
    with pytest.raises(RuntimeError, match="running already"):
        await bot.start()


async def test_a_bot_that_ends_before_it_is_ready_says_its_last_words(tmp_path: Path) -> None:
    process = stand_in(tmp_path, "raise SystemExit('SMS_ADMINS: it is required')")
    await process.start()
    with pytest.raises(RuntimeError, match=r"ended with 1:\n.*SMS_ADMINS: it is required"):
        await process.wait_ready()


async def test_a_bot_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    process = stand_in(tmp_path, "import signal; signal.pause()")
    await process.start()
    with pytest.raises(RuntimeError, match=r"not ready after 0\.1 s"):
        await process.wait_ready(timeout=0.1)
    with pytest.raises(TimeoutError):
        await process.wait(timeout=0.01)
    assert await process.kill() == -signal.SIGKILL


async def test_a_bot_that_ignores_sigterm_is_killed_and_the_caller_told(tmp_path: Path) -> None:
    deaf = STAND_IN.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
    process = stand_in(tmp_path, deaf)
    await process.start()
    await process.wait_ready()
    with pytest.raises(TimeoutError):
        await process.terminate(timeout=0.1)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    parent = f"""
import asyncio, signal
from pathlib import Path
from tests.sandbox.test_process import stand_in
async def main():
    bot = stand_in(Path({str(tmp_path)!r}))
    await bot.start(); await bot.wait_ready()
    print(bot.pid, flush=True); signal.pause()
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        line = process.stdout.readline()
        gone = os.pidfd_open(int(line))
        process.kill()
        assert select.select([gone], [], [], 10)[0], "the bot outlived its parent"
        os.close(gone)


async def test_a_free_port_is_kept_for_who_listens_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """From other processes, too: two whose tests run at once once took the same."""
    port = free_port()
    monkeypatch.setattr("random.sample", lambda *_: [port])
    with pytest.raises(RuntimeError, match="none is free"):
        free_port()
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    listening.close()
