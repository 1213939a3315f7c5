"""`Sends`: the moves and questions as one object, each call one transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from bot import freeze
from bot.database import Database
from bot.evidence import Fact, timeline
from bot.freeze import Freeze
from bot.sends import cards, moves, notes
from bot.sends.moves import LOOK_HOLDS, Ask, Content
from bot.sends.notes import Note
from bot.sends.row import OPEN, Send, State, person, send

LOOK_AHEAD = timedelta(seconds=15)  # the look comes this long before due


@dataclass(frozen=True)
class Work:
    """What wants doing now; ids, oldest first."""

    prepare: Sequence[str]
    look: Sequence[str]
    due: Sequence[str]
    draw: Sequence[str]
    alarms: Sequence[datetime]  # when, within the next minutes, something falls due (UTC)


@dataclass(frozen=True)
class Sends:
    """The store of sends. Every call raises DatabaseError when it is away; moves give the slower None."""

    database: Database

    async def draft(self, ask: Ask, content: Content, channel: str) -> str:
        return await self.database.write(moves.draft, ask, content, channel)

    async def edit(self, ask: Ask, send_id: str, revision: int, content: Content) -> Send | None:
        return await self.database.write(moves.edit, ask, send_id, revision, content)

    async def prepared(
        self,
        at: datetime,
        seen: Send,
        text: str | None,
        objections: list[dict[str, str]],
        retry_at: datetime | None,
    ) -> Send | None:
        return await self.database.write(moves.prepared, at, seen, text, objections, retry_at)

    async def confirm(self, ask: Ask, send_id: str, revision: int, delay: timedelta) -> Send | None:
        return await self.database.write(moves.confirm, ask, send_id, revision, delay)

    async def release(self, ask: Ask, send_id: str, revision: int, delay: timedelta) -> Send | None:
        return await self.database.write(moves.release, ask, send_id, revision, delay)

    async def reschedule(
        self, ask: Ask, send_id: str, revision: int, chosen: datetime, delay: timedelta
    ) -> Send | None:
        return await self.database.write(moves.reschedule, ask, send_id, revision, chosen, delay)

    async def cancel(self, ask: Ask, send_id: str, why: str | None = None) -> Send | None:
        return await self.database.write(moves.cancel, ask, send_id, why)

    async def expire(self, now: datetime) -> int:
        return await self.database.write(moves.expire, now)

    async def looked(self, now: datetime, send_id: str, revision: int, fingerprint: str) -> bool:
        return await self.database.write(moves.looked, now, send_id, revision, fingerprint)

    async def hold(
        self, now: datetime, send_id: str, revision: int, rule: str, why: str, note: str | None
    ) -> Send | None:
        return await self.database.write(moves.hold, now, send_id, revision, rule, why, note)

    async def claim(self, now: datetime, send_id: str) -> Send | None:
        return await self.database.write(moves.claim, now, send_id, self.database.me)

    async def untouched(self, now: datetime, claimed: Send, why: str) -> Send | None:
        return await self.database.write(moves.untouched, now, claimed, why)

    async def outcome(
        self, now: datetime, claimed: Send, to: State, why: str | None = None,
        answer: dict[str, Any] | None = None, note: str | None = None,
    ) -> Send | None:  # fmt: skip
        return await self.database.write(moves.outcome, now, claimed, to, why, answer, note)

    async def settle(self, ask: Ask, send_id: str, was_sent: bool) -> Send | None:
        return await self.database.write(moves.settle, ask, send_id, was_sent)

    async def abandon(self, now: datetime, note: Callable[[str], str]) -> list[Send]:
        """Claims of dead processes become `maybe_sent`; returns them."""
        claimers = await self.database.read(_claimers)
        dead = await self.database.dead(claimers) if claimers else set()
        return await self.database.write(moves.abandon, now, dead, note) if dead else []

    async def take_card(self, now: datetime, send_id: str) -> Send | None:
        return await self.database.write(cards.take_card, now, send_id, self.database.me)

    async def card_drawn(self, taken: Send, channel: str, ts: str) -> None:
        await self.database.write(cards.card_drawn, taken, channel, ts)

    async def card_put_back(self, send_id: str) -> None:
        await self.database.write(cards.card_put_back, send_id, self.database.me)

    async def card_gone(self, send_id: str) -> None:
        await self.database.write(cards.card_gone, send_id)

    async def card_deleted(self, send_id: str) -> None:
        await self.database.write(cards.card_deleted, send_id)

    async def adopt_card(self, send_id: str, channel: str, ts: str) -> Send | None:
        return await self.database.write(cards.adopt_card, send_id, channel, ts)

    async def redirect(self, now: datetime, taken: Send, channel: str, why: str, note: str) -> Send | None:
        return await self.database.write(moves.redirect, now, taken, channel, why, note)

    async def take_notes(self, now: datetime) -> list[Note]:
        return await self.database.write(notes.take_notes, now, now - cards.DRAW_HOLDS)

    async def note_posted(self, now: datetime, note_id: int) -> None:
        await self.database.write(notes.note_posted, now, note_id)

    async def note_put_back(self, note_id: int) -> None:
        await self.database.write(notes.note_put_back, note_id)

    async def get(self, send_id: str) -> Send | None:
        return await self.database.read(moves.read, send_id)

    async def timeline(self, send_id: str) -> list[Fact]:
        return await self.database.read(timeline, send_id)

    async def waiting(self, offset: int = 0, limit: int = 10) -> tuple[list[Send], int]:
        """What will go, or wants a person: the page, next first, and how many there are in all."""
        return await self.database.read(_waiting, offset, limit)

    async def counts(self) -> dict[State, int]:
        """How many sends are in each state."""
        return await self.database.read(_counts)

    async def work(self, now: datetime, ahead: timedelta, limit: int = 200) -> Work:
        return await self.database.read(_work, now, ahead, limit)

    async def frozen(self) -> Freeze:
        return await self.database.read(freeze.read)

    async def freeze(self, ask: Ask, why: str) -> bool:
        return await self.database.write(freeze.pull, ask.who, why, ask.at, ask.request)

    async def unfreeze(self, ask: Ask) -> bool:
        return await self.database.write(freeze.lift, ask.who, ask.at, ask.request)


def _work(connection: Connection, now: datetime, ahead: timedelta, limit: int) -> Work:
    scheduled = send.c.state == State.SCHEDULED
    stale = or_(send.c.looked_at.is_(None), send.c.looked_at < now - LOOK_HOLDS)
    draft = and_(send.c.state == State.DRAFT, send.c.prepared_at.is_(None), send.c.prepare_at <= now)
    soon = and_(scheduled, send.c.due_at > now, send.c.due_at <= now + ahead)
    dues = (
        connection.execute(select(send.c.due_at).where(soon).order_by(send.c.due_at).limit(limit))
        .scalars()
        .all()
    )
    return Work(
        prepare=_ids(connection, draft, send.c.prepare_at, limit),
        look=_ids(
            connection, and_(scheduled, send.c.due_at <= now + LOOK_AHEAD, stale), send.c.due_at, limit
        ),
        due=_ids(connection, and_(scheduled, send.c.due_at <= now, ~stale), send.c.due_at, limit),
        draw=cards.undrawn(connection, now, limit),
        alarms=[when for due in dues for when in (due - LOOK_AHEAD, due) if when > now],
    )


def _ids(connection: Connection, where: Any, order: Any, limit: int) -> list[str]:
    return list(
        connection.execute(select(send.c.id).where(where).order_by(order, send.c.id).limit(limit)).scalars()
    )


def _claimers(connection: Connection) -> set[int]:
    found = select(send.c.claimed_by).where(send.c.state == State.SENDING).distinct()
    return {claimer for claimer in connection.execute(found).scalars() if claimer is not None}


def _waiting(connection: Connection, offset: int, limit: int) -> tuple[list[Send], int]:
    where = send.c.state.in_((*OPEN, State.SENDING, State.MAYBE_SENT))
    total = connection.execute(select(func.count()).select_from(send).where(where)).scalar_one()
    when = func.coalesce(send.c.due_at, send.c.chosen_at, send.c.asked_at)
    rows = connection.execute(
        select(send, person.c.phone)
        .outerjoin(person, person.c.id == send.c.person_id)
        .where(where)
        .order_by(when, send.c.id)
        .offset(offset)
        .limit(limit)
    )
    return [Send.of(row) for row in rows], total


def _counts(connection: Connection) -> dict[State, int]:
    rows = connection.execute(select(send.c.state, func.count()).group_by(send.c.state))
    return {State(state): count for state, count in rows}
