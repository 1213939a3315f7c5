"""The people: they ask for texts, read cards, and press what is on them, as the buttons' listeners do."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from bot.card.picture import buttons
from bot.registry import key
from bot.sends import Ask, Content, Kind, Send, moves
from bot.sends.row import read
from tests.model.account import SALE
from tests.model.judge import Judge
from tests.model.process import Process
from tests.model.records import GROUPS, SENDERS

OLIVE, SMS = "U0OLIVE", "C0SMS"
ACTIONS = {
    "confirm": "confirm", "cancel": "cancel", "edit": "edit", "move": "move", "send_now": "send_now",
    "was_sent": "settle", "again": "again",
}  # fmt: skip
LOOKING = timedelta(seconds=15)  # who looks in WhatCounts takes longer than a request that has yet to leave


@dataclass
class People:
    """They act by `desk`, a process that does nothing else."""

    desk: Process
    judge: Judge
    phones: dict[str, str] = field(default_factory=dict)  # the send's id -> a phone that it is for
    stopped: set[str] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def asks(self) -> Ask:
        """A request of its own, and at a time of its own: no two sends are due at the same instant."""
        self.judge.time.seconds += 0.01
        return Ask(OLIVE, self.desk.bot.now(), f"request {next(self._numbers)}")

    def content(self, kind: Kind) -> Content:
        """Of its kind, and like no other: by phone or campaign the account knows whose request it is."""
        number = next(self._numbers)
        sender = SENDERS[number % 2].code
        first, second = (f"1206{number:04}{line:03}" for line in (111, 112))
        if kind is Kind.SEND:
            return Content(kind, sender, phone=first, text=f"Text {number}")
        if kind is Kind.TEST:
            return Content(kind, sender, phones=(first, second), message=SALE)
        return Content(kind, sender, audience="weekly", message=SALE, campaign="Spring")

    def draft(self, kind: Kind) -> None:
        """Somebody asks for it."""
        self.desk.do(self._draft(self.content(kind)))

    async def _draft(self, content: Content) -> None:
        self.owns(await self.desk.bot.sends.draft(self.asks(), content, SMS), content)

    def schedule(self, kind: Kind) -> None:
        """Asked for, prepared and confirmed as one step: the way to there is not in question."""
        content, records = self.content(kind), self.judge.records
        made = records.run(moves.draft, self.asks(), content, SMS)
        text = content.text or self.judge.account.texts[-1][1]
        ask = self.asks()
        ready = records.run(moves.prepared, ask.at, self.reads(made), text, [], None)
        assert ready
        delay = self.desk.bot.delay(ready)
        records.committed(self.judge.time.seconds, ask.at)
        self.judge.seen(made)
        records.run(moves.confirm, ask, made, ready.revision, delay)
        self.owns(made, content)
        records.committed(self.judge.time.seconds, ask.at)

    def reads(self, send_id: str) -> Send:
        """The row that its card shows."""
        send = self.judge.records.run(read, send_id)
        assert send
        return send

    def owns(self, send_id: str, content: Content) -> None:
        for phone in (*content.phones, *filter(None, [content.phone])):
            self.judge.account.owners[phone, "text"] = send_id
            self.phones[send_id] = phone

    def may(self, send: Send) -> list[str]:
        """What may be done about a send by its card, well or badly, and that a phone of it may be stopped."""
        pressed = [ACTIONS[one.action] for one in buttons(send) if one.action in ACTIONS]
        badly = ["mistake"] if "settle" in pressed else []
        return [*pressed, *badly, "stop"]

    def press(self, what: str, send: Send) -> None:
        """Somebody presses what they see on the card."""
        self.judge.seen(send.id)
        self.desk.do(getattr(self, f"_{what}")(send))

    async def _confirm(self, send: Send) -> None:
        delay = self.desk.bot.delay(send)
        await self.desk.bot.sends.confirm(self.asks(), send.id, send.revision, delay)

    async def _send_now(self, send: Send) -> None:
        delay = self.desk.bot.delay(send)
        await self.desk.bot.sends.release(self.asks(), send.id, send.revision, delay)

    async def _cancel(self, send: Send) -> None:
        await self.desk.bot.sends.cancel(self.asks(), send.id)

    async def _move(self, send: Send) -> None:
        delay = self.desk.bot.delay(send)
        later = self.desk.bot.now() + timedelta(seconds=20)
        await self.desk.bot.sends.reschedule(self.asks(), send.id, send.revision, later, delay)

    async def _edit(self, send: Send) -> None:
        content = self.content(send.kind)
        self.owns(send.id, content)
        await self.desk.bot.sends.edit(self.asks(), send.id, send.revision, content)

    async def _settle(self, send: Send) -> None:
        """Somebody looks in WhatCounts, and says what is there."""
        if self.desk.bot.now() - send.state_at > LOOKING:
            is_there = bool(self.judge.account.took(send.id))
            await self.desk.bot.sends.settle(self.asks(), send.id, is_there)

    async def _mistake(self, send: Send) -> None:
        """Somebody does not look well."""
        self.judge.mistaken.add(send.id)
        await self.desk.bot.sends.settle(self.asks(), send.id, not self.judge.account.took(send.id))

    async def _again(self, send: Send) -> None:
        content = self.content(send.kind)
        made = await self.desk.bot.sends.again(self.asks(), send, content)
        if made:
            self.owns(made, content)

    async def _stop(self, send: Send) -> None:
        """Somebody stops a phone that it is for."""
        phone = self.phones.get(send.id)
        if phone is None or phone in self.stopped:
            return
        self.stopped.add(phone)
        content = Content(Kind.STOP, phone=phone, senders=tuple(one.code for one in SENDERS))
        for made in await self.desk.bot.sends.stop(self.asks(), [content], SMS):
            self.judge.account.owners[phone, "stop"] = made

    def freeze(self, is_on: bool) -> None:
        sends = self.desk.bot.sends
        self.desk.do(sends.freeze(self.asks(), "wrong price") if is_on else sends.unfreeze(self.asks()))

    def register(self, is_back: bool) -> None:
        """A sender code and a group: struck off, or there again."""
        register, first, second = self.desk.bot.register, self.asks(), self.asks()
        for ask, entry in ((first, SENDERS[1]), (second, GROUPS[0])):
            asked = (ask.who, ask.at, ask.request)
            back = register.add(*asked, entry) if is_back else register.remove(*asked, *key(entry))
            self.desk.do(back)
