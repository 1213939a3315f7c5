"""An opt-out in the record: written as decided, our own brake from then on, claimed whatever else is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.evidence import Replayed
from bot.sends import Kind, Seen, Send, State
from bot.sends.optouts import find_optout, optout
from tests.sends.desk import (
    BACK,
    CONTACT,
    CREATE,
    DUE,
    LATER,
    START,
    STOP,
    SUBSCRIBE,
    TEXT,
    TWO_PHONES,
    Desk,
    ask,
)

SECOND = timedelta(seconds=1)
MAIN_ALONE = replace(STOP, senders=("2065551212",))


async def kept(desk: Desk) -> list[tuple[str, str]]:
    """Sender code and stop of each opt-out that holds."""
    rows = await desk.database.read(lambda c: c.execute(select(optout).order_by(optout.c.sender)).all())
    return [(row.sender, row.send_id) for row in rows]


async def seen(desk: Desk, send: Send) -> Seen:
    """What the rules are told of it."""
    found = await desk.sends.see(send.id, BACK)
    assert found
    return found


async def test_a_stop_is_scheduled_for_at_once_and_holds_from_then_on(desk: Desk) -> None:
    (send_id,) = await desk.sends.stop(ask(), [STOP], "C0SMS")
    stop = await desk.get(send_id)
    assert (stop.kind, stop.state, stop.due_at, stop.confirmed_by) == (
        Kind.STOP, State.SCHEDULED, START, "U0OLIVE",
    )  # fmt: skip
    assert stop.confirmed_print == stop.fingerprint("")
    assert await kept(desk) == [("12345", send_id), ("2065551212", send_id)]
    assert await desk.happened(send_id) == ["asked to stop"]


async def test_several_phones_are_several_stops_by_one_request(desk: Desk) -> None:
    phones = ("12065550100", "12065550101", "12065550102")
    contents = [replace(MAIN_ALONE, phone=phone) for phone in phones]
    ids = await desk.sends.stop(ask(request="used"), contents, "C0SMS")
    assert [(await desk.get(one)).phone for one in ids] == [*phones]
    before = await desk.all(), await kept(desk)
    with pytest.raises(Replayed):
        await desk.sends.stop(ask(request="used"), contents, "C0SMS")
    assert (await desk.all(), await kept(desk)) == before


async def test_a_cancel_lifts_its_own_brake_and_no_other(desk: Desk) -> None:
    first, second = await desk.stopping(MAIN_ALONE), await desk.stopping(MAIN_ALONE)
    assert await desk.sends.cancel(ask(), first.id)
    assert await kept(desk) == [("2065551212", second.id)]
    assert await desk.sends.cancel(ask(), second.id)
    assert await kept(desk) == []


async def test_a_cancel_that_came_too_late_lifts_nothing(desk: Desk) -> None:
    claimed = await desk.stop_sending(MAIN_ALONE)
    assert await desk.sends.cancel(ask(), claimed.id) is None
    await desk.came_of_leg(START, claimed, "done")
    assert await desk.sends.cancel(ask(), claimed.id) is None
    assert await kept(desk) == [("2065551212", claimed.id)]


async def test_the_first_stop_of_a_phone_is_the_one_that_is_named(desk: Desk) -> None:
    await desk.sends.stop(ask(LATER), [STOP], "C0SMS")
    first = await desk.stopping(MAIN_ALONE)
    text = await desk.draft()
    found = (await seen(desk, text)).stopped
    assert found
    assert (found.send_id, found.at) == (first.id, START)
    assert text.person_id
    nothing = await desk.database.read(find_optout, [text.person_id], ["99999"])
    assert nothing is None


async def test_another_phone_another_sender_code_and_a_group_are_not_stopped(desk: Desk) -> None:
    await desk.stopping(MAIN_ALONE)
    for content in (replace(TEXT, phone="12065550199"), replace(TEXT, sender="12345"), CREATE):
        assert (await seen(desk, await desk.draft(content))).stopped is None


async def test_one_stopped_test_phone_of_several_is_found(desk: Desk) -> None:
    await desk.stopping(replace(MAIN_ALONE, phone=TWO_PHONES.phones[1]))
    assert (await seen(desk, await desk.draft(TWO_PHONES))).stopped


LEAVES_ALL_THE_SAME: dict[str, dict[str, Any]] = {
    "it is a week late": {"due_at": START - timedelta(days=7)},
    "its sender code is registered no more": {"sender": "12345"},
}


async def test_a_stop_is_claimed_late_in_a_freeze_and_whatever_is_registered(desk: Desk) -> None:
    await desk.sends.freeze(ask(), "wrong price")
    for why, values in LEAVES_ALL_THE_SAME.items():
        send = await desk.stopping()
        await desk.change(send.id, **values)
        assert await desk.sends.claim(START, send.id), why


STOPS_IT: dict[str, dict[str, Any]] = {
    "it is not due yet": {"due_at": START + SECOND},
    "nobody has looked": {"looked_at": None},
    "the look is older than 30 s": {"looked_at": START - 31 * SECOND},
    "another stop was confirmed": {"confirmed_print": "another"},
}


async def test_a_stop_too_wants_its_time_and_a_look(desk: Desk) -> None:
    for why, values in STOPS_IT.items():
        send = await desk.stopping()
        await desk.change(send.id, **values)
        before = await desk.all()
        assert await desk.sends.claim(START, send.id) is None, why
        assert await desk.all() == before, why


@pytest.mark.parametrize("content", [TEXT, SUBSCRIBE, CONTACT, TWO_PHONES], ids=lambda one: one.kind)
async def test_what_was_looked_at_before_the_stop_is_not_claimed_after_it(desk: Desk, content: Any) -> None:
    send = await desk.looked(content)
    phone = content.phone or content.phones[0]
    stop = await desk.stopping(replace(MAIN_ALONE, phone=phone))
    before = await desk.all()
    assert await desk.sends.claim(DUE, send.id) is None
    assert await desk.all() == before
    await desk.sends.cancel(ask(), stop.id)
    assert await desk.sends.claim(DUE, send.id)


async def test_a_stop_of_another_phone_or_sender_code_stops_no_claim(desk: Desk) -> None:
    send = await desk.looked()
    await desk.stopping(replace(MAIN_ALONE, phone="12065550199"))
    await desk.stopping(replace(STOP, senders=("12345",)))
    assert await desk.sends.claim(DUE, send.id)


async def test_a_new_message_is_claimed_without_a_sender_code(desk: Desk) -> None:
    send = await desk.looked(CREATE)
    assert send.sender == ""
    assert await desk.sends.claim(DUE, send.id)


async def test_a_subscription_to_a_group_that_is_not_registered_is_not_claimed(desk: Desk) -> None:
    send = await desk.looked(SUBSCRIBE)
    await desk.change(send.id, audience="everybody")
    assert await desk.sends.claim(DUE, send.id) is None
    without = await desk.looked(replace(SUBSCRIBE, audience=None))
    assert await desk.sends.claim(DUE, without.id)


async def test_waiting_for_our_own_throttle_is_not_lateness(desk: Desk) -> None:
    send = await desk.looked()
    await desk.change(send.id, due_at=DUE - timedelta(seconds=200))
    assert await desk.sends.claim(DUE, send.id, None, timedelta(seconds=79)) is None
    assert await desk.sends.claim(DUE, send.id, None, timedelta(seconds=80))


async def test_a_stop_does_not_expire(desk: Desk) -> None:
    stop = await desk.stopping()
    assert await desk.sends.expire(LATER + timedelta(days=30)) == 0
    assert (await desk.get(stop.id)).state is State.SCHEDULED
