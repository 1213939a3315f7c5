"""`python -m bot worker`: carries bulk runs, on PostgreSQL; any number of them on any number of machines.

procrastinate hands out the runs that the servers call for. It does not do a job again whose worker died, and
need not: whoever serves sees that nobody carries the run any more, and calls once more.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status

from bot.database import Database, DatabaseError
from bot.delivery.carry import carry
from bot.sends.jobs import QUEUE, TASK
from bot.wiring import Bot, where

log = logging.getLogger(__name__)

AT_ONCE = 4  # runs; of each so many requests as `bot.delivery.carry` has hands
POOL = 3  # connections for jobs and to say that it lives; one more, not of the pool, hears of new jobs
AGAIN = 5.0  # seconds until a run is tried again that failed here


async def work(bot: Bot, stop: asyncio.Event) -> None:
    """Until told to stop; then what is in flight is finished, and the runs go back for the others.

    Raises procrastinate's ConnectorException where the database goes away for good.
    """
    app = App(connector=PsycopgConnector(conninfo=_address(bot.database), min_size=1, max_size=POOL))
    in_hand: set[str] = set()

    @app.task(name=TASK, queue=QUEUE)
    async def carry_run(send_id: str) -> None:
        if send_id in in_hand:  # it finishes what it had when the run was paused; then it is called for again
            return
        in_hand.add(send_id)
        try:
            await _carry(bot, send_id, stop)
        finally:
            in_hand.discard(send_id)

    async with app.open_async():
        await _drop_stalled(app)
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE], concurrency=AT_ONCE, install_signal_handlers=False, delete_jobs="always"
            )
        )
        told = asyncio.create_task(stop.wait())
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        working.cancel()  # it finishes what it does, which has been told to stop
        with suppress(asyncio.CancelledError):
            await working


async def _carry(bot: Bot, send_id: str, stop: asyncio.Event) -> None:
    """Where it fails it is tried again by this worker, as nobody else takes what one who lives carries."""
    while not stop.is_set():
        try:
            await bot.database.still_alive()  # who lost its lock would be taken for dead
            await carry(bot, send_id, stop)
            return
        except DatabaseError as error:
            log.error("%s: the database failed: %s", send_id, error)
        except Exception as error:  # whatever it is, the run must not stand still for good
            log.error("%s: failed: %s at\n%s", send_id, type(error).__name__, where(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN):
                await stop.wait()


async def _drop_stalled(app: App) -> None:
    """Jobs of workers that died: their runs have been called for anew."""
    for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)


def _address(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)
