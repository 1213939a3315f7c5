"""A repeating campaign goes the whole way: asked for, started, made, skipped, paused, ended."""

from __future__ import annotations

from datetime import timedelta

from bot.repeats import Repeat
from bot.sends import Kind, State
from tests.repeat.steps import DAY, ZONE, draft_repeating, left, local, made, rule, running, time_in, times
from tests.steps import SALE, form, press, submit, told, typed
from tests.world import ANA, OLIVE, OTTO, World


async def test_a_repeating_campaign_goes_the_whole_way(world: World) -> None:
    card = await draft_repeating(world)
    read = card.read()
    assert read.startswith("Repeating · Spring sale → group weekly")
    first = (await rule(world)).rule
    for part in (SALE, "Group weekly", first.words(), "The next five times", "Nothing is sent until"):
        assert part in read, read
    for line in first.coming(first.first):
        assert line in read
    assert card.buttons() == ["Start", "Edit", "Cancel"]
    await press(world, card, "Start")
    card = await world.card("Running")
    assert card.buttons() == ["Pause", "End"]
    assert await times(world) == []
    world.pass_time(2.1 * 3600)
    one = await time_in(world, State.SCHEDULED)
    assert one.due_at == first.moment(first.first).at
    its_card = await world.card("One time of")
    assert its_card.buttons() == ["Skip This One", "Move", "Edit"]
    assert SALE in its_card.read()
    assert world.whatcounts.sent == []
    await left(world, one)
    await time_in(world, State.SUBMITTED, 0)
    assert {(one.group, one.text) for one in world.whatcounts.sent} == {("weekly", SALE)}
    assert {text.campaign for text in world.whatcounts.sent} == {f"Spring sale {one.id}"}
    two = await time_in(world, State.SCHEDULED, 1)
    assert two.on_day == first.next_day(first.first)
    await left(world, two)
    await time_in(world, State.SUBMITTED, 1)
    assert len(world.texts()) == 6, "the same words a day later do not count against each other"


async def test_the_form_reads_the_rule_back_and_asks_for_what_it_wants(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "campaign Spring sale")
    assert "First day" not in form(world).read()
    await world.slack.fill(OLIVE, {"group": "weekly", "repeats": "monthly"})
    await world.slack.wait_for(lambda: "First day" in form(world).read())
    assert "Empty: as soon as it is confirmed." not in form(world).read()
    assert form(world).value("group") == "weekly"
    day = local(world).date().replace(day=1) + timedelta(days=62)
    view = await submit(world, {"first": day.replace(day=29, month=12).isoformat()})
    said = "Not every month has this day. Choose 1 to 28, or Monthly, on the last day."
    assert view.errors == {"first": said}
    view = await submit(world, {"first": (local(world).date() - timedelta(days=1)).isoformat()})
    assert view.errors["first"].startswith("This day is past.")
    view = await submit(world, {"first": day.replace(day=12).isoformat(), "at": "09:30"})
    assert view.closed, view.errors
    found = (await rule(world)).rule
    assert found.words() == "on the 12th of every month at 09:30, America/Los_Angeles"
    assert Repeat.read((await rule(world)).repeats or {}) == found


async def test_to_choose_never_again_makes_it_a_campaign_that_leaves_once(sqlite_world: World) -> None:
    world = sqlite_world
    card = await draft_repeating(world)
    await press(world, card, "Edit")
    assert form(world).value("repeats") == "daily"
    await world.slack.fill(OLIVE, {"repeats": "never"})
    await world.slack.wait_for(lambda: "Empty: as soon as it is confirmed." in form(world).read())
    assert (await submit(world, {})).closed
    row = await world.row()
    assert (row.kind, row.repeats) == (Kind.CAMPAIGN, None)


async def test_a_time_that_is_skipped_does_not_leave_and_the_next_one_does(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    await press(world, await world.card("One time of"), "Skip This One")
    await time_in(world, State.CANCELLED)
    assert "Skipped" in (await world.card("Skipped")).read()
    await left(world, one)
    two = await time_in(world, State.SCHEDULED)
    assert two.id != one.id
    assert world.whatcounts.sent == []


async def test_paused_it_holds_what_is_made_and_resumed_it_goes_on(world: World) -> None:
    one = await made(world)
    await press(world, await world.card("Running"), "Pause", ANA)
    row = await rule(world, State.HELD)
    assert row.make_at is None
    held = await time_in(world, State.HELD)
    assert held.id == one.id
    its = await world.card("is paused")
    assert its.buttons() == ["Skip This One"]
    card = await world.card("Paused by")
    assert card.buttons() == ["Resume", "End"]
    await press(world, card, "Resume")
    again = await time_in(world, State.SCHEDULED)
    assert (again.id, again.due_at) == (one.id, one.due_at)
    await left(world, again)
    await time_in(world, State.SUBMITTED, 0)


async def test_what_passes_while_it_is_paused_is_not_caught_up(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    await press(world, await world.card("Running"), "Pause")
    await time_in(world, State.HELD)
    world.pass_time(3.5 * DAY)
    await press(world, await world.card("Paused by"), "Resume")
    await rule(world, State.SCHEDULED)
    two = await time_in(world, State.SCHEDULED)
    first, second = await times(world)
    assert first.id == one.id
    assert first.state in (State.CANCELLED, State.EXPIRED)
    assert two.id == second.id
    assert (second.chosen_at or world.time.now()) > world.time.now()
    assert world.whatcounts.sent == []


async def test_ended_it_takes_what_is_made_with_it(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    await press(world, await world.card("Running"), "End")
    row = await rule(world, State.CANCELLED)
    card = await world.card("Ended")
    assert card.buttons() == ["Draft Again"]
    gone = await time_in(world, State.CANCELLED)
    assert gone.why == f"Its repeating campaign {row.id} was ended."
    await left(world, one, DAY * 2)
    await typed(world, "status")
    assert len(await times(world)) == 1
    assert world.whatcounts.sent == []
    await press(world, card, "Draft Again")
    assert (await world.card("Nothing is sent until")).buttons() == ["Start", "Edit", "Cancel"]
    assert (await rule(world)).rule == row.rule


async def test_end_is_obeyed_also_where_a_time_was_made_since_the_card_was_read(sqlite_world: World) -> None:
    world = sqlite_world
    await running(world)
    card = await world.card("Running")
    read = card.was(len(card.history) - 1)
    before = (await rule(world)).revision
    world.pass_time(2.1 * 3600)
    await time_in(world, State.SCHEDULED)
    assert (await rule(world)).revision > before
    await press(world, read, "End")
    await rule(world, State.CANCELLED)
    await time_in(world, State.CANCELLED)


async def test_anybody_may_pause_and_only_who_sends_may_resume_or_end(sqlite_world: World) -> None:
    world = sqlite_world
    await running(world)
    card = await world.card("Running")
    await world.slack.click(OTTO, card, "End")
    await told(world, OTTO, "nothing was done")
    await press(world, card, "Pause", OTTO)
    await rule(world, State.HELD)
    await world.slack.click(OTTO, await world.card("Paused by"), "Resume")
    assert (await rule(world)).state is State.HELD


async def test_the_lists_say_that_it_repeats(sqlite_world: World) -> None:
    world = sqlite_world
    row = await running(world)
    said = await typed(world, "scheduled")
    assert f"{row.id} · Repeating · Spring sale → group weekly · running" in said.replace("*", "")
    assert row.rule.words() in said
    assert row.rule.words() in await typed(world, f"show {row.id}")
    assert row.id in await typed(world, "history repeating")


async def test_what_is_coming_is_told_made_or_not(sqlite_world: World) -> None:
    world = sqlite_world
    one = await made(world)
    assert one.chosen_at is not None
    until = one.chosen_at + timedelta(days=2, hours=2)  # a change of the clocks is one hour
    found = await world.bot.sends.coming(until)
    assert [each.made.id if each.made else None for each in found] == [one.id, None, None]
    day = one.on_day or local(world).date()
    assert [each.day for each in found] == [day + timedelta(days=n) for n in range(3)]
    assert found[0].due_at.astimezone(ZONE).time() == found[2].due_at.astimezone(ZONE).time()
    await press(world, await world.card("One time of"), "Skip This One")
    await time_in(world, State.CANCELLED)
    assert [each.made for each in await world.bot.sends.coming(until)] == [None, None]
