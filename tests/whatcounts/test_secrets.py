"""No password, phone number, address or page of HTML comes out of the client, whatever WhatCounts answers."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from urllib.parse import quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import BotError
from bot.whatcounts import Limits
from bot.whatcounts.secrets import GONE, Redactor
from tests.whatcounts.conftest import Make
from tests.whatcounts.loopback import Cut, Loopback, Reply, Step, answer, html, text

CANARY = "pa'ss) <w&rd/+%é"
AUTH_CANARY = "cl1ent-auth-canary"
PHONE = "12065550199"
REALM = "myrealm"
BASIC = base64.b64encode(f"{REALM}:{CANARY}".encode()).decode()

ECHO = (
    f"Password ({CANARY}) doesn't match entry for API user credentials in database or 1.2.3.4 isn't approved"
)
NASTY: list[Step] = [
    text(f"FAILURE: {ECHO}"),
    text(ECHO),
    text(f"FAILURE: odd: {ECHO}"),
    text(f"FAILURE: Phone {PHONE} is not known, p={CANARY}&c=x"),
    text(f"FAILURE: {AUTH_CANARY} (206) 555-0199 +1 206.555.0199"),
    text(f"something else {CANARY} {PHONE} {BASIC}", 500),
    text(f"SUCCESS: {CANARY} {PHONE} http://h/bin/api_web?p={quote_plus(CANARY)}"),
    html(500),
    Reply(500, f"<html>http://h/bin/api_web?p={quote_plus(CANARY)} {PHONE}</html>".encode(), "text/html"),
    answer({"error": ECHO, "statusCode": 500}, 500),
    answer({"error": f"stop {PHONE} {CANARY}", "statusCode": 500}, 200),
    Reply(500, json.dumps({"error": ECHO}).replace("'", "\\u0027").encode()),
    answer({"error": f"An SMS Subscription already exists for jon@example.com {PHONE} {CANARY}"}, 500),
    answer({"error": f"Message could not be saved: {CANARY} jon@example.com {PHONE}"}, 500),
    text(f"FAILURE: unheard of {CANARY}" + "x" * 5000),
    Cut(),
]


async def told_by(call: Callable[[], Awaitable[object]]) -> tuple[str, str]:
    """What a call says to a person, and all that it shows anywhere."""
    try:
        return "", repr(await call())
    except BotError as error:
        return str(error), "".join(traceback.format_exception(error)) + repr(error)  # its notes are in it


@pytest.mark.parametrize("step", NASTY)
@pytest.mark.parametrize(
    "way",
    ["messages", "group", "group by form", "form", "path", "create", "create by form", "subscribe",
     "subscribe by form", "contact", "contact by form", "stop"],
)  # fmt: skip
async def test_nothing_secret_is_said_noted_logged_or_traced(
    server: Loopback, make: Make, caplog: pytest.LogCaptureFixture, way: str, step: Step
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make(
        realm=REALM,
        password=CANARY,
        client_name="bot",
        client_auth=AUTH_CANARY,
        text_api="rest" if way == "path" else "http",
        limits=Limits(pause=0),
    )
    calls = {
        "messages": client.messages,
        "group": lambda: client.send_to_group("sale", "2065551212", "weekly", "Sale"),
        "group by form": lambda: client.send_to_group_by_form("sale", "2065551212", "weekly", "Sale"),
        "create": lambda: client.create_message("sale", "Hello"),
        "create by form": lambda: client.create_message("sale", "50% off/é"),
        "subscribe": lambda: client.add_phone(PHONE, "2065551212", "weekly"),
        "subscribe by form": lambda: client.add_phone_by_form(PHONE, "2065551212", "weekly"),
        "contact": lambda: client.add_contact("jon@example.com", PHONE, "2065551212"),
        "contact by form": lambda: client.add_contact("a+jon@example.com", PHONE, "2065551212"),
        "stop": lambda: client.stop(PHONE, "2065551212"),
    }
    send = calls.get(way, lambda: client.send_to_phone(PHONE, "2065551212", "Hello"))
    server.steps = [step]
    said, seen = await told_by(send)
    assert "<" not in said
    assert "http" not in said
    assert len(said) < 500
    seen += caplog.text + repr(client) + repr(vars(client))
    for secret in (CANARY, CANARY.replace("'", "\\u0027"), quote_plus(CANARY), BASIC, AUTH_CANARY, "w&rd"):
        assert secret not in seen
    for number in (PHONE, PHONE[1:], "555-0199", "555.0199", "jon@example.com", "jon%40"):
        assert number not in seen


def test_an_echo_that_was_cut_short_is_removed() -> None:
    assert Redactor(["hunter2"])("FAILURE: Password (hunt") == f"FAILURE: Password ({GONE})"


def test_an_echo_of_an_older_password_is_removed() -> None:
    found = Redactor(["new"])("Password (old)one) doesn't match entry (x) or 1.2.3.4 isn't an approved IP")
    assert found == f"Password ({GONE}) doesn't match entry (x) or 1.2.3.4 isn't an approved IP"


def test_what_is_kept_is_at_most_300_characters() -> None:
    assert len(Redactor(["x1"])("word " * 1000)) == 300


@pytest.mark.parametrize("words", ["2065550100", "12065550100", "+1 (206) 555-0100", "206.555.0100"])
def test_a_phone_number_keeps_its_last_four_digits(words: str) -> None:
    assert Redactor([])(f"to {words}, ok") == "to •••••••0100, ok"


@pytest.mark.parametrize("words", ["id 274", "13000000AB005CC6", "Mar 16, 2018 9:10:50 AM", "120162701555"])
def test_what_is_no_phone_number_is_kept(words: str) -> None:
    assert Redactor([])(words) == words


@given(st.text(st.characters(codec="utf-8"), min_size=3, max_size=30), st.text(), st.text())
def test_no_secret_survives_anywhere(secret: str, before: str, after: str) -> None:
    redact = Redactor([secret])
    found = redact(before + secret + after)
    assume(secret not in redact(before + after))  # such as "emo" in "[removed]"
    assume(secret not in GONE + "[address][e-mail]•••••••…")
    assert secret not in found.replace(GONE, "\0")


def test_a_nul_is_left_out_since_postgresql_keeps_none() -> None:
    assert Redactor(["hush"])("FAILURE: a\0b") == "FAILURE: ab"


@pytest.mark.parametrize("words", ["jon.doe@mydomain.com", "<jon+tag@x.co>", "(a@b)"])
def test_an_e_mail_address_is_removed(words: str) -> None:
    found = Redactor([])(f"Contact {words} exists")
    assert "[e-mail]" in found
    assert "@" not in found
