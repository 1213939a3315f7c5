"""What keeps one time of a repeating campaign from leaving: text, doubt, freeze, its hour, brakes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.sends import Send, State
from tests.approval.asked import approve
from tests.repeat.steps import DAY, draft_repeating, left, made, rule, running, time_in, times
from tests.steps import READY, draft_campaign, press, submit, typed
from tests.world import ANA, MAX, World, inside, open_world, outside

CHANGED = "Tidewater Coffee: Spring sale! 50 percent off. Reply STOP to opt out"


def change_text(world: World, text: str = CHANGED) -> None:
    """Somebody edits the message in WhatCounts."""
    next(one for one in world.whatcounts.realm.messages if one.name == "Spring sale").text = text


async def test_a_time_whose_text_was_changed_before_it_was_made_is_held(world: World) -> None:
    await running(world)
    change_text(world)
    world.pass_time(2.1 * 3600)
    one = await time_in(world, State.HELD)
    assert one.held_by == "content"
    assert "is not the one that was confirmed for this repeating campaign" in (one.why or "")
    card = await world.card("is not the one that was confirmed")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert "50 percent" in note.read() and "20 percent" in note.read()
    assert "Skip This One" in card.buttons()
    world.pass_time(DAY)
    await time_in(world, State.HELD, 1)
    assert world.whatcounts.sent == []


async def test_a_time_whose_text_is_changed_after_it_was_made_is_held_at_its_hour(world: World) -> None:
    one = await made(world)
    change_text(world)
    await left(world, one)
    held = await time_in(world, State.HELD, 0)
    assert held.held_by == "content"
    assert world.whatcounts.sent == []


async def test_an_edit_takes_the_new_text_for_that_day_alone(sqlite_world: World) -> None:
    world = sqlite_world
    row = await running(world)
    change_text(world)
    world.pass_time(2.1 * 3600)
    held = await time_in(world, State.HELD)
    await press(world, await world.card("is not the one that was confirmed"), "Edit")
    assert (await submit(world, {})).closed
    card = await world.card(READY)
    assert CHANGED in card.read()
    await press(world, card, card.buttons()[0])
    one = await time_in(world, State.SCHEDULED)
    assert (one.id, one.text, one.series) == (held.id, CHANGED, row.id)
    assert one.due_at == held.chosen_at
    await left(world, one)
    await time_in(world, State.SUBMITTED, 0)
    assert set(world.texts()) == {CHANGED}
    await time_in(world, State.HELD, 1)


async def test_a_time_that_is_moved_leaves_then_and_the_others_stay(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    assert one.due_at is not None
    await press(world, await world.card("One time of"), "Move")
    later = one.due_at + timedelta(hours=3)
    assert (await submit(world, {"when": int(later.timestamp())})).closed
    async with asyncio.timeout(15):
        while (await times(world))[0].due_at != later:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.01)
    await left(world, one)
    two = await time_in(world, State.SCHEDULED, 1)
    assert two.on_day is not None and two.due_at == (await rule(world)).rule.moment(two.on_day).at
    assert world.whatcounts.sent == []
    moved = (await times(world))[0]
    await left(world, moved)
    await time_in(world, State.SUBMITTED, 0)


async def test_an_approval_is_for_each_time_of_its_text_and_for_no_other_text(database_url: str) -> None:
    async with open_world(database_url, SMS_APPROVAL="campaign") as world:
        card = await draft_repeating(world)
        await press(world, card, "Start")
        await approve(world, await world.card("Awaiting approval."))
        await world.card("Running")
        world.pass_time(2.1 * 3600)
        one = await time_in(world, State.SCHEDULED)
        assert (one.approved_by, one.approved_print) == (ANA, one.confirmed_print)
        await left(world, one)
        await time_in(world, State.SUBMITTED, 0)
        assert len(world.texts()) == 3
        two = await time_in(world, State.SCHEDULED, 1)
        change_text(world)
        await left(world, two)
        held = await time_in(world, State.HELD, 1)
        assert held.held_by == "content"
        assert len(world.texts()) == 3


async def test_while_one_time_is_in_doubt_the_next_does_not_leave(world: World) -> None:
    one = await made(world)
    world.whatcounts.faults.next("close_after", operation="sendMessageToSenderCode")
    await left(world, one)
    await time_in(world, State.MAYBE_SENT, 0)
    two = await time_in(world, State.SCHEDULED, 1)
    await left(world, two)
    held = await time_in(world, State.HELD, 1)
    assert held.held_by == "in doubt"
    assert f"An earlier time of this campaign, {one.id}, may have been sent" in (held.why or "")
    assert len(world.texts()) == 3, "those of the one in doubt, which did leave"
    await press(world, await world.card("May have been sent"), "It Was Sent")
    await time_in(world, State.SUBMITTED, 0)
    three = await time_in(world, State.SCHEDULED, 2)
    await left(world, three)
    await time_in(world, State.SUBMITTED, 2)
    assert (await times(world))[1].state is State.HELD, "what was held waits for a person"


async def test_a_freeze_holds_the_time_whose_hour_comes(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    await typed(world, "freeze wrong price", ANA)
    await left(world, one)
    held = await time_in(world, State.HELD, 0)
    assert held.held_by == "freeze"
    await typed(world, "unfreeze", MAX)
    two = await time_in(world, State.SCHEDULED, 1)
    await left(world, two)
    await time_in(world, State.SUBMITTED, 1)
    assert len(world.texts()) == 3


async def test_an_hour_that_passes_while_nothing_runs_is_held_and_told(database_url: str) -> None:
    async with outside() as ends:
        async with inside(*ends, database_url) as world:
            one = await made(world)
        async with inside(*ends, database_url) as world:
            assert one.due_at is not None
            world.pass_time((one.due_at - world.time.now()).total_seconds() + 1800)
            held = await time_in(world, State.HELD, 0)
            assert held.held_by == "late"
            assert "late" in (await world.card("Held: nothing was sent.")).read()
            two = await time_in(world, State.SCHEDULED, 1)
            assert world.whatcounts.sent == []
            await left(world, two)
            await time_in(world, State.SUBMITTED, 1)
    assert {text.campaign for text in world.whatcounts.sent} == {f"Spring sale {two.id}"}


async def test_days_that_pass_while_nothing_runs_are_told_in_the_thread_and_none_leaves(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        row = await running(world)
        world.pass_time(4.5 * DAY)
        card = await world.card("Running")
        (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
        assert "passed while smsops did not run" in note.read()
        assert "nothing is caught up" in note.read()
        late = await time_in(world, State.HELD, 0)
        assert late.on_day is not None and row.make_day is not None
        days = [row.make_day + timedelta(days=n) for n in range((late.on_day - row.make_day).days)]
        assert len(days) >= 2
        for day in days:
            assert f"{day:%a %d %b %Y}" in note.read(), "each day that was missed is named"
        assert world.whatcounts.sent == []


async def test_two_that_serve_one_database_make_each_time_once(postgres_url: str) -> None:
    async with outside() as ends, inside(*ends, postgres_url) as other, inside(*ends, postgres_url) as world:
        await running(world)
        for one in (other, world):
            one.time.ahead += timedelta(hours=2.1)
        for one in (other, world):
            one.bot.wake.set()
        first = await time_in(world, State.SCHEDULED)
        assert first.due_at is not None
        ahead = first.due_at - world.time.now() + timedelta(seconds=1)
        for one in (other, world):
            one.time.ahead += ahead
        for one in (other, world):
            one.bot.wake.set()
        await time_in(world, State.SUBMITTED, 0)
        await time_in(world, State.SCHEDULED, 1)
        found = await times(world)
        assert len({one.on_day for one in found}) == len(found) == 2
        facts = await world.bot.sends.timeline(first.id)
        assert [fact.what for fact in facts].count("made") == 1
    assert len(world.texts()) == 3


async def test_its_times_count_against_all_that_is_not_of_their_campaign(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    assert repeats(one) == []
    await left(world, one)
    await time_in(world, State.SUBMITTED, 0)
    two = await time_in(world, State.SCHEDULED, 1)
    assert repeats(two) == [], "the time before it is of the same campaign"
    card = await draft_campaign(world)
    assert "Send it once more only if they shall get it twice." in card.read()
    assert repeats(await world.row()) == ["repeat"]


def repeats(send: Send) -> list[str]:
    return [one["rule"] for one in send.objections if one["rule"] in ("repeat", "same text")]


async def test_a_second_repeating_campaign_with_the_same_words_counts_against_the_first(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await made(world)
    card = await draft_repeating(world)
    assert "The same is scheduled for them as" in card.read()


@pytest.mark.parametrize("column", ["text", "audience"])
async def test_nothing_is_made_of_a_rule_that_is_not_what_was_confirmed(
    sqlite_world: World, column: str
) -> None:
    world = sqlite_world
    row = await running(world)
    other = {"text": CHANGED, "audience": "vip"}[column]
    await world.bot.database.write(
        lambda c: c.exec_driver_sql(f"UPDATE send SET {column} = ? WHERE id = ?", (other, row.id))
    )
    world.pass_time(2.1 * 3600)
    stopped = await rule(world, State.HELD)
    assert stopped.held_by == "content"
    assert "What stands in the record is not what was confirmed." in (stopped.why or "")
    assert await times(world) == []
