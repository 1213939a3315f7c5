"""`/sms groups`: the groups that may be sent to; everybody with a role reads, admins add and remove."""

from __future__ import annotations

import pytest

from bot.sends import State
from sandbox.slack import Message
from tests.steps import (
    GROUP_DELAY,
    SALE,
    form,
    place_of,
    press,
    scheduled_campaign,
    sends_asked,
    submit,
    told,
    typed,
)
from tests.world import ANA, MAX, OLIVE, OTTO, World, inside, open_world, outside

NOTE = "WhatCounts ignores a group that it does not know, and the text goes to everyone on the sender code."


async def listed(world: World, user: str = MAX) -> Message:
    """The list, as this person has it."""
    shown = (await world.slack.command(user, "groups")).shown
    assert shown is not None
    return shown


async def adding(world: World) -> None:
    """Max has the form before him."""
    await press(world, await listed(world), "Add", MAX)


async def removed(world: World, name: str) -> Message:
    """Max removes it from his list; the list, as it is then."""
    shown = await listed(world)
    await press(world, shown, place_of(shown, name), MAX)
    await world.slack.wait_for(lambda: f"The group {name} is removed." in shown.read())
    return shown


async def test_a_group_is_added_sent_to_and_removed(world: World) -> None:
    await adding(world)
    assert form(world, MAX).title == "Register a group"
    assert NOTE in form(world, MAX).read()
    await submit(world, {"name": "staff", "again": "staff", "zone": "America/New_York"}, MAX)
    assert "staff is registered." in form(world, MAX).read()
    await world.slack.close_view(MAX)
    assert "staff · America/New_York" in await typed(world, "groups")
    await scheduled_campaign(world, group="staff")
    world.pass_time(GROUP_DELAY)
    await world.state(State.SUBMITTED)
    shown = await removed(world, "staff")
    assert "staff ·" not in shown.read()
    await typed(world, "campaign")
    assert "staff" not in form(world).read()


@pytest.mark.parametrize("user", [OLIVE, ANA])
async def test_who_is_no_admin_reads_them_privately_without_buttons(sqlite_world: World, user: str) -> None:
    shown = await listed(sqlite_world, user)
    assert shown.ephemeral_to == user
    for part in ("weekly · America/Los_Angeles, the account's zone", "vip", NOTE, "An admin adds and"):
        assert part in shown.read()
    assert shown.buttons() == []


async def test_words_search_the_list_and_what_is_not_found_is_not_said_to_be_all(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "groups WEEK")
    assert "weekly" in read
    assert "vip" not in read
    read = await typed(sqlite_world, "groups <zz>")
    assert "None with “<zz>” is registered. /sms groups lists all." in read


async def test_an_admin_has_a_button_at_each_and_is_asked_before_one_goes(sqlite_world: World) -> None:
    shown = await listed(sqlite_world)
    assert shown.buttons() == ["Remove", "Remove", "Add"]
    asked = shown.confirm_of(place_of(shown, "vip"))
    assert asked is not None
    assert "vip" in asked["text"]
    assert asked["confirm"] == "Remove"


async def test_the_buttons_of_an_admin_do_nothing_for_others(sqlite_world: World) -> None:
    world = sqlite_world
    shown = await listed(world)
    await press(world, shown, "Add", OLIVE)
    said = await told(world, OLIVE, "You may not add to the registry")
    assert "Who can: @Max Weber." in said
    assert world.slack.view(OLIVE) is None
    await press(world, shown, place_of(shown, "vip"), ANA)
    await told(world, ANA, "You may not remove from the registry")
    await press(world, shown, place_of(shown, "vip"), OTTO)
    await told(world, OTTO, "You may not use /sms groups")
    assert world.bot.registry.group("vip")


async def test_a_name_that_is_not_typed_twice_alike_is_not_registered(sqlite_world: World) -> None:
    await adding(sqlite_world)
    view = await submit(sqlite_world, {"name": "staff", "again": "Staff"}, MAX)
    assert view.errors == {"again": "This is not the same name."}
    assert (view.value("name"), view.value("again")) == ("staff", "Staff")
    await submit(sqlite_world, {"again": "staff"}, MAX)
    assert sqlite_world.bot.registry.group("staff")


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": "staff ", "again": "staff "}, "name", "without spaces around it"),
        ({"name": "  ", "again": "  "}, "name", "is not a group's name"),
        ({"name": "a\u200bb", "again": "a\u200bb"}, "name", "is not a group's name"),
        ({"name": "staff", "again": "staff", "zone": "New York"}, "zone", "is not a time zone"),
        ({"name": "staff", "again": "staff", "zone": "America/NewYork"}, "zone", "America/New_York?"),
    ],
)
async def test_what_cannot_be_a_group_is_told_under_its_field(
    sqlite_world: World, values: dict[str, str], field: str, said: str
) -> None:
    await adding(sqlite_world)
    view = await submit(sqlite_world, values, MAX)
    assert list(view.errors) == [field]
    assert said in view.errors[field]
    assert len(sqlite_world.bot.registry.groups) == 2


async def test_a_group_that_is_there_already_is_said_and_gets_another_zone(sqlite_world: World) -> None:
    world = sqlite_world
    await adding(world)
    await submit(world, {"name": "vip", "again": "vip"}, MAX)
    assert "vip was registered just so." in form(world, MAX).read()
    await adding(world)
    await submit(world, {"name": "vip", "again": "vip", "zone": "America/Chicago"}, MAX)
    assert "vip · America/Chicago" in await typed(world, "groups")


async def test_what_waits_for_a_group_that_is_removed_is_counted_and_held(world: World) -> None:
    card = await scheduled_campaign(world)
    shown = await removed(world, "weekly")
    assert "Sends that wait for it: 1. What is scheduled is held when it is due." in shown.read()
    world.pass_time(GROUP_DELAY)
    await world.state(State.HELD)
    card = await world.card("Held: nothing was sent.")
    assert "The group “weekly” is not registered. Choose a registered one." in card.read()
    assert card.buttons() == ["Edit", "Cancel"]
    assert sends_asked(world) == 0
    await press(world, card, "Edit")
    assert (await submit(world, {"group": "vip"})).closed
    assert SALE in (await world.card("Nothing is sent until someone presses Send.")).read()


async def test_one_that_another_admin_removed_first_is_told(sqlite_world: World) -> None:
    shown = await listed(sqlite_world)
    await removed(sqlite_world, "vip")
    await press(sqlite_world, shown, place_of(shown, "vip"), MAX)
    assert "Nothing was done." in await told(sqlite_world, MAX, "“vip” is not registered any more.")


async def test_the_last_group_can_go(sqlite_world: World) -> None:
    await removed(sqlite_world, "vip")
    shown = await removed(sqlite_world, "weekly")
    assert "None is registered." in shown.read()
    assert shown.buttons() == ["Add"]
    assert "No group is registered" in await typed(sqlite_world, "campaign Spring sale")


async def test_the_settings_do_not_bring_back_what_was_removed(database_url: str) -> None:
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, database_url) as world:
            await removed(world, "vip")
        async with inside(slack, whatcounts, database_url) as world:
            read = await typed(world, "groups")
            assert "weekly" in read and "vip" not in read


async def test_what_another_process_removed_is_gone_here_without_a_restart(sqlite_world: World) -> None:
    world = sqlite_world
    assert "vip" in await typed(world, "groups")
    gone = "UPDATE registered SET removed_at = '2026-07-01 00:00:00' WHERE name = 'vip'"
    await world.bot.database.write(lambda connection: connection.exec_driver_sql(gone))
    await world.bot.register.refresh()  # the chore that runs every few seconds
    assert "vip" not in await typed(world, "groups")


async def test_a_replayed_form_registers_it_once(world: World) -> None:
    await adding(world)
    await submit(world, {"name": "staff", "again": "staff"}, MAX)
    await removed(world, "staff")
    assert (await world.slack.replay(3)).status_code == 200
    await world.bot.register.refresh()
    assert world.bot.registry.group("staff") is None


async def test_a_name_is_shown_as_it_is(sqlite_world: World) -> None:
    odd = "<!here> *bold* & `code`"
    await adding(sqlite_world)
    await submit(sqlite_world, {"name": odd, "again": odd}, MAX)
    read = await typed(sqlite_world, "groups")
    assert "<!here>" in read and "@here" not in read
    await removed(sqlite_world, "vip")


async def test_more_than_slack_shows_in_one_message_are_listed_all_the_same(sqlite_url: str) -> None:
    names = [f"group {number:02}" for number in range(100)]
    async with open_world(sqlite_url, SMS_GROUPS=",".join(names)) as world:
        read = await typed(world, "groups")
        assert all(name in read for name in names)
        await adding(world)
        view = form(world, MAX)
        await submit(world, {"name": "one more", "again": "one more"}, MAX)
        assert "There are 100 groups, as many as Slack's forms show." in form(world, MAX).read()
        assert view.value("name") == "one more"
        assert len(world.bot.registry.groups) == 100
