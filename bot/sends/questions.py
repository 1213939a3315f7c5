"""The questions to the record: what wants doing, what waits, what was; each reads, none writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot import freeze
from bot.freeze import Freeze
from bot.registry import What
from bot.sends.history import Back, History, look_back
from bot.sends.kinds import OPEN, Kind, State
from bot.sends.optouts import OptOut, find_optout
from bot.sends.outcomes import Claimed
from bot.sends.pages import Cursor, Page, Question, counted, page, paged
from bot.sends.row import WITH_PEOPLE, Send, read
from bot.sends.series import first_time
from bot.sends.table import send


def in_progress(connection: Connection) -> tuple[list[Claimed], set[int]]:
    """What is being sent, and the processes that are drawing; or were when they died."""
    columns = (send.c.id, send.c.kind, send.c.claim, send.c.claimed_by)
    under_way = (send.c.state == State.SENDING, send.c.kind != Kind.BULK)  # a run has claims of its rows
    sending = connection.execute(select(*columns).where(*under_way))
    claims = [Claimed(row.id, Kind(row.kind), row.claim, row.claimed_by) for row in sending]
    drawing = select(send.c.card_by).where(send.c.card_by.is_not(None)).distinct()
    return claims, set(connection.execute(drawing).scalars())


@dataclass(frozen=True)
class Seen:
    """A send, whether all is frozen, the stop, if any, of anybody whom it is for, and its history."""

    send: Send
    freeze: Freeze
    stopped: OptOut | None
    history: History


def see(
    connection: Connection, send_id: str, back: Back, fresh: datetime | None = None
) -> Seen | None:
    """None too where it was looked at since `fresh`, as by another process."""
    found = read(connection, send_id)
    if found is None:
        return None
    if fresh and found.looked_at and fresh <= found.looked_at <= back.now:
        return None
    history = look_back(connection, first_time(found, back.now, back.delay(found)), back)
    return Seen(found, freeze.read(connection), _optout(connection, found), history)


def _optout(connection: Connection, about: Send) -> OptOut | None:
    """On its sender code."""
    people = [leg.person_id for leg in about.legs] or [about.person_id]
    wanted = [one for one in people if one is not None]
    return find_optout(connection, wanted, [about.sender]) if wanted else None


_DUE = (State.SCHEDULED, State.HELD, State.SENDING, State.MAYBE_SENT)
_WAITING = (*OPEN, State.SENDING, State.MAYBE_SENT)
_undue = func.coalesce(send.c.chosen_at, send.c.make_at, send.c.asked_at)


def waiting(connection: Connection, cursor: Cursor | None, limit: int) -> Page:
    """The page, next to leave first: what has its time in the order of its index, a state each.

    What nobody has confirmed yet is little, as it expires.
    """
    undue = (send.c.state.in_(_WAITING), send.c.due_at.is_(None))
    questions: list[Question] = [
        (WITH_PEOPLE.where(send.c.state == state, send.c.due_at.is_not(None)), send.c.due_at)
        for state in _DUE
    ]
    questions += [(WITH_PEOPLE.where(*undue), _undue), (WITH_PEOPLE.where(*_redrafted), send.c.due_at)]
    shown, more = page(connection, questions, leaving_at, cursor, limit, newest_first=False)
    total = cursor.total if cursor else counted(connection, [[send.c.state.in_(_WAITING)]])
    return paged(shown, more, leaving_at, cursor, limit, total)


_redrafted = (send.c.state.in_((State.DRAFT, State.AWAITING)), send.c.due_at.is_not(None))


def leaving_at(one: Send) -> datetime:
    """When it leaves, or shall; when it was asked for, where nobody has said."""
    return one.due_at or one.chosen_at or one.make_at or one.asked_at


def of_card(connection: Connection, channel: str, ts: str) -> Send | None:
    here = (send.c.card_channel == channel, send.c.card_ts == ts)
    row = connection.execute(WITH_PEOPLE.where(*here)).first()
    return None if row is None else Send.of(row)


def waiting_for(connection: Connection, what: What, name: str) -> int:
    column = send.c.sender if what == "sender" else send.c.audience
    where = (send.c.state.in_(OPEN), column == name, send.c.kind != Kind.STOP)
    found = select(func.count()).select_from(send).where(*where)
    return connection.execute(found).scalar_one()


def recent(connection: Connection, limit: int) -> list[Send]:
    rows = connection.execute(WITH_PEOPLE.order_by(send.c.asked_at.desc(), send.c.id).limit(limit))
    return [Send.of(row) for row in rows]


def counts(connection: Connection) -> dict[State, int]:
    one_time = send.c.kind != Kind.REPEAT  # a rule is no send: each of its times is
    rows = connection.execute(select(send.c.state, func.count()).where(one_time).group_by(send.c.state))
    return {State(state): count for state, count in rows}


def open_stops(connection: Connection) -> int:
    failed = (send.c.kind == Kind.STOP, send.c.state == State.SCHEDULED, send.c.why.is_not(None))
    return connection.execute(select(func.count()).select_from(send).where(*failed)).scalar_one()
