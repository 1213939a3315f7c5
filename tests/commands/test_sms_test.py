"""`/sms test`: the stored text, byte for byte, to each test phone once; and all that can go wrong with it."""

from __future__ import annotations

import pytest

from bot.sends import State
from sandbox.slack import Message, dm
from tests.steps import SALE, everything_shown, form, press, sends_asked, submit, typed
from tests.world import ANA, OLIVE, World, inside, open_world, outside

READY = "Nothing is sent until someone presses Send."
PHONES = ["12065550111", "12065550112"]


async def drafted(world: World, message: str = "Spring sale") -> Message:
    """A test that Olive asked for; its card."""
    assert await typed(world, f"test {message}") == ""
    return await world.card(READY)


async def confirmed(world: World, message: str = "Spring sale") -> Message:
    await press(world, await drafted(world, message), "Send")
    return await world.card("Scheduled.")


async def sent(world: World, message: str = "Spring sale") -> Message:
    await confirmed(world, message)
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    return await world.card("Submitted")


def reached(world: World) -> list[str]:
    """The phones that got a text, in order."""
    return [one.phone for one in world.whatcounts.sent]


async def test_a_test_goes_the_whole_way(world: World) -> None:
    card = await drafted(world, "spring SALE")
    assert card.read().startswith("Test · Spring sale → 2 test phones")
    for part in (SALE, "•••••••0111", "•••••••0112", "2065551212 (Main line)", "1 part, GSM-7"):
        assert part in card.read()
    assert "Last text to them" not in card.read()
    assert card.buttons() == ["Send", "Edit", "Cancel"]
    await press(world, card, "Send")
    assert (await world.card("Scheduled.")).buttons() == ["Cancel", "Move", "Edit"]
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    card = await world.card("WhatCounts took it; it does not tell whether it is delivered.")
    assert "•••••••0111: submitted" in card.read()
    assert "•••••••0112: submitted" in card.read()
    assert [(one.phone, one.sender, one.text) for one in world.whatcounts.sent] == [
        (phone, "2065551212", SALE) for phone in PHONES
    ]
    assert sends_asked(world) == 2
    assert len(world.slack.messages("C0SMS")) == 1
    what = [one.what for one in await world.timeline()]
    assert what == ["drafted", "confirmed", "sending", "submitted", "sending", "submitted"]
    assert not any(phone[1:] in everything_shown(world) for phone in PHONES)


async def test_a_test_by_the_form_goes_by_the_sender_code_that_was_chosen(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "test")
    view = form(world)
    assert (view.title, view.value("sender")) == ("Test a message", "2065551212")
    assert [one["value"] for one in await world.slack.search(OLIVE, "message", "beans")] == ["Spring sale"]
    assert (await submit(world, {"message": "Spring sale", "sender": "12345"})).closed
    await press(world, await world.card(READY), "Send")
    await world.card("Scheduled.")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert [(one.phone, one.sender) for one in world.whatcounts.sent] == [(one, "12345") for one in PHONES]


@pytest.mark.parametrize(
    "text",
    [
        " two  spaces, one at each end ",
        "first line\nsecond line",
        "“Harbor Fog” — it’s back ☕🎉",
        "Café & co: 50% + 1 = https://example.com/a?b=1&c=2#top",
        "no\u00a0break, thin\u2009space, joined 👩\u200d👧",
        "as a web form stores it\r\nsecond line",
        "a\ttab",
    ],
)
async def test_the_stored_text_arrives_byte_for_byte(sqlite_world: World, text: str) -> None:
    sqlite_world.whatcounts.realm.add_message("Odd", text)
    await sent(sqlite_world, "Odd")
    assert sqlite_world.texts() == [text, text]


async def test_the_very_name_is_meant_where_two_differ_in_case_alone(sqlite_world: World) -> None:
    sqlite_world.whatcounts.realm.add_message("spring sale", "The other one")
    await typed(sqlite_world, "messages")
    await sent(sqlite_world, "spring sale")
    assert set(sqlite_world.texts()) == {"The other one"}


async def test_without_test_phones_nothing_is_drafted(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_TEST_PHONES="") as world:
        for words in ("test", "test spring sale"):
            read = await typed(world, words)
            assert "No test phone is set, so nothing was drafted. An admin sets SMS_TEST_PHONES." in read
        assert await world.rows() == []
        assert world.slack.view(OLIVE) is None


async def test_a_message_that_is_not_there_is_told_with_a_near_miss(sqlite_world: World) -> None:
    await typed(sqlite_world, "test Sprng sale")
    card = await sqlite_world.card("cannot be sent yet")
    assert "There is no message “Sprng sale” in WhatCounts. Did you mean “Spring sale”?" in card.read()
    assert card.buttons() == ["Edit", "Cancel"]
    await press(sqlite_world, card, "Edit")
    assert form(sqlite_world).title == "Edit the test"
    assert (await submit(sqlite_world, {"message": "Spring sale"})).closed
    assert SALE in (await sqlite_world.card(READY)).read()


async def test_a_text_that_is_too_long_for_one_phone_cannot_be_sent(sqlite_world: World) -> None:
    sqlite_world.whatcounts.realm.add_message("Long", "x" * 161)
    await typed(sqlite_world, "test Long")
    card = await sqlite_world.card("It cannot go to a single phone. The text has 161 characters")
    assert "That is done in WhatCounts; or press Edit and choose another message." in card.read()
    assert card.buttons() == ["Edit", "Cancel"]


async def test_what_whatcounts_refuses_to_show_is_read_anew_after_it_is_mended(sqlite_world: World) -> None:
    world, password = sqlite_world, sqlite_world.whatcounts.realm.password
    world.whatcounts.realm.password = "changed since"
    await typed(world, "test Spring sale")
    card = await world.card("Once that is mended, press Edit, then Save: it is checked anew.")
    world.whatcounts.realm.password = password
    await press(world, card, "Edit")
    assert (await submit(world, {})).closed
    assert SALE in (await world.card(READY)).read()


async def test_a_text_that_no_path_carries_is_told_before_it_is_confirmed(sqlite_url: str) -> None:
    async with open_world(sqlite_url, WHATCOUNTS_TEXT_API="rest") as world:
        world.whatcounts.realm.add_message("Link", "see https://example.com/a?b=1")
        await typed(world, "test Link")
        card = await world.card("cannot be sent yet")
        assert card.buttons() == ["Edit", "Cancel"]
        await sent(world, "Store hours")
        assert len(world.texts()) == 2


async def test_a_test_in_a_freeze_is_held_and_sent_after_it(sqlite_world: World) -> None:
    world = sqlite_world
    await confirmed(world)
    await typed(world, "freeze")
    world.pass_time(5)
    card = await world.card("Held: nothing was sent.")
    assert card.buttons() == ["Send Now", "Move", "Cancel"]
    await typed(world, "unfreeze", "U0MAX")
    await press(world, card, "Send Now")
    world.pass_time(5)
    await world.state(State.SUBMITTED)
    assert reached(world) == PHONES


async def test_the_test_phones_of_now_are_the_ones_of_a_draft_that_is_made_again(sqlite_url: str) -> None:
    async with outside() as (slack, whatcounts):
        async with inside(slack, whatcounts, sqlite_url) as world:
            await press(world, await drafted(world), "Cancel")
            await world.card("Cancelled by")
        async with inside(slack, whatcounts, sqlite_url, SMS_TEST_PHONES="206 555 0199") as world:
            await press(world, await world.card("Cancelled by"), "Draft Again")
            card = await world.card(READY)
            assert card.read().startswith("Test · Spring sale → •••••••0199")


async def test_a_replayed_command_drafts_once(world: World) -> None:
    await drafted(world)
    assert "This was answered already" in (await world.slack.replay()).text
    assert len(await world.rows()) == 1


async def test_who_may_not_send_tests_nothing(sqlite_world: World) -> None:
    assert "Who can: @Max Weber, @Olive Park." in await typed(sqlite_world, "test spring sale", ANA)
    assert await sqlite_world.rows() == []


async def test_where_the_bot_may_not_post_the_card_comes_to_the_asker(sqlite_world: World) -> None:
    await typed(sqlite_world, "test spring sale", channel="C0RANDOM")
    await sqlite_world.card(READY, dm(OLIVE))
