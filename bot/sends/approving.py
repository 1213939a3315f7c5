"""The moves of another person: approve, reject, ask them once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from bot import freeze
from bot.evidence import SMSOPS, record
from bot.sends.content import Ask
from bot.sends.copies import card_copy, open_copies
from bot.sends.kinds import State
from bot.sends.moves import move
from bot.sends.notes import add_note, tell
from bot.sends.row import Send, read, read_all
from bot.sends.series import ITS_RULE_RUNS, begin
from bot.sends.table import send
from bot.sends.wanted import UNAPPROVED, Wanted, asked

OWNERS = ("asked_by", "edited_by", "confirmed_by", "moved_by")  # whose doing it is that it would leave so


def is_own(about: Send, who: str) -> bool:
    """Whether this person asked for it, or changed last what leaves, or when: another one has to approve."""
    return who in {getattr(about, name) for name in OWNERS}


def approve(
    connection: Connection, ask: Ask, send_id: str, revision: int, delay: timedelta,
    through_freeze: bool = False,
) -> Send | None:  # fmt: skip
    """awaiting -> scheduled, bound to what was confirmed and to the time at which it is due from now on.

    `through_freeze`: an admin's approval of a correction lets it leave in the freeze that there is, too.
    """
    row = read(connection, send_id)
    if row is None or row.confirmed_print != row.fingerprint(row.text):
        return None
    due = max(row.chosen_at or ask.at, ask.at + delay)
    others = [send.c[name].is_distinct_from(ask.who) for name in OWNERS]
    ahead = or_(send.c.chosen_at.is_(None), send.c.chosen_at > ask.at)
    lets = through_freeze and row.corrects is not None and freeze.read(connection).frozen
    let = {"through_freeze_by": ask.who, "through_freeze_print": row.confirmed_print}
    moved = move(
        connection, send_id, (State.AWAITING,), State.SCHEDULED, at=ask.at, revision=revision,
        where=and_(*others, ahead, send.c.needs_person, ITS_RULE_RUNS), remind_at=None, approved_by=ask.who,
        approved_at=ask.at, approved_print=row.confirmed_print, approved_due=due, why=None,
        **(let if lets else {}), **({"due_at": due} | begin(row, ask.at, delay)),
    )  # fmt: skip
    if moved:
        detail: dict[str, Any] = {"due_at": due.isoformat()} if moved.due_at else {}
        record(
            connection, at=ask.at, who=ask.who, what="approved", send_id=send_id, request=ask.request,
            print=row.confirmed_print, **detail,
        )  # fmt: skip
    return moved


def reject(
    connection: Connection, ask: Ask, send_id: str, revision: int, reason: str, note: str
) -> Send | None:
    """awaiting -> draft; `note` tells who asked, in the thread."""
    unconfirmed = dict.fromkeys(("confirmed_by", "confirmed_at", "confirmed_print", "moved_by"))
    values = UNAPPROVED | unconfirmed | {"rejected_by": ask.who, "why": reason}
    moved = move(
        connection, send_id, (State.AWAITING,), State.DRAFT, at=ask.at, revision=revision, **values
    )
    if moved:
        record(
            connection, at=ask.at, who=ask.who, what="rejected", send_id=send_id, request=ask.request,
            why=reason,
        )  # fmt: skip
        add_note(connection, ask.at, moved, note)
    return moved


def ask_anew(
    connection: Connection, now: datetime, seen: Send, wanted: Wanted, why: str,
    objections: Sequence[Mapping[str, str]], note: str,
) -> Send | None:  # fmt: skip
    """scheduled -> awaiting: at the look it turned out that an approval is wanted, or holds no more."""
    values: dict[str, Any] = asked(wanted, now, None) | {"objections": list(objections), "why": why}
    cleared = dict.fromkeys(("due_at", "looked_at", "looked_print", "chosen_at"))
    moved = move(
        connection, seen.id, (State.SCHEDULED,), State.AWAITING, at=now, revision=seen.revision,
        **values, **cleared,
    )  # fmt: skip
    if moved:
        open_copies(connection, seen.id, wanted.people)
        record(connection, at=now, who=SMSOPS, what="approval wanted", send_id=seen.id, why=why)
        add_note(connection, now, moved, note)
    return moved


def to_remind(connection: Connection, now: datetime) -> list[Send]:
    """What awaits approval for so long that who may give it is asked once more."""
    due = (send.c.state == State.AWAITING, send.c.remind_at <= now)
    return read_all(connection, connection.execute(select(send.c.id).where(*due)).scalars().all())


def remind(connection: Connection, now: datetime, about: Send, people: Sequence[str], text: str) -> bool:
    """Ask those of them once more who have its card; False where it was done, or it is decided."""
    still = (
        send.c.id == about.id, send.c.state == State.AWAITING, send.c.remind_at == about.remind_at
    )  # fmt: skip
    if not connection.execute(update(send).where(*still).values(remind_at=None)).rowcount:
        return False
    has_card = (card_copy.c.send_id == about.id, card_copy.c.ts.is_not(None))
    have = connection.execute(select(card_copy.c.who).where(*has_card)).scalars()
    for person in sorted(set(people).intersection(have)):
        tell(connection, now, about, person, text)
    record(connection, at=now, who=SMSOPS, what="reminded", send_id=about.id)
    return True
