"""What these people were told last: the texts that left, or may have left, for the same audience."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, bindparam, or_, select

from bot.sends.kinds import TEXTS, Kind, State
from bot.sends.listed import last_to
from bot.sends.row import Send
from bot.sends.table import IS_TO_MANY, send

MOST = 3
_LEFT = (State.SUBMITTED, State.MAYBE_SENT)
_READ = TEXTS - {Kind.TEST}  # a test goes to the team's own phones


@dataclass(frozen=True)
class Told:
    """One earlier text; `at` is when it left (UTC), `corrects` the send that it put right, if it did.

    `series`: of which repeating campaign it is one time.
    """

    id: str
    at: datetime
    text: str
    state: State
    corrects: str | None = None
    series: str | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Told:
        """From a row's `earlier`."""
        at, state = datetime.fromisoformat(kept["at"]), State(kept["state"])
        return cls(kept["id"], at, kept["text"], state, kept.get("corrects"), kept.get("series"))

    def keep(self) -> dict[str, Any]:
        """For a row's `earlier`."""
        kept = {"id": self.id, "text": self.text, "at": self.at.isoformat(), "state": self.state.value}
        more = {"corrects": self.corrects, "series": self.series}
        return kept | {name: value for name, value in more.items() if value}


def told(connection: Connection, about: Send, *, is_listed: bool = True) -> list[Told]:
    """The last texts to the same phone, or to the same group of a sender code, newest first.

    What went to everyone went to each group of that sender code, too. `is_listed`: whether any bulk run has
    a row for that phone, where that is known.
    """
    if about.kind not in _READ:
        return []
    question = _TO_PHONE if about.person_id is not None else _TO_MANY
    whom = {"person": about.person_id, "sender": about.sender, "audience": about.audience}
    rows = connection.execute(question, whom | {"me": about.id})
    found = [Told(row.id, row.state_at, row.text, State(row.state), row.corrects, row.series) for row in rows]
    if about.person_id is not None and is_listed:
        listed = last_to(connection, about.person_id, about.id, MOST)
        found += [Told(one.id, one.at, one.text, one.state) for one in listed if one.at]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _question(*same: ColumnElement[bool]) -> Select[Any]:
    """Made once: to make it takes longer than to ask it."""
    columns = (send.c.id, send.c.text, send.c.state, send.c.state_at, send.c.corrects, send.c.series)
    is_kept = (send.c.text.is_not(None), send.c.erased_at.is_(None))
    where = (*same, send.c.state.in_(_LEFT), send.c.kind.in_(_READ), send.c.id != bindparam("me"), *is_kept)
    return select(*columns).where(*where).order_by(send.c.state_at.desc()).limit(MOST)


_TO_PHONE = _question(send.c.person_id == bindparam("person"))
_audience = or_(send.c.audience == bindparam("audience", type_=String), send.c.kind == Kind.EVERYONE)
_TO_MANY = _question(send.c.sender == bindparam("sender"), IS_TO_MANY, _audience)


def kept(found: Sequence[Told]) -> dict[str, Any] | None:
    """For a row's `earlier`: the last one, and those before it; None where there is none."""
    if not found:
        return None
    first, *before = (one.keep() for one in found)
    return first | {"before": before}


def without(earlier: Mapping[str, Any], ids: Collection[str]) -> dict[str, Any] | None:
    """A row's `earlier` without the texts of these sends, which were erased."""
    left = [one for one in map(Told.read, (earlier, *earlier.get("before", ()))) if one.id not in ids]
    return kept(left)


def known(about: Send) -> list[Told]:
    """As it was when the send was prepared, newest first."""
    if not about.earlier:
        return []
    return [Told.read(one) for one in (about.earlier, *about.earlier.get("before", ()))]
