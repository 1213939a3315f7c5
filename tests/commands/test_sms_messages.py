"""`/sms messages`: the stored messages, with text, parts and dates."""

from __future__ import annotations

import pytest

from tests.steps import press, told, typed
from tests.world import ANA, OLIVE, OTTO, World


async def test_the_stored_messages_are_listed_privately_newest_first(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "messages")
    assert read.startswith("Messages 1 to 8 of 8")
    assert read.index("Rewards") < read.index("Spring sale") < read.index("welcome")
    assert "Tidewater Coffee: On Monday we open at 10 and close at 4." in read
    assert "1 part, GSM-7 · label promo · created" in read
    assert "1 part, UCS-2" in read  # Flash sale
    assert sqlite_world.slack.messages("C0SMS") == []


async def test_words_search_name_and_text(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "messages SALE beans")
    assert read.startswith("Messages 1 to 1 of 1 with “SALE beans”")
    assert "Spring sale" in read
    assert "Flash sale" not in read


async def test_a_search_that_finds_nothing_says_what_to_type(sqlite_world: World) -> None:
    assert await typed(sqlite_world, "messages <tea> & cake") == (
        "No stored message with “<tea> & cake”. /sms messages lists all."
    )


async def test_an_account_without_messages_is_told(sqlite_world: World) -> None:
    sqlite_world.whatcounts.realm.messages.clear()
    assert await typed(sqlite_world, "messages") == "No stored message. Create one in WhatCounts."


async def test_many_are_paged_in_place_and_all_pages_of_whatcounts_are_read(sqlite_world: World) -> None:
    world = sqlite_world
    for number in range(600):
        world.whatcounts.realm.add_message(f"News {number}", f"Text {number}")
    answer = await world.slack.command(OLIVE, "messages News")
    shown = answer.shown
    assert shown is not None
    assert "Messages 1 to 8 of 600 with “News”" in shown.read()
    assert "News 599" in shown.read()
    assert shown.buttons() == ["Next Page"]
    await press(world, shown, "Next Page")
    await world.slack.wait_for(lambda: "Messages 9 to 16 of 600 with “News”" in shown.read())
    assert shown.buttons() == ["Earlier Page", "Next Page"]
    await press(world, shown, "Earlier Page")
    await world.slack.wait_for(lambda: "Messages 1 to 8 of 600" in shown.read())
    assert [one.target for one in world.whatcounts.requests] == ["/rest/sms", "/rest/sms?skip=500"]


async def test_a_long_text_is_shown_whole_and_just_as_it_is(sqlite_world: World) -> None:
    text = "*Not bold* <b>&amp; :wave: `code`\nsecond line " + "x" * 300
    sqlite_world.whatcounts.realm.add_message("Odd & <ends>", text)
    read = await typed(sqlite_world, "messages Odd")
    assert text in read
    assert "Odd & <ends>" in read


async def test_whatcounts_down_is_told(sqlite_world: World) -> None:
    await sqlite_world.whatcounts.stop()
    assert "WhatCounts could not be reached" in await typed(sqlite_world, "messages")


async def test_whatcounts_slow_is_told_in_time(sqlite_world: World) -> None:
    sqlite_world.whatcounts.faults.always("delay_before", operation="messages", seconds=30)
    assert await typed(sqlite_world, "messages") == "WhatCounts is slow to answer. Try again in a moment."


@pytest.mark.parametrize(
    "fault", ["garbage", "html_200", "empty_200", "truncate", "error_500_unknown", "redirect"]
)
async def test_an_answer_that_is_no_list_is_told(sqlite_world: World, fault: str) -> None:
    sqlite_world.whatcounts.faults.always(fault, operation="messages")
    read = await typed(sqlite_world, "messages")
    assert "WhatCounts" in read
    assert "No stored message" not in read


async def test_a_wrong_password_is_told_without_the_password(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    secret = sqlite_world.settings.whatcounts_password.get_secret_value()
    sqlite_world.whatcounts.faults.always("password_echo", operation="messages")
    read = await typed(sqlite_world, "messages")
    assert "WhatCounts refused the login" in read
    assert secret not in read + caplog.text


async def test_an_approver_may_read_them_and_an_outsider_may_not(sqlite_world: World) -> None:
    assert "Messages 1 to 8 of 8" in await typed(sqlite_world, "messages", ANA)
    read = await typed(sqlite_world, "messages", OTTO)
    assert read == (
        "You may not use /sms messages, so nothing was done. Who can: @Ana Silva, @Max Weber, @Olive Park."
    )


async def test_a_page_is_not_turned_for_somebody_who_may_not_read_them(sqlite_world: World) -> None:
    for number in range(20):
        sqlite_world.whatcounts.realm.add_message(f"News {number}", f"Text {number}")
    shown = (await sqlite_world.slack.command(OLIVE, "messages")).shown
    assert shown is not None
    await press(sqlite_world, shown, "Next Page", OTTO)
    await told(sqlite_world, OTTO, "You may not use /sms messages")
    assert "Messages 1 to 8" in shown.read()


async def test_the_longest_texts_in_the_dearest_characters_are_listed(sqlite_world: World) -> None:
    for number in range(10):
        sqlite_world.whatcounts.realm.add_message(f"amp {number}", "&" * 3000)
    answer = await sqlite_world.slack.command(OLIVE, "messages amp")
    assert answer.ok and answer.shown
    assert "Messages 1 to 8 of 1" in answer.shown.read()
    assert answer.shown.read().count("&") >= 8 * 3000
    assert len(answer.shown.text) <= 4000
