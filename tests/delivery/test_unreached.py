"""WhatCounts down, back again, slow, or with another password: what is sent, said and not said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, text

from bot.database import metadata
from bot.sends import Send, State
from tests.steps import (
    GROUP_DELAY,
    draft_campaign,
    everything_shown,
    press,
    scheduled_campaign,
    scheduled_text,
    sends_asked,
    submit,
    typed,
)
from tests.world import OLIVE, World

TRIES = 5
RESTS = 15.1  # seconds; between two tries it rests for 15


async def tried(world: World, times: int) -> Send:
    """The newest send, when it was tried this often and is not under way. The clock stands meanwhile: our own
    throttle counts real seconds, and a text that waits for it must not grow old."""
    async with asyncio.timeout(10):
        while (row := await world.row()).attempts < times or row.state is State.SENDING:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # a row tells nobody that it has changed
    return row


def port(world: World) -> int:
    return urlsplit(world.whatcounts.url).port or 0


async def test_a_text_is_tried_a_few_times_and_then_was_not_sent(world: World) -> None:
    await scheduled_text(world)
    await world.whatcounts.stop()
    world.pass_time(5)
    for times in range(1, TRIES):
        assert (await tried(world, times)).state is State.SCHEDULED
        world.pass_time(RESTS)
    row = await tried(world, TRIES)
    assert row.state is State.REFUSED
    card = await world.card("Not sent. WhatCounts could not be reached; nothing was sent.")
    assert card.buttons() == ["Draft Again"]
    assert row.attempts == TRIES
    facts = [fact.what for fact in await world.timeline()]
    assert (facts.count("sending"), facts.count("not reached")) == (TRIES, TRIES - 1)
    assert sends_asked(world) == 0


async def test_a_text_goes_out_once_when_whatcounts_is_back_in_time(world: World) -> None:
    await scheduled_text(world)
    at = port(world)
    await world.whatcounts.stop()
    world.pass_time(5)
    await tried(world, 1)
    world.pass_time(RESTS)
    await tried(world, 2)
    assert "nothing was sent yet" in (await world.card("WhatCounts could not be reached 2 times")).read()
    await world.whatcounts.start(port=at)
    world.pass_time(RESTS)
    assert (await tried(world, 3)).state is State.SUBMITTED
    await world.card("Submitted")
    assert (world.texts(), sends_asked(world)) == (["Hello"], 1)


async def test_a_text_that_was_never_reached_in_two_minutes_is_not_sent_later(world: World) -> None:
    await scheduled_text(world)
    await world.whatcounts.stop()
    world.pass_time(5)
    await tried(world, 1)
    world.pass_time(121)
    await world.state(State.HELD)
    assert "It was due 2 minutes ago" in (await world.card("Held: nothing was sent.")).read()


async def test_a_campaign_whose_text_cannot_be_checked_is_held_when_it_is_late(world: World) -> None:
    await scheduled_campaign(world)
    at = port(world)
    await world.whatcounts.stop()
    world.pass_time(GROUP_DELAY + 100)
    assert (await world.row()).state is State.SCHEDULED  # it may still come back in time
    world.pass_time(30)
    await world.state(State.HELD)
    card = await world.card("Held: nothing was sent.")
    assert "It could not be checked" in card.read()
    assert card.buttons() == ["Send Now", "Move", "Cancel"]
    await world.whatcounts.start(port=at)
    await press(world, card, "Send Now")
    await world.card("Scheduled.")
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    assert (len(world.texts()), sends_asked(world)) == (3, 1)


async def test_a_draft_that_could_not_be_prepared_is_tried_again_by_itself(world: World) -> None:
    at = port(world)
    await world.whatcounts.stop()
    await typed(world, "campaign Spring sale")
    assert (await submit(world, {"group": "weekly"})).closed
    card = await world.card("Draft, cannot be sent yet. It is tried again by itself. Nothing was sent.")
    assert card.buttons() == ["Edit", "Cancel"]
    await world.whatcounts.start(port=at)
    world.pass_time(16)
    card = await world.card("Nothing is sent until someone presses Send.")
    assert "Spring sale! 20 percent off" in card.read()
    assert len(world.slack.called("chat.postMessage")) == 1


async def test_a_slow_list_leaves_a_card_without_send_until_it_is_there(world: World) -> None:
    world.whatcounts.faults.next("delay_before", operation="messages", seconds=1.0)
    await typed(world, "campaign Spring sale")
    assert (await submit(world, {"group": "weekly"})).closed
    world.pass_time(2)
    card = await world.card("Reading the text from WhatCounts")
    assert card.buttons() == ["Edit", "Cancel"]
    assert (await world.card("Nothing is sent until someone presses Send.")).ts == card.ts


def rows_as_text(connection: Connection) -> str:
    tables = [connection.execute(text(f'SELECT * FROM "{name}"')).all() for name in metadata.tables]
    return repr(tables)


async def no_word_of(world: World, secret: str, logged: str) -> None:
    """It stands in no message, view, row or evidence, nor in the log."""
    asked = repr([call.args for call in world.slack.calls])
    rows = await world.bot.database.read(rows_as_text)
    for place, said in {"Slack": everything_shown(world) + asked, "rows": rows, "log": logged}.items():
        assert secret not in said, f"the password stands in {place}"


async def wrong_password_at_prepare(world: World) -> None:
    world.whatcounts.realm.password = "changed since"
    await typed(world, "campaign Spring sale")
    await submit(world, {"group": "weekly"})
    await world.card("WhatCounts refused the login")
    assert "cannot be sent yet" in (await world.card()).read()


async def wrong_password_at_the_send(world: World) -> None:
    await scheduled_text(world)
    world.whatcounts.realm.password = "changed since"
    world.pass_time(5)
    await world.state(State.REFUSED)
    assert "WhatCounts refused the login" in (await world.card("Not sent.")).read()
    assert world.texts() == []


async def wrong_password_at_the_look(world: World) -> None:
    world.whatcounts.faults.next("delay_before", operation="messages", seconds=2.1)  # so that it is read anew
    await draft_campaign(world)
    await press(world, await world.card(), "Send")
    world.whatcounts.realm.password = "changed since"
    world.pass_time(GROUP_DELAY)
    await world.state(State.HELD)
    assert "WhatCounts refused the login" in (await world.card("Held: nothing was sent.")).read()


async def password_repeated_by_whatcounts(world: World) -> None:
    for fault in ("password_echo", "error_500_unknown", "html_200"):
        world.whatcounts.faults.next(fault, operation="smssendmessagetophone")
        await scheduled_text(world, fault)
        world.pass_time(5)
        assert (await tried(world, 1)).state in (State.REFUSED, State.MAYBE_SENT)


async def a_connection_that_breaks(world: World) -> None:
    world.whatcounts.faults.next("reset_after", operation="smssendmessagetophone")
    await scheduled_text(world)
    world.pass_time(5)
    await world.state(State.MAYBE_SENT)
    await world.whatcounts.stop()
    await typed(world, "messages")


TROUBLES = [
    wrong_password_at_prepare,
    wrong_password_at_the_send,
    wrong_password_at_the_look,
    password_repeated_by_whatcounts,
    a_connection_that_breaks,
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
async def test_the_password_is_written_and_shown_nowhere(
    sqlite_world: World, caplog: pytest.LogCaptureFixture, trouble: Callable[[World], Awaitable[None]]
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = sqlite_world.whatcounts.password
    await trouble(sqlite_world)
    await typed(sqlite_world, "show " + (await sqlite_world.row()).id, OLIVE)
    await no_word_of(sqlite_world, secret, caplog.text)
