"""A card that is being drawn counts as showing nothing until it is recorded what it shows."""

from __future__ import annotations

from datetime import timedelta

from bot.sends import Send
from tests.sends.desk import DEAD, LATER, Desk, ask


async def undrawn(desk: Desk) -> list[str]:
    work = await desk.sends.work(LATER, timedelta(minutes=5), 10)
    return list(work.draw)


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
