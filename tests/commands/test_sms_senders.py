"""`/sms senders`: the sender codes that texts go out from; admins add and remove, the last one stays."""

from __future__ import annotations

import pytest

from bot.sends import State
from sandbox.slack import Message
from tests.steps import (
    form,
    place_of,
    press,
    scheduled_text,
    sends_asked,
    submit,
    submitted_text,
    told,
    typed,
)
from tests.world import ANA, MAX, OLIVE, World, inside, open_world, outside

MAIN = "2065551212"


async def listed(world: World, user: str = MAX) -> Message:
    """The list, as this person has it."""
    shown = (await world.slack.command(user, "senders")).shown
    assert shown is not None
    return shown


async def adding(world: World) -> None:
    """Max has the form before him."""
    await press(world, await listed(world), "Add", MAX)


async def removed(world: World, code: str) -> Message:
    """Max removes it from his list; the list, as it is then."""
    shown = await listed(world)
    await press(world, shown, place_of(shown, code), MAX)
    await world.slack.wait_for(lambda: f"The sender code {code} is removed." in shown.read())
    return shown


async def test_a_sender_code_is_added_sent_from_and_removed(world: World) -> None:
    world.whatcounts.realm.add_sender("54321")
    await adding(world)
    assert form(world, MAX).title == "Register a sender code"
    await submit(world, {"code": " 54321 ", "label": "Alerts"}, MAX)
    assert "54321 is registered." in form(world, MAX).read()
    await world.slack.close_view(MAX)
    assert "54321 · Alerts" in await typed(world, "senders")
    await typed(world, "send")
    assert "Alerts · 54321" in form(world).read()
    await submit(world, {"phone": "2065550100", "text": "Hello", "sender": "54321"})
    await press(world, await world.card("Nothing is sent until"), "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert [one.sender for one in world.whatcounts.sent] == ["54321"]
    assert "54321" not in (await removed(world, "54321")).read().replace("sender code 54321 is removed", "")


@pytest.mark.parametrize("user", [OLIVE, ANA])
async def test_who_is_no_admin_reads_them_privately_without_buttons(sqlite_world: World, user: str) -> None:
    shown = await listed(sqlite_world, user)
    assert shown.ephemeral_to == user
    for part in ("2065551212 · Main line", "12345 · Short code", "The first is the default."):
        assert part in shown.read()
    assert shown.buttons() == []


async def test_the_buttons_of_an_admin_do_nothing_for_others(sqlite_world: World) -> None:
    world = sqlite_world
    shown = await listed(world)
    await press(world, shown, "Add", OLIVE)
    await told(world, OLIVE, "You may not add to the registry")
    await press(world, shown, place_of(shown, "12345"), OLIVE)
    await told(world, OLIVE, "You may not remove from the registry")
    assert world.slack.view(OLIVE) is None
    assert len(world.bot.registry.senders) == 2


async def test_a_form_is_not_taken_from_somebody_who_is_no_admin_any_more(sqlite_world: World) -> None:
    await adding(sqlite_world)
    view = form(sqlite_world, MAX)
    view.user = OLIVE  # as from a screen of before the roles changed
    sqlite_world.slack.workspace.screens.stack(OLIVE).append(view)
    await submit(sqlite_world, {"code": "54321"}, OLIVE)
    assert "You may not add to the registry" in form(sqlite_world, OLIVE).read()
    assert len(sqlite_world.bot.registry.senders) == 2


@pytest.mark.parametrize("code", ["12", "206-555-1212", "a b c", "päivää"])
async def test_what_is_no_sender_code_is_told_under_its_field(sqlite_world: World, code: str) -> None:
    await adding(sqlite_world)
    view = await submit(sqlite_world, {"code": code, "label": "Alerts"}, MAX)
    assert "is not a sender code: 3 to 15 digits or letters." in view.errors["code"]
    assert view.value("label") == "Alerts"
    assert len(sqlite_world.bot.registry.senders) == 2


async def test_without_a_label_the_code_is_the_label(sqlite_world: World) -> None:
    await adding(sqlite_world)
    await submit(sqlite_world, {"code": "54321"}, MAX)
    assert sqlite_world.bot.registry.senders[-1].label == "54321"
    assert "54321 ·" not in await typed(sqlite_world, "senders")


async def test_one_that_is_there_gets_another_label(sqlite_world: World) -> None:
    await adding(sqlite_world)
    await submit(sqlite_world, {"code": "12345", "label": "Alerts"}, MAX)
    read = await typed(sqlite_world, "senders")
    assert "12345 · Alerts" in read and "Short code" not in read


async def test_the_last_sender_code_cannot_go(sqlite_world: World) -> None:
    shown = await removed(sqlite_world, "12345")
    await press(sqlite_world, shown, place_of(shown, MAIN), MAX)
    said = await told(sqlite_world, MAX, "It is the only sender code, so it stays.")
    assert "Add another one first." in said
    assert [one.code for one in sqlite_world.bot.registry.senders] == [MAIN]
    await submitted_text(sqlite_world)


async def test_where_the_default_goes_the_next_one_is_the_default(sqlite_world: World) -> None:
    await removed(sqlite_world, MAIN)
    await typed(sqlite_world, "send 2065550100 Hello")
    assert (await sqlite_world.row()).sender == "12345"


async def test_what_waits_for_one_that_is_removed_is_counted_and_held(world: World) -> None:
    await scheduled_text(world)
    shown = await removed(world, MAIN)
    assert "Sends that wait for it: 1. What is scheduled is held when it is due." in shown.read()
    world.pass_time(60)
    await world.state(State.HELD)
    card = await world.card("The sender code 2065551212 is not registered. Choose a registered one.")
    assert card.buttons() == ["Edit", "Cancel"]
    assert sends_asked(world) == 0


async def test_one_that_another_admin_removed_first_is_told(sqlite_world: World) -> None:
    await adding(sqlite_world)
    await submit(sqlite_world, {"code": "54321"}, MAX)
    shown = await listed(sqlite_world)
    await removed(sqlite_world, "12345")
    await press(sqlite_world, shown, place_of(shown, "12345"), MAX)
    await told(sqlite_world, MAX, "“12345” is not registered any more. Nothing was done.")


async def test_the_settings_do_not_bring_back_what_was_removed(database_url: str) -> None:
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, database_url) as world:
            await removed(world, MAIN)
        async with inside(slack, whatcounts, database_url) as world:
            assert MAIN not in await typed(world, "senders")
            await typed(world, "send 2065550100 Hello")
            assert (await world.row()).sender == "12345"


async def test_a_search_that_finds_none_says_how_to_list_all(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "senders 777")
    assert "None with “777” is registered. /sms senders lists all." in read


async def test_as_many_as_slacks_forms_show_and_no_more(sqlite_url: str) -> None:
    codes = [f"{number:05}" for number in range(99)]
    async with open_world(sqlite_url, SMS_SENDERS=",".join(codes)) as world:
        read = await typed(world, "senders")
        assert all(code in read for code in codes)
        await typed(world, "stop 206 555 0100")
        assert "Every registered sender code" in form(world).read()
        await adding(world)
        await submit(world, {"code": "54321"}, MAX)
        assert "There are 99 sender codes" in form(world, MAX).read()
