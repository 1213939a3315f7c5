"""`/sms messages`: the stored messages, with text, parts and dates."""

from __future__ import annotations

import pytest

from sandbox.slack import Message
from tests.steps import SALE, form, press, submit, told, typed
from tests.world import ANA, MAX, OLIVE, OTTO, World, open_world


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
    assert await typed(sqlite_world, "messages") == "No stored message. /sms create makes one."


async def test_many_are_paged_in_place_and_all_pages_of_whatcounts_are_read(sqlite_world: World) -> None:
    world = sqlite_world
    for number in range(600):
        world.whatcounts.realm.add_message(f"News {number}", f"Text {number}")
    answer = await world.slack.command(OLIVE, "messages News")
    shown = answer.shown
    assert shown is not None
    assert "Messages 1 to 8 of 600 with “News”" in shown.read()
    assert "News 599" in shown.read()
    assert shown.buttons()[-1] == "Next Page"
    assert "Earlier Page" not in shown.buttons()
    await press(world, shown, "Next Page")
    await world.slack.wait_for(lambda: "Messages 9 to 16 of 600 with “News”" in shown.read())
    assert shown.buttons()[-2:] == ["Earlier Page", "Next Page"]
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


async def found(world: World, words: str, user: str = OLIVE) -> Message:
    """What somebody reads after searching."""
    shown = (await world.slack.command(user, f"messages {words}")).shown
    assert shown is not None
    return shown


@pytest.mark.parametrize("user", [OLIVE, MAX])
async def test_who_may_send_has_buttons_under_each_message(sqlite_world: World, user: str) -> None:
    shown = await found(sqlite_world, "sale", user)
    assert shown.buttons() == ["Campaign", "Test", "Campaign", "Test"]
    meant = [one["value"] for each in shown.blocks for one in each.get("elements", []) if "value" in one]
    assert meant == ["Flash sale", "Flash sale", "Spring sale", "Spring sale"]


async def test_who_may_only_read_has_none(sqlite_world: World) -> None:
    assert (await found(sqlite_world, "sale", ANA)).buttons() == []


async def test_campaign_opens_the_form_with_that_message(world: World) -> None:
    await press(world, await found(world, "beans"), "Campaign")
    view = form(world)
    assert (view.title, view.value("message")) == ("Campaign to a group", "Spring sale")
    assert (await submit(world, {"group": "weekly"})).closed
    assert SALE in (await world.card("Nothing is sent until someone presses Send.")).read()
    assert (await world.row()).channel == "C0SMS"


async def test_test_drafts_a_test_of_that_message(world: World) -> None:
    await press(world, await found(world, "beans"), "Test")
    card = await world.card("Nothing is sent until someone presses Send.")
    assert card.read().startswith("Test · Spring sale → 2 test phones")
    assert SALE in card.read()
    assert len(await world.rows()) == 1


async def test_a_button_of_a_message_that_is_gone_meanwhile_says_so(sqlite_world: World) -> None:
    world = sqlite_world
    shown = await found(world, "beans")
    world.whatcounts.realm.messages.remove(world.whatcounts.realm.message("Spring sale"))
    world.pass_time(120)
    await press(world, shown, "Test")
    card = await world.card("cannot be sent yet")
    assert "There is no message “Spring sale” in WhatCounts." in card.read()
    await press(world, shown, "Campaign")
    assert "There is no message “Spring sale”." in form(world).read()


async def test_the_buttons_do_nothing_for_somebody_who_may_not_send(sqlite_world: World) -> None:
    world = sqlite_world
    shown = await found(world, "beans")
    await press(world, shown, "Test", ANA)
    await told(world, ANA, "You may not use /sms test")
    await press(world, shown, "Campaign", OTTO)
    await told(world, OTTO, "You may not use /sms campaign")
    assert await world.rows() == []
    assert world.slack.view(OTTO) is None


async def test_test_without_a_test_phone_says_what_is_missing(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_TEST_PHONES="") as world:
        await press(world, await found(world, "beans"), "Test")
        await told(world, OLIVE, "No test phone is set, so nothing was drafted.")


async def test_a_button_pressed_twice_as_one_request_drafts_once(world: World) -> None:
    await press(world, await found(world, "beans"), "Test")
    assert (await world.slack.replay()).status_code == 200
    await told(world, OLIVE, "This was answered already, so nothing was done now.")
    assert len(await world.rows()) == 1


async def test_an_odd_name_is_meant_by_its_button_just_as_it_is(sqlite_world: World) -> None:
    odd = "Odd & <!here> *name* “q” `x`"
    sqlite_world.whatcounts.realm.add_message(odd, "Just this")
    await press(sqlite_world, await found(sqlite_world, "Odd"), "Test")
    card = await sqlite_world.card("Nothing is sent until someone presses Send.")
    assert "Just this" in card.read()
    assert (await sqlite_world.row()).message == odd
