"""The chain of a correction in the rows: nothing of it is lost or doubled, wherever it is cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.freeze import lift, pull
from bot.sends import Ask, Content, Kind, Send, State
from bot.sends.oops import correction_name
from bot.sends.table import send as sends_table
from tests.sends.desk import CAMPAIGN, DELAY, DUE, OLIVE, START, TEXT, Desk, ask

AHEAD, LIMIT = timedelta(minutes=5), 50
OTHER = "U0MAX"


def times(wrong: Send, counts: Mapping[State, int], _is_paused: bool) -> str:
    return f"{wrong.id} {sum(counts.values())}"


async def submitted(desk: Desk, content: Content) -> Send:
    send = await desk.prepared(content)
    as_it_left = {"state": State.SUBMITTED, "state_at": DUE}
    await desk.database.write(
        lambda connection: connection.execute(
            update(sends_table).where(sends_table.c.id == send.id).values(as_it_left)
        )
    )
    return await desk.get(send.id)


async def wrong(desk: Desk, content: Content = CAMPAIGN) -> Send:
    send = await submitted(desk, content)
    said = await desk.sends.oops(ask(DUE), send.id, times)
    assert said
    return said


async def waiting(desk: Desk) -> list[str]:
    return list((await desk.sends.work(DUE, AHEAD, LIMIT)).follow)


async def test_it_freezes_in_the_transaction_that_says_it_and_once(desk: Desk) -> None:
    send = await wrong(desk)
    assert (await desk.sends.frozen()).why == f"the text of {send.id} was wrong"
    assert await desk.sends.oops(ask(DUE), send.id, times) is None
    assert (await desk.get(send.id)).state_at == DUE  # when WhatCounts took it


async def test_only_what_people_have_read_was_wrong(desk: Desk) -> None:
    draft = await desk.prepared(TEXT)
    assert await desk.sends.oops(ask(DUE), draft.id, times) is None
    assert not (await desk.sends.frozen()).frozen


async def test_the_campaign_is_drafted_when_its_text_is_stored_and_once(desk: Desk) -> None:
    send = await wrong(desk)
    stored = await desk.sends.correct(ask(DUE), send, "Right")
    assert stored
    assert await waiting(desk) == []
    await _stored(desk, stored)
    assert await waiting(desk) == [stored]
    made = await desk.sends.follow(DUE, stored)
    assert made
    assert await desk.sends.follow(DUE, stored) is None
    assert await waiting(desk) == []
    campaign = await desk.get(made)
    assert (campaign.kind, campaign.audience, campaign.sender) == (send.kind, send.audience, send.sender)
    assert campaign.message == (await desk.get(stored)).message
    assert (campaign.corrects, campaign.asked_by, campaign.state) == (send.id, OLIVE, State.DRAFT)
    assert campaign.campaign == "Spring correction"


async def test_who_edited_the_text_that_is_stored_has_written_the_campaign_too(desk: Desk) -> None:
    """An admin who rewrote a correction must not let their own words through the freeze."""
    send = await wrong(desk)
    stored = await desk.sends.correct(ask(DUE), send, "Right")
    assert stored
    await desk.change(stored, edited_by=OTHER)
    await _stored(desk, stored)
    made = await desk.sends.follow(DUE, stored)
    assert made
    campaign = await desk.get(made)
    assert (campaign.asked_by, campaign.edited_by) == (OLIVE, OTHER)
    text = await desk.sends.prepared(DUE, campaign, "Right", [], None)
    assert text
    confirmed = await desk.sends.confirm(Ask(OLIVE, DUE), made, text.revision, DELAY)
    assert confirmed
    assert await desk.sends.let_through(Ask(OTHER, DUE), made, confirmed.revision, DELAY) is None
    assert await desk.sends.let_through(Ask("U0ANA", DUE), made, confirmed.revision, DELAY)


async def test_a_doubt_that_a_person_clears_up_goes_on_with_the_chain(desk: Desk) -> None:
    send = await wrong(desk)
    stored = await desk.sends.correct(ask(DUE), send, "Right")
    assert stored
    await _stored(desk, stored, State.MAYBE_SENT)
    assert await waiting(desk) == []
    assert await desk.sends.settle(ask(DUE), stored, was_sent=True)
    assert await waiting(desk) == [stored]


async def _stored(desk: Desk, stored: str, state: State = State.SUBMITTED) -> None:
    values = {"state": state, "state_at": DUE, "claim": "c"}
    await desk.database.write(
        lambda connection: connection.execute(
            update(sends_table).where(sends_table.c.id == stored).values(values)
        )
    )


async def test_one_correction_is_written(desk: Desk) -> None:
    send = await wrong(desk)
    assert await desk.sends.correct(ask(DUE), send, "Right")
    assert await desk.sends.correct(ask(DUE), send, "Right, too") is None


async def test_without_oops_there_is_no_correction(desk: Desk) -> None:
    send = await submitted(desk, CAMPAIGN)
    assert await desk.sends.correct(ask(DUE), send, "Right") is None


async def correction(desk: Desk) -> Send:
    """Of a text to one phone: prepared, in the freeze."""
    send = await wrong(desk, TEXT)
    made = await desk.sends.correct(ask(DUE), send, "Right")
    assert made
    found = await desk.sends.prepared(DUE, await desk.get(made), "Right", [], None)
    assert found
    return found


async def claimable(desk: Desk, send: Send) -> bool:
    """Confirmed, looked at, due: whether the claim takes it."""
    confirmed = await desk.sends.confirm(ask(DUE), send.id, send.revision, DELAY)
    assert confirmed
    due, print_of = DUE + DELAY, confirmed.fingerprint(confirmed.text)
    assert await desk.sends.looked(due, send.id, confirmed.revision, print_of)
    return await desk.sends.claim(due, send.id) is not None


async def test_the_claim_takes_what_was_let_through(desk: Desk) -> None:
    send = await correction(desk)
    let = await desk.sends.let_through(replace(ask(DUE), who=OTHER), send.id, send.revision, DELAY)
    assert let
    assert await claimable(desk, let)


async def test_the_claim_takes_no_correction_that_nobody_let_through(desk: Desk) -> None:
    assert not await claimable(desk, await correction(desk))


async def test_the_claim_asks_whether_it_is_what_was_let_through(desk: Desk) -> None:
    send = await correction(desk)
    let = await desk.sends.let_through(replace(ask(DUE), who=OTHER), send.id, send.revision, DELAY)
    assert let
    other = {"through_freeze_print": "0" * 64}
    await desk.database.write(
        lambda connection: connection.execute(
            update(sends_table).where(sends_table.c.id == send.id).values(other)
        )
    )
    assert not await claimable(desk, let)


@pytest.mark.parametrize("who", [OLIVE])
async def test_who_asked_for_it_does_not_let_it_through(desk: Desk, who: str) -> None:
    send = await correction(desk)
    assert await desk.sends.let_through(replace(ask(DUE), who=who), send.id, send.revision, DELAY) is None


async def test_nothing_but_a_correction_is_let_through(desk: Desk) -> None:
    send = await desk.prepared(TEXT)
    assert await desk.sends.let_through(replace(ask(DUE), who=OTHER), send.id, send.revision, DELAY) is None


@pytest.mark.parametrize("after", [0, 1])
async def test_what_came_due_in_a_freeze_does_not_leave_at_the_thaw(desk: Desk, after: int) -> None:
    send = await desk.scheduled(TEXT)
    assert await desk.database.write(pull, OLIVE, "", START, None)
    assert await desk.database.write(lift, OTHER, DUE + timedelta(seconds=after), None)
    now = DUE + timedelta(seconds=2)
    assert await desk.sends.looked(now, send.id, send.revision, send.fingerprint(send.text))
    assert await desk.sends.claim(now, send.id) is None


async def test_what_comes_due_after_the_thaw_leaves(desk: Desk) -> None:
    send = await desk.scheduled(TEXT)
    assert await desk.database.write(pull, OLIVE, "", START, None)
    assert await desk.database.write(lift, OTHER, DUE - timedelta(seconds=1), None)
    assert await desk.sends.looked(DUE, send.id, send.revision, send.fingerprint(send.text))
    assert await desk.sends.claim(DUE, send.id) is not None


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Spring sale", "Spring sale correction S-7K3QXM"),
        ("Spring sale correction S-ABCDEF", "Spring sale correction S-7K3QXM"),
        ("Très cher & vite!", "Tr s cher vite correction S-7K3QXM"),
        ("é", "correction S-7K3QXM"),
        ("x" * 100, f"{'x' * 80} correction S-7K3QXM"),
    ],
)
def test_the_name_of_a_correction(message: str, name: str) -> None:
    assert correction_name(message, "S-7K3QXM") == name
    assert len(name) <= 100


async def test_the_kind_of_a_correction_to_one_phone(desk: Desk) -> None:
    send = await correction(desk)
    assert (send.kind, send.phone, send.text) == (Kind.SEND, "12065550100", "Right")
