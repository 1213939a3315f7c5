"""Faults to order: once, a few times, or until cleared, for every call or for one operation."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sandbox.whatcounts.commands import COMMANDS
from sandbox.whatcounts.operations import OPERATIONS
from sandbox.whatcounts.plan import Kind, Plan

# delay: adds time. outcome: decides how the call ends, one per call, in the order of ordering. quirk: bends
# the answer.
Stage = Literal["delay", "outcome", "quirk"]


@dataclass(frozen=True)
class Spec:
    """What a fault is. `executed`: whether the operation is carried out before the fault strikes."""

    what: str
    stage: Stage = "outcome"
    executed: bool = False
    operations: tuple[str, ...] = ()  # empty: any


# Those that may name a group.
_GROUPED = (
    "sendMessageToSenderCode",
    "smssendmessagetosendercode",
    "addPhoneToSenderCode",
    "addphonetosendercode",
    "addSubscriberToSenderCode",
    "addsubscribertosendercode",
)

FAULTS = {
    "delay_before": Spec("waits `seconds`, then carries out", "delay"),
    "delay_after": Spec("carries out, waits `seconds`, then answers", "delay"),
    "timeout_before": Spec("never answers; not carried out"),
    "timeout_after": Spec("carries out, never answers", executed=True),
    "close_before": Spec("closes the connection; not carried out"),
    "close_after": Spec("carries out, closes the connection without an answer", executed=True),
    "reset_before": Spec("resets the connection; not carried out"),
    "reset_after": Spec("carries out, resets the connection", executed=True),
    "truncate": Spec("carries out, sends half of the answer and closes", executed=True),
    "stall": Spec("carries out, sends half of the answer, then nothing", executed=True),
    "garbage": Spec("carries out, answers bytes that are no HTTP", executed=True),
    "error_500": Spec("carries out, answers 500 with an HTML page", executed=True),
    "error_502": Spec("carries out, answers 502 with an HTML page", executed=True),
    "error_503": Spec("answers 503 with an HTML page; not carried out"),
    "error_504": Spec("carries out, answers 504 with an HTML page", executed=True),
    "error_500_known": Spec("refuses in documented words; not carried out"),
    "error_500_unknown": Spec("carries out, answers 500 JSON in words of no page", executed=True),
    "html_200": Spec("carries out, answers 200 with an HTML page", executed=True),
    "empty_200": Spec("carries out, answers 200 with nothing", executed=True),
    "password_echo": Spec("refuses, repeating the account's password; not carried out"),
    "failure_with_colons": Spec("refuses with a reason full of colons; not carried out"),
    "error_in_200": Spec("refuses with an error JSON under 200; not carried out"),
    "redirect": Spec("answers 307 to the same address; not carried out"),
    "unauthorized": Spec("refuses the credentials; not carried out"),
    "throttled_429": Spec("answers 429 with Retry-After; not carried out"),
    "bom": Spec("puts a byte order mark before the answer", "quirk"),
    "invalid_json": Spec("answers JSON as the pages print it, without commas", "quirk"),
    "dto": Spec("wraps each object as {dto: …}", "quirk"),
    "single_object": Spec("answers a list of one as its one object", "quirk"),
    "keyed_list": Spec("answers a list as {messages: […]}", "quirk"),
    "odd_dates": Spec("writes dates with a comma and U+202F, as newer Java does", "quirk"),
    "part_status_1": Spec(
        "the last part is throttled; nothing is delivered", "quirk", operations=("sendMessageToPhone",)
    ),
    "ignore_skip": Spec("gives the first page whatever `skip` says", "quirk", operations=("messages",)),
    "add_group": Spec(
        "takes a group where none was asked for, and goes to that group alone",
        "quirk",
        operations=("sendMessageToSenderCode",),
    ),
    "drop_group": Spec(
        "forgets the group: goes to everyone, or subscribes without one", "quirk", operations=_GROUPED
    ),
}


@dataclass
class Fault:
    """A fault that was ordered; `left` is how often it will still strike (None: until cleared)."""

    name: str
    left: int | None
    operation: str | None
    seconds: float
    executed: bool

    def fits(self, plan: Plan) -> bool:
        """Whether it strikes this call; `operation` may be a name, or a kind: read, write, send."""
        only = FAULTS[self.name].operations
        wanted = self.operation in (None, plan.operation, plan.kind)
        return wanted and (not only or plan.operation in only)


@dataclass(frozen=True)
class Taken:
    """What strikes one call."""

    outcome: Fault | None
    quirks: frozenset[str]
    before: float
    after: float
    names: tuple[str, ...]


class Faults:
    """The faults that are ordered now."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.active: list[Fault] = []
        self._changed = changed

    def next(
        self,
        name: str,
        *,
        times: int = 1,
        operation: str | None = None,
        seconds: float = 0.0,
        executed: bool | None = None,
    ) -> None:
        """Order a fault for the next call or calls that it fits. `executed` overrides the fault's own."""
        self._order(name, times, operation, seconds, executed)

    def always(
        self, name: str, *, operation: str | None = None, seconds: float = 0.0, executed: bool | None = None
    ) -> None:
        """Order a fault until it is cleared."""
        self._order(name, None, operation, seconds, executed)

    def _order(
        self, name: str, times: int | None, operation: str | None, seconds: float, executed: bool | None
    ) -> None:
        if name not in FAULTS:
            near = difflib.get_close_matches(name, FAULTS, 1)
            raise ValueError(f"no fault is called {name!r}" + (f"; perhaps {near[0]}" if near else ""))
        known = {*OPERATIONS, *COMMANDS, *get_args(Kind)}
        if operation is not None and operation not in known:
            raise ValueError(f"no operation is called {operation!r}; there are {', '.join(sorted(known))}")
        if (times is not None and not _is_count(times)) or not 0 <= seconds < math.inf:
            raise ValueError("a fault strikes at least once, and no delay is negative")
        carried_out = FAULTS[name].executed if executed is None else executed
        self.active.append(Fault(name, times, operation, seconds, carried_out))
        self._changed()

    def clear(self, name: str | None = None) -> None:
        """Take back the faults of that name, or all."""
        self.active = [fault for fault in self.active if name not in (None, fault.name)]
        self._changed()

    def take(self, plan: Plan) -> Taken:
        """What strikes this call: the first outcome that fits, every delay and quirk; each is used once."""
        fitting = [fault for fault in self.active if fault.fits(plan)]
        outcome = next(_of("outcome", fitting), None)
        delays = list(_of("delay", fitting))
        quirks = list(_of("quirk", fitting))
        struck = [*delays, *([outcome] if outcome else []), *quirks]
        for fault in struck:
            self._use(fault)
        return Taken(
            outcome,
            frozenset(fault.name for fault in quirks),
            sum(fault.seconds for fault in delays if fault.name == "delay_before"),
            sum(fault.seconds for fault in delays if fault.name == "delay_after"),
            tuple(fault.name for fault in struck),
        )

    def _use(self, fault: Fault) -> None:
        if fault.left is not None:
            fault.left -= 1
            if not fault.left:
                self.active.remove(fault)

    def shown(self) -> list[dict[str, Any]]:
        """The active faults as JSON values."""
        return [dict(vars(fault)) for fault in self.active]


def _is_count(times: object) -> bool:
    return isinstance(times, int) and not isinstance(times, bool) and times > 0


def _of(stage: Stage, faults: Iterable[Fault]) -> Iterator[Fault]:
    return (fault for fault in faults if FAULTS[fault.name].stage == stage)
