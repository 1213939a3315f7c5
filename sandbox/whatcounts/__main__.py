"""`python -m sandbox.whatcounts`: the emulator alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from sandbox.whatcounts import WhatCountsEmulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.whatcounts", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="a free one when not given")
    parser.add_argument("--realm", default="sandbox")
    parser.add_argument("--password", help="random when not given")
    parser.add_argument("--log", type=Path, help="a file to append every request and text to, as JSON")
    parser.add_argument(
        "--delivery-delay", type=float, default=0.0, help="seconds until a handset has its text"
    )
    return parser.parse_args()


async def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    emulator = WhatCountsEmulator(
        realm=arguments.realm,
        password=arguments.password,
        log=arguments.log,
        delivery_delay=arguments.delivery_delay,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await emulator.start(port=arguments.port)
    try:
        account = f"realm: {emulator.realm.name}\npassword: {emulator.password}"
        print(f"url: {emulator.url}\n{account}\npage: {emulator.page}", flush=True)
        await stop.wait()
    finally:
        await emulator.stop()


if __name__ == "__main__":
    asyncio.run(run(_arguments()))
