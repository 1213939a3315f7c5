"""A repeating campaign and the rest of smsops: Oops, the alarm channel, the statistics."""

from __future__ import annotations

from bot.sends import Send, State
from tests.delivery.test_alarming import look, told, watched_world
from tests.repeat.steps import left, made, rule, time_in, times
from tests.steps import press, sends_asked, typed
from tests.world import MAX, World


async def one_left(world: World) -> Send:
    """Its first time has left, and the second is made."""
    one = await made(world)
    await left(world, one)
    await time_in(world, State.SCHEDULED, 1)
    return await time_in(world, State.SUBMITTED, 0)


async def test_oops_on_one_time_pauses_its_campaign_and_says_so(world: World) -> None:
    one = await one_left(world)
    card = await world.card("Submitted")
    await press(world, card, "Oops")
    row = await rule(world, State.HELD)
    assert (row.held_by, row.settled_by) == ("paused", one.confirmed_by)
    await time_in(world, State.HELD, 1)
    notes = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert f"Its repeating campaign {row.id} is paused" in notes[0].read()
    await typed(world, "unfreeze", MAX)
    held = (await times(world))[1]
    assert held.chosen_at is not None
    world.pass_time((held.chosen_at - world.time.now()).total_seconds() + 1)
    await typed(world, "status")
    assert sends_asked(world) == 1, "the wrong text does not leave again when the freeze is lifted"
    facts = [fact.what for fact in await world.bot.sends.timeline(row.id)]
    assert facts[-1] == "paused"


async def test_oops_on_one_time_of_a_campaign_that_was_ended_says_nothing_of_it(sqlite_world: World) -> None:
    world = sqlite_world
    await one_left(world)
    card = await world.card("Submitted")
    await press(world, await world.card("Running"), "End")
    row = await rule(world, State.CANCELLED)
    await press(world, card, "Oops")
    notes = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "Everything is frozen" in notes[0].read()
    assert row.id not in notes[0].read()
    assert (await rule(world)).state is State.CANCELLED


async def test_what_a_person_paused_is_no_alarm_and_what_a_brake_holds_is_one(sqlite_url: str) -> None:
    async with watched_world(sqlite_url) as world:
        one = await made(world)
        await press(world, await world.card("Running"), "Pause")
        await time_in(world, State.HELD)
        await look(world)
        assert told(world) == []
        await press(world, await world.card("Paused by"), "Resume")
        await time_in(world, State.SCHEDULED)
        await left(world, one, 3600)
        await time_in(world, State.HELD, 0)
        await look(world)
        assert one.id in "".join(each.read() for each in told(world))


async def test_the_day_that_a_time_waits_is_not_counted_as_time_from_draft_to_submitted(world: World) -> None:
    await one_left(world)
    said = await typed(world, "stats 7")
    assert "Submitted: 1 campaign" in said
    assert "From draft to submitted: nothing that somebody drafted was submitted." in said
