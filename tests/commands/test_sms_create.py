"""`/sms create`: a new stored message, by the modal: what is told while it is typed, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sends import State
from sandbox.slack import View, dm
from sandbox.whatcounts.records import Message as Stored
from tests.delivery.test_database_away import away
from tests.steps import everything_shown, form, press, submit, typed
from tests.world import ANA, OLIVE, World, open_world

TEXT = "Tidewater Coffee: The autumn roast is here. Reply STOP to opt out"
READY = "Nothing is changed until someone presses Create."


async def opened(world: World, **values: Any) -> View:
    """The modal, with these values typed into it."""
    await typed(world, "create")
    await world.slack.fill(OLIVE, values)
    return form(world)


async def reads(world: World, view: View, *said: str) -> None:
    """Until the modal says all of this."""
    await world.slack.wait_for(lambda: all(one in view.read() for one in said))


def stored(world: World, name: str) -> list[Stored]:
    """The messages of this name that the account has."""
    return [one for one in world.whatcounts.realm.messages if one.name == name]


async def test_a_message_goes_the_whole_way(world: World) -> None:
    assert await typed(world, "create Autumn roast") == ""
    view = form(world)
    assert (view.title, view.value("name")) == ("New message", "Autumn roast")
    assert (await submit(world, {"text": TEXT, "label": "promo"})).closed
    card = await world.card(READY)
    for part in ("New message · Autumn roast", TEXT, "1 part, GSM-7", "promo", "5 seconds after Create"):
        assert part in card.read()
    assert card.buttons() == ["Create", "Edit", "Cancel"]
    assert stored(world, "Autumn roast") == []
    await press(world, card, "Create")
    assert "It can be cancelled until then." in (await world.card("Scheduled.")).read()
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    card = await world.card("It can be chosen in /sms campaign now.")
    assert card.buttons() == []
    assert [(one.text, one.label) for one in stored(world, "Autumn roast")] == [(TEXT, "promo")]
    assert world.texts() == []
    what = [one.what for one in await world.timeline()]
    assert what == ["drafted", "confirmed", "sending", "submitted"]
    assert "Autumn roast" in await typed(world, "messages autumn")


async def test_length_and_cost_are_told_with_every_letter(sqlite_world: World) -> None:
    view = await opened(sqlite_world)
    assert "At most 160 characters." in view.read()
    answers = await sqlite_world.slack.type_into(OLIVE, "text", "Hi [you]")
    assert len(answers) == 8 and all(one.ok for one in answers)
    await reads(sqlite_world, view, "8 characters, 1 part, GSM-7 · 152 left of 160")
    assert view.value("text.0") == "Hi [you]"


async def test_keys_quicker_than_slack_are_told_of_together_and_the_last_one_stays(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    view = await opened(world)
    hold = world.slack.faults.hold("views.update")
    await world.slack.fill(OLIVE, {"text": "H"})
    await hold.reached.wait()
    await world.slack.type_into(OLIVE, "text", "Hello")
    hold.release()
    await reads(world, view, "5 characters, 1 part, GSM-7")
    assert len(world.slack.called("views.update")) == 2


async def test_the_character_that_costs_is_named_as_it_is_typed(sqlite_world: World) -> None:
    view = await opened(sqlite_world, text="x" * 69)
    await reads(sqlite_world, view, "69 characters, 1 part, GSM-7 · 91 left of 160")
    await sqlite_world.slack.fill(OLIVE, {"text": "x" * 69 + "☕☕"})
    await reads(sqlite_world, view, "71 characters, 2 parts instead of 1 because of “☕” · 89 left")


async def test_what_is_too_long_is_told_as_it_is_typed_and_under_the_field(sqlite_world: World) -> None:
    view = await opened(sqlite_world, name="Long", text="x" * 158 + "😀😀")
    await reads(sqlite_world, view, "160 characters", "2 too many: WhatCounts takes 160")
    await submit(sqlite_world, {})
    assert "The text has 162 characters (an emoji counts as two or more)" in view.errors["text.0"]
    assert "Shorten it by 2." in view.errors["text.0"]
    assert view.value("text.0") == "x" * 158 + "😀😀"
    assert await sqlite_world.rows() == []


async def test_quotes_are_mended_on_request_and_the_other_fields_stay(sqlite_world: World) -> None:
    world = sqlite_world
    view = await opened(world, name="Autumn", label="promo", text="The “new” roast, it’s here")
    await reads(world, view, "UCS-2 because of the quote “")
    assert (await world.slack.view_click(OLIVE, "Make Quotes Straight")).ok
    await reads(world, view, "26 characters, 1 part, GSM-7")
    assert view.value("text.1") == "The \"new\" roast, it's here"
    assert (view.value("name"), view.value("label")) == ("Autumn", "promo")
    assert view.buttons() == []
    assert (await submit(world, {})).closed
    assert (await world.state(State.DRAFT)).text == "The \"new\" roast, it's here"


async def test_quotes_stay_as_they_are_where_nobody_asks(sqlite_world: World) -> None:
    await opened(sqlite_world, name="Autumn", text="It’s here")
    await submit(sqlite_world, {})
    assert "It’s here" in (await sqlite_world.card(READY)).read()


async def test_after_a_mending_a_problem_stands_under_the_text_of_now(sqlite_world: World) -> None:
    world = sqlite_world
    view = await opened(world, name="Autumn", text="“" + "x" * 160)
    await reads(world, view, "1 too many")
    for turn in (1, 2):
        await world.slack.view_click(OLIVE, "Make Quotes Straight")
        await world.slack.wait_for(lambda: "Make Quotes Straight" not in view.buttons())
        await submit(world, {})
        assert "Shorten it by" in view.errors[f"text.{turn}"]
        await world.slack.fill(OLIVE, {"text": "”" + "x" * 170})
        await reads(world, view, "11 too many")
        await world.slack.wait_for(lambda: "Make Quotes Straight" in view.buttons())


async def test_the_form_says_all_that_is_wrong_at_once_and_keeps_what_was_typed(
    sqlite_world: World,
) -> None:
    await sqlite_world.bot.stored.list(5)
    view = await opened(sqlite_world, name="50% off!", text="x" * 161, label="a\tb")
    await submit(sqlite_world, {})
    assert "plain letters, digits, spaces, _ and - only" in view.errors["name"]
    assert "Shorten it by 1" in view.errors["text.0"]
    assert "control character" in view.errors["label"]
    typed_in = (view.value("name"), view.value("text.0"), view.value("label"))
    assert typed_in == ("50% off!", "x" * 161, "a\tb")
    assert await sqlite_world.rows() == []


@pytest.mark.parametrize("name", ["Spring sale", "spring SALE", " Spring sale "])
async def test_a_name_that_is_taken_is_told_in_the_modal(sqlite_world: World, name: str) -> None:
    view = await opened(sqlite_world, name=name, text="Another sale")
    await submit(sqlite_world, {})
    assert view.errors == {"name": "There is a message “Spring sale” already. Give another name."}
    assert (view.value("name"), view.value("text.0")) == (name, "Another sale")
    assert await sqlite_world.rows() == []
    assert not any(one.operation == "createMessage" for one in sqlite_world.whatcounts.requests)


async def test_a_name_of_somebody_elses_message_of_a_moment_ago_is_taken_too(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "messages")
    world.whatcounts.realm.add_message("Autumn", "Theirs")
    world.pass_time(10)
    view = await opened(world, name="Autumn", text="Ours")
    await submit(world, {})
    assert "There is a message “Autumn” already." in view.errors["name"]


@pytest.mark.parametrize("name", ["Spring sale", "spring SALE"])
async def test_while_whatcounts_is_slow_the_form_is_taken_and_the_card_says_that_a_name_is_taken(
    sqlite_world: World, name: str
) -> None:
    world = sqlite_world
    world.whatcounts.faults.next("delay_before", operation="messages", seconds=1.5)
    view = await opened(world, name=name, text="Another sale")
    await submit(world, {})
    assert view.closed
    card = await world.card("Draft, cannot be stored yet.")
    assert "There is a message “Spring sale” in WhatCounts already. Press Edit" in card.read()
    assert card.buttons() == ["Edit", "Cancel"]
    await press(world, card, "Edit")
    assert form(world).title == "Edit the message"
    assert form(world).value("text.0") == "Another sale"
    await submit(world, {"name": "Spring sale 2"})
    assert "Spring sale 2" in (await world.card(READY)).read()


async def test_what_was_typed_is_shown_as_it_is_and_no_mention_is_made_of_it(sqlite_world: World) -> None:
    text = "<!channel> *bold* & :wave: <b>"
    await opened(sqlite_world, name="Odd", text=text)
    await submit(sqlite_world, {})
    card = await sqlite_world.card(READY)
    assert text in card.read()
    assert "@channel" not in everything_shown(sqlite_world)


async def test_slack_that_does_not_open_the_modal_is_told_with_what_was_typed(sqlite_world: World) -> None:
    sqlite_world.slack.faults.refuse("views.open", "internal_error")
    read = await typed(sqlite_world, "create Autumn")
    assert "Slack did not open the form, so nothing was done." in read
    assert "You typed:\n/sms create Autumn" in read


async def test_while_slack_takes_no_change_of_the_form_typing_goes_on(sqlite_world: World) -> None:
    world = sqlite_world
    view = await opened(world)
    world.slack.faults.refuse("views.update", "internal_error")
    held = world.slack.faults.hold("views.update")
    await world.slack.fill(OLIVE, {"text": "Hello"})
    await held.reached.wait()  # what is refused is the change before the last
    await world.slack.fill(OLIVE, {"text": "Hello there", "name": "Autumn"})
    held.release()
    await reads(world, view, "11 characters")
    world.slack.faults.down = True
    await submit(world, {})
    assert view.closed
    world.slack.faults.clear()
    world.bot.wake.set()
    assert "Hello there" in (await world.slack.wait_for(lambda: world._card(READY, "C0SMS"), 15)).read()


async def test_while_the_database_is_away_the_form_stays_and_is_taken_later(
    postgres: str, postgres_url: str
) -> None:
    async with open_world(postgres_url) as world:
        view = await opened(world, name="Autumn", text=TEXT)
        with away(postgres, postgres_url):
            await submit(world, {})
            assert "The record could not be reached, so nothing was done." in form(world).read()
        await world.slack.close_view(OLIVE)
        assert form(world) is view
        assert (view.value("name"), view.value("text.0")) == ("Autumn", TEXT)
        assert (await submit(world, {})).closed
        await world.card(READY)
        assert len(await world.rows()) == 1


async def test_a_replayed_form_drafts_once(world: World) -> None:
    await opened(world, name="Autumn", text=TEXT)
    await submit(world, {})
    assert (await world.slack.replay()).status_code == 200
    await world.card(READY)
    assert len(await world.rows()) == 1


async def test_who_may_not_send_gets_no_modal(sqlite_world: World) -> None:
    assert "Who can: @Max Weber, @Olive Park." in await typed(sqlite_world, "create Autumn", ANA)
    assert sqlite_world.slack.view(ANA) is None


async def test_where_the_bot_may_not_post_the_card_comes_to_the_asker(sqlite_world: World) -> None:
    await typed(sqlite_world, "create Autumn", channel="C0RANDOM")
    await submit(sqlite_world, {"text": TEXT})
    assert TEXT in (await sqlite_world.card(READY, dm(OLIVE))).read()
