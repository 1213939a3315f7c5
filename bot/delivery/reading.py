"""Prepare a bulk run: its file from Slack, read line by line into the rows of the run; memory stays flat."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bot.download import download
from bot.sends import Send
from bot.sends.hashes import erased_among
from bot.sends.reading import AT_ONCE, EXAMPLES, Row
from bot.sends.run import RowState, Skipped
from bot.sheet import Found, open_sheet
from bot.wiring import Bot


async def read_file(bot: Bot, send: Send) -> bool:
    """Read the file into rows; whether all of it is there now. False where another process reads it.

    Raises Unreadable, Unavailable, and DatabaseError; then whoever tries next begins anew.
    """
    token = secrets.token_hex(8)
    if send.run is None:
        return False
    try:
        if not await bot.runs.begin_reading(send.id, token):
            return False
        with tempfile.TemporaryFile() as file:
            await download(bot, send.run.file_id, file)
            sheet = await asyncio.to_thread(open_sheet, file)
            return await _keep_all(bot, send, token, iter(sheet), sheet.note or sheet.column)
    except BaseException:  # cancelled too: else nobody reads it until the claim is old
        await bot.runs.give_up_reading(send.id, token)
        raise


async def _keep_all(bot: Bot, send: Send, token: str, found: Iterator[Found], where: str) -> bool:
    key, hashes = await bot.runs.erased_there(send.sender)
    tally = Tally()
    while batch := await asyncio.to_thread(lambda: list(islice(found, AT_ONCE))):
        phones = [one.phone for one in batch if one.phone]
        erased = await asyncio.to_thread(erased_among, phones, key, hashes)
        rows = await bot.runs.keep(send.id, token, batch, erased)
        if rows is None:
            return False  # it was edited meanwhile
        tally.add(batch, rows)
    return await bot.runs.finish_reading(bot.now(), send.id, token, tally.columns() | {"found_in": where})


@dataclass
class Tally:
    """What is in the file, counted as it is read."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("lines", "valid", "duplicates", "stopped", "invalid"), 0)
    )
    examples: list[tuple[int, str]] = field(default_factory=list)
    area_codes: set[int] = field(default_factory=set)
    print: Any = field(default_factory=hashlib.sha256)

    def add(self, batch: list[Found], rows: list[Row]) -> None:
        for one, row in zip(batch, rows, strict=True):
            self.counts["lines"] += 1
            self.counts[_KINDS.get(row["why"], "invalid")] += 1
            if row["state"] is RowState.WAITING and one.phone:
                self.area_codes.add(int(one.phone[1:4]))
                self.print.update(f"{row['line']} {row['person_id']}\n".encode())
            elif one.why and len(self.examples) < EXAMPLES:
                self.examples.append((one.line, one.why))

    def columns(self) -> dict[str, Any]:
        """For the row of the run."""
        more = {"examples": self.examples, "area_codes": sorted(self.area_codes)}
        return self.counts | more | {"print": self.print.hexdigest()}


_KINDS: dict[Any, str] = {
    None: "valid", Skipped.DUPLICATE: "duplicates", Skipped.STOPPED: "stopped", Skipped.ERASED: "stopped",
}  # fmt: skip
