"""What a request asks for, understood but not yet done: faults are taken between the two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.whatcounts.exchange import Answer
from sandbox.whatcounts.habits import Habits
from sandbox.whatcounts.journal import Sent
from sandbox.whatcounts.realm import Realm

Kind = Literal["read", "write", "send"]


@dataclass(frozen=True)
class World:
    """What an operation may use: the account, the guesses, and the way to the handsets."""

    realm: Realm
    habits: Habits
    deliver: Callable[[list[Sent]], None]


@dataclass(frozen=True)
class Call:
    """One operation asked for. `quirks` are the faults that it must show itself, such as `ignore_skip`."""

    world: World
    values: dict[str, str]
    quirks: frozenset[str] = frozenset()

    @property
    def realm(self) -> Realm:
        """The account."""
        return self.world.realm

    def value(self, name: str) -> str:
        """A value by name; empty when it was not given."""
        return self.values.get(name, "")

    def group(self, name: str) -> str:
        """The group that was asked for; none under a fault that forgets it, one under that which adds it."""
        if "add_group" in self.quirks and not self.value(name):
            return next(iter(self.realm.groups), "")
        return "" if "drop_group" in self.quirks else self.value(name)


@dataclass(frozen=True)
class Plan:
    """A request understood: which operation (empty: none), with what; `run` does it and gives its answer."""

    run: Callable[[frozenset[str]], Answer]
    operation: str = ""
    kind: Kind = "read"
    api: Literal["rest", "http", ""] = ""
    values: dict[str, str] = field(default_factory=dict)


def refusal(answer: Answer) -> Plan:
    """A plan that does nothing and answers this."""
    return Plan(run=lambda quirks: answer)
