"""`python -m sandbox`: the bot in a browser, with its own Slack, WhatCounts and handsets, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from sandbox.whole import sandbox

FIRST_PORT = 8080


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, help=f"the page's port (else {FIRST_PORT} or the next free one)")
    hours = "SMS_QUIET_HOURS: off, us, or hours such as 20:00-09:00"
    parser.add_argument("--quiet-hours", default="off", metavar="HOURS", help=hours)
    parser.add_argument("--socket", action="store_true", help="Slack speaks to the bot over Socket Mode")
    return parser.parse_args()


async def run(port: int | None, quiet_hours: str, socket: bool) -> None:
    """Serve the page until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ports = range(FIRST_PORT, FIRST_PORT + 20) if port is None else range(port, port + 1)
    async with sandbox(ports, socket, SMS_QUIET_HOURS=quiet_hours) as running:
        print(f"smsops is at {running.url} (Ctrl-C stops it)", flush=True)
        await stop.wait()


def main() -> int:
    """0 when it was stopped, 1 when it could not start."""
    try:
        asked = _arguments()
        asyncio.run(run(asked.port, asked.quiet_hours, asked.socket))
    except (RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
