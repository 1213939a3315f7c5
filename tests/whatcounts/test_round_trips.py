"""What is taken arrives unchanged, by whichever way it goes; all else is refused before a byte leaves.

What arrives is what the emulator reads from the raw request, as Tomcat and the application would.
"""

from __future__ import annotations

import asyncio
import contextlib
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.errors import BotError, Refused
from bot.whatcounts import PROBES, Alphabet, WhatCounts, message_problems
from sandbox.whatcounts import WhatCountsEmulator
from sandbox.whatcounts.journal import Received

PHONE, SENDER = "12065550100", "2065551212"
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _~!'(),:@$*&=.-?\"#;"
# Tomcat takes neither an encoded slash nor an encoded backslash, so no live test proves them.
PROVEN = Alphabet(frozenset(PROBES) - {"slash", "backslash"})

anything = st.text(max_size=40) | st.text(st.sampled_from(PLAIN + "+%/\\é€😀\n"), max_size=100)
plain = st.text(st.sampled_from(PLAIN), min_size=1, max_size=60)
names = st.text(st.sampled_from("ABCxyz019 _-"), min_size=1, max_size=100) | anything
printable = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
texts = st.text(printable, min_size=1, max_size=80) | anything
groups = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40) | anything
maybe = st.none() | groups
emails = st.emails() | st.from_regex(r"[a-z.+/é]{1,20}@[a-z]{1,9}\.[a-z]{2,3}", fullmatch=True) | anything

quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

Call = Callable[[WhatCounts], Awaitable[Any]]


class World:
    """An emulator and a client of each text API, on an event loop of their own."""

    def __init__(self, alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self._runner = asyncio.Runner()
        self._emulator = WhatCountsEmulator(password="opensesame")
        self._runner.run(self._emulator.start())
        self._clients = {api: self._client(api) for api in ("http", "rest")}

    def _client(self, api: Any) -> WhatCounts:
        made = WhatCounts(url=self._emulator.url, realm="sandbox", password="opensesame", text_api=api)
        made.trust(self.alphabet)
        return made

    def close(self) -> None:
        for client in self._clients.values():
            self._runner.run(client.aclose())
        self._runner.run(self._emulator.stop())
        self._runner.close()

    def sent(self, call: Call, api: str = "http") -> Received | None:
        """The first request that a call wrote, as the emulator understood it; None if it was refused."""
        self._emulator.reset()
        if self.alphabet == PROVEN:
            self._emulator.habits.set("path_plus", "literal")
        refused = False
        try:
            self._runner.run(_run(call, self._clients[api]))
        except Refused:
            refused = True
        except BotError:
            pass
        requests = self._emulator.requests
        assert requests or refused
        return requests[0] if requests else None

    def carries(self, value: str) -> bool:
        """What facts/whatcounts.md 7 lets travel in a path, said again and otherwise."""
        proven = [c for c in value if c in "+%" or (ord(c) > 127 and c.isprintable())]
        rest = [c for c in value if c not in PLAIN and (self.alphabet != PROVEN or c not in proven)]
        return bool(value.strip()) and set(value) != {"."} and not rest


async def _run(call: Call, client: WhatCounts) -> None:
    await call(client)


@pytest.fixture(scope="module", params=[Alphabet(), PROVEN], ids=["as documented", "all proven"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with contextlib.closing(World(request.param)) as made:
        yield made


@given(names, texts | plain, st.just("") | groups)
@example("sale", "..", "")
@example("sale", "a+b, 50% off %41/é", "a+b,50% off/é😀")
@example("sale", "a+b, 50% off %41 é я 😀", "")
@example("sale", "Hi; now? #1 & 'more' $5", "a;b")
@example("sale", "two\nlines \\ and я😀", "")
@quick
def test_a_message(world: World, name: str, text: str, label: str) -> None:
    request = world.sent(lambda client: client.create_message(name, text, label))
    assert (request is None) is bool(message_problems(name, text, label))
    if request is None:
        return
    if world.carries(text):
        path = {"messageName": name, "messageText": text}
        assert (request.operation, request.values) == ("createMessage", path | _given(label=label))
    else:
        form = {"message_name": name, "message_text": text}
        assert (request.operation, request.values) == ("createsmsmessage", form | _given(label=label))


@given(maybe, st.just(SENDER) | plain | anything)
@example("a+b & 50% = é😀/..\\", SENDER)
@example(" ", SENDER)
@example(None, "a+b %41 é")
@quick
def test_a_subscription(world: World, group: str | None, sender: str) -> None:
    request = world.sent(lambda client: client.add_phone(PHONE, sender, group))
    assert (request is None) is (_cannot_travel(group) or not world.carries(sender))
    if request is not None:
        wanted = {"phone": PHONE[1:], "senderCode": sender} | _given(groupName=group)
        assert (request.operation, request.values) == ("addPhoneToSenderCode", wanted)


@given(maybe, st.just(SENDER) | plain | anything)
@example("a+b & 50% = é😀/..\\", "a+b %41 é/;")
@example(" ", SENDER)
@quick
def test_a_subscription_by_form(world: World, group: str | None, sender: str) -> None:
    request = world.sent(lambda client: client.add_phone_by_form(PHONE, sender, group))
    assert (request is None) is (_cannot_travel(group) or not sender.strip() or _is_hidden(sender))
    if request is not None:
        wanted = {"phone": PHONE, "sender_code": sender} | _given(group_name=group)
        assert (request.operation, request.values) == ("addphonetosendercode", wanted)


@given(emails, maybe, maybe, maybe)
@example("jon.doe@mydomain.com", "a&b", "Jörg", "k=1;2")
@example("jon+tag@mydomain.com", "a+b & 50% = é😀/..\\", "Jörg", None)
@example("j/ön@mydomain.com", None, None, None)
@example("jon+tag@mydomain.com", None, None, "k")
@quick
def test_a_contact(world: World, email: str, group: str | None, first: str | None, key: str | None) -> None:
    request = world.sent(
        lambda client: client.add_contact(email, PHONE, SENDER, group=group, first=first, customer_key=key)
    )
    by_path = world.carries(email)
    is_refused = any(map(_cannot_travel, (group, first, key))) or not _is_email(email)
    assert (request is None) is (is_refused or bool(key and not by_path))
    if request is None:
        return
    if by_path:
        wanted = {"email": email, "phone": PHONE[1:], "senderCode": SENDER}
        wanted |= _given(groupName=group, first=first, customerKey=key)
        assert (request.operation, request.values) == ("addSubscriberToSenderCode", wanted)
    else:
        wanted = {"email": email, "phone": PHONE, "country": "us", "sender_code": SENDER}
        wanted |= _given(group_name=group, first=first)
        assert (request.operation, request.values) == ("addsubscribertosendercode", wanted)


@given(st.just(SENDER) | plain | anything)
@quick
def test_a_stop(world: World, sender: str) -> None:
    request = world.sent(lambda client: client.stop(PHONE, sender))
    assert (request is None) is not world.carries(sender)
    if request is not None:
        assert request.operation == "stopSubscriberSend"
        assert request.values == {"phone": PHONE[1:], "senderCode": sender}


@given(texts | plain, st.just(SENDER) | plain)
@example("+ % %41 / \\ .. ; & = # ? é 😀 \u00a0", SENDER)
@example("two\nlines", SENDER)
@quick
def test_a_text_by_form(world: World, text: str, sender: str) -> None:
    request = world.sent(lambda client: client.send_to_phone(PHONE, sender, text))
    assert (request is None) is (_cannot_be_sent(text, "\n\t\r") or not sender.strip())
    if request is not None:
        wanted = {"phone": PHONE, "sender_code": sender, "message_text": text}
        assert (request.operation, request.values) == ("smssendmessagetophone", wanted)


@given(texts | plain, st.just(SENDER) | plain)
@example("a+b, 50% off %41 é я 😀", SENDER)
@quick
def test_a_text_by_path(world: World, text: str, sender: str) -> None:
    request = world.sent(lambda client: client.send_to_phone(PHONE, sender, text), "rest")
    by_path = world.carries(text) and world.carries(sender)
    assert (request is None) is (_cannot_be_sent(text, "\n\t\r") or not by_path)
    if request is not None:
        wanted = {"messageText": text, "phone": PHONE[1:], "senderCode": sender}
        assert (request.operation, request.values) == ("sendMessageToPhone", wanted)


@given(names | plain, groups, names | plain, st.just("") | groups)
@example("a+b %41", "a+b & 50% = é😀/..\\", "Grüße 😀", "a/b")
@quick
def test_a_campaign(world: World, message: str, group: str, campaign: str, description: str) -> None:
    request = world.sent(
        lambda client: client.send_to_group(message, SENDER, group, campaign, description)
    )
    by_path = world.carries(message) and world.carries(campaign)
    is_whole = group.strip() and not _is_hidden(group) and not _is_hidden(description)
    assert (request is not None) is bool(by_path and is_whole)
    if request is not None:
        wanted = {"messageName": message, "senderCode": SENDER, "campaignName": campaign, "groupName": group}
        wanted |= _given(description=description)
        assert (request.operation, request.values) == ("sendMessageToSenderCode", wanted)


@given(names | plain, groups, names | plain)
@example("a+b %41", "a+b & 50% = é😀/..\\", "Grüße 😀")
@example("..", "weekly", "a/b;c")
@quick
def test_a_campaign_by_form(world: World, message: str, group: str, campaign: str) -> None:
    request = world.sent(lambda client: client.send_to_group_by_form(message, SENDER, group, campaign))
    typed = (message, group, campaign)
    assert (request is not None) is all(each.strip() and not _is_hidden(each) for each in typed)
    if request is not None:
        wanted = {"sender_code": SENDER, "message_name": message, "name": campaign, "group_name": group}
        assert (request.operation, request.values) == ("smssendmessagetosendercode", wanted)


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _cannot_be_sent(text: str, allowed: str = "\n") -> bool:
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    unfit = [c for c in text if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in allowed]
    turning = set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    return not text.strip() or units > 160 or bool(unfit) or bool(turning)


def _is_email(value: str) -> bool:
    local, _, domain = value.rpartition("@")
    parts = domain.split(".")
    is_split = 0 < len(local) <= 64 and "@" not in local and len(parts) > 1 and all(parts)
    return is_split and len(value) <= 254 and not any(c.isspace() for c in value) and not _is_hidden(value)


def _is_hidden(value: str) -> bool:
    """A control character or half a pair has no place in a name."""
    return any(unicodedata.category(each) in {"Cc", "Cs"} for each in value)


def _cannot_travel(value: str | None) -> bool:
    """Nor has a blank: it would be ignored without a word."""
    return bool(value) and (not str(value).strip() or _is_hidden(str(value)))
