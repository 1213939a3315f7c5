"""An opt-out that does not work out stays open, is shown, and is asked for until it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery.hands import Hands
from bot.delivery.leave import leave
from bot.delivery.prepare import look
from bot.sends import Ask, Content, Kind, State
from bot.sends.legs import PAUSES
from bot.settings import Settings
from bot.whatcounts import WhatCounts
from bot.whatcounts.connection import Limits
from bot.wiring import open_bot
from tests.delivery.stops import (
    AVA,
    DONE,
    MAIN,
    ONE_TRY,
    SHORT,
    ask_to_stop,
    is_stopped,
    round_trip,
    stop_that_fails,
    stops_asked,
    until,
    until_asked_again,
)
from tests.delivery.test_restart import restarted
from tests.steps import typed
from tests.world import MAX, OLIVE, World, environment, outside

OURS = "smsops itself sends it nothing more from there."
FAILURES = {
    "error_500": "an error that does not say whether it was done (500)",
    "error_500_known": "it does not know this phone number for this sender code",  # STOP, in its own words
    "close_after": "The connection to WhatCounts broke before its answer was complete.",
    "close_before": "The connection to WhatCounts broke before its answer was complete.",
    "unauthorized": "WhatCounts refused the login",
    "throttled_429": "was asked too often",
    "html_200": "answered in a way that is not known",
}


@pytest.mark.parametrize("fault", FAILURES)
async def test_whatever_fails_it_stays_open_and_is_done_later(sqlite_world: World, fault: str) -> None:
    world = sqlite_world
    card = await stop_that_fails(world, fault)
    assert "asked once:" in card.read()
    assert FAILURES[fault] in card.read()
    assert FAILURES[fault] in card.read_aloud()
    assert OURS in card.read()
    assert (await world.row()).state is State.SCHEDULED
    world.whatcounts.faults.clear()
    world.pass_time(16)
    await world.slack.wait_for(lambda: DONE in card.read())
    assert is_stopped(world)


async def test_what_fails_is_told_once_and_shown_until_it_is_done(world: World) -> None:
    card = await stop_that_fails(world)
    row = await world.row()
    assert "not stopped yet" in await typed(world, "scheduled")
    shown = await typed(world, f"show {row.id}")
    assert f"not done yet (•••••••0100 {MAIN})" in shown
    assert "WhatCounts answered 401" in shown
    await until_asked_again(world, 3)
    await world.slack.wait_for(lambda: "asked 3 times:" in card.read())
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert f"@Olive Park {row.id} is not stopped in WhatCounts yet on {MAIN}." in note.read()
    assert "It is asked again until it is done." in note.read()
    world.whatcounts.faults.clear()
    await until_asked_again(world, 4, 60)
    await world.card(DONE)
    assert world.slack.replies(card) == [note]
    assert (await world.row()).state is State.SUBMITTED
    assert "Nothing is waiting" in await typed(world, "scheduled")


async def test_of_two_sender_codes_that_fail_each_is_told_by_its_name(world: World) -> None:
    card = await stop_that_fails(world, sender="*")
    notes = await world.slack.wait_for(lambda: len(told := world.slack.replies(card)) == 2 and told)
    assert all(f"yet on {code}." in note.read() for code, note in zip((MAIN, SHORT), notes, strict=True))


async def test_it_is_asked_again_at_its_time_and_not_before(world: World) -> None:
    await stop_that_fails(world)
    row = await world.row()
    assert row.due_at is not None
    assert PAUSES[0] - timedelta(seconds=1) < row.due_at - world.bot.now() <= PAUSES[0]
    asked = len(stops_asked(world))
    world.pass_time(12)
    await typed(world, "scheduled")
    assert len(stops_asked(world)) == asked
    world.pass_time(4)
    await until_asked_again(world, 2, 0)
    assert len(stops_asked(world)) == 2 * asked


async def test_the_pauses_grow_and_have_no_end(sqlite_world: World) -> None:
    world = sqlite_world
    await stop_that_fails(world)
    waits = []
    for times in range(1, len(PAUSES) + 2):
        await until_asked_again(world, times, 3600)
        row = await world.row()
        assert row.due_at is not None
        waits.append(row.due_at - row.state_at)
    assert waits == [*PAUSES, PAUSES[-1]]
    assert (await world.row()).state is State.SCHEDULED


async def test_unreachable_it_stays_open_and_is_done_when_whatcounts_is_back(world: World) -> None:
    port = int(world.whatcounts.url.rpartition(":")[2])
    await round_trip(world)
    await world.whatcounts.stop()
    await ask_to_stop(world)
    card = await world.card("Not stopped in WhatCounts yet on 2065551212, asked once: WhatCounts could not")
    await until_asked_again(world, 2, 60)
    await world.whatcounts.start(port=port)
    world.pass_time(3600)
    await world.slack.wait_for(lambda: DONE in card.read())
    assert is_stopped(world)


async def test_with_another_password_it_stays_open_until_an_admin_mends_it(sqlite_world: World) -> None:
    world = sqlite_world
    password, world.whatcounts.realm.password = world.whatcounts.realm.password, "another"
    await ask_to_stop(world)
    card = await world.card("An admin must check WHATCOUNTS_REALM, WHATCOUNTS_PASSWORD")
    assert "Not stopped in WhatCounts yet" in card.read()
    world.whatcounts.realm.password = password
    world.pass_time(16)
    await world.slack.wait_for(lambda: DONE in card.read())


async def test_an_answer_that_never_comes_leaves_it_open(database_url: str) -> None:
    async with outside() as (slack, whatcounts):
        settings = Settings.read(environment(slack, whatcounts, database_url))
        quick = WhatCounts(
            url=settings.whatcounts_url, realm=settings.whatcounts_realm,
            password=settings.whatcounts_password, limits=Limits(read=1, whole=2, pause=0.01),
        )  # fmt: skip
        whatcounts.faults.always("timeout_after")
        async with open_bot(settings) as opened:
            bot = replace(opened, whatcounts=quick)
            await bot.database.come_alive()
            await bot.register.open(settings, bot.now())
            content = Content(Kind.STOP, phone=AVA, senders=(MAIN,))
            (send_id,) = await bot.sends.stop(Ask(OLIVE, bot.now()), [content], "C0SMS")
            assert await look(bot, send_id)
            assert await leave(bot, Hands(bot, 4), send_id)
            row = await bot.sends.get(send_id)
        await quick.aclose()
    assert row
    assert (row.state, row.why) == (State.SCHEDULED, "WhatCounts did not answer in time.")
    assert [(leg.came, leg.tries) for leg in row.legs] == [("open", 1)]
    assert len(whatcounts.requests) == ONE_TRY


async def test_one_sender_code_that_fails_does_not_keep_the_other_waiting(world: World) -> None:
    del world.whatcounts.realm.senders[MAIN]  # it is known to us alone
    await ask_to_stop(world, sender="*")
    await world.card("2065551212 (Main line): not stopped yet\n12345 (Short code): stopped")
    await until_asked_again(world, 3, 60)
    assert stops_asked(world).count((AVA, SHORT)) == 1
    world.whatcounts.realm.senders[MAIN] = 3
    await until_asked_again(world, 4, 120)
    await world.card(DONE)
    assert [leg.came for leg in (await world.row()).legs] == ["done", "done"]


async def test_a_sender_code_that_does_not_know_the_phone_does_not_keep_it_open_for_ever(
    world: World,
) -> None:
    """Ben is on the main line alone."""
    await ask_to_stop(world, "2065550101", sender="*")
    await until(world, lambda row: row.state is State.SUBMITTED, 10)
    assert [leg.came for leg in (await world.row()).legs] == ["done", "unknown"]
    card = await world.card(DONE)
    assert world.slack.replies(card) == []


async def test_it_works_in_a_freeze(world: World) -> None:
    await typed(world, "freeze wrong price")
    await ask_to_stop(world)
    card = await world.card(DONE)
    assert "Sends are frozen" not in "".join(card.was(n).read() for n in range(len(card.history)))
    assert is_stopped(world)


async def test_what_failed_is_asked_again_in_a_freeze_and_late(world: World) -> None:
    card = await stop_that_fails(world)
    await typed(world, "freeze wrong price")
    world.whatcounts.faults.clear()
    world.pass_time(3 * 86_400)
    await world.slack.wait_for(lambda: DONE in card.read())
    assert is_stopped(world)
    assert (await world.row()).state is State.SUBMITTED


async def test_a_sender_code_that_is_registered_no_more_is_stopped_all_the_same(world: World) -> None:
    await stop_that_fails(world, sender=SHORT)
    assert await world.bot.register.remove(MAX, world.bot.now(), None, "sender", SHORT)
    world.whatcounts.faults.clear()
    world.pass_time(16)
    await world.card(DONE)
    assert is_stopped(world, sender=SHORT)


async def failing(world: World) -> None:
    await stop_that_fails(world)
    world.whatcounts.faults.clear()


async def test_after_a_restart_it_is_asked_again_on_the_card_of_before(database_url: str) -> None:
    async with restarted(database_url, failing) as world:
        world.pass_time(600)  # and however long nobody was there
        card = await world.card(DONE)
        assert (await world.row()).card_ts == card.ts
        assert is_stopped(world)
        assert len([one for one in world.slack.messages("C0SMS") if not one.thread_ts]) <= 1


async def test_a_claim_that_nobody_carries_out_is_asked_again_and_never_doubted(world: World) -> None:
    """The process was taken for dead while WhatCounts thought about it."""
    world.whatcounts.faults.next("delay_after", operation="stopSubscriberSend", seconds=1.0)
    await ask_to_stop(world)
    await world.state(State.SENDING)
    assert await world.bot.sends.abandon(world.bot.now(), lambda one: "Look in WhatCounts.", set) == []
    assert (await world.row()).state is State.SCHEDULED
    world.pass_time(16)
    card = await world.card(DONE)
    assert world.slack.replies(card) == []
    assert "may have been" not in "".join(card.was(n).read() for n in range(len(card.history)))
    facts = [one.what for one in await world.timeline()]
    assert facts.count("asked once more") == 1
    assert is_stopped(world)
