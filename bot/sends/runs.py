"""The store of bulk runs: what `Sends` is to sends. Every call raises DatabaseError when it is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.database import Database
from bot.sends import hashes, jobs, lines, reading, rows, running
from bot.sends.content import Ask
from bot.sends.lines import Outcome
from bot.sends.row import Send
from bot.sends.rows import Taken
from bot.sends.run import PausedBy, RowState
from bot.sends.running import Note, Open

KEPT_AT_ONCE = 1000  # opt-outs in one transaction


@dataclass(frozen=True)
class Runs:
    """Where a run is not in the state that a move begins with, whoever asks gets None or False."""

    database: Database

    async def begin_reading(self, send_id: str, token: str) -> bool:
        """Take the reading of its file, and delete what an earlier one left; whether it is ours.

        Who calls this reads it not already: what this process began, and could not give up, is taken anew.
        """
        readers = await self.database.read(reading.readers, send_id)
        dead = await self.database.dead(readers) if readers else set()
        me = self.database.me
        if not await self.database.write(reading.begin, send_id, token, me, dead | {me}):
            return False
        while await self.database.write(reading.clear, send_id, token):
            pass
        return True

    async def erased_there(self, sender: str) -> tuple[str, frozenset[str]]:
        return await self.database.write(hashes.erased_there, sender)

    async def keep(
        self, send_id: str, token: str, batch: Sequence[reading.Found], erased: frozenset[str]
    ) -> list[reading.Row] | None:
        return await self.database.write(reading.keep, send_id, token, batch, erased)

    async def finish_reading(self, now: datetime, send_id: str, token: str, found: Mapping[str, Any]) -> bool:
        return await self.database.write(reading.finish, now, send_id, token, found)

    async def give_up_reading(self, send_id: str, token: str) -> None:
        await self.database.write(reading.give_up, send_id, token)

    async def has_workers(self) -> bool:
        """Whether a `python -m bot worker` lives on this database; never on SQLite."""
        return not self.database.is_sqlite and await self.database.read(jobs.has_workers)

    async def call(self, run: Open) -> None:
        """A worker shall carry it; nothing where a process that lives does."""
        if run.carried_by is None or await self.database.dead({run.carried_by}):
            await self.database.write(jobs.call, run.id)

    async def open(self) -> list[Open]:
        return await self.database.read(running.open_runs)

    async def carry(self, now: datetime, send_id: str) -> Send | None:
        """Take it up; `dead` carriers have lost it."""
        found = {one.carried_by for one in await self.open() if one.id == send_id and one.carried_by}
        dead = await self.database.dead(found) if found else set()
        return await self.database.write(running.carry, now, send_id, self.database.me, dead)

    async def see(self, now: datetime, send_id: str) -> bool:
        return await self.database.write(running.see, now, send_id)

    async def put_down(self, now: datetime, send_id: str, carriers: set[int]) -> bool:
        return await self.database.write(running.put_down, now, send_id, carriers)

    async def keep_optouts(self, now: datetime, send_id: str) -> bool:
        """Of a run of opt-outs: all its phones are texted no more by this sender code. No card changes."""
        while await self.database.write(rows.keep_optouts, now, send_id, KEPT_AT_ONCE):
            pass
        return False

    async def take(self, now: datetime, send_id: str, token: str) -> Taken | None:
        """Together with whatever else is written meanwhile; `token` names the claim."""
        return await self.database.write_together(rows.take, now, send_id, self.database.me, token)

    async def answered(self, now: datetime, taken: Taken, to: RowState, why: str | None = None) -> bool:
        return await self.database.write_together(rows.answered, now, taken, to, why)

    async def back(self, taken: Taken, why: str | None, counts: bool = True) -> bool:
        return await self.database.write_together(rows.back, taken, why, counts)

    async def untake(self, send_id: str, token: str) -> bool:
        return await self.database.write(rows.untake, send_id, token)

    async def abandon(self, now: datetime, send_id: str, *, mine: bool) -> int:
        """Rows of dead processes are in doubt, and those of this one where it has none in hand (`mine`)."""
        claimers = await self.database.read(rows.claimers, send_id)
        lost_by = await self.database.dead(claimers) if claimers else set()
        lost_by |= claimers & {self.database.me} if mine else set()
        return await self.database.write(rows.abandon, now, send_id, lost_by) if lost_by else 0

    async def pause(
        self, ask: Ask, send_id: str, by: PausedBy, why: str, next_at: datetime | None = None,
        note: Note | None = None,
    ) -> Send | None:  # fmt: skip
        return await self.database.write(running.pause, ask, send_id, by, why, next_at, note)

    async def resume(self, ask: Ask, send_id: str) -> Send | None:
        return await self.database.write(running.resume, ask, send_id)

    async def cancel(self, ask: Ask, send_id: str) -> Send | None:
        return await self.database.write(running.cancel, ask, send_id)

    async def count_up(self, now: datetime, send_id: str) -> Send | None:
        return await self.database.write(running.count_up, now, send_id)

    async def end(self, now: datetime, send_id: str, note: Note) -> Send | None:
        return await self.database.write(running.end, now, send_id, note)

    async def count(self, send_id: str) -> dict[str, int]:
        return await self.database.read(lines.count, send_id)

    async def page(self, send_id: str, after: int, limit: int) -> list[Outcome]:
        return await self.database.read(lines.page, send_id, after, limit)

    async def of_person(self, person_id: int, send_ids: Sequence[str]) -> dict[str, Outcome]:
        """What became of one person in each of these lists that has a line of theirs, by the list's id."""
        return await self.database.read(lines.of_person, person_id, send_ids)

    async def take_report(self, now: datetime, token: str, again: timedelta) -> Send | None:
        return await self.database.write(running.take_report, now, token, again)

    async def reported(self, now: datetime, send_id: str, token: str) -> None:
        await self.database.write(running.reported, now, send_id, token)
