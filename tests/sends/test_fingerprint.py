"""The fingerprint: what a confirmation binds, and that of rows which the version before has confirmed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from bot.sends import Content, Send
from tests.sends.desk import CAMPAIGN, CONTACT, CREATE, STOP, SUBSCRIBE, TEXT, TWO_PHONES, Desk


def of_the_version_before(send: Send) -> str:
    """As step 0001's version made it."""
    bound = (
        send.kind, send.text, send.sender, send.person_id, send.audience, send.message, send.campaign,
        send.description,
    )  # fmt: skip
    return hashlib.sha256(json.dumps(bound).encode()).hexdigest()


@pytest.mark.parametrize("content", [TEXT, CAMPAIGN], ids=lambda one: one.kind)
async def test_what_the_version_before_confirmed_is_still_confirmed(desk: Desk, content: Content) -> None:
    send = await desk.scheduled(replace(content, description="the first"))
    assert send.confirmed_print == of_the_version_before(send)
    await desk.change(send.id, confirmed_print=of_the_version_before(send))
    await desk.claimed_again(await desk.get(send.id), send.due_at or send.asked_at)


CHANGES = {
    "another phone": (SUBSCRIBE, replace(SUBSCRIBE, phone="12065550199")),
    "another group": (SUBSCRIBE, replace(SUBSCRIBE, audience="vip")),
    "no group": (SUBSCRIBE, replace(SUBSCRIBE, audience=None)),
    "another sender code": (SUBSCRIBE, replace(SUBSCRIBE, sender="12345")),
    "another e-mail": (CONTACT, replace(CONTACT, email="john@mydomain.com")),
    "another first name": (CONTACT, replace(CONTACT, first_name="John")),
    "another customer key": (CONTACT, replace(CONTACT, customer_key="1")),
    "another country": (CONTACT, replace(CONTACT, country="ca")),
    "another label": (CREATE, replace(CREATE, label="info")),
    "another name": (CREATE, replace(CREATE, message="Winter")),
    "another test phone": (TWO_PHONES, replace(TWO_PHONES, phones=("12065550111", "12065550113"))),
    "a test phone less": (TWO_PHONES, replace(TWO_PHONES, phones=("12065550111",))),
    "a sender code less": (STOP, replace(STOP, senders=("2065551212",))),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_it_changes_with_all_that_was_decided(desk: Desk, change: str) -> None:
    before, after = [await desk.prepared(content) for content in CHANGES[change]]
    assert before.fingerprint("Hello") != after.fingerprint("Hello")


async def test_a_kind_binds_too(desk: Desk) -> None:
    subscribe = await desk.prepared(replace(SUBSCRIBE, audience=None))
    text = await desk.prepared(TEXT)
    assert subscribe.fingerprint("Hello") != text.fingerprint("Hello")
