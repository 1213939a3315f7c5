"""The machine: hypothesis plays the people, the clock, the database, WhatCounts, Slack, the operating system.

Two processes deliver and a third takes what people do; each stands still at every await at which it depends
on another, until the machine lets it go on.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.sends import Kind, State
from tests.model.account import OFF, Account
from tests.model.channel import Board
from tests.model.clock import Time, say
from tests.model.judge import Judge, Transition
from tests.model.people import People
from tests.model.process import Process
from tests.model.records import Records

HELD_UP = (
    "before claim", "after claim", "before the first byte", "after the last byte", "before outcome",
    "before came_of_leg", "before abandon", "before looked", "reading read", "turn",
    "before posting a card", "before take_card", "reading who is alive",
)  # fmt: skip
EVENTS = (
    "freeze", "unfreeze", "strike off", "register", "another text is stored", "the database", "SIGTERM",
    "SIGKILL", "the session ends", "the clock is set by -20", "the clock is set by 20",
)  # fmt: skip
WRONG = (
    ("before the first byte", "no"), ("before the first byte", "unreached"), ("after the last byte", "lost"),
    ("before the first byte", "no"), ("before the first byte", "unreached"), ("after the last byte", "lost"),
    ("after the last byte", "odd"), ("before claim", "away"), ("after claim", "lost"),
    ("before outcome", "away"), ("after outcome", "lost"), ("before came_of_leg", "away"),
    ("after came_of_leg", "lost"), ("before posting a card", "away"), ("before posting a card", "closed"),
    ("after posting a card", "lost"), ("before card_drawn", "away"), ("before abandon", "away"),
    ("before looked", "away"), ("reading messages", "away"), ("after claim", "late"),
    ("before the first byte", "late"), ("before the first byte", "connected"),
    ("after the last byte", "late"), ("after the last byte", "given up"),
    ("after claim", "given up"), ("before outcome", "given up"),
)  # fmt: skip
KINDS = st.sampled_from((Kind.SEND, Kind.SEND, Kind.CAMPAIGN, Kind.TEST))
SLOTS = st.integers(0, 1)
HOLDS = st.sampled_from((None, *HELD_UP))
MOMENTS = st.sampled_from((5.0, 5.0, 0.5, 6.0, 11.0, 16.0, 31.0, 125.0, 86_401.0))
MANY = 6  # sends in one history, two of them open


class Model(RuleBasedStateMachine):
    """One history of two processes and the people before them."""

    reached: ClassVar[Counter[Transition]] = Counter()  # over all histories

    def __init__(self) -> None:
        super().__init__()
        self.time = Time()
        self.account, self.board = Account(self.time), Board(self.time)
        self.records = Records()
        self.judge = Judge(self.time, self.records, self.account, self.board)
        self.records.committed = self.judge.committed
        self.dead: list[Process] = []
        self.slots: list[Process | None] = [None, None]
        self.desk = self._process()
        self.desk.do(self.desk.bot.register.refresh())
        self.desk.run()
        self.people = People(self.desk, self.judge)
        for slot in (0, 1):
            self._start(slot)

    def _process(self) -> Process:
        judge = self.judge
        return Process(
            self.time, self.records, self.account, self.board, judge.begins, judge.leaves, judge.posts
        )

    def _alive(self) -> list[Process]:
        return [one for one in self.slots if one is not None]

    # what people do

    @initialize(kind=KINDS, is_due=st.booleans())
    def one_is_scheduled(self, kind: Kind, is_due: bool) -> None:
        self._schedule(kind, is_due)

    @precondition(lambda self: len(self.judge.due()) < 2 and len(self.judge.rows) < MANY)
    @rule(kind=KINDS, what=st.sampled_from(("drafted", "scheduled", "due")))
    def another(self, kind: Kind, what: str) -> None:
        if what == "drafted":
            self.people.draft(kind)
            self.desk.run()
        else:
            self._schedule(kind, what == "due")
        self._look()

    def _schedule(self, kind: Kind, is_due: bool) -> None:
        """Asked for and confirmed, and nothing came between."""
        self.people.schedule(kind)
        if is_due:
            self._pass(5.0)

    @precondition(lambda self: self.judge.rows)
    @rule(which=st.integers(0, MANY - 1), what=st.integers(0, 4), is_quick=st.booleans())
    def press(self, which: int, what: int, is_quick: bool) -> None:
        """Somebody presses a button; or the request waits on its way."""
        send_id = list(self.judge.rows)[which % len(self.judge.rows)]
        send = self.people.reads(send_id)
        may = self.people.may(send)
        say(f"# {send_id}: {may[what % len(may)]}")
        self.people.press(may[what % len(may)], send)
        if is_quick:
            self.desk.run()

    # what the processes do

    @rule(slot=st.sampled_from((0, 1, None)), hold=HOLDS, steps=st.sampled_from((1_000, 1, 2, 4, 8)))
    def goes_on(self, slot: int | None, hold: str | None, steps: int) -> None:
        """One process, or both, get on with all but one thing, or not far."""
        for one in [self.slots[slot]] if slot is not None else self._alive():
            if one:
                one.wake()
                one.run(hold, steps)
        self._look()

    @rule(slot=SLOTS, wrong=st.sampled_from(WRONG))
    def goes_wrong(self, slot: int, wrong: tuple[str, str]) -> None:
        """A process gets on as far as it can without this, and then it goes wrong."""
        self._until_due()
        place, way = wrong
        one = self.slots[slot]
        if one and (gate := one.reaches(place)):
            self.judge.doubt_all(one)
            if way == "given up":
                self._give_up(one)
            elif way == "late":
                self._pass(16.0)
            elif way == "connected":
                self._pass(16.0)
                one.open(gate, way)
            else:
                one.open(gate, way)
        self._look()

    def _give_up(self, one: Process) -> None:
        """It stands still, its session ends, and the other takes it for dead."""
        self.records.alive.discard(one.store.me)
        self._pass(11.0)
        for other in self._alive():
            if other is not one:
                other.run()

    @rule(slot=SLOTS, place=st.sampled_from(HELD_UP))
    def dies(self, slot: int, place: str) -> None:
        """A process is killed just there."""
        self._until_due()
        if (one := self.slots[slot]) and one.reaches(place):
            self._kill(slot)
        self._look()

    def _until_due(self) -> None:
        """Something is due from here on."""
        under_way = any(row.state == State.SENDING for row in self.judge.rows.values())
        if not under_way and not self.judge.due() and len(self.judge.rows) < MANY:
            self._schedule(Kind.SEND, is_due=True)
        elif due := self.judge.due():
            self._pass(max(0.0, (min(due) - self.time.now()).total_seconds()))

    @precondition(lambda self: self._gates())
    @rule(which=st.integers(0, 9), how=st.integers(0, 2))
    def open(self, which: int, how: int) -> None:
        """One gate, whichever, and however it can be passed."""
        gates = self._gates()
        process, gate = gates[which % len(gates)]
        ways = ("on", *gate.faults)
        way = ways[how % len(ways)]
        say(f"# {process.name} passes {gate.name!r}: {way}")
        if way != "on":
            self.judge.doubt_all(process)
        process.open(gate, way)
        self._look()

    def _gates(self) -> list[tuple[Process, Any]]:
        return [(one, gate) for one in (self.desk, *self._alive()) for gate in one.gates.shut]

    # what happens to them

    @rule(what=st.sampled_from(EVENTS), slot=SLOTS)
    def happens(self, what: str, slot: int) -> None:
        """An admin, WhatCounts' own page, the clock, the database, the operating system."""
        if what == "another text is stored":
            text = f"{len(self.account.texts) * 10} {OFF}"
            self.account.texts.append((self.time.seconds, text))
        elif what in ("freeze", "unfreeze"):
            self.people.freeze(what == "freeze")
            self.desk.run()
        elif what in ("strike off", "register"):
            self.people.register(what == "register")
            self.desk.run()
        elif what.startswith("the clock"):
            self.time.ahead += timedelta(seconds=int(what.split()[-1]))
        elif what == "the database":
            self.records.is_away = not self.records.is_away
            for one in self._alive():
                self.judge.doubt_all(one)
        elif (one := self.slots[slot]) is None:
            self._start(slot)
        elif what == "SIGTERM":
            one.drain()
        elif what == "SIGKILL":
            self._kill(slot)
        else:  # the session ends by which others know that it lives; it lives on
            self.judge.doubt_all(one)
            self.records.alive.discard(one.store.me)
        self._look()

    def _start(self, slot: int) -> None:
        if not self.records.is_away:
            self.slots[slot] = one = self._process()
            one.serve()

    @rule(seconds=MOMENTS)
    def time_passes(self, seconds: float) -> None:
        self._pass(seconds)

    def _pass(self, seconds: float) -> None:
        self.time.seconds += seconds
        for one in self._alive():
            if seconds >= 5 and one.gates.shut:
                self.judge.doubt_all(one)
            one.wake()
        self._look()

    def _look(self) -> None:
        """Who has stopped is gone, and nothing is wrong."""
        assert not self.judge.breaches, "\n".join(self.judge.breaches)
        for slot, one in enumerate(self.slots):
            if one and one.has_stopped:
                self._gone(slot)

    def _kill(self, slot: int) -> None:
        """It does nothing any more, and the database ends its session."""
        if one := self.slots[slot]:
            self.judge.doubt_all(one)
            self._gone(slot)

    def _gone(self, slot: int) -> None:
        one = self.slots[slot]
        assert one
        self.records.alive -= one.store.was
        self.slots[slot] = None
        self.dead.append(one)

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            type(self).reached += self.judge.reached
            for one in (*self.dead, *self._alive(), self.desk):
                one.sweep()

    def _come_to_rest(self) -> None:
        """Everything works from here on; then nothing may be left undone, or shown otherwise than it is."""
        self._look()
        self.records.is_away = False
        if not self._alive():
            self._start(0)
        for seconds in (0.0, 31.0, 310.0):
            self._pass(seconds)
            for one in (self.desk, *self._alive()):
                one.run()
            self._look()
            if not self._alive():
                self._start(0)
        self._look()
        self.judge.at_rest()
        self._look()
