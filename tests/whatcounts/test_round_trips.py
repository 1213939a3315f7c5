"""What is taken arrives unchanged, whichever words it has; all else is refused before a byte leaves."""

from __future__ import annotations

import asyncio
import contextlib
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, unquote

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.errors import Refused, Uncertain
from bot.whatcounts import WhatCounts, message_problems
from tests.whatcounts.conftest import PASSWORD, REALM
from tests.whatcounts.loopback import Loopback, Received, answer

PHONE, SENDER = "12065550100", "2065551212"
KEYS = ("groupName", "first", "customerKey")
SAFE = "ABCXYZabcxyz0189 _~!'(),:@$*&=.-?\"#;"
ANSWER = answer({"id": 7, "name": "n", "messageText": "t"})

anything = st.text(max_size=40) | st.text(st.sampled_from(SAFE), max_size=170)
plain = st.text(st.sampled_from(SAFE), min_size=1, max_size=60)
names = st.text(st.sampled_from("ABCxyz019 _-"), min_size=1, max_size=100) | anything
groups = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40) | anything
emails = st.emails() | st.from_regex(r"[a-z.]{1,20}@[a-z]{1,9}\.[a-z]{2,3}", fullmatch=True) | anything

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sent(call: Callable[[WhatCounts], Awaitable[Any]]) -> Received | None:
    """The first request that a call wrote, as it came off the wire; None if it was refused.

    A refusal must have been made before there was a connection.
    """

    async def run() -> Received | None:
        server = Loopback()
        server.steps = [ANSWER]
        await server.start()
        client = WhatCounts(url=server.url, realm=REALM, password=PASSWORD)
        try:
            await call(client)
        except Refused:
            assert server.connections == 0, "it was refused after a byte had left"
        finally:
            await client.aclose()
            await server.stop()
        return server.requests[0] if server.requests else None

    return asyncio.run(run())


def arrived(request: Received) -> tuple[list[str], list[tuple[str, str]]]:
    """Segments and query, read as a server reads them: split first, decoded once."""
    path, _, query = request.target.partition("?")
    assert path.startswith("/rest/sms/")
    assert not set(request.target) & set("+;#\\ ")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    return [unquote(each, errors="strict") for each in path.split("/")[3:]], pairs


@given(names, plain | anything, st.just("") | groups)
@example("sale", "..", "")
@example("sale", "Hi; now? #1 & 'more' $5", "a+b,50% off/é😀")
@quick
def test_a_message(name: str, text: str, label: str) -> None:
    request = sent(lambda client: _in_doubt(client.create_message(name, text, label)))
    assert (request is None) is bool(message_problems(name, text, label))
    if request is not None:
        assert arrived(request) == (["createMessage", name, text], [("label", label)] if label else [])


async def _in_doubt(call: Awaitable[Any]) -> None:
    """The answer names another message, so a create ends in a doubt; what was written counts here."""
    with contextlib.suppress(Uncertain):
        await call


@given(st.none() | st.just("") | groups, st.just(SENDER) | plain | anything)
@example("a+b & 50% = é😀/..\\", SENDER)
@example(" ", SENDER)
@quick
def test_a_subscription(group: str | None, sender: str) -> None:
    request = sent(lambda client: client.add_phone(PHONE, sender, group))
    if request is None:
        assert _cannot_travel(group) or not _is_plain(sender)
        return
    expected = ["addPhoneToSenderCode", PHONE[1:], sender]
    assert arrived(request) == (expected, [("groupName", group)] if group else [])


@given(emails, st.none() | groups, st.none() | groups, st.none() | groups)
@example("jon.doe@mydomain.com", "a&b", "Jörg", "k=1;2")
@example("jon+tag@mydomain.com", None, None, None)
@quick
def test_a_contact(email: str, group: str | None, first: str | None, key: str | None) -> None:
    request = sent(
        lambda client: client.add_contact(email, PHONE, SENDER, group=group, first=first, customer_key=key)
    )
    wanted = [(name, value) for name, value in zip(KEYS, (group, first, key), strict=True) if value]
    if request is None:
        assert any(map(_cannot_travel, (group, first, key))) or not _is_plain(email) or not _is_email(email)
        return
    assert arrived(request) == (["addSubscriberToSenderCode", email, PHONE[1:], SENDER], wanted)


@given(st.just(SENDER) | plain | anything)
@quick
def test_a_stop(sender: str) -> None:
    request = sent(lambda client: client.stop(PHONE, sender))
    assert (request is None) is not _is_plain(sender)
    if request is not None:
        assert arrived(request) == (["stopSubscriberSend", PHONE[1:], sender], [])


def _is_plain(value: str) -> bool:
    """What facts/whatcounts.md 7 lets travel in a path, said again and otherwise."""
    return bool(value.strip()) and bool(value.strip(".")) and set(value) <= set(_PLAIN)


_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _~!'(),:@$*&=.-?\"#;"


def _is_email(value: str) -> bool:
    local, _, domain = value.rpartition("@")
    parts = domain.split(".")
    return 0 < len(local) <= 64 and "@" not in local and " " not in value and len(parts) > 1 and all(parts)


def _cannot_travel(value: str | None) -> bool:
    """A blank would be ignored without a word; a control character or half a pair has no place in a name."""
    if not value:
        return False
    return not value.strip() or any(unicodedata.category(each) in {"Cc", "Cs"} for each in value)
