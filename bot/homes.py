"""Whose App Home is open, and what it shows: one row a person who opened it, claimed to be drawn.

A home is looked at again when something was recorded since: every move, freeze and change of the registry
leaves a row of evidence, so its newest id says whether anything can be different. What was recorded while
that was asked, and what changes by the clock alone, is found by the look of the next minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.database import Database, Utc, metadata
from bot.evidence import evidence

FOLLOWED = timedelta(days=1)  # after it was opened; then the next opening draws it
PACE = timedelta(seconds=3)  # between two looks at one person's home
EVERY = timedelta(minutes=1)  # it is looked at also when nothing was recorded
HOLDS = timedelta(seconds=30)  # after this a drawing that did not report is tried anew
AT_ONCE = 20

home = Table(
    "home",
    metadata,
    Column("who", String(32), primary_key=True),
    Column("opened_at", Utc, nullable=False),  # when it was opened last, by Slack's clock
    Column("channel", String(32), nullable=True),  # where the cards of what is sent from there go
    Column("shown", String(64), nullable=True),  # a hash of what it shows; None: to be drawn, whatever it is
    Column("seen", Integer, nullable=False),  # the newest row of evidence when it was looked at
    Column("looked_at", Utc, nullable=True),
    Column("taken_at", Utc, nullable=True),  # a process is drawing it since
)


@dataclass(frozen=True)
class Home:
    """One person's home as it was taken; times are aware, UTC."""

    who: str
    opened_at: datetime
    channel: str | None
    shown: str | None
    seen: int
    looked_at: datetime | None
    taken_at: datetime | None


def _time(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=Utc)


_newest = select(func.coalesce(func.max(evidence.c.id), 0)).scalar_subquery()
_free = or_(
    home.c.taken_at.is_(None),
    home.c.taken_at < _time("home_given_up"),
    home.c.taken_at > _time("now"),  # a clock that was set back
)
_rested = or_(home.c.looked_at < _time("home_rested"), home.c.looked_at > _time("now"))
_old = or_(home.c.looked_at < _time("home_old"), home.c.looked_at > _time("now"))
_wanted = or_(
    home.c.looked_at.is_(None), and_(_rested, or_(home.c.shown.is_(None), home.c.seen < _newest)), _old
)
_stale = and_(home.c.opened_at > _time("home_left"), _free, _wanted)
STALE_HOMES = select(home.c.who).where(_stale).order_by(home.c.looked_at).limit(AT_ONCE)
ANY_HOME = select(home.c.who).where(home.c.opened_at > _time("home_left")).exists()  # quickly asked


def home_times(now: datetime) -> dict[str, datetime]:
    """What the questions above are asked with, beside `now`."""
    return {
        "home_given_up": now - HOLDS, "home_rested": now - PACE, "home_old": now - EVERY,
        "home_left": now - FOLLOWED,
    }  # fmt: skip


def opened(connection: Connection, user: str, at: datetime) -> bool:
    """Somebody opened it `at`: it is to be drawn; False where that is known (the event came again)."""
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = upsert(home).values(who=user, opened_at=at, seen=0)
    statement = statement.on_conflict_do_update(
        index_elements=["who"], set_={"opened_at": at, "shown": None}, where=home.c.opened_at < at
    )
    return bool(connection.execute(statement).rowcount)


def choose(connection: Connection, user: str, channel: str) -> None:
    """From now on the cards of what this person sends from there go to this channel."""
    chosen = {"channel": channel, "shown": None}
    connection.execute(update(home).where(home.c.who == user).values(chosen))


def take(connection: Connection, now: datetime, user: str) -> tuple[Home, int] | None:
    """The home to draw, if nobody else is drawing it, and the newest row of evidence at this moment."""
    claim = update(home).where(home.c.who == user, _stale).values(taken_at=now).returning(home)
    row = connection.execute(claim, home_times(now) | {"now": now}).first()
    return row and (Home(**row._asdict()), connection.execute(select(_newest)).scalar_one())


def drawn(connection: Connection, now: datetime, taken: Home, seen: int, shown: str) -> None:
    """It shows this; where it was opened, or changed, meanwhile it is to be drawn once more."""
    mine = and_(home.c.who == taken.who, home.c.taken_at == taken.taken_at)
    free = {"taken_at": None, "looked_at": now, "seen": seen}
    connection.execute(update(home).where(mine).values(free))
    same = and_(home.c.opened_at == taken.opened_at, home.c.channel.is_not_distinct_from(taken.channel))
    connection.execute(update(home).where(home.c.who == taken.who, same).values(shown=shown))


@dataclass(frozen=True)
class Homes:
    """The same as one object; each call is one transaction and raises DatabaseError when it is away."""

    database: Database

    async def opened(self, user: str, at: datetime) -> bool:
        return await self.database.write(opened, user, at)

    async def choose(self, user: str, channel: str) -> None:
        await self.database.write(choose, user, channel)

    async def take(self, now: datetime, user: str) -> tuple[Home, int] | None:
        return await self.database.write(take, now, user)

    async def drawn(self, now: datetime, taken: Home, seen: int, shown: str) -> None:
        await self.database.write(drawn, now, taken, seen, shown)
