"""*Stop texting this number* in a message's menu: it finds the numbers, and asks as `/sms stop` does."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack import Message, View, dm
from tests.delivery.stops import AVA, BEN, DONE, MAIN, is_stopped, stop_that_fails, stops_asked
from tests.steps import form, scheduled_campaign, submit, submitted_text, told, typed
from tests.world import ANA, OLIVE, SMS, World

SHORTCUT = "Stop texting this number"
NOTHING_FOUND = "There is no phone number in this message. Type it."


async def picked(world: World, message: Message, user: str = OLIVE) -> View:
    """Somebody picks it in the message's menu; the modal that opens."""
    answer = await world.slack.shortcut(user, message, SHORTCUT)
    assert answer.ok, answer
    return form(world, user)


async def test_a_number_in_a_message_goes_the_whole_way(world: World) -> None:
    said = world.slack.say(ANA, "Ava wrote: please no more texts to 206-555-0100, thanks")
    view = await picked(world, said)
    assert view.title == "Stop texting"
    assert view.value("phone") == "206 555 0100"
    assert (await submit(world, {"sender": MAIN})).closed
    card = await world.card(DONE)
    assert "asked for by @Olive Park" in card.read()
    assert stops_asked(world) == [(AVA, MAIN)]
    assert is_stopped(world)
    assert said.history == [said.history[0]]  # what somebody wrote stays as it is


@pytest.mark.parametrize(
    "text",
    [
        "STOP from (206) 555-0100",
        "STOP from <tel:+12065550100|206-555-0100>",
        "STOP from <tel:2065550100|the customer>",
        "+1 206 555 0100: stop",
        "stop 12065550100 and again 206.555.0100",
        "order 4711-88-1234567890123 of 206 555 0100 &amp; co",
    ],
)
async def test_a_number_is_found_however_it_is_written(sqlite_world: World, text: str) -> None:
    view = await picked(sqlite_world, sqlite_world.slack.say(ANA, text))
    assert view.value("phone") == "206 555 0100"


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "STOP from *206 555 0100*"}}
FIELDS = {"type": "section", "fields": [{"type": "plain_text", "text": "From: +12065550100"}]}
LINK = {"type": "link", "url": "tel:+12065550100", "text": "Ava"}
RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [LINK]}]}
CONTEXT = {"type": "context", "elements": [{"type": "mrkdwn", "text": "206-555-0100 wrote"}]}


@pytest.mark.parametrize("block", [SECTION, FIELDS, RICH, CONTEXT], ids=lambda one: str(one)[10:40])
async def test_a_number_in_another_app_s_blocks_is_found(sqlite_world: World, block: dict[str, Any]) -> None:
    message = sqlite_world.slack.workspace.post(SMS, ANA, "A reply came in", [block])
    assert (await picked(sqlite_world, message)).value("phone") == "206 555 0100"


async def test_a_number_in_an_attachment_is_found(sqlite_world: World) -> None:
    attachments = [{"fallback": "A reply", "fields": [{"title": "From", "value": "206 555 0100"}]}]
    message = sqlite_world.slack.workspace.post(SMS, ANA, "A reply came in", attachments=attachments)
    assert (await picked(sqlite_world, message)).value("phone") == "206 555 0100"


async def test_of_several_numbers_one_ticks_those_that_are_meant(world: World) -> None:
    said = world.slack.say(ANA, "206 555 0100, 206 555 0101 and 206 555 0104 do not want it")
    view = await picked(world, said)
    assert "206 555 0100" in view.read()
    assert view.value("phones") == []
    assert (await submit(world, {"phones": [AVA, BEN], "sender": MAIN})).closed
    await world.slack.wait_for(lambda: len(world.slack.messages(SMS)) == 3)
    await world.slack.wait_for(lambda: all(DONE in one.read() for one in world.slack.messages(SMS)[1:]))
    assert sorted(stops_asked(world)) == [(AVA, MAIN), (BEN, MAIN)]
    first, second = await world.rows()
    assert first.asked_at == second.asked_at
    assert {first.phone, second.phone} == {AVA, BEN}


async def test_several_numbers_submitted_again_are_stopped_once(world: World) -> None:
    said = world.slack.say(ANA, "206 555 0100 and 206 555 0101")
    await picked(world, said)
    await submit(world, {"phones": [AVA, BEN], "sender": MAIN})
    assert "This was answered already" in (await world.slack.replay()).text
    assert len(await world.rows()) == 2


async def test_of_several_numbers_none_is_ticked_for_one(sqlite_world: World) -> None:
    world = sqlite_world
    view = await picked(world, world.slack.say(ANA, "206 555 0100 or 206 555 0101"))
    await submit(world, {})
    assert view.errors
    assert await world.rows() == []


async def test_of_many_numbers_ten_are_offered(sqlite_world: World) -> None:
    said = sqlite_world.slack.say(ANA, " ".join(f"206 555 01{n}," for n in range(10, 25)))
    view = await picked(sqlite_world, said)
    assert "206 555 0119" in view.read()
    assert "206 555 0120" not in view.read()


async def test_without_a_number_it_asks_for_one(sqlite_world: World) -> None:
    world = sqlite_world
    view = await picked(world, world.slack.say(ANA, "please stop texting me, order 12345678"))
    assert NOTHING_FOUND in view.read()
    assert (await submit(world, {"phone": "2065550100", "sender": MAIN})).closed
    await world.card(DONE)
    assert is_stopped(world)


async def test_the_card_of_a_text_knows_its_number_though_it_shows_four_digits(world: World) -> None:
    card = await submitted_text(world)
    assert "2065550100" not in card.read()
    view = await picked(world, card)
    assert view.value("phone") == "206 555 0100"
    await submit(world, {})
    await world.card(DONE)
    assert is_stopped(world)


async def test_the_card_of_a_campaign_has_no_number_but_our_own_sender_code(sqlite_world: World) -> None:
    card = await scheduled_campaign(sqlite_world)
    assert "2065551212" in card.read()
    assert NOTHING_FOUND in (await picked(sqlite_world, card)).read()


async def test_the_card_of_a_stop_that_fails_can_be_asked_for_again(sqlite_world: World) -> None:
    card = await stop_that_fails(sqlite_world)
    assert (await picked(sqlite_world, card)).value("phone") == "206 555 0100"


async def test_where_the_bot_is_not_the_card_comes_to_the_asker(world: World) -> None:
    said = world.slack.say(ANA, "206 555 0100 wants out", "C0RANDOM")
    await picked(world, said)
    assert (await submit(world, {"sender": MAIN})).closed
    await world.card(DONE, dm(OLIVE))
    assert world.slack.messages("C0RANDOM") == [said]


async def test_outside_the_channels_of_the_settings_the_card_comes_to_the_asker(
    channels_world: World,
) -> None:
    world = channels_world
    await picked(world, world.slack.say(ANA, "206 555 0100 wants out", "C0RANDOM"))
    await submit(world, {"sender": MAIN})
    await world.card(DONE, dm(OLIVE))
    assert world.slack.messages(SMS) == []
    assert is_stopped(world)


async def test_who_is_no_operator_is_told_so_privately(sqlite_world: World) -> None:
    world = sqlite_world
    said = world.slack.say(OLIVE, "206 555 0100 wants out")
    assert (await world.slack.shortcut(ANA, said, SHORTCUT)).ok
    await told(world, ANA, "so nothing was done. Who can: @Max Weber, @Olive Park.")
    assert world.slack.view(ANA) is None
    assert await world.rows() == []


async def test_it_works_in_a_freeze(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "freeze wrong price")
    await picked(world, world.slack.say(ANA, "206 555 0100 wants out"))
    await submit(world, {})
    await world.card(DONE)
