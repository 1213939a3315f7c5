"""`/sms everyone`: another verb, another heading; leaves without a group, and nothing else does."""

from __future__ import annotations

from bot.sends import State
from tests.approval.asked import (
    approve,
    copies,
    copy_for,
    draft_everyone,
    everyone_left,
)
from tests.steps import SALE, press, sends_asked
from tests.world import ANA, MAX, OLIVE, World


async def test_the_whole_way_by_two_people(world: World) -> None:
    card = await draft_everyone(world)
    assert card.read().startswith("EVERYONE on 2065551212 · Spring sale")
    assert "300 seconds after another person has approved it" in card.read()
    await press(world, card, "Send")
    await world.state(State.AWAITING)
    await world.slack.wait_for(lambda: "Awaiting approval." in card.read())
    assert card.buttons() == ["Approve", "Reject", "Edit", "Cancel"]
    assert "Another person has to approve it until" in card.read()
    assert "@Ana Silva, @Max Weber" in card.read()
    copy = await copy_for(world, ANA)
    assert copy.buttons() == card.buttons()
    assert SALE in copy.read()
    await approve(world, copy, ANA)
    row = await world.state(State.SCHEDULED)
    assert (row.confirmed_by, row.approved_by) == (OLIVE, ANA)
    await world.slack.wait_for(lambda: "approved by @Ana Silva" in card.read())
    await world.slack.wait_for(lambda: "approved by @Ana Silva" in copy.read())
    assert sends_asked(world) == 0
    await everyone_left(world)
    (request,) = [one for one in world.whatcounts.requests if one.method == "POST"]
    assert request.operation == "sendMessageToSenderCode"
    assert "group" not in request.target.casefold()
    assert {one.group for one in world.whatcounts.sent} == {None}
    await world.slack.wait_for(lambda: "Submitted" in card.read() and "Submitted" in copy.read())
    assert [len(copies(world, user)) for user in (ANA, MAX, OLIVE)] == [1, 1, 0]
    assert [one.what for one in await world.timeline()] == [
        "drafted", "confirmed", "approved", "sending", "submitted",
    ]  # fmt: skip
