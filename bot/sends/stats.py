"""What the record says of a period: what left each day, what was stopped and why, how long it took.

Each question is bounded by the period and answered by an index: by `claimed_at`, or by a kind or state in the
order of `asked_at`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, func, select

from bot.sends.kinds import TEXTS, TO_MANY, Kind, State
from bot.sends.run import Action, RowState, bulk_run
from bot.sends.table import HAS_STAYED, IS_NO_TEXT, IS_TO_MANY, send

MOST = 20_000  # rows of one question that are looked at one by one
TIMED = 1_000  # the newest, of which the times are taken

WHATCOUNTS = "whatcounts"  # among the rules: WhatCounts said no, or could not be reached


@dataclass(frozen=True)
class Stats:
    """Of each day, the oldest first, and of the period as a whole.

    The rows of a bulk run count on the day on which it began: as texts, as refused, as stops.
    `rules`: what stopped how many, by the rule's name. `took`: from draft to claim, of what was submitted:
    the newest TIMED campaigns, and as many texts to one phone; times of repeating campaigns, which nobody
    drafted, are not among them.
    """

    texts: Sequence[int]
    campaigns: Sequence[int]
    refused: Sequence[int]
    stops: Sequence[int]
    rules: Mapping[str, int]
    took: Sequence[timedelta]


def stats(connection: Connection, days: Sequence[datetime]) -> Stats:
    """Of the days that begin at these moments (UTC, rising); the last one is the end of the period."""
    claimed = [_claimed(connection, *day) for day in pairwise(days)]
    texts = TEXTS - TO_MANY
    runs = [_listed(connection, *day) for day in pairwise(days)]
    of_runs = [(run[Action.SEND, RowState.SUBMITTED], run[Action.SEND, RowState.REFUSED]) for run in runs]
    stops = _stops(connection, days)
    return Stats(
        [
            _sum(day, texts, State.SUBMITTED) + listed
            for day, (listed, _) in zip(claimed, of_runs, strict=True)
        ],
        [_sum(day, TO_MANY, State.SUBMITTED) for day in claimed],
        [_sum(day, TEXTS, State.REFUSED) + no for day, (_, no) in zip(claimed, of_runs, strict=True)],
        [
            one + run[Action.STOP, RowState.SUBMITTED]
            for one, run in zip(stops, runs, strict=True)
        ],
        _rules(connection, claimed, days[0], days[-1]),
        _took(connection, days[0], days[-1]),
    )


def _listed(
    connection: Connection, since: datetime, until: datetime
) -> Counter[tuple[Action, RowState]]:
    """The rows of the runs that began in this time, by what is done and what became of them."""
    when = (send.c.claimed_at >= since, send.c.claimed_at < until, send.c.kind + "" == Kind.BULK)
    runs = select(bulk_run.c.action, bulk_run.c.counts).join(send, send.c.id == bulk_run.c.send_id)
    found: Counter[tuple[Action, RowState]] = Counter()
    for run in connection.execute(runs.where(*when)):
        found.update({(Action(run.action), RowState(state)): many for state, many in run.counts.items()})
    return found


Claimed = Counter[tuple[Kind, State, str | None]]


def _claimed(connection: Connection, since: datetime, until: datetime) -> Claimed:
    """How many were tried in this time, by kind, state and the rule that had held them before."""
    by = (send.c.kind, send.c.state, send.c.held_by)
    when = (send.c.claimed_at >= since, send.c.claimed_at < until)
    rows = connection.execute(select(*by, func.count()).where(*when).group_by(*by))
    return Counter({(Kind(kind), State(state), rule): count for kind, state, rule, count in rows})


def _sum(day: Claimed, kinds: frozenset[Kind], state: State) -> int:
    return sum(count for (kind, is_in, _), count in day.items() if kind in kinds and is_in is state)


def _stops(connection: Connection, days: Sequence[datetime]) -> list[int]:
    between = and_(send.c.asked_at >= days[0], send.c.asked_at < days[-1])
    asked = select(send.c.asked_at).where(send.c.kind == Kind.STOP, IS_NO_TEXT, between)
    at = list(connection.execute(asked.where(send.c.state != State.CANCELLED)).scalars())
    return [sum(since <= one < until for one in at) for since, until in pairwise(days)]


def _rules(
    connection: Connection, claimed: Sequence[Claimed], since: datetime, until: datetime
) -> Counter[str]:
    """What was held and left all the same, what was refused, and what never left, by what stopped it."""
    rules: Counter[str] = Counter()
    for day in claimed:
        for (kind, state, rule), count in day.items():
            if kind in TEXTS:
                rules.update({rule: count} if rule else {})
                rules.update({WHATCOUNTS: count} if state is State.REFUSED else {})
    columns = (send.c.held_by, send.c.objections)
    for state in (State.HELD, State.CANCELLED, State.EXPIRED):
        never = (send.c.state == state, HAS_STAYED, send.c.kind.in_(TEXTS), send.c.claimed_at.is_(None))
        asked = (send.c.asked_at >= since, send.c.asked_at < until)
        for row in connection.execute(select(*columns).where(*never, *asked).limit(MOST)):
            rules.update(_of(row.held_by, row.objections))
    return rules


def _of(held_by: str | None, objections: Sequence[Mapping[str, Any]]) -> set[str]:
    stopped = {str(one["rule"]) for one in objections if one.get("severity") == "stop"}
    return stopped | ({held_by} if held_by else set())


def _took(connection: Connection, since: datetime, until: datetime) -> list[timedelta]:
    left = and_(send.c.claimed_at >= since, send.c.claimed_at < until)
    when = (left, send.c.state + "" == State.SUBMITTED, send.c.series.is_(None))
    columns = (send.c.asked_at, send.c.claimed_at)
    newest = send.c.claimed_at.desc()
    found = []
    for kinds in (IS_TO_MANY, send.c.kind + "" == Kind.SEND):
        rows = connection.execute(select(*columns).where(*when, kinds).order_by(newest).limit(TIMED))
        found += [row.claimed_at - row.asked_at for row in rows]
    return found
