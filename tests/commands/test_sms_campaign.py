"""`/sms campaign`: a stored message to one registered group, by the modal."""

from __future__ import annotations

from bot.sends import State
from sandbox.slack import dm
from tests.steps import (
    GROUP_DELAY,
    SALE,
    draft_campaign,
    form,
    press,
    scheduled_campaign,
    sends_asked,
    submit,
    typed,
)
from tests.world import ANA, OLIVE, World

MAIN_LINE = "2065551212"


async def test_a_campaign_goes_the_whole_way(world: World) -> None:
    assert await typed(world, "campaign") == ""
    assert form(world).title == "Campaign to a group"
    assert form(world).value("sender") == MAIN_LINE
    assert [one["value"] for one in await world.slack.search(OLIVE, "message", "beans")] == ["Spring sale"]
    view = await submit(
        world, {"message": "Spring sale", "group": "weekly", "name": "Spring", "description": "20 % off"}
    )
    assert view.closed
    card = await world.card("Nothing is sent until someone presses Send.")
    read = card.read()
    assert read.startswith("Campaign · Spring sale → group weekly")
    for part in (
        SALE,
        "Group weekly",
        f"{MAIN_LINE} (Main line)",
        "20 % off",
        "1 part, GSM-7",
        "60 seconds after",
    ):
        assert part in read
    await press(world, card, "Send")
    await world.card("Scheduled.")
    world.pass_time(GROUP_DELAY)
    row = await world.state(State.SUBMITTED)
    await world.card("Submitted")
    assert {one.phone[-4:] for one in world.whatcounts.sent} == {"0100", "0101", "0102"}  # Finn has opted out
    assert {(one.group, one.campaign, one.text) for one in world.whatcounts.sent} == {
        ("weekly", f"Spring {row.id}", SALE)
    }
    assert sends_asked(world) == 1
    assert world.slack.replies(card) == []


async def test_a_campaign_with_a_time_goes_out_at_that_time_and_not_before(world: World) -> None:
    at = int(world.time.now().timestamp()) + 7200
    card = await draft_campaign(world, when=at)
    assert card.buttons() == ["Schedule", "Edit", "Cancel"]
    await press(world, card, "Schedule")
    await world.card("Scheduled.")
    row = await world.row()
    assert row.due_at is not None
    assert int(row.due_at.timestamp()) == at
    world.pass_time(7000)
    await world.slack.command(OLIVE, "status")
    assert world.whatcounts.sent == []
    world.pass_time(200)
    await world.state(State.SUBMITTED)
    assert len(world.texts()) == 3


async def test_a_time_that_leaves_less_than_the_delay_is_moved_and_the_card_says_so(
    sqlite_world: World,
) -> None:
    at = int(sqlite_world.time.now().timestamp()) + 30
    card = await scheduled_campaign(sqlite_world, when=at)
    assert "Moved: the time chosen left less than the delay in which it can be cancelled." in card.read()
    row = await sqlite_world.row()
    assert row.due_at is not None
    assert row.due_at.timestamp() > at


async def test_the_message_that_was_typed_is_chosen_already(sqlite_world: World) -> None:
    await typed(sqlite_world, "campaign Spring sale")
    assert form(sqlite_world).value("message") == "Spring sale"
    assert form(sqlite_world).value("name") == "Spring sale"


async def test_a_typed_message_that_is_not_there_is_told_with_a_near_miss(sqlite_world: World) -> None:
    await typed(sqlite_world, "campaign Sprng sale")
    await submit(sqlite_world, {"group": "weekly"})
    card = await sqlite_world.card("cannot be sent yet")
    assert "There is no message “Sprng sale” in WhatCounts. Did you mean “Spring sale”?" in card.read()
    assert card.buttons() == ["Edit", "Cancel"]


async def test_a_message_that_is_known_not_to_be_there_is_told_in_the_modal(sqlite_world: World) -> None:
    await typed(sqlite_world, "messages")
    await typed(sqlite_world, "campaign Sprng sale")
    view = form(sqlite_world)
    assert "There is no message “Sprng sale”. Type to search." in view.read()
    assert view.value("message") is None


async def test_a_typed_message_is_known_in_any_case(sqlite_world: World) -> None:
    await typed(sqlite_world, "messages")
    await typed(sqlite_world, "campaign SPRING SALE")
    assert form(sqlite_world).value("message") == "Spring sale"


async def test_a_message_that_was_stored_since_the_list_was_read_is_not_denied(sqlite_world: World) -> None:
    await typed(sqlite_world, "messages")
    sqlite_world.whatcounts.realm.add_message("Brand new", "Hot off the press")
    sqlite_world.pass_time(3600)
    await typed(sqlite_world, "campaign Brand new")
    assert form(sqlite_world).value("message") == "Brand new"
    assert (await submit(sqlite_world, {"group": "weekly"})).closed
    assert "Hot off the press" in (await sqlite_world.card("Nothing is sent until")).read()


async def test_the_modal_offers_registered_senders_and_groups_only(sqlite_world: World) -> None:
    await typed(sqlite_world, "campaign")
    read = form(sqlite_world).read()
    assert all(one in read for one in ("Main line · 2065551212", "Short code · 12345", "weekly", "vip"))
    assert "staff" not in read  # a group of the account that is not registered


async def test_the_modal_says_all_that_is_wrong_at_once(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "campaign Spring sale")
    view = form(world)
    # as from a form of before the settings changed
    stale = {"text": {"type": "plain_text", "text": "gone"}, "value": "gone"}
    view.values["group"]["group"]["selected_option"] = stale
    view.values["sender"]["sender"]["selected_option"] = stale
    await submit(world, {"name": "50% off / today", "when": int(world.time.now().timestamp()) - 60})
    assert view.errors["group"] == "Choose a registered group."
    assert view.errors["sender"] == "Choose a registered sender code."
    assert "The campaign's name has “%” in it" in view.errors["name"]
    assert "This time is past" in view.errors["when"]
    assert await world.rows() == []


async def test_a_message_whose_name_cannot_travel_is_refused_under_its_field(sqlite_world: World) -> None:
    sqlite_world.whatcounts.realm.add_message("50% off", "Half price")
    await typed(sqlite_world, "campaign")
    view = await submit(sqlite_world, {"message": "50% off", "group": "weekly", "name": "Half"})
    assert "The message's name has “%” in it" in view.errors["message"]
    assert await sqlite_world.rows() == []


async def test_the_search_finds_by_words_of_name_and_text(sqlite_world: World) -> None:
    await typed(sqlite_world, "campaign")

    async def found(words: str) -> list[str]:
        return [one["value"] for one in await sqlite_world.slack.search(OLIVE, "message", words)]

    assert await found("SALE") == ["Flash sale", "Spring sale"]
    assert await found("sale beans") == ["Spring sale"]
    assert await found("nothing like it") == []
    assert len(await found("")) == 8


async def test_a_search_while_whatcounts_is_down_says_so_and_cannot_be_chosen(sqlite_world: World) -> None:
    await sqlite_world.whatcounts.stop()
    await typed(sqlite_world, "campaign")
    options = await sqlite_world.slack.search(OLIVE, "message", "sale")
    assert [one["text"]["text"] for one in options] == ["WhatCounts did not answer. Type again in a moment."]
    view = await submit(sqlite_world, {"message": options[0]["value"], "group": "weekly", "name": "Spring"})
    assert view.errors == {"message": "Choose a message."}


async def test_a_search_while_whatcounts_is_slow_is_answered_in_time(sqlite_world: World) -> None:
    sqlite_world.whatcounts.faults.always("delay_before", operation="messages", seconds=30)
    await typed(sqlite_world, "campaign")
    options = await sqlite_world.slack.search(OLIVE, "message", "sale")
    assert [one["text"]["text"] for one in options] == ["WhatCounts did not answer. Type again in a moment."]


async def test_without_a_registered_group_there_is_nobody_to_send_to(bare_world: World) -> None:
    read = await typed(bare_world, "campaign Spring sale")
    assert "No group is registered, so there is nobody to send to. /sms groups adds one." in read
    assert bare_world.slack.view(OLIVE) is None


async def test_who_may_not_send_gets_no_modal(sqlite_world: World) -> None:
    assert "Who can: @Max Weber, @Olive Park." in await typed(sqlite_world, "campaign", ANA)
    assert sqlite_world.slack.view(ANA) is None


async def test_where_the_bot_may_not_post_a_campaign_is_cancelled_and_the_asker_told(world: World) -> None:
    await typed(world, "campaign Spring sale", channel="C0RANDOM")
    await submit(world, {"group": "weekly"})
    card = await world.card("Cancelled. Nothing was sent.", dm(OLIVE))
    assert "Type /invite @smsops there to mend that. Then press Draft Again." in card.read()
    assert (await world.state(State.CANCELLED)).why
    assert world.slack.messages("C0RANDOM") == []


async def test_slack_that_does_not_open_the_modal_is_told(sqlite_world: World) -> None:
    sqlite_world.slack.faults.refuse("views.open", "internal_error")
    assert "Slack did not open the form, so nothing was done." in await typed(sqlite_world, "campaign")
