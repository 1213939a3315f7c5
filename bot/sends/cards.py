"""Which cards are behind their row, and the claim to draw one (chat.postMessage has no idempotency key)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select, update

from bot.database import Utc
from bot.freeze import freeze_row
from bot.sends.copies import follow
from bot.sends.kinds import OPEN, UNDECIDED, Kind, State
from bot.sends.row import Send, read
from bot.sends.table import send

DRAW_HOLDS = timedelta(seconds=30)  # after this a drawing that did not report is tried by another
NEEDS_SOMEBODY = (*UNDECIDED, State.MAYBE_SENT)
SOON = timedelta(seconds=1.5)  # a draft being prepared, and a request under way, are not drawn before this


@dataclass(frozen=True)
class Undrawn:
    """A send whose card is to be drawn, and the message that this takes.

    `channel`: where it is to be posted, as it has no card yet; "" where a card is to be edited. `is_urgent`:
    somebody has to decide about it and its card does not say so yet.
    """

    id: str
    channel: str
    is_urgent: bool

    @property
    def is_edit(self) -> bool:
        return not self.channel


# Its card does not show the row as it is (ix_send_behind holds just these).
_is_behind = and_(send.c.card_revision < send.c.revision, ~send.c.card_lost)

# The cards of what waits say whether sends are frozen; the revision stays, so they can be pressed.
_says_wrong_of_freeze = and_(
    send.c.state.in_(OPEN),
    send.c.card_frozen == select(~freeze_row.c.frozen).scalar_subquery(),
    ~send.c.card_lost,
)

# Nobody is drawing it, and it is no picture that the next moment makes untrue.
_preparing = and_(send.c.state == State.DRAFT, send.c.prepared_at.is_(None), send.c.prepare_at.is_not(None))
_requested = and_(send.c.state == State.SENDING, send.c.kind != Kind.BULK)  # a list goes on for longer
_under_way = or_(and_(_preparing, send.c.revision == 1), _requested)
_is_time = and_(
    or_(~_under_way, send.c.state_at < bindparam("settled", type_=Utc)),
    or_(send.c.card_at.is_(None), send.c.card_at < bindparam("given_up", type_=Utc)),
)

# Where it is to be posted; NULL where there is a message to edit.
_has_card = and_(send.c.card_ts.is_not(None), send.c.card_channel.is_not(None))
_post_to = case((_has_card, None), else_=func.coalesce(send.c.card_channel, send.c.channel))

# Who is drawn first, 0 before 3; an edit that is not urgent is behind all else, and so hides nothing.
_changed = send.c.card_revision < send.c.revision
_need = case(
    (and_(_changed, send.c.state.in_(NEEDS_SOMEBODY), send.c.card_ts.is_not(None)), 0),
    (~_has_card, 1),
    (and_(_changed, send.c.state == State.SCHEDULED), 2),
    else_=3,
)


def _undrawn(why: ColumnElement[bool]) -> Select[Any]:
    columns = (send.c.id, send.c.state_at, _need.label("need"), _post_to.label("post_to"))
    page = select(*columns).where(why, _is_time)
    return page.order_by("need", send.c.state_at).limit(bindparam("most"))


# Two questions, each with an index of its own; made once, as to make them takes longer than to ask.
_BEHIND, _WRONG = _undrawn(_is_behind), _undrawn(_says_wrong_of_freeze)


# Whether there may be any, also of those that somebody is drawing: asked at every tick, so that it is short.
# Ordered, since PostgreSQL takes "behind" for common and would look for the first one in the whole table.
_oldest = select(send.c.id).where(_is_behind).order_by(send.c.state_at).limit(1)
ANY_BEHIND = _oldest.scalar_subquery().is_not(None)
# Against the freeze as it was known before (`wrongly`: what no card should say): were it to compare with what
# it learns as it runs, PostgreSQL would take every second row for wrong, and look through the whole table.
_says_wrongly = send.c.card_frozen == bindparam("wrongly")
ANY_WRONG = select(send.c.id).where(send.c.state.in_(OPEN), _says_wrongly, ~send.c.card_lost).exists()
IS_FROZEN = select(freeze_row.c.frozen).scalar_subquery()


def draw_times(now: datetime) -> dict[str, Any]:
    return {"settled": now - SOON, "given_up": now - DRAW_HOLDS}


def undrawn(
    connection: Connection, now: datetime, limit: int, *, behind: bool, wrong: bool
) -> list[Undrawn]:
    """Those whose card is behind, oldest first: before all others what a person has to decide.

    Then what has no card yet and what can still be stopped. The words on all others say what is over, or
    that sends are frozen. `behind`, `wrong`: whether there may be any behind their row, and any that say
    wrong of the freeze.
    """
    found: dict[str, tuple[int, datetime, str | None]] = {}
    for question in (*((_BEHIND,) if behind else ()), *((_WRONG,) if wrong else ())):
        rows = connection.execute(question, draw_times(now) | {"most": limit})
        found = {row.id: (row.need, row.state_at, row.post_to) for row in rows} | found
    first = sorted(found.items(), key=lambda one: one[1][:2])[:limit]
    return [Undrawn(one, post_to or "", need == 0) for one, (need, _, post_to) in first]


def take_card(connection: Connection, now: datetime, send_id: str, me: int) -> Send | None:
    """The row to draw, if nobody else is drawing it.

    Until it is recorded what the card shows, it counts as showing nothing: who dies in between leaves a card
    that is drawn anew, whatever it says.
    """
    behind = and_(or_(_is_behind, _says_wrong_of_freeze), _is_time)
    shown = select(send.c.card_revision).where(send.c.id == send_id, behind).with_for_update()
    if (revision := connection.execute(shown, draw_times(now)).scalar()) is None:
        return None
    connection.execute(
        update(send).where(send.c.id == send_id).values(card_by=me, card_at=now, card_revision=0)
    )
    taken = read(connection, send_id)
    return taken and replace(taken, card_revision=revision)


def card_drawn(connection: Connection, taken: Send, channel: str, ts: str, frozen: bool) -> bool:
    """The card shows the revision that was taken, and whether sends were frozen then.

    False where the row got another card meanwhile (a press on an earlier message, or a second drawer): then
    this message is a copy.
    """
    ours = or_(send.c.card_ts.is_(None), send.c.card_ts == ts)
    shown = {"card_channel": channel, "card_ts": ts, "card_revision": taken.revision, "card_frozen": frozen}
    free = {"card_by": None, "card_at": None}
    drawn = update(send).where(send.c.id == taken.id, ours).values(shown | free)
    if connection.execute(drawn).rowcount:
        follow(connection, taken.id)
        return True
    connection.execute(
        update(send).where(send.c.id == taken.id, send.c.card_by == taken.card_by).values(free)
    )
    return False


def card_put_back(connection: Connection, send_id: str, me: int) -> None:
    """It could not be drawn now; it stays behind."""
    connection.execute(
        update(send).where(send.c.id == send_id, send.c.card_by == me).values(card_by=None, card_at=None)
    )


def free_cards(connection: Connection, dead: set[int]) -> None:
    """What a process was drawing when it died is drawn by another at once."""
    connection.execute(update(send).where(send.c.card_by.in_(dead)).values(card_by=None, card_at=None))


def card_deleted(connection: Connection, send_id: str) -> None:
    """Somebody deleted the message: the next drawing posts it anew."""
    gone = {"card_ts": None, "card_by": None, "card_at": None, "card_revision": 0}
    connection.execute(update(send).where(send.c.id == send_id).values(gone))


def adopt_card(connection: Connection, send_id: str, channel: str, ts: str) -> Send | None:
    """Take a message as the card of a row without one (a crash ate the post's answer); returns the row."""
    connection.execute(
        update(send)
        .where(send.c.id == send_id, send.c.card_ts.is_(None))
        .values(card_channel=channel, card_ts=ts)
    )
    return read(connection, send_id)
