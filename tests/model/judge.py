"""The judge: what may leave, what a row may say, what must have come of it; reads every commit, trusts none.

It knows the rules of the product (docs/design.md), and asks the account's own counter what really left. What
it finds wrong it writes down: an exception would be one more fault for the code under test to live with.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot import freeze
from bot.card.picture import picture
from bot.registry import Registry
from bot.sends import Kind, Send, State
from bot.sends.row import read
from tests.model.account import CONNECT, SALE, Account, Request
from tests.model.channel import Board
from tests.model.clock import START, Time, say
from tests.model.process import Process, settings
from tests.model.records import GROUPS, SENDERS, Records, Row

LATE = timedelta(minutes=2)
LOOK = timedelta(seconds=30)
CLAIM_HOLDS = 5.0
DRAWING = timedelta(seconds=20)
WAITING = (State.DRAFT, State.SCHEDULED, State.HELD, State.CANCELLED, State.EXPIRED)
ENDED = (State.SUBMITTED, State.REFUSED, State.MAYBE_SENT, State.CANCELLED, State.EXPIRED)

Transition = tuple[str, str, str]  # the word of the record, from which state, to which
Decided = tuple[Any, ...]
Claim = tuple[str, str | None]  # the send, and the token that all claims of one transaction share


def decided(row: Row) -> Decided:
    """All that a person decides about a send when they confirm it."""
    legs = tuple((leg["person_id"], leg["sender"]) for leg in row.legs)
    return (row.kind, row.text, row.audience, row.message, legs or row.target)


@dataclass
class Judge:
    time: Time
    records: Records
    account: Account
    board: Board
    breaches: list[str] = field(default_factory=list)
    reached: Counter[Transition] = field(default_factory=Counter)
    rows: dict[str, Row] = field(default_factory=dict)
    confirmed: dict[str, Decided] = field(default_factory=dict)
    claimed_at: dict[Claim, float] = field(default_factory=dict)  # when each was asked for
    drawing: dict[tuple[int, str], datetime] = field(default_factory=dict)  # since when who draws which card
    carried: Counter[Claim] = field(default_factory=Counter)  # requests of each
    causes: set[str] = field(default_factory=set)  # sends of which there is a reason to doubt
    shown: dict[str, Decided] = field(default_factory=dict)  # what the person saw who presses
    mistaken: set[str] = field(default_factory=set)  # sends of which a person said what is not so

    def breach(self, row: Row | str, what: str) -> None:
        self.breaches.append(f"{row if isinstance(row, str) else f'{row.id} ({row.state})'}: {what}")

    def due(self) -> list[datetime]:
        """When what is scheduled is due."""
        return [row.due for row in self.rows.values() if row.state == State.SCHEDULED and row.due]

    # what is committed

    def committed(self, began: float, asked: datetime) -> None:
        """Look at what a transaction changed that was asked for at this time."""
        before, self.rows = self.rows, self.records.rows()
        facts = self.records.facts()
        for send_id, what, _ in facts:
            now, was = self.rows[send_id], before.get(send_id)
            say(f"# {self.time.seconds:8.2f} {now.id} {what}: {was.state if was else ''} -> {now.state}")
            self.reached[what, was.state if was else "", now.state] += 1
            self._heard(what, now, began, asked)
        told = {send_id for send_id, _, _ in facts}
        for now in self.rows.values():
            was = before.get(now.id)
            if now.card_by and (was is None or was.card_by != now.card_by):
                self.drawing[now.card_by, now.id] = asked
            if was != now:
                self._is_true(now)
            if was and was.state != now.state and now.id not in told:
                self.breach(now, f"was {was.state}, and the record does not say why")

    def _heard(self, what: str, now: Row, began: float, asked: datetime) -> None:
        if what in ("confirmed", "released", "moved", "asked to stop"):
            self.confirmed[now.id] = decided(now)
            if what == "confirmed" and self.shown[now.id] != decided(now):
                self.breach(now, "what was confirmed is not what was shown")
        elif what == "edited":
            self.confirmed.pop(now.id, None)
        elif what == "sending":
            self._claim(now, began, asked)

    def _claim(self, now: Row, began: float, at: datetime) -> None:
        """Everything that must be so at the claim; what it asks of the clock, when it was asked for."""
        assert now.claim
        self.claimed_at[now.id, now.claim] = began
        if self.confirmed.get(now.id) != decided(now):
            self.breach(now, "what was claimed is not what was confirmed")
        if now.kind == Kind.STOP:
            return
        if now.due is None or now.due > at:
            self.breach(now, "claimed before its time")
        elif at - now.due > LATE:
            self.breach(now, "claimed late")
        if now.looked is None or not at - LOOK <= now.looked <= at:
            self.breach(now, "claimed without a look")
        for why, question, values in FORBIDDEN:
            if self.records.ask(question, *(getattr(now, one) for one in values)):
                self.breach(now, why)
        if now.message == SALE and now.text not in self.account.texts_since(began - 30):
            self.breach(now, "its text is not the one that is stored")

    def _is_true(self, row: Row) -> None:
        """The row says nothing that the account's counter contradicts."""
        took, got = self.account.took(row.id), self.account.got(row.id)
        if row.id in self.mistaken:
            return
        if row.state == State.SUBMITTED and not took:
            self.breach(row, "WhatCounts took nothing")
        if row.state == State.REFUSED and took:
            self.breach(row, "WhatCounts took it")
        if row.state in WAITING and got and not row.legs:
            self.breach(row, "it has left")
        if row.state == State.CANCELLED and row.kind == Kind.STOP and got:
            self.breach(row, "it has left")
        if row.state == State.MAYBE_SENT and row.id not in self.causes:
            self.breach(row, "there is no reason to doubt it")
        self._are_true(row, took, got)

    def _are_true(self, row: Row, took: set[tuple[str, str]], got: set[tuple[str, str]]) -> None:
        """The same for each of several requests."""
        for leg in row.legs:
            one = (self.phone(leg["person_id"]), leg["sender"])
            under_way = row.kind == Kind.STOP or (row.state in (State.SENDING, State.MAYBE_SENT))
            if leg["came"] == "done" and one not in took:
                self.breach(row, f"WhatCounts did not take it for {one}")
            if leg["came"] == "refused" and one in took:
                self.breach(row, f"WhatCounts took it for {one}")
            if leg["came"] == "open" and one in got and not under_way:
                self.breach(row, f"it has left for {one}")

    def phone(self, person_id: int | None) -> str:
        return str(self.records.ask("SELECT phone FROM person WHERE id = ?", person_id))

    def seen(self, send_id: str) -> None:
        """Somebody has just read its card."""
        self.shown[send_id] = decided(self.rows[send_id])

    # what leaves, and what is posted

    def begins(self, send_id: str) -> None:
        """A request of a claim is asked for; nothing of it has left."""
        row = self.rows[send_id]
        if self.time.seconds - self.claimed_at.get((row.id, row.claim), 0.0) > CLAIM_HOLDS:
            self.breach(row, "its request begins long after it was claimed")

    def leaves(self, process: Process, request: Request) -> None:
        """The first byte of a request is about to leave."""
        row = self.rows[request.send]
        say(f"# {self.time.seconds:8.2f} {row.id} leaves for {request.to}, by {process.name}")
        if (request.to, request.sender) in self.account.got(row.id) and row.kind != Kind.STOP:
            self.breach(row, f"it leaves a second time for {request.to}")
        if row.kind == Kind.STOP:
            if row.state in (State.CANCELLED, State.HELD):
                self.breach(row, "it leaves")
            return
        if row.state not in (State.SENDING, State.MAYBE_SENT) and row.id not in self.mistaken:
            self.breach(row, "it leaves")
        if row.claim is None or row.claimed_by not in process.store.was:
            self.breach(row, "it leaves by a process that did not claim it")
            return
        claim = (row.id, row.claim)
        self.carried[claim] += 1
        if self.carried[claim] > 1:
            self.breach(row, "one claim, two requests")
        if self.time.seconds - self.claimed_at[claim] > CLAIM_HOLDS + CONNECT:
            self.breach(row, "it leaves long after it was claimed")
        if self.confirmed.get(row.id, (None, None))[1] != request.text and row.message != SALE:
            self.breach(row, f"it leaves as {request.text!r}")

    def posts(self, process: Process, send_id: str) -> None:
        """A card is about to be posted."""
        row = self.rows[send_id]
        if row.card_by in process.store.was and row.card_ts is None:
            return
        took = [(name, self.drawing.get((name, send_id), START)) for name in process.store.was]
        name, since = max(took, key=lambda one: one[1])
        was_given_up = name not in self.records.alive or self.time.now() - since > DRAWING
        if not was_given_up or since == START:  # who stood still for long may post a second one
            self.breach(row, "its card is posted by a process that has not taken it")

    def doubt_all(self, process: Process) -> None:
        """Something happened to this process: whatever it has claimed may be doubted."""
        self.causes |= {row.id for row in self.rows.values() if row.claimed_by in process.store.was}

    # at the end

    def at_rest(self) -> None:
        """Everything works again, and nobody does anything any more: what was decided has come to an end."""
        now = self.time.now()
        for row in self.rows.values():
            self._is_true(row)
            if row.state == State.SENDING:
                self.breach(row, "it is under way for ever")
            if row.state == State.SCHEDULED and row.due is not None and row.due < now:
                self.breach(row, "it was forgotten")
            self._is_shown(row)

    def _is_shown(self, row: Row) -> None:
        """Its card is the picture of its row."""
        send: Send | None = self.records.run(read, row.id)
        assert send
        if send.card_lost:
            return
        shown = self.board.cards.get((send.card_channel or "", send.card_ts or ""), ("",))[0]
        frozen = self.records.run(freeze.read).frozen
        known = (Registry(SENDERS, GROUPS), Registry(SENDERS[:1]))  # a label may have been struck off since
        right = [picture(send, settings(), one, frozen)[0] for one in known]
        if shown not in right:
            self.breach(row, f"its card says: {shown!r}")


FORBIDDEN = [
    ("claimed in a freeze", "SELECT frozen FROM freeze", ()),
    (
        "claimed for a phone that was stopped",
        "SELECT 1 FROM optout WHERE person_id = ? AND sender = ?",
        ("person_id", "sender"),
    ),
    (
        "claimed for a sender code that is not registered",
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM registered WHERE name = ? AND removed_at IS NULL)",
        ("sender",),
    ),
    (
        "claimed for a group that is not registered",
        "SELECT 1 WHERE ?1 IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM registered WHERE name = ?1 AND removed_at IS NULL)",
        ("audience",),
    ),
]
