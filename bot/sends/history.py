"""What the repeat guard and the caps ask of the record: what these people got, and how much left lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select

from bot.database import Utc
from bot.sends.kinds import TEXTS, TO_MANY, Kind, State
from bot.sends.listed import HAS_RUNS, IS_LISTED, Texted, runs_between, texts_of, to_list, to_phone
from bot.sends.row import Send
from bot.sends.series import standing
from bot.sends.table import IS_TO_MANY, send
from bot.sends.told import Told, told
from bot.settings import Caps

REPEAT = {False: timedelta(minutes=10), True: timedelta(hours=24)}  # one phone; to many (product.md 5.6)
HOUR = timedelta(hours=1)
LEFT = (State.SENDING, State.SUBMITTED, State.MAYBE_SENT)  # it left, or may have
AT_MOST = 20  # earlier ones, the newest


def leaves_at(one: Send, now: datetime, delay: timedelta) -> datetime:
    """When it would leave, were it confirmed (approved, released) now (UTC)."""
    if one.state is State.SCHEDULED:
        return max(one.due_at or now, now)
    is_open = one.state in (State.DRAFT, State.AWAITING) or one.keeps_time(now)
    chosen = one.chosen_at if is_open else None
    return max(chosen or now, now + delay)


@dataclass(frozen=True)
class Back:
    """From where to look back: now (UTC), the delay of each send, the account's zone, the caps."""

    now: datetime
    delay: Callable[[Send], timedelta]
    zone: ZoneInfo
    caps: Caps


@dataclass(frozen=True)
class Earlier:
    """Another text to the same people: when it left, or will (UTC)."""

    id: str
    state: State
    at: datetime
    message: str | None
    text: str | None
    series: str | None = None  # of which repeating campaign it is one time
    phones: int | None = None  # of a list: how many of its phones


@dataclass(frozen=True)
class History:
    """Other texts to the same people in the time of the repeat guard, the nearest first.

    `of_person`: texts of who asks on the day on which it would leave, `in_hour`: of everybody in the hour
    before; those that left and those whose turn is before this one; of bulk runs see `listed.texts_of`.
    `told`: the last texts that left to them, whenever that was, the newest first. Of one time of a repeating
    campaign: the state of its rule, and which other time may have been sent.
    """

    earlier: Sequence[Earlier] = ()
    of_person: int = 0
    in_hour: int = 0
    told: Sequence[Told] = ()
    rule_state: State | None = None
    in_doubt: str | None = None


def look_back(connection: Connection, about: Send, back: Back) -> History:
    """What the brakes want to know of the record; nothing of what is no text."""
    if not about.is_text:
        return History()
    at = leaves_at(about, back.now, back.delay(about))
    # of those that are scheduled the first may go: by their time, and at one instant by their id
    is_waiting = about.state is State.SCHEDULED and about.due_at is not None
    until, place = (about.due_at, about.id) if is_waiting else (at, "")
    turn = {"me": about.id, "until": until, "place": place}
    day = at.astimezone(back.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    windows = {"asked_by": about.asked_by, "day": day, "hour": at - HOUR}
    most = {"most_of_person": back.caps.person, "most_in_hour": back.caps.hour}
    counts = connection.execute(_COUNTS, turn | windows | most | {"person": about.person_id}).one()
    is_listed = counts.is_listed
    earlier = () if about.kind is Kind.TEST else _earlier(connection, about, at, turn, is_listed)
    first, last = min(day, at - HOUR), until or at
    runs = runs_between(connection, about.id, first, last) if counts.has_runs else ()
    of_person = counts.person_left + counts.person_waits + texts_of(runs, day, about.asked_by)
    in_hour = counts.hour_left + counts.hour_waits + texts_of(runs, at - HOUR)
    said = told(connection, about, is_listed=is_listed)
    return History(earlier, of_person, in_hour, said, *standing(connection, about))


def _earlier(
    connection: Connection, about: Send, at: datetime, turn: dict[str, Any], is_listed: bool
) -> list[Earlier]:
    if about.kind is Kind.BULK:
        return _listed(to_list(connection, about, at - REPEAT[True], at - REPEAT[False]), at, True)
    window = REPEAT[about.kind in TO_MANY]
    # a draft is told also of what is to leave after it
    until = turn["until"] if turn["place"] else at + window
    who = {"person": about.person_id, "kind": about.kind, "sender": about.sender, "audience": about.audience}
    question = _TO_PHONE
    if about.kind in TO_MANY:
        question = _TO_EVERYONE if about.audience is None else _TO_GROUP
    values = turn | who | {"until": until, "since": at - window}
    found = [
        Earlier(row.id, State(row.state), row.claimed_at or row.due_at, row.message, row.text, row.series)
        for row in connection.execute(question, values)
    ]
    if about.kind is Kind.SEND and about.person_id is not None and is_listed:
        found += _listed(to_phone(connection, about.person_id, about.id, at - window), at, False)
    return found


def _listed(found: list[Texted], at: datetime, is_list: bool) -> list[Earlier]:
    """Texts of bulk runs; what waits in one may leave at any moment, so `at` too."""
    return [
        Earlier(one.id, one.state, one.at or at, None, one.text, phones=one.phones if is_list else None)
        for one in found
    ]


# The questions, made once: to make them takes longer than to ask.
def _time(name: str) -> Any:
    return bindparam(name, type_=Utc)


_LEFT = and_(send.c.state.in_(LEFT), send.c.id != bindparam("me"))
_AT_ONCE = and_(send.c.due_at == _time("until"), send.c.id < bindparam("place"))
_FIRST = and_(send.c.due_at <= _time("until"), or_(send.c.due_at < _time("until"), _AT_ONCE))
_BEFORE = and_(send.c.state == State.SCHEDULED, send.c.id != bindparam("me"), _FIRST)


def _question(*same: ColumnElement[bool]) -> Select[Any]:
    """Texts to the same people that left since then, or whose turn is before this one's."""
    lately = or_(
        and_(_LEFT, send.c.claimed_at > _time("since")), and_(_BEFORE, send.c.due_at > _time("since"))
    )
    columns = (
        send.c.id, send.c.state, send.c.claimed_at, send.c.due_at, send.c.message, send.c.text,
        send.c.series,
    )  # fmt: skip
    newest = func.coalesce(send.c.claimed_at, send.c.due_at).desc()
    return select(*columns).where(*same, lately).order_by(newest).limit(AT_MOST)


_MANY = (send.c.sender == bindparam("sender"), IS_TO_MANY)
_TO_PHONE = _question(send.c.person_id == bindparam("person"), send.c.kind == bindparam("kind"))
# who gets what goes to everybody gets what goes to a group, too
_TO_GROUP = _question(*_MANY, or_(send.c.audience == bindparam("audience"), send.c.audience.is_(None)))
_TO_EVERYONE = _question(*_MANY)


def _count(since: str, most: str, *where: ColumnElement[bool]) -> tuple[Any, Any]:
    """Texts that left since then, and those whose turn is before this one's; so many at most."""
    texts = select(send.c.id).where(send.c.kind.in_(TEXTS), *where)
    # the state as no index has it: most rows have left, and SQLite would look through them all
    has_left = and_((send.c.state + "").in_(LEFT), send.c.id != bindparam("me"))
    left = texts.where(has_left, send.c.claimed_at >= _time(since))
    waits = texts.where(_BEFORE, send.c.due_at >= _time(since))
    found = [select(func.count()).select_from(one.limit(bindparam(most)).subquery()) for one in (left, waits)]
    return found[0].scalar_subquery(), found[1].scalar_subquery()


def _counts() -> Select[Any]:
    person = _count("day", "most_of_person", send.c.asked_by == bindparam("asked_by"))
    hour = _count("hour", "most_in_hour")
    names = ("person_left", "person_waits", "hour_left", "hour_waits")
    counts = (one.label(name) for one, name in zip((*person, *hour), names, strict=True))
    # whether the lists have to be asked at all: mostly there are none
    return select(*counts, HAS_RUNS.label("has_runs"), IS_LISTED.label("is_listed"))


_COUNTS = _counts()
