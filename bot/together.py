"""Group commit: transactions that are asked for at the same time are written in one.

A commit is what a write costs (a disk that has taken it, a network there and back); a hundred outcomes that
come in one second need not wait for a hundred of them in a row.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.journal import taken, tell

MOST = 25  # in one transaction; claims wait for it

Work = Callable[[Connection], Any]


@dataclass(frozen=True)
class _Wanted:
    work: Work
    result: asyncio.Future[Any]


class Together:
    """Runs `commit(works)` for all works that are there when the one before has ended.

    `commit` returns for each work what it returned, or its error; what it raises itself is told to each.
    """

    def __init__(self, commit: Callable[[Sequence[Work]], Awaitable[Sequence[Any]]]) -> None:
        self._commit = commit
        self._wanted: deque[_Wanted] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def write(self, work: Work) -> Any:
        """What `work(connection)` returns, after the transaction that it is part of is committed."""
        wanted = _Wanted(work, asyncio.get_running_loop().create_future())
        self._wanted.append(wanted)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await wanted.result

    async def _write_all(self) -> None:
        while self._wanted:
            batch = [self._wanted.popleft() for _ in range(min(len(self._wanted), MOST))]
            try:
                results = await self._commit([one.work for one in batch])
            except Exception as error:  # whoever asked for it is told, and knows what it was
                results = [error] * len(batch)
            for one, result in zip(batch, results, strict=True):
                if not one.result.done():
                    _tell(one.result, result)
        self._writing = None


def _tell(future: asyncio.Future[Any], result: Any) -> None:
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def in_one_transaction(engine: Engine, works: Sequence[Work]) -> list[Any]:
    """What each returned, after all are committed; where one fails, each alone, its error in its place.

    So a work may be run twice; the first time is rolled back. Raises DBAPIError where a connection is lost.
    """
    try:
        with engine.begin() as connection:
            taken(connection)  # what was rolled back on it
            results, lines = [work(connection) for work in works], taken(connection)
    except Exception as error:  # any work may raise anything; which one it was shows when each runs alone
        if len(works) == 1 or _is_lost(error):
            raise
    else:
        tell(lines)
        return results
    return [_alone(engine, work) for work in works]


def _alone(engine: Engine, work: Work) -> Any:
    try:
        with engine.begin() as connection:
            taken(connection)
            result, lines = work(connection), taken(connection)
    except Exception as error:  # its own trouble is told to who asked for it; the others' work stays
        if _is_lost(error):
            raise
        return error
    tell(lines)
    return result


def _is_lost(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
