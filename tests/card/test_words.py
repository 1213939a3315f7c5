"""What a card says is so: no word of an earlier audience, of a time that is past, of a text cut short."""

from __future__ import annotations

from bot.sends import State
from tests.steps import (
    GROUP_DELAY,
    draft_campaign,
    form,
    press,
    scheduled_campaign,
    scheduled_text,
    submit,
    submitted_text,
    typed,
)
from tests.world import World


async def test_the_last_text_is_not_that_of_the_group_before_the_edit(sqlite_world: World) -> None:
    world = sqlite_world
    await scheduled_campaign(world)
    world.pass_time(GROUP_DELAY)
    row = await world.state(State.SUBMITTED)
    card = await draft_campaign(world)
    assert row.id in card.read()  # the last text to weekly
    await press(world, card, "Edit")
    world.pass_time(100)
    world.whatcounts.faults.next("delay_before", operation="messages", seconds=2)
    assert (await submit(world, {"group": "vip"})).closed
    await world.slack.wait_for(lambda: "Reading the text from WhatCounts" in card.read())
    assert "Group vip" in card.read()
    assert row.id not in card.read() and "Last text to them" not in card.read()
    await world.slack.wait_for(lambda: "Last text to them: none by smsops" in card.read())


async def test_the_last_text_to_a_phone_is_known_whatever_sender_code_it_came_from(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await submitted_text(world, "Hello")
    first = await world.row()
    await typed(world, "send")
    assert (await submit(world, {"phone": "2065550100", "text": "Again", "sender": "12345"})).closed
    card = await world.card("Again")
    assert f"Hello ({first.id})" in card.read()


async def test_what_could_not_be_reached_does_not_say_that_it_leaves_at_a_time_that_is_past(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await scheduled_text(world)
    await world.whatcounts.stop()
    world.pass_time(5)
    read = (await world.card("WhatCounts could not be reached once; nothing was sent yet.")).read()
    assert "It was to leave" in read
    assert "can be cancelled meanwhile" in read
    assert "It leaves" not in read and "until then" not in read


async def test_a_very_long_text_cuts_nothing_else_of_what_is_read_aloud(sqlite_world: World) -> None:
    world = sqlite_world
    world.whatcounts.realm.add_message("Long", "&" * 3000)
    world.pass_time(100)
    card = await draft_campaign(world, "Long", name="n" * 80, description="d" * 200)
    aloud = card.read_aloud()
    row = await world.row()
    for part in ("Campaign · Long", "Group weekly", "Main line", "60 seconds after", "d" * 200, row.id):
        assert part in aloud
    assert "Last text to them: none by smsops" in aloud


async def test_a_refusal_of_a_form_names_channels_and_people_as_slack_shows_them(
    channels_world: World,
) -> None:
    world = channels_world
    card = await scheduled_text(world)
    await press(world, card, "Move")
    await world.bot.database.write(lambda c: c.exec_driver_sql("UPDATE send SET channel = 'C0RANDOM'"))
    await submit(world, {"when": int(world.time.now().timestamp()) + 3600})
    assert "Texts are sent from #sms only. Nothing was done here." in form(world).read()
