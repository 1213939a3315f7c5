"""`python -m bench.launch serve`: the real bot with the throttle lifted; it writes down how late its loop is.

LAG_FILE, where one is named, gets a line whenever the event loop was held up: seconds since 1970,
milliseconds. To look so often takes a twentieth of what a send costs. HANDS, where it is given, is how many
requests may be under way.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import uvloop

from bot.delivery import loop
from bot.serving import serve
from bot.settings import Settings

STEP = 0.002  # seconds
WORTH = 0.005  # seconds of being late that are written down


async def watch(lags: Path) -> None:
    """How late a short sleep ends is how long the loop was held up."""
    with lags.open("a", buffering=1) as file:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(STEP)
            late = time.perf_counter() - started - STEP
            if late > WORTH:
                file.write(f"{time.time():.3f} {late * 1000:.1f}\n")


async def main() -> None:
    settings = Settings.read(os.environ).model_copy(update={"rate": None})
    if hands := os.environ.get("HANDS"):
        loop.HANDS["leave"] = int(hands)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if file := os.environ.get("LAG_FILE"):
        async with asyncio.TaskGroup() as both:
            watching = both.create_task(watch(Path(file)))
            await serve(settings, stop)
            watching.cancel()
    else:
        await serve(settings, stop)


if __name__ == "__main__":
    uvloop.run(main())
