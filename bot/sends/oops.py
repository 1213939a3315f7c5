"""After a wrong text: freeze at once, write its correction, and let that one through the freeze.

A correction is a chain of rows. To one phone it is a draft of the same kind; to a group its text is stored
first (a `create` that is confirmed as it is typed), and once WhatCounts has it, its campaign is drafted by
`follow`, which asks the rows and so is not lost in a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, update

from bot import freeze
from bot.evidence import record
from bot.sends.content import Ask, Content, decided
from bot.sends.kinds import OPEN, TEXTS, Kind, State
from bot.sends.moves import draft, is_moved, move, release, write_row
from bot.sends.notes import add_note
from bot.sends.questions import counts
from bot.sends.repeating import pause
from bot.sends.row import Send, read
from bot.sends.table import IS_STORED_CORRECTION, send

CORRECTABLE = TEXTS - {Kind.TEST}  # people outside the team have read it
NAME = 100  # characters of a stored message's name (Create Message)
CAMPAIGN_NAME = 80

Counts = dict[State, int]


Incident = Callable[[Send, Counts, bool], str]


def oops(connection: Connection, ask: Ask, send_id: str, note: Incident) -> Send | None:
    """A submitted text was wrong: all is frozen in this transaction; None where somebody said it first.

    The repeating campaign of which it is one time is paused with it: else the next day has the same text.
    `note` makes the thread's first words of the row, of how many sends are in each state, and of whether its
    campaign was paused. Raises Replayed.
    """
    first = and_(send.c.oops_at.is_(None), send.c.erased_at.is_(None), send.c.kind.in_(CORRECTABLE))
    said = {"oops_by": ask.who, "oops_at": ask.at}
    wrong = move(
        connection, send_id, (State.SUBMITTED,), State.SUBMITTED, at=ask.at, where=first, keep_age=True,
        **said,
    )  # fmt: skip
    if wrong is None:
        return None
    if not freeze.pull(connection, ask.who, f"the text of {send_id} was wrong", ask.at, None):
        freeze.pull_again(connection, ask.who, ask.at, None)
    record(connection, at=ask.at, who=ask.who, what="said Oops", send_id=send_id, request=ask.request)
    unasked = replace(ask, request=None)  # the request is recorded, once
    is_paused = wrong.series is not None and pause(connection, unasked, wrong.series) is not None
    add_note(connection, ask.at, wrong, note(wrong, counts(connection), is_paused))
    return wrong


def correct(connection: Connection, ask: Ask, wrong: Send, text: str) -> str | None:
    """Write its correction, once; the id of the chain's first row, or None where there is one already."""
    once = and_(send.c.again.is_(None), send.c.oops_at.is_not(None), send.c.erased_at.is_(None))
    found = (State.SUBMITTED,)
    if not is_moved(
        connection, wrong.id, found, State.SUBMITTED, at=ask.at, where=once, keep_age=True, again=""
    ):
        return None
    if wrong.kind is Kind.SEND:
        same = Content(Kind.SEND, wrong.sender, phone=wrong.phone, text=text, corrects=wrong.id)
        made = draft(connection, ask, same, wrong.channel)
    else:
        made = _store(connection, ask, wrong, text)
    connection.execute(update(send).where(send.c.id == wrong.id).values(again=made))
    return made


def _store(connection: Connection, ask: Ask, wrong: Send, text: str) -> str:
    """A new message for WhatCounts, under a name that nothing else has: due at once, as it texts nobody."""
    content = Content(Kind.CREATE, message="", text=text, corrects=wrong.id)
    values = decided(connection, content) | {
        "state": State.SCHEDULED, "due_at": ask.at, "confirmed_by": ask.who, "confirmed_at": ask.at,
    }  # fmt: skip
    made = write_row(connection, ask, values, wrong.channel)
    named = correction_name(wrong.message or "", made)
    connection.execute(update(send).where(send.c.id == made).values(message=named))
    written = read(connection, made)
    assert written is not None
    print_of = written.fingerprint(written.text)
    connection.execute(update(send).where(send.c.id == made).values(confirmed_print=print_of))
    record(connection, at=ask.at, who=ask.who, what="wrote", send_id=made, request=ask.request)
    return made


def correction_name(message: str, send_id: str) -> str:
    """`Spring sale correction S-7K3QXM`; of letters that a message's name may have."""
    base = re.sub(r" correction S-[0-9A-Z]{6}$", "", message)
    plain = " ".join(re.sub(r"[^A-Za-z0-9 _-]", " ", base).split())
    end = f"correction {send_id}"
    return f"{plain[: NAME - len(end) - 1].strip()} {end}".strip()


def follow(connection: Connection, now: datetime, stored_id: str) -> str | None:
    """The stored text of a correction, drafted to those who read the wrong one; None where that is done."""
    found, once = (State.SUBMITTED,), IS_STORED_CORRECTION
    if not is_moved(
        connection, stored_id, found, State.SUBMITTED, at=now, where=once, keep_age=True, again=""
    ):
        return None
    stored = read(connection, stored_id)
    wrong = read(connection, stored.corrects) if stored and stored.corrects else None
    assert stored is not None
    assert wrong is not None
    name = f"{(wrong.campaign or '')[: CAMPAIGN_NAME - len(' correction')].strip()} correction".strip()
    content = Content(
        wrong.kind, wrong.sender, audience=wrong.audience, message=stored.message,
        campaign=name.replace(" correction correction", " correction"), corrects=wrong.id,
    )  # fmt: skip
    made = draft(connection, Ask(stored.asked_by, now), content, stored.channel)
    connection.execute(update(send).where(send.c.id == stored_id).values(again=made))
    theirs = update(send).where(send.c.id == made)  # whose words they are: nobody approves their own
    connection.execute(theirs.values(edited_by=stored.edited_by))
    return made


def let_through(
    connection: Connection, ask: Ask, send_id: str, revision: int, delay: timedelta
) -> Send | None:
    """An admin lets this correction leave in the freeze, as it is now: any change makes that void.

    One that the freeze holds is released after the delay. Nobody lets through what they asked for or edited.
    """
    row = read(connection, send_id)
    if row is None or row.state not in OPEN:
        return None
    print_of = row.fingerprint(row.text)
    let = {"through_freeze_by": ask.who, "through_freeze_print": print_of}
    moved = move(
        connection, send_id, (row.state,), row.state, at=ask.at, revision=revision,
        where=_by_another(ask.who), keep_age=True, **let,
    )  # fmt: skip
    if moved is None:
        return None
    record(connection, at=ask.at, who=ask.who, what="let through", send_id=send_id, request=ask.request)
    if row.state is State.HELD and row.held_by == "freeze":
        freed = release(connection, replace(ask, request=None), send_id, moved.revision, delay)
        return _still_approved(connection, row, freed) if freed and row.needs_person else freed
    return moved


def _still_approved(connection: Connection, was: Send, freed: Send) -> Send | None:
    """To let it through changes nothing of what was approved but its time, which is the admin's doing."""
    holds = was.approved_print is not None and was.approved_print == freed.confirmed_print
    approval = ("approved_by", "approved_at", "approved_print") if holds else ()
    kept = {name: getattr(was, name) for name in ("needs_person", "asked_of", "moved_by", *approval)}
    kept |= {"approved_due": freed.due_at} if holds else {}
    connection.execute(update(send).where(send.c.id == freed.id).values(kept))
    return read(connection, freed.id)


def _by_another(who: str) -> ColumnElement[bool]:
    ready = or_(send.c.state != State.DRAFT, send.c.prepared_at.is_not(None))
    is_correction = and_(send.c.corrects.is_not(None), send.c.kind.in_(CORRECTABLE))
    editor = func.coalesce(send.c.edited_by, send.c.asked_by)
    return and_(is_correction, ready, send.c.asked_by != who, editor != who)
