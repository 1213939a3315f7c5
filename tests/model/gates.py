"""Gates: every await at which a process depends on the world outside is one, and the machine opens it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

ON = "on"  # how a gate is passed where nothing goes wrong


@dataclass(eq=False)
class Gate:
    """Where one coroutine waits. `faults` are the other ways in which it can be passed."""

    name: str  # "before claim": the transaction is not begun; "after claim": it is committed
    faults: tuple[str, ...]
    way: asyncio.Future[str]


@dataclass
class Gates:
    """The open gates of one process, the oldest first."""

    shut: list[Gate] = field(default_factory=list)
    is_gone: bool = False  # the process is dead, and what is left of it is being swept away

    async def at(self, name: str, *faults: str) -> str:
        """Wait at a gate; returns how the machine lets this pass it."""
        if self.is_gone:
            raise asyncio.CancelledError
        gate = Gate(name, faults, asyncio.get_running_loop().create_future())
        self.shut.append(gate)
        try:
            return await gate.way
        finally:
            self.shut.remove(gate)
