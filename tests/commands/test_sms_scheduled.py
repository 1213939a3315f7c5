"""`/sms scheduled`: what will go, and what waits for a person."""

from __future__ import annotations

from tests.steps import (
    cancelled_text,
    doubtful_text,
    draft_campaign,
    held_text,
    press,
    scheduled_text,
    submitted_text,
    told,
    typed,
)
from tests.world import ANA, OLIVE, OTTO, World


async def test_what_will_go_and_what_waits_is_listed_privately(world: World) -> None:
    await scheduled_text(world, "Hello")
    await draft_campaign(world)
    read = await typed(world, "scheduled")
    texts, campaigns = await world.rows()
    assert read.startswith("Waiting: 2")
    assert f"{texts.id} · Text → •••••••0100 · scheduled, " in read
    assert (
        f"{campaigns.id} · Campaign · Spring sale → group weekly · draft, not confirmed: Tidewater Coffee"
        in read
    )
    assert len(world.slack.messages("C0SMS")) == 2


async def test_what_is_next_to_leave_comes_first(sqlite_world: World) -> None:
    world, now = sqlite_world, int(sqlite_world.time.now().timestamp())
    for hours in (3, 1, 2):
        await draft_campaign(world, name=f"in {hours}", when=now + hours * 3600)
    read = await typed(world, "scheduled")
    ids = {one.campaign: one.id for one in await world.rows()}
    assert read.index(ids["in 1"]) < read.index(ids["in 2"]) < read.index(ids["in 3"])


async def test_nothing_waiting_is_said(sqlite_world: World) -> None:
    assert await typed(sqlite_world, "scheduled") == "Nothing is waiting to be sent."


async def test_what_is_over_is_not_listed(sqlite_world: World) -> None:
    await submitted_text(sqlite_world)
    await cancelled_text(sqlite_world)
    assert await typed(sqlite_world, "scheduled") == "Nothing is waiting to be sent."


async def test_what_is_held_or_in_doubt_is_listed_as_waiting_for_somebody(sqlite_world: World) -> None:
    await held_text(sqlite_world, "late one")
    await doubtful_text(sqlite_world, "doubtful one")
    read = await typed(sqlite_world, "scheduled")
    assert "held, waits for somebody" in read
    assert "may have been sent, waits for somebody" in read


async def test_many_are_paged_in_place(sqlite_world: World) -> None:
    world = sqlite_world
    for number in range(11):
        await typed(world, f"send 2065550100 Number {number}")
    shown = (await world.slack.command(OLIVE, "scheduled")).shown
    assert shown is not None
    assert "Waiting: 1 to 10 of 11" in shown.read()
    await press(world, shown, "Next Page")
    await world.slack.wait_for(lambda: "Waiting: 11 to 11 of 11" in shown.read())
    assert shown.buttons() == ["Show", "Earlier Page"]


async def test_an_approver_may_read_it_and_an_outsider_may_not(sqlite_world: World) -> None:
    assert "Nothing is waiting" in await typed(sqlite_world, "scheduled", ANA)
    assert "You may not use /sms scheduled, so nothing was done. Who can:" in await typed(
        sqlite_world, "scheduled", OTTO
    )


async def test_a_page_is_not_turned_for_somebody_who_may_not_read_it(sqlite_world: World) -> None:
    for number in range(11):
        await typed(sqlite_world, f"send 2065550100 Number {number}")
    shown = (await sqlite_world.slack.command(OLIVE, "scheduled")).shown
    assert shown is not None
    await press(sqlite_world, shown, "Next Page", OTTO)
    await told(sqlite_world, OTTO, "You may not use /sms scheduled")
    assert "Waiting: 1 to 10" in shown.read()
