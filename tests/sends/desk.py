"""Sends on a bare database: a test makes one, puts it into any state, and sees all that is recorded."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from bot.database import Database
from bot.evidence import evidence
from bot.sends import Ask, Content, Kind, Send, Sends, State
from bot.sends.history import Back
from bot.sends.notes import note
from bot.sends.table import send as sends_table
from bot.settings import Caps, Group, Sender

OLIVE = "U0OLIVE"
START = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
DELAY = timedelta(seconds=5)
DUE = START + DELAY
LATER = START + timedelta(hours=3)
TEXT = Content(Kind.SEND, "2065551212", phone="12065550100", text="Hello")
CAMPAIGN = Content(Kind.CAMPAIGN, "2065551212", audience="weekly", message="Spring sale", campaign="Spring")
TWO_PHONES = Content(
    Kind.TEST, "2065551212", phones=("12065550111", "12065550112"), message="Spring sale"
)
STOP = Content(Kind.STOP, phone="12065550100", senders=("2065551212", "12345"))
SUBSCRIBE = Content(Kind.SUBSCRIBE, "2065551212", phone="12065550100", audience="weekly")
CONTACT = Content(
    Kind.CONTACT, "2065551212", phone="12065550100", email="jon@mydomain.com", first_name="Jon",
    customer_key="10442", country="us",
)  # fmt: skip
CREATE = Content(Kind.CREATE, message="Autumn", text="Autumn roast is here", label="promo")
BACK = Back(START, lambda kind: DELAY, ZoneInfo("America/Los_Angeles"), Caps())  # what looks at the record
LATE = {"rule": "late", "severity": "stop", "sentence": "It is late."}
DEAD = 4711  # a process that claimed something and is not there any more

REGISTERED = [Sender("2065551212", "Main line")], [Group("weekly")]

Picture = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]


def ask(at: datetime = START, request: str | None = None) -> Ask:
    return Ask(OLIVE, at, request)


@dataclass(frozen=True)
class Desk:
    """The store of sends, and the database under it."""

    database: Database
    sends: Sends

    async def get(self, send_id: str) -> Send:
        found = await self.sends.get(send_id)
        assert found
        return found

    async def draft(self, content: Content = TEXT, request: str | None = None) -> Send:
        """Written, not prepared."""
        return await self.get(await self.sends.draft(ask(request=request), content, "C0SMS"))

    async def prepared(self, content: Content = TEXT) -> Send:
        """A draft that may be confirmed."""
        send = await self.draft(content)
        moved = await self.sends.prepared(
            START, send, content.text or "Spring sale: 20 percent off", [], None
        )
        assert moved
        return moved

    async def scheduled(self, content: Content = TEXT) -> Send:
        """Confirmed at START, due at DUE; nobody has looked."""
        send = await self.prepared(content)
        moved = await self.sends.confirm(ask(), send.id, send.revision, DELAY)
        assert moved
        return moved

    async def looked(self, content: Content = TEXT) -> Send:
        """Scheduled, and looked at a second before it is due: all that a claim wants."""
        send = await self.scheduled(content)
        at = DUE - timedelta(seconds=1)
        assert await self.sends.looked(at, send.id, send.revision, send.fingerprint(send.text))
        return await self.get(send.id)

    async def sending(self, content: Content = TEXT) -> Send:
        """Claimed by this process at DUE."""
        claimed = await self.sends.claim(DUE, (await self.looked(content)).id)
        assert claimed
        return claimed

    async def stopping(self, content: Content = STOP) -> Send:
        """An opt-out that was asked for at START, and looked at when it was due: at once."""
        (send_id,) = await self.sends.stop(ask(), [content], "C0SMS")
        send = await self.get(send_id)
        assert await self.sends.looked(START, send.id, send.revision, send.fingerprint(send.text))
        return await self.get(send_id)

    async def stop_sending(self, content: Content = STOP) -> Send:
        """The same, claimed at START."""
        claimed = await self.sends.claim(START, (await self.stopping(content)).id)
        assert claimed
        return claimed

    async def claimed_again(self, send: Send, at: datetime) -> Send:
        """Looked at and claimed for its next leg, or once more."""
        assert await self.sends.looked(at, send.id, send.revision, send.fingerprint(send.text))
        claimed = await self.sends.claim(at, send.id)
        assert claimed
        return claimed

    async def outcome(self, now: datetime, claimed: Send, *known: Any) -> Send | None:
        return await self._after(claimed, self.sends.outcome(now, claimed, *known))

    async def came_of_leg(
        self, now: datetime, claimed: Send, *known: Any, is_denied: bool = False
    ) -> Send | None:
        return await self._after(
            claimed, self.sends.came_of_leg(now, claimed, *known, is_denied=is_denied)
        )

    async def untouched(self, now: datetime, claimed: Send, why: str) -> Send | None:
        return await self._after(claimed, self.sends.untouched(now, claimed, why))

    async def unclaim(self, now: datetime, claimed: Send, token: str, why: str) -> Send | None:
        return await self._after(claimed, self.sends.unclaim(now, claimed.id, token, why))

    async def _after(self, claimed: Send, is_written: Awaitable[bool]) -> Send | None:
        """The row as it is then, or None where nothing was written."""
        return await self.get(claimed.id) if await is_written else None

    async def in_doubt(self) -> Send:
        """Claimed, and the answer was lost."""
        moved = await self.outcome(DUE, await self.sending(), State.MAYBE_SENT, "nobody knows")
        assert moved
        return moved

    async def forced(self, state: State, content: Content = TEXT) -> Send:
        """A row with all that any move wants, put into a state by hand: the state alone decides."""
        claimed = await self.sending(content)
        await self.change(claimed.id, state=state, claimed_by=DEAD)
        return await self.get(claimed.id)

    async def change(self, send_id: str, **values: Any) -> None:
        """Columns of one row, written by hand."""

        def write(connection: Connection) -> None:
            connection.execute(update(sends_table).where(sends_table.c.id == send_id).values(values))

        await self.database.write(write)

    async def all(self) -> Picture:
        """Every row of the three tables: what must be as before when nothing happened."""

        def read(connection: Connection) -> Picture:
            tables = (sends_table, evidence, note)
            found = [connection.execute(select(table).order_by(table.c.id)).all() for table in tables]
            first, second, third = [[tuple(row) for row in rows] for rows in found]
            return first, second, third

        return await self.database.read(read)

    async def happened(self, send_id: str) -> list[str]:
        """The words of its timeline, oldest first."""
        return [fact.what for fact in await self.sends.timeline(send_id)]
