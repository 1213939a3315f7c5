"""WhatCounts as a counter: what reached it, what it took; and its client as one process has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import Refused, Unavailable, Uncertain
from bot.whatcounts import Message, Stopped, Submitted
from bot.whatcounts.connection import _Exchange, _permit
from tests.model.clock import Time
from tests.model.gates import Gates

CONNECT, WHOLE = 5.0, 20.0  # seconds, as of the real client (whatcounts.connection.Limits)
SALE = "Spring sale"
OFF = "percent off all beans. Reply STOP to opt out"


@dataclass(frozen=True)
class Request:
    """Bytes that left. `send` is the send's id, `to` the phone or the group."""

    send: str
    to: str
    sender: str
    text: str
    taken: bool


@dataclass
class Account:
    """`requests` are all that ever left; a stored text may be changed by somebody else."""

    time: Time
    requests: list[Request] = field(default_factory=list)
    texts: list[tuple[float, str]] = field(default_factory=lambda: [(0.0, f"20 {OFF}")])
    owners: dict[tuple[str, str], str] = field(default_factory=dict)  # (phone, deed) -> the send's id

    def took(self, send_id: str) -> set[tuple[str, str]]:
        """To whom, and by which sender code, it took something of this send."""
        return {(one.to, one.sender) for one in self.requests if one.send == send_id and one.taken}

    def got(self, send_id: str) -> set[tuple[str, str]]:
        """The same for what left, whatever it said."""
        return {(one.to, one.sender) for one in self.requests if one.send == send_id}

    def texts_since(self, seconds: float) -> set[str]:
        """Every text that the stored message had since then."""
        before = [text for at, text in self.texts if at <= seconds]
        return {before[-1], *(text for at, text in self.texts if at > seconds)}


@dataclass
class Line:
    """The client (bot.whatcounts.WhatCounts) as delivery uses it, with the real one's guard.

    `begins` is told of each request that delivery asks for, `leaves` of its first byte.
    """

    account: Account
    gates: Gates
    begins: Callable[[str], None]
    leaves: Callable[[Request], None]

    async def turn_to_text(self, sender: str, lane: str = "") -> float:
        await self.gates.at("turn")
        return 0.0

    async def turn(self, lane: str = "") -> float:
        await self.gates.at("turn")
        return 0.0

    def path_problem(self, what: str, value: str) -> str | None:
        return None

    def text_problem(self, text: str, allowed: str = "") -> str | None:
        return None

    async def messages(self) -> list[Message]:
        if await self.gates.at("reading messages", "away") == "away":
            raise Unavailable("WhatCounts could not be reached.")
        self.account.time.seconds += 0.05  # who asks again and again comes to the end of their patience
        return [Message(id=1, name=SALE, text=self.account.texts[-1][1])]

    async def send_to_phone(self, phone: str, sender: str, text: str) -> Submitted:
        await self._ask(self.account.owners[phone, "text"], phone, sender, text)
        return Submitted(status="success", raw="SUCCESS")

    async def send_to_group(
        self, message: str, sender: str, group: str, campaign: str, description: str = ""
    ) -> Submitted:
        await self._ask(campaign.split()[-1], group, sender, self.account.texts[-1][1])
        return Submitted(id=1, sms_group_id=7, status="submitted", raw="{}")

    async def stop(self, phone: str, sender: str) -> Stopped:
        await self._ask(self.account.owners[phone, "stop"], phone, sender, "")
        return Stopped(id=1)

    async def _ask(self, send_id: str, to: str, sender: str, text: str) -> None:
        """Raises Unavailable where no byte left, Refused for a no, Uncertain where the answer is lost.

        A way to pass is "connected": it was in time, and the process has stood still since.
        """
        self.begins(send_id)
        began, exchange = self.account.time.seconds, _Exchange(_permit.get())
        how = await self.gates.at("before the first byte", "unreached", "no", "connected")
        if how == "unreached" or (how != "connected" and self.account.time.seconds - began > CONNECT):
            raise Unavailable("WhatCounts could not be reached.")
        await exchange.trace("http11.send_request_headers.started", {})  # raises TooLate
        request = Request(send_id, to, sender, text, taken=how != "no")
        self.leaves(request)
        self.account.requests.append(request)
        answer = await self.gates.at("after the last byte", "lost", "odd")
        if answer == "odd":
            raise RuntimeError("nobody thought of this")
        if answer == "lost" or self.account.time.seconds - began > WHOLE:
            raise Uncertain("WhatCounts did not answer in time.")
        if how == "no":
            raise Refused("WhatCounts refused it: it gives no reason.")

    async def aclose(self) -> None:
        await asyncio.sleep(0)
