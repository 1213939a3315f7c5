"""A card that is being drawn counts as showing nothing until it is recorded what it shows."""

from __future__ import annotations

from datetime import timedelta

from bot.sends import Send
from tests.sends.desk import DEAD, LATER, Desk, ask


async def undrawn(desk: Desk) -> list[str]:
    work = await desk.sends.work(LATER, timedelta(minutes=5), 10)
    return [one.id for one in work.draw]


async def drawn(desk: Desk) -> Send:
    """A draft whose card is up to date."""
    send = await desk.draft()
    taken = await desk.sends.take_card(LATER, send.id)
    assert taken
    assert await desk.sends.card_drawn(taken, "C0SMS", "1.0", False)
    assert await undrawn(desk) == []
    return send


async def test_who_dies_after_slack_took_the_freeze_leaves_no_card_that_says_it_when_it_is_lifted(
    desk: Desk,
) -> None:
    send = await drawn(desk)
    await desk.sends.freeze(ask(), "wrong price")
    assert await desk.sends.take_card(LATER, send.id)
    await desk.change(send.id, card_by=DEAD)  # Slack has it; whoever drew it died before it wrote that down
    await desk.sends.unfreeze(ask())
    await desk.sends.abandon(LATER, repr, set)
    assert await undrawn(desk) == [send.id]


async def test_the_row_that_is_taken_tells_what_its_card_showed(desk: Desk) -> None:
    send = await drawn(desk)
    await desk.sends.freeze(ask(), "wrong price")
    taken = await desk.sends.take_card(LATER, send.id)
    assert taken
    assert taken.card_revision == send.revision
    assert await desk.sends.take_card(LATER, send.id) is None
    assert await desk.sends.card_drawn(taken, "C0SMS", "1.0", True)
    assert await undrawn(desk) == []


async def test_what_has_no_card_comes_before_what_is_only_to_be_edited(desk: Desk) -> None:
    edited, shown = await drawn(desk), await desk.draft()
    await desk.change(edited.id, revision=edited.revision + 1, state="submitted")
    work = await desk.sends.work(LATER, timedelta(minutes=5), 10)
    assert [(one.id, one.channel, one.is_urgent, one.is_edit) for one in work.draw] == [
        (shown.id, shown.channel, False, False),
        (edited.id, "", False, True),
    ]
    await desk.change(edited.id, state="maybe_sent")
    work = await desk.sends.work(LATER, timedelta(minutes=5), 10)
    assert [(one.id, one.is_urgent) for one in work.draw] == [(edited.id, True), (shown.id, False)]
