"""`python -m bot` where something that it needs is not there: one line that says so, and the exit code."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

import pytest

from sandbox.slack import Slack
from sandbox.whatcounts import WhatCountsEmulator
from tests.world import World, environment

ROOT = Path(__file__).parent.parent
NOBODY_LISTENS = "postgresql://smsops:hush-hush@127.0.0.1:1/smsops"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def run(what: str, database_url: str, **more: str) -> tuple[int, str, str]:
    """The exit code, and what it wrote to stderr and in all."""
    slack, whatcounts = Slack(), WhatCountsEmulator()
    await slack.start()
    await whatcounts.start()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", what),
        cwd=ROOT,
        env={"HOST": "127.0.0.1", "PORT": str(free_port())}
        | environment(slack, whatcounts, database_url)
        | more,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    await slack.stop()
    await whatcounts.stop()
    assert process.returncode is not None
    return process.returncode, err.decode(), (out + err).decode()


@pytest.mark.parametrize("what", ["serve", "migrate"])
async def test_a_database_that_cannot_be_reached_is_said_in_one_line(what: str) -> None:
    code, said, everything = await run(what, NOBODY_LISTENS)
    assert code == 1
    assert said.startswith("smsops: DATABASE_URL: the database could not be used: ")
    assert said.count("\n") == 1
    assert "hush-hush" not in everything
    assert "Traceback" not in everything


async def test_a_database_file_in_a_folder_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    code, said, everything = await run("serve", f"sqlite:///{tmp_path}/nowhere/smsops.db")
    assert code == 1
    assert said.startswith("smsops: DATABASE_URL: ")
    assert "Traceback" not in everything


async def test_a_second_process_on_one_sqlite_file_does_not_start(sqlite_world: World) -> None:
    code, said, everything = await run("serve", sqlite_world.settings.database_url)
    assert code == 1
    assert "another smsops process uses this SQLite file" in said
    assert "Traceback" not in everything


async def test_a_port_that_is_taken_is_said_in_one_line(sqlite_world: World, tmp_path: Path) -> None:
    code, said, everything = await run("serve", f"sqlite:///{tmp_path}/other.db", PORT=str(sqlite_world.port))
    assert code == 1
    assert said.splitlines()[-1] == f"smsops: HOST, PORT: nobody can listen on 127.0.0.1:{sqlite_world.port}"
    assert "Traceback" not in everything


@pytest.mark.parametrize("what", ["serve", "migrate"])
async def test_a_setting_that_is_wrong_is_named_in_one_line(what: str, tmp_path: Path) -> None:
    code, said, everything = await run(what, f"sqlite:///{tmp_path}/smsops.db", SMS_ADMINS="max")
    assert code == 2
    assert said.startswith("smsops: SMS_ADMINS")
    assert said.count("\n") == 1
    assert "Traceback" not in everything
