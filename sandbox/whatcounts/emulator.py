"""The emulator: a request is written down, understood, struck by faults, carried out and answered."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sandbox.whatcounts import control, http_api, rest, spoil
from sandbox.whatcounts.exchange import Answer, Request
from sandbox.whatcounts.faults import Faults
from sandbox.whatcounts.habits import Habits
from sandbox.whatcounts.journal import Journal, Received, Sent
from sandbox.whatcounts.plan import Plan, World, refusal
from sandbox.whatcounts.realm import Realm, known_phones
from sandbox.whatcounts.tomcat import TargetError, error_page, read_target
from sandbox.whatcounts.wire import Wire

T = TypeVar("T")


class WhatCountsEmulator:
    """WhatCounts on 127.0.0.1. `requests` and `sent` say what came and which texts reached a handset.

    Starts with the sample account, or with a copy of `account`; `senders` and `groups` are added where it
    has none of that name. The password is random unless given. With `log`, all is written there too, as JSON.
    """

    def __init__(
        self,
        *,
        realm: str = "sandbox",
        password: str | None = None,
        senders: Iterable[str] = (),
        groups: Iterable[str] = (),
        account: Realm | None = None,
        delivery_delay: float = 0.0,
        log: Path | None = None,
    ) -> None:
        sample = Realm.sample(realm, password or secrets.token_urlsafe(12))
        self._fresh = account.copy() if account else sample
        for code in senders:
            self._fresh.add_sender(code)
        for name in groups:
            self._fresh.add_group(name)
        self.realm = self._fresh.copy()
        self.journal = Journal(log, self._secrets)
        self.faults = Faults(self.journal.changed)
        self._delay = delivery_delay
        self.habits = Habits(delivery_delay=delivery_delay)
        self._under_way: set[asyncio.TimerHandle] = set()
        self._wire = Wire(self._answer)
        self._port = 0

    @property
    def url(self) -> str:
        """The bare origin, for the bot's settings; only after start()."""
        if not self._port:
            raise RuntimeError("the emulator has not been started")
        return f"http://127.0.0.1:{self._port}"

    @property
    def page(self) -> str:
        """The address of the page that shows all this; only after start()."""
        return self.url + control.PREFIX

    @property
    def password(self) -> str:
        """The account's API password."""
        return self.realm.password

    @property
    def requests(self) -> list[Received]:
        """Every API request in the order of coming, answered or not."""
        return self.journal.requests

    @property
    def sent(self) -> list[Sent]:
        """Every text that reached a handset, in order."""
        return self.journal.sent

    def handsets(self) -> dict[str, list[Sent]]:
        """What each handset got, by phone; contacts that got nothing are there too."""
        got: dict[str, list[Sent]] = {phone: [] for phone in known_phones(self.realm, self.sent)}
        for text in self.sent:
            got[text.phone].append(text)
        return got

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on a loopback port, a free one when 0."""
        self._port = await self._wire.start(host, port)

    async def stop(self) -> None:
        """Stop listening, drop every connection and every text that is still under way."""
        self._forget_under_way()
        await self._wire.stop()

    def reset(self) -> None:
        """The account, faults and habits as at the start, nothing received, nothing sent."""
        self._forget_under_way()
        self.realm = self._fresh.copy()
        self.habits = Habits(delivery_delay=self._delay)
        self.faults.clear()
        self.journal.clear()

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 15.0) -> T:
        """The first true value of `predicate`, asked again at each change; TimeoutError after `timeout` s."""
        return await self.journal.wait_for(predicate, timeout)

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call this at each change too."""
        self.journal.on_change.append(callback)

    async def _answer(self, request: Request) -> Answer:
        if request.method and request.target.startswith(control.PREFIX):
            return control.answer(request, self)
        received = self.journal.arrived(request)
        plan = self._understand(request)
        received.operation, received.values = plan.operation, plan.values
        answer = await self._carry_out(request, plan, received)
        self.journal.answered(received, answer)
        return answer

    def _secrets(self) -> list[str]:
        return [self.realm.password, *self.realm.api_clients.values()]

    def _understand(self, request: Request) -> Plan:
        if not request.method:
            return refusal(error_page(400, "Invalid character found in the request"))
        try:
            target = read_target(request.target)
        except TargetError as error:
            return refusal(error_page(400, str(error)))
        world = World(self.realm, self.habits, self._deliver)
        if target.segments[:1] == ("rest",):
            return rest.plan(request, target, world)
        if target.segments == ("bin", "api_web"):
            return http_api.plan(request, target, world)
        return refusal(error_page(404, f"/{'/'.join(target.segments)}"))

    async def _carry_out(self, request: Request, plan: Plan, received: Received) -> Answer:
        if not plan.operation:
            return plan.run(frozenset())
        taken = self.faults.take(plan)
        received.faults = taken.names
        await _pause(taken.before)
        answer = None
        if not taken.outcome or taken.outcome.executed:
            answer = spoil.bend(plan.run(taken.quirks), taken.quirks)
            received.executed = True
        await _pause(taken.after)
        if taken.outcome:
            return spoil.end(taken.outcome.name, request, plan, self.realm, answer)
        assert answer is not None  # with no outcome fault it was carried out
        return answer

    def _deliver(self, texts: list[Sent]) -> None:
        loop, delay = asyncio.get_running_loop(), self.habits.delivery_delay
        if not delay:
            self._arrive(texts)
            return
        self._under_way = {timer for timer in self._under_way if timer.when() > loop.time()}
        self._under_way.add(loop.call_later(delay, self._arrive, texts))

    def _arrive(self, texts: list[Sent]) -> None:
        for text in texts:
            self.journal.delivered(replace(text, at=self.realm.now()))

    def _forget_under_way(self) -> None:
        for timer in self._under_way:
            timer.cancel()
        self._under_way.clear()


async def _pause(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)
