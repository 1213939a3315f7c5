"""A bulk run: what a send of kind bulk is besides, and the rows of its file; the tables, and `Run`, one read.

The send carries what every send has (card, brakes, approval, delay, evidence); its sender code, its text and,
for subscriptions, its group are those of the send. From its claim until its end the send is `sending`, and
`bulk_run.state` says how far it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
)

from bot.database import Utc, metadata


class Action(StrEnum):
    """What is done for each phone."""

    SEND = "send"  # one text to it
    SUBSCRIBE = "subscribe"  # an existing contact to the sender code, and to the group if there is one
    STOP = "stop"  # out of the sender code


# What was done to a phone, in a word.
DID = {Action.SEND: "submitted", Action.SUBSCRIBE: "subscribed", Action.STOP: "stopped"}


class RunState(StrEnum):
    """Where a run is, from the claim of its send until its end."""

    WAITING = "waiting"  # nobody carries it yet; before the claim, too
    RUNNING = "running"  # a process carries it
    PAUSED = "paused"  # by a person, the hours, a freeze ...; goes on when somebody presses Resume
    CANCELLED = "cancelled"  # no more rows are taken
    DONE = "done"  # each row has an outcome


class RowState(StrEnum):
    """What became of one line of the file."""

    WAITING = "waiting"  # its turn is still to come
    SENDING = "sending"  # claimed: the request may be on its way
    SUBMITTED = "submitted"  # WhatCounts took it
    REFUSED = "refused"  # WhatCounts said no; nothing was done
    MAYBE_SENT = "maybe_sent"  # nobody knows; never asked again
    SKIPPED = "skipped"  # not asked for, for the reason in `why`: see Skipped


class Skipped(StrEnum):
    """Why a line is not asked for, as it lies in `bulk_row.why`; one without a phone has its own words."""

    DUPLICATE = "duplicate"  # an earlier line has this phone
    STOPPED = "opted out"  # stopped on this sender code
    ERASED = "erased"  # its number was erased since
    REPEAT = "had the same text minutes before"  # by itself, or from another list


class PausedBy(StrEnum):
    """What a run waits for somebody to press Resume for."""

    HAND = "hand"
    HOURS = "hours"
    BLACKOUT = "blackout"
    FREEZE = "freeze"
    SENDER = "sender"  # its sender code or group is not registered any more
    UNREACHABLE = "unreachable"  # WhatCounts was not reached several times in a row
    REFUSED = "refused"  # WhatCounts said the same no several times in a row
    DOUBT = "doubt"  # several answers in a row did not say what became of the row
    LATE = "late"  # nobody was at work on it for longer than a send may be late


UNSEEN = timedelta(minutes=2)  # so long a run may be left alone; after that a person says that it goes on


bulk_run = Table(
    "bulk_run",
    metadata,
    Column("send_id", String(12), ForeignKey("send.id"), primary_key=True),
    Column("action", String(16), nullable=False),
    Column("file_id", String(32), nullable=False),  # Slack's
    Column("file_name", Text, nullable=False),
    # reading the file, before anybody can confirm it
    Column("reading", String(32), nullable=True),  # the one reading that may write rows
    Column("reading_by", Integer, nullable=True),  # the process
    Column("read_at", Utc, nullable=True),  # all of it is in bulk_row since
    Column("lines", Integer, nullable=False, server_default="0"),  # that are no empty ones
    Column("valid", Integer, nullable=False, server_default="0"),  # phones that are asked for, each once
    Column("duplicates", Integer, nullable=False, server_default="0"),
    Column("stopped", Integer, nullable=False, server_default="0"),
    Column("invalid", Integer, nullable=False, server_default="0"),
    Column("found_in", Text, nullable=True),  # the column of the phones, in words
    Column("examples", JSON, nullable=False),  # [line, why] of the first invalid ones
    Column("area_codes", JSON, nullable=False),  # of the valid ones, for the hours
    Column("print", String(64), nullable=True),  # a hash over line and person of each valid one
    # the run
    Column("state", String(16), nullable=False, server_default="waiting"),
    Column("state_at", Utc, nullable=True),
    Column("paused_by", String(16), nullable=True),
    Column("paused_who", String(32), nullable=True),  # the person, where one pressed Pause
    Column("why", Text, nullable=True),  # why it is paused: one sentence
    Column("next_at", Utc, nullable=True),  # when what paused it is over by itself, where that is known
    Column("carried_by", Integer, nullable=True),  # the process whose turn it is
    Column("seen_at", Utc, nullable=True),  # while it goes: somebody who lives was at work on it
    Column("kept_to", Integer, nullable=False, server_default="0"),  # opt-outs are kept up to this line
    Column("begun_at", Utc, nullable=True),  # the first row was taken
    Column("ended_at", Utc, nullable=True),
    Column("counts", JSON, nullable=False),  # row state -> rows, as counted last
    Column("counted_at", Utc, nullable=True),
    Column("pace", Float, nullable=False, server_default="0"),  # answers a second, as counted last
    Column("report_by", String(32), nullable=True),  # the report is being made, by this token
    Column("report_taken_at", Utc, nullable=True),
    Column("report_at", Utc, nullable=True),  # it was delivered
)

bulk_row = Table(
    "bulk_row",
    metadata,
    Column("send_id", String(12), ForeignKey("send.id"), primary_key=True),
    Column("line", Integer, primary_key=True),  # of the file, from 1, its heading counted
    Column("person_id", Integer, ForeignKey("person.id"), nullable=True),
    Column("state", String(16), nullable=False),
    Column("why", Text, nullable=True),  # why it is skipped, refused, in doubt
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("claimed_by", Integer, nullable=True),  # the process
    Column("claim", String(32), nullable=True),  # this one claim
    Column("claimed_at", Utc, nullable=True),
    Column("answered_at", Utc, nullable=True),
    Index("ix_bulk_row_next", "send_id", "state", "tries", "line"),  # the next one, and how many of each
    Index("ix_bulk_row_person_id", "person_id", "send_id"),
)
_asked: Any = bindparam("skipped", RowState.SKIPPED, literal_execute=True)
_once = and_(bulk_row.c.person_id.is_not(None), bulk_row.c.state != _asked)
# No phone twice in a run, whatever else goes wrong.
Index(
    "uq_bulk_row_person", bulk_row.c.send_id, bulk_row.c.person_id, unique=True,
    sqlite_where=_once, postgresql_where=_once,
)  # fmt: skip
_sending: Any = bindparam("sending", RowState.SENDING, literal_execute=True)
UNDER_WAY = bulk_row.c.state == _sending
Index("ix_bulk_row_sending", bulk_row.c.claimed_by, sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)


@dataclass(frozen=True)
class Run:
    """One bulk run as its card and the brakes know it; every time is aware, UTC."""

    action: Action
    file_id: str
    file_name: str
    read_at: datetime | None = None
    lines: int = 0
    valid: int = 0
    duplicates: int = 0
    stopped: int = 0
    invalid: int = 0
    found_in: str | None = None
    examples: Sequence[tuple[int, str]] = ()
    area_codes: Sequence[int] = ()
    print: str | None = None
    state: RunState = RunState.WAITING
    state_at: datetime | None = None
    paused_by: PausedBy | None = None
    paused_who: str | None = None
    why: str | None = None
    next_at: datetime | None = None
    carried_by: int | None = None
    kept_to: int = 0
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    counted_at: datetime | None = None
    pace: float = 0.0
    report_at: datetime | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From the columns of its row."""
        read: dict[str, Any] = {"action": Action(values["action"]), "state": RunState(values["state"])}
        read["paused_by"] = PausedBy(values["paused_by"]) if values["paused_by"] else None
        read["examples"] = [(line, why) for line, why in values["examples"]]
        return cls(**{name: values[name] for name in _NAMES} | read)

    def count(self, *states: RowState) -> int:
        """Rows in these states, as counted last."""
        return sum(self.counts.get(one, 0) for one in states)

    @property
    def is_paused(self) -> bool:
        return self.state is RunState.PAUSED

    @property
    def waits_since(self) -> datetime | None:
        """Since when it waits for somebody to press Resume: not while what paused it by itself goes on (UTC).

        None where it is not paused, or a person paused it.
        """
        if not self.is_paused or self.paused_by is PausedBy.HAND or self.counted_at is None:
            return None
        return max(self.counted_at, self.next_at or self.counted_at)

    @property
    def answered(self) -> int:
        """Rows that are over, of those that are asked for: `valid` in all."""
        return self.valid - self.count(RowState.WAITING, RowState.SENDING) if self.counts else 0


_NAMES = tuple(Run.__dataclass_fields__)
