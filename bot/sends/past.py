"""The history: which sends somebody wants to see, and the questions for a page of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, Connection, func, or_, select

from bot.evidence import record
from bot.masks import mask_words
from bot.sends.content import Ask
from bot.sends.kinds import Kind, State
from bot.sends.row import WITH_PEOPLE, Send, person, send


@dataclass(frozen=True)
class Filter:
    """What a send must be; None: whatever. Times are aware, UTC: asked for from `since` until before `until`.

    `who` asked for it, confirmed, moved or settled it; `to` is the id of a person.
    """

    who: str | None = None
    kind: Kind | None = None
    state: State | None = None
    audience: str | None = None
    to: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def write(self) -> str:
        """For a button's value."""
        times = [at.isoformat() if at else None for at in (self.since, self.until)]
        return json.dumps([self.who, self.kind, self.state, self.audience, self.to, *times])

    @classmethod
    def read(cls, text: str) -> Self:
        who, kind, state, audience, to, since, until = json.loads(text)
        times = [datetime.fromisoformat(at) if at else None for at in (since, until)]
        return cls(who, Kind(kind) if kind else None, State(state) if state else None, audience, to, *times)


def _where(wanted: Filter) -> list[ColumnElement[bool]]:
    exactly = {
        send.c.kind: wanted.kind, send.c.state: wanted.state, send.c.audience: wanted.audience,
        send.c.person_id: wanted.to,
    }  # fmt: skip
    where = [column == value for column, value in exactly.items() if value is not None]
    did = (
        send.c.asked_by, send.c.edited_by, send.c.confirmed_by, send.c.approved_by, send.c.rejected_by,
        send.c.moved_by, send.c.settled_by, send.c.oops_by,
    )  # fmt: skip
    where += [or_(*(column == wanted.who for column in did))] if wanted.who else []
    where += [send.c.asked_at >= wanted.since] if wanted.since else []
    return where + ([send.c.asked_at < wanted.until] if wanted.until else [])


def past(connection: Connection, wanted: Filter, offset: int, limit: int) -> tuple[list[Send], int]:
    """The page, the newest first, and how many there are in all."""
    where = _where(wanted)
    total = connection.execute(select(func.count()).select_from(send).where(*where)).scalar_one()
    page = WITH_PEOPLE.where(*where).order_by(send.c.asked_at.desc(), send.c.id)
    return [Send.of(row) for row in connection.execute(page.offset(offset).limit(limit))], total


def write_exported(connection: Connection, ask: Ask, wanted: Filter) -> None:
    """Who took what out of the record; whom it is about by the id alone. Raises Replayed."""
    filters = json.loads(replace(wanted, audience=wanted.audience and mask_words(wanted.audience)).write())
    record(connection, at=ask.at, who=ask.who, what="exported", request=ask.request, filters=filters)


def id_of(connection: Connection, phone: str) -> int | None:
    """Under which id this number (normal form) is kept, if it is."""
    found: int | None = connection.execute(select(person.c.id).where(person.c.phone == phone)).scalar()
    return found
