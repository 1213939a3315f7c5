"""Numbers that no send names any more, as where a draft was given another one; and watches that are over.

Looked for a part of the table at a time: there may be a million numbers, and nearly all of them are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.evidence import SMSOPS, evidence, record
from bot.sends.erasing import erase_people, is_used
from bot.sends.run import bulk_row
from bot.sends.table import person, send
from bot.sends.watches import watch

PART = 5_000  # ids looked at in one transaction


def unused(connection: Connection, after: int, before: datetime) -> tuple[list[int], int | None]:
    """People whom no send that is kept is to, or lists, and of whom nothing was recorded since `before`.

    Of the next ids behind `after`; with the last id that was looked at, None at the end.
    """
    last = connection.execute(select(func.max(person.c.id))).scalar() or 0
    if after >= last:
        return [], None
    to_them = select(send.c.id).where(send.c.person_id == person.c.id, send.c.erased_at.is_(None))
    listed = select(send.c.id).join(bulk_row, bulk_row.c.send_id == send.c.id)
    listed = listed.where(bulk_row.c.person_id == person.c.id, send.c.erased_at.is_(None))
    of_them = select(evidence.c.id).where(evidence.c.person_id == person.c.id, evidence.c.at >= before)
    here = (person.c.id > after, person.c.id <= after + PART, person.c.phone.is_not(None))
    found = select(person.c.id).where(*here, ~to_them.exists(), ~listed.exists(), ~of_them.exists())
    return list(connection.execute(found.order_by(person.c.id)).scalars()), after + PART


def erase_unused(connection: Connection, now: datetime, ids: Sequence[int]) -> int:
    """Erase those of them that are unused still; returns how many.

    Whoever drafts something to such a number writes its row first, so one of the two waits for the other.
    """
    mine = select(person.c.id).where(person.c.id.in_(ids)).with_for_update(skip_locked=True)
    rows = connection.execute(mine).scalars().all()
    gone = [one for one in rows if not is_used(connection, one)]
    erase_people(connection, gone)
    for one in gone:
        record(connection, at=now, who=SMSOPS, what="erased a number by age", person_id=one)
    return len(gone)


def erase_watches(connection: Connection, before: datetime) -> int:
    """Those that were over before then; they say where which card stood. Returns how many."""
    return connection.execute(delete(watch).where(watch.c.closed_at < before)).rowcount
