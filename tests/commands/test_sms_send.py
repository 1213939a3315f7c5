"""`/sms send`: one text to one phone, typed or by the form."""

from __future__ import annotations

import pytest

from bot.sends import State
from sandbox.slack import dm
from tests.steps import everything_shown, form, press, sends_asked, submit, submitted_text, told, typed
from tests.world import ANA, MAX, OLIVE, World


async def test_a_text_goes_the_whole_way(world: World) -> None:
    card = await world.draft_text("Hello from the shop")
    assert "Text → •••••••0100" in card.read()
    assert "Hello from the shop" in card.read()
    assert card.buttons() == ["Send", "Edit", "Cancel"]
    assert sends_asked(world) == 0
    await press(world, card, "Send")
    assert (await world.card("Scheduled.")).buttons() == ["Cancel", "Move", "Edit"]
    world.pass_time(5)
    row = await world.state(State.SUBMITTED)
    card = await world.card("Submitted")
    assert card.ts == row.card_ts
    assert card.buttons() == ["Oops"]
    assert [(one.phone, one.sender, one.text) for one in world.whatcounts.sent] == [
        ("12065550100", "2065551212", "Hello from the shop")
    ]
    assert sends_asked(world) == 1
    assert len(world.slack.messages("C0SMS")) == 1
    assert [one.what for one in await world.timeline()] == ["drafted", "confirmed", "sending", "submitted"]


async def test_a_text_by_the_form_goes_the_whole_way(world: World) -> None:
    assert await typed(world, "send") == ""
    view = form(world)
    assert view.title == "Text one phone"
    assert view.value("sender") == "2065551212"
    taken = await submit(world, {"phone": "(206) 555-0100", "text": "Your order is ready", "sender": "12345"})
    assert taken.closed
    card = await world.card("Nothing is sent until someone presses Send.")
    assert "12345 (Short code)" in card.read()
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert [(one.sender, one.text) for one in world.whatcounts.sent] == [("12345", "Your order is ready")]


async def test_a_text_with_a_time_waits_for_it(world: World) -> None:
    at = int(world.time.now().timestamp()) + 3600
    await typed(world, "send")
    await submit(world, {"phone": "2065550100", "text": "Hello", "when": at})
    card = await world.card("Nothing is sent until someone presses Schedule.")
    assert "America/Los_Angeles (UTC-0" in card.read()
    await press(world, card, "Schedule")
    await world.card("Scheduled.")
    row = await world.row()
    assert row.due_at is not None
    assert int(row.due_at.timestamp()) == at
    world.pass_time(60)
    assert (await world.row()).state is State.SCHEDULED
    world.pass_time(3600)
    await world.state(State.SUBMITTED)
    assert world.texts() == ["Hello"]


@pytest.mark.parametrize(
    "phone", ["2065550100", "206 555 0100", "(206) 555-0100", "+1 206 555 0100", "1-206-555-0100"]
)
async def test_a_phone_is_understood_as_people_write_it(sqlite_world: World, phone: str) -> None:
    await typed(sqlite_world, f"send {phone} 2 for 1 today")
    row = await sqlite_world.row()
    assert (row.phone, row.text) == ("12065550100", "2 for 1 today")


async def test_what_was_typed_is_what_arrives(sqlite_world: World) -> None:
    text = "Q&A <now> at https://example.com/a?b=1&c=2, mail me@example.com or @nobody; 50% + 1 “off”  é ☕"
    await submitted_text(sqlite_world, text)
    assert sqlite_world.texts() == [text]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("send 206555 Hello", "not a US or Canadian phone number"),
        ("send hello there", "not a phone number"),
        ("send 12345678901234 Hello", "phone number"),
        ("send +44 20 7946 0958 Hello", "Only US and Canadian numbers can be texted"),
        ("send 2065550100", "There is no text"),
        (f"send 2065550100 {'x' * 161}", "161 characters; WhatCounts takes 160. Shorten it by 1"),
        (f"send 2065550100 {'☕' * 161}", "161 characters"),
        ("send 2065550100 one\ttwo", "a tab"),
        ("send 2065550100 pay \u202e001", "control character"),
    ],
)
async def test_words_that_do_not_fit_are_refused_and_nothing_is_drafted(
    sqlite_world: World, words: str, said: str
) -> None:
    read = await typed(sqlite_world, words)
    assert said in read
    assert "Nothing was drafted." in read
    assert await sqlite_world.rows() == []


async def test_words_that_do_not_fit_get_the_usage(sqlite_world: World) -> None:
    assert "Usage: /sms send <phone> <text>" in await typed(sqlite_world, "send 2065550100")


async def test_the_form_says_all_that_is_wrong_at_once_and_keeps_what_was_typed(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "send")
    past = int(world.time.now().timestamp()) - 60
    view = await submit(world, {"phone": "12", "text": "x" * 161, "when": past})
    assert not view.closed
    assert "Give ten digits" in view.errors["phone"]
    assert "Shorten it by 1" in view.errors["text"]
    assert "This time is past" in view.errors["when"]
    assert view.value("text") == "x" * 161
    assert await world.rows() == []


async def test_a_sender_code_that_is_not_registered_is_refused(sqlite_world: World) -> None:
    await typed(sqlite_world, "send")
    view = form(sqlite_world)
    # as from a form of before the settings changed
    stale = {"text": {"type": "plain_text", "text": "Old line"}, "value": "99999"}
    view.values["sender"]["sender"]["selected_option"] = stale
    await submit(sqlite_world, {"phone": "2065550100", "text": "Hello"})
    assert view.errors == {"sender": "Choose a registered sender code."}
    assert await sqlite_world.rows() == []


async def test_an_empty_field_is_told_by_slack_itself(sqlite_world: World) -> None:
    await typed(sqlite_world, "send")
    view = form(sqlite_world)
    answer = await sqlite_world.slack.submit(OLIVE)
    assert answer.status == 0
    assert set(view.errors) == {"phone", "text"}


async def test_an_admin_may_send_and_an_approver_may_not(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "send 2065550100 Hello", ANA)
    assert "You may not use /sms send, so nothing was done. Who can: @Max Weber, @Olive Park." in read
    assert await sqlite_world.rows() == []
    await typed(sqlite_world, "send 2065550100 Hello", MAX)
    assert (await sqlite_world.row()).asked_by == MAX


async def test_in_a_direct_message_the_card_stands_there(sqlite_world: World) -> None:
    await sqlite_world.slack.command(OLIVE, "send 2065550100 Hello", dm(OLIVE))
    card = await sqlite_world.card("Nothing is sent until", dm(OLIVE))
    await press(sqlite_world, card, "Send")
    await sqlite_world.card("Scheduled.", dm(OLIVE))


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        ("C0RANDOM", "smsops may not post {}. Type /invite @smsops there to mend that."),
        ("C0SHARED", "Cards are not shown {}, since people of another company read there."),
    ],
)
async def test_where_the_bot_may_not_post_the_card_comes_to_the_asker(
    world: World, channel: str, why: str
) -> None:
    await world.slack.command(OLIVE, "send 2065550100 Hello", channel)
    card = await world.card("Nothing is sent until", dm(OLIVE))
    note = await world.slack.wait_for(lambda: world.slack.replies(card))
    name = world.slack.world.channels[channel].name
    assert why.format(f"in #{name}") in note[0].read()
    assert world.slack.messages(channel) == []
    send_id = (await world.row()).id
    said = await told(world, OLIVE, f"The card of {send_id} came to your direct messages.", channel)
    assert why.format("here") in said
    await press(world, card, "Send")
    await world.card("Scheduled.", dm(OLIVE))
    world.pass_time(5)
    await world.state(State.SUBMITTED)


async def test_outside_the_channels_of_the_settings_nothing_is_drafted(channels_world: World) -> None:
    read = await typed(channels_world, "send 2065550100 Hello", channel=dm(OLIVE))
    assert read.startswith("Texts are sent from #sms only. Nothing was done here.")
    assert "You typed:\n/sms send 2065550100 Hello" in read
    assert await channels_world.rows() == []
    await typed(channels_world, "send 2065550100 Hello")
    await channels_world.card("Nothing is sent until")


async def test_a_whole_phone_number_is_shown_to_nobody_and_logged_nowhere(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await submitted_text(sqlite_world, "My secret text")
    await typed(sqlite_world, "scheduled")
    await typed(sqlite_world, f"show {(await sqlite_world.row()).id}")
    assert "•••••••0100" in everything_shown(sqlite_world)
    assert "2065550100" not in everything_shown(sqlite_world)
    assert "2065550100" not in caplog.text
    assert "My secret text" not in caplog.text


@pytest.mark.parametrize("between", ["\n", "\n\n", "\t", "  "])
async def test_the_verb_may_stand_on_a_line_of_its_own(sqlite_world: World, between: str) -> None:
    assert await typed(sqlite_world, f"send{between}2065550100 Hello\nand more") == ""
    await sqlite_world.card("Nothing is sent until someone presses Send.")
    row = await sqlite_world.row()
    assert (row.phone, row.text) == ("12065550100", "Hello\nand more")
