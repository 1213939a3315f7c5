"""The tests' own ground: databases that are fresh, a server that leaves nothing behind, skips that fail."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parent.parent
HOLD = """
import sys, psutil
from tests.postgres import cluster
with cluster() as url:
    print(url, *[child.pid for child in psutil.Process().children()], flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["system", "wheel"])
def holder(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a server, with its URL and the server's pid on its first line."""
    environ = {**os.environ, "SMSOPS_TEST_POSTGRES": request.param}
    environ.pop("TEST_DATABASE_URL", None)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        env=environ,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_fresh_database(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (id integer)"))
    engine.dispose()


def test_a_bare_database_has_no_table(bare_database_url: str) -> None:
    engine = create_engine(bare_database_url)
    sqlite = bare_database_url.startswith("sqlite")
    tables = "sqlite_master" if sqlite else "pg_tables WHERE schemaname = 'public'"
    with engine.connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {tables}")).scalar() == 0
    engine.dispose()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_no_server_outlives_a_killed_test_run(holder: subprocess.Popen[str]) -> None:
    assert holder.stdout
    url, pid = holder.stdout.readline().split()
    server = psutil.Process(int(pid))
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()
    gone = os.pidfd_open(server.pid)
    holder.send_signal(signal.SIGKILL)
    assert select.select([gone], [], [], 10)[0], "the server is still running"
    os.close(gone)


def test_a_skip_fails_where_none_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("import pytest\ndef test_it(): pytest.skip('no browser')\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.skips", "-c", os.devnull, str(tmp_path)]
    for no_skip, code in (("", 0), ("1", 1)):
        environ = {**os.environ, "SMSOPS_NO_SKIP": no_skip}
        said = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert said.returncode == code
        assert ("allows no skips: Skipped: no browser" in said.stdout) == bool(no_skip)
