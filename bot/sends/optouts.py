"""Opt-outs as smsops knows them: a phone that somebody stopped is not texted by that sender code any more.

WhatCounts honours its own opt-outs; these hold from the moment somebody decided, also while WhatCounts is
away, and for a phone that it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    delete,
    literal,
    select,
)

from bot.database import Utc, metadata
from bot.sends.table import send

optout = Table(
    "optout",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id"), primary_key=True),
    Column("sender", String(64), primary_key=True),
    Column("send_id", String(12), ForeignKey("send.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    Index("ix_optout_send_id", "send_id"),
)


@dataclass(frozen=True)
class OptOut:
    """Which stop it was, and when (UTC)."""

    send_id: str
    at: datetime


def keep_optouts(
    connection: Connection, at: datetime, send_id: str, person_id: int, senders: Sequence[str]
) -> None:
    rows = [{"person_id": person_id, "sender": one, "send_id": send_id, "at": at} for one in senders]
    connection.execute(optout.insert(), rows)


def forget_optouts(connection: Connection, send_id: str) -> None:
    """That stop was cancelled; another one of the same phone still holds."""
    connection.execute(delete(optout).where(optout.c.send_id == send_id))


def stopped() -> Select[int]:
    """A subselect that has a row where the send's phone was stopped on its sender code, for a WHERE."""
    return select(literal(1)).where(optout.c.person_id == send.c.person_id, optout.c.sender == send.c.sender)


_FIRST = (
    select(optout)
    .where(
        optout.c.person_id.in_(bindparam("people", expanding=True)),
        optout.c.sender.in_(bindparam("senders", expanding=True)),
    )
    .order_by(optout.c.at)
    .limit(1)
)


def find_optout(connection: Connection, people: Sequence[int], senders: Sequence[str]) -> OptOut | None:
    """The first opt-out of any of these people on any of these sender codes."""
    row = connection.execute(_FIRST, {"people": people, "senders": senders}).first()
    return None if row is None else OptOut(row.send_id, row.at)
