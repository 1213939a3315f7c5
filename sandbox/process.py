"""The bot as a process of its own, as it is deployed, in an environment that can reach nobody."""

from __future__ import annotations

import asyncio
import ctypes
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
READY_SECONDS = 20.0  # the longest start of the bot that is waited for
STOP_SECONDS = 30.0  # the time that platforms give a process after SIGTERM
LOG_TAIL = 65_536  # bytes of the log's end that are looked at


class BotProcess:
    """`python -m bot serve` on a free port; may be killed and started again, on the same values.

    `values` is its environment but for PATH, HOME, HOST and PORT: nothing that is exported here gets in.
    Raises ValueError when it would speak to another machine or write outside the database that it was given.
    """

    def __init__(
        self,
        values: Mapping[str, str],
        log: Path,
        *,
        port: int = 0,
        changed: Callable[[], None] = lambda: None,
        command: tuple[str, ...] = ("-m", "bot", "serve"),
    ) -> None:
        _refuse_other_machines(values)
        self.port = port or free_port()
        self.log = log
        self._command = command
        self._changed = changed
        self._environ = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", "/"),
            "PYTHONUNBUFFERED": "1",  # the log is read while the bot runs, and after a SIGKILL
            **values,
            "HOST": HOST,
            "PORT": str(self.port),
        }
        self._process: Process | None = None
        self._exit: asyncio.Task[int] | None = None
        self._is_ready = False

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def state(self) -> str:
        """up, starting or down."""
        if not self.alive:
            return "down"
        return "up" if self._is_ready else "starting"

    @property
    def pid(self) -> int:
        """The process's id, of the last start."""
        return self._running().pid

    @property
    def returncode(self) -> int | None:
        """How the last start ended: an exit code, minus the signal that killed it, None while it runs."""
        return self._process.returncode if self._process else None

    async def start(self) -> None:
        """Start it; returns at once, see `wait_ready`."""
        if self.alive:
            raise RuntimeError("the bot is running already")
        self._is_ready = False
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._command,
                cwd=ROOT,
                env=self._environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the sandbox, which then stops the bot in order
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        self._exit = asyncio.create_task(self._wait(self._process))
        self._changed()

    async def _wait(self, process: Process) -> int:
        code = await process.wait()
        self._changed()
        return code

    async def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Returns when /readyz answers 200; RuntimeError with the log's end when it does not come to that."""
        async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
            try:
                async with asyncio.timeout(timeout):
                    while not await self._answers(client):
                        if not self.alive:
                            raise RuntimeError(f"the bot ended with {self.returncode}:\n{self.tail()}")
                        await asyncio.sleep(0.02)  # another process: there is no event to wait for
            except TimeoutError:
                raise RuntimeError(f"the bot was not ready after {timeout} s:\n{self.tail()}") from None
        self._is_ready = True
        self._changed()

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.url}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def wait(self, timeout: float = STOP_SECONDS) -> int:
        """Its exit code, when it ends; TimeoutError when it does not."""
        self._running()
        assert self._exit
        async with asyncio.timeout(timeout):
            return await asyncio.shield(self._exit)

    async def kill(self) -> int:
        """SIGKILL, as a power cut would; returns when it is gone."""
        return await self._end_with(signal.SIGKILL)

    async def terminate(self, timeout: float = STOP_SECONDS) -> int:
        """SIGTERM, as a deploy does; its exit code. TimeoutError, after a SIGKILL, when it takes longer."""
        try:
            return await self._end_with(signal.SIGTERM, timeout)
        except TimeoutError:
            await self.kill()
            raise

    async def _end_with(self, number: signal.Signals, timeout: float = STOP_SECONDS) -> int:
        self.send_signal(number)
        return await self.wait(timeout)

    def send_signal(self, number: signal.Signals) -> None:
        """Any signal (SIGSTOP, SIGCONT); none to a process that has ended."""
        if self.alive:
            self._running().send_signal(number)

    def _running(self) -> Process:
        if self._process is None:
            raise RuntimeError("the bot was never started")
        return self._process

    def tail(self, lines: int = 20) -> str:
        """The last lines that it wrote, over all its starts."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - LOG_TAIL))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def _refuse_other_machines(values: Mapping[str, str]) -> None:
    for name in ("SLACK_API_URL", "WHATCOUNTS_URL"):
        if urlsplit(values.get(name, "")).hostname != HOST:
            raise ValueError(f"{name} is not on {HOST}: the sandbox reaches nobody else")
    if not values.get("DATABASE_URL"):
        raise ValueError("DATABASE_URL is not set: the sandbox does not touch the default database")


def free_port() -> int:
    """A TCP port on loopback that nobody has, kept for whoever shall listen on it within the next minute.

    Not one of those that connections get by themselves (from 32768 on Linux, from 49152 elsewhere): between
    this and the start of who shall listen, some other process's connection would take it.
    """
    for port in random.sample(range(10_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            _keep(probe)
            return port
    raise RuntimeError("of a hundred ports none is free")


def _keep(bound: socket.socket) -> None:
    """Leave a closed connection on its port, in TIME_WAIT.

    Whoever listens there (SO_REUSEADDR) may have it; another process that looks for a free one may not.
    """
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # now that it is ours
    bound.listen(1)
    with socket.create_connection(bound.getsockname()):
        bound.accept()[0].close()  # who closes first is left with the waiting


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` by which Linux sends the child this signal when this process is gone; None elsewhere."""
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork: after it little is safe

    def ask() -> None:
        prctl(1, number)  # PR_SET_PDEATHSIG, prctl(2)
        if os.getppid() != parent:
            os._exit(1)

    return ask
