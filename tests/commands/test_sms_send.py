"""`/sms send`."""

from __future__ import annotations

from bot.sends import State
from tests.world import OLIVE, World


async def test_a_text_goes_the_whole_way(world: World) -> None:
    card = await world.draft_text("Hello from the shop")
    assert "Text → •••••••0100" in card.read()
    assert "Hello from the shop" in card.read()
    answer = await world.slack.click(OLIVE, card, "Send")
    assert answer.ok
    await world.card("Scheduled.")
    world.pass_time(5)
    row = await world.state(State.SUBMITTED)
    card = await world.card("Submitted")
    assert card.ts == row.card_ts
    assert world.texts() == ["Hello from the shop"]
    assert card.buttons() == []
