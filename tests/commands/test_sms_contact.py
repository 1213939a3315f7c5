"""`/sms contact`: a person with e-mail and phone, added to a sender code."""

from __future__ import annotations

import pytest

from bot.sends import Kind, State
from tests.delivery.members import ADD_CONTACT, JON, WEEKLY_ID, asked, confirm, draft_contact, groups_of
from tests.steps import everything_shown, form, press, submit, told, typed
from tests.world import ANA, MAX, SMS, World

PHONE = "12065550177"


async def test_a_contact_goes_the_whole_way(world: World) -> None:
    card = await draft_contact(world, group="weekly")
    for words in (
        "Contact •••••••0177 → 2065551212",
        "j•••@mydomain.com",
        "First name\nJon",
        "Customer key\n•••",
        "Country\nus",
        "Group\nweekly",
    ):
        assert words in card.read()
    assert card.buttons() == ["Add", "Edit", "Cancel"]
    assert asked(world, ADD_CONTACT) == 0
    await confirm(world, card)
    row = await world.state(State.SUBMITTED)
    assert "WhatCounts took it." in (await world.card("Added")).read()
    assert (row.kind, row.phone, row.email) == (Kind.CONTACT, PHONE, "jon@mydomain.com")
    made = world.whatcounts.realm.contacts[PHONE]
    assert (made.email, made.first, made.customer_key) == ("jon@mydomain.com", "Jon", "10442")
    assert groups_of(world, PHONE) == [WEEKLY_ID]
    assert asked(world, ADD_CONTACT) == 1
    assert len(world.slack.messages(SMS)) == 1
    assert [one.what for one in await world.timeline()] == ["drafted", "confirmed", "sending", "submitted"]


async def test_what_was_typed_fills_the_form(sqlite_world: World) -> None:
    await typed(sqlite_world, "contact jon@mydomain.com 206 555 0177")
    view = form(sqlite_world)
    assert view.title == "Add a contact"
    found = [view.value(name) for name in ("email", "phone", "country", "sender")]
    assert found == ["jon@mydomain.com", "206 555 0177", "us", "2065551212"]
    assert await sqlite_world.rows() == []


@pytest.mark.parametrize(
    ("words", "email", "phone", "group", "name"),
    [
        ("Jon jon@mydomain.com +1 (206)555-0177 weekly", "jon@mydomain.com", "206 555 0177", "weekly", "Jon"),
        ("Mary Ann\tmary@mydomain.com\t206.555.0177", "mary@mydomain.com", "206 555 0177", None, "Mary Ann"),
        ("jon@mydomain.com, 206 555", "jon@mydomain.com", "206 555", None, None),
        ("2065550177 2065550178 vip", None, "2065550177 2065550178", "vip", None),
        ("Weekly", None, None, None, "Weekly"),
    ],
)
async def test_nothing_that_was_typed_is_dropped(
    sqlite_world: World, words: str, email: str | None, phone: str | None, group: str | None, name: str | None
) -> None:
    await typed(sqlite_world, f"contact {words}")
    view = form(sqlite_world)
    found = tuple(view.value(one) for one in ("email", "phone", "group", "first_name"))
    assert found == (email, phone, group, name)


async def test_e_mail_and_phone_alone_are_enough(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "contact")
    assert (await submit(world, {"email": "jon@mydomain.com", "phone": "2065550177"})).closed
    await confirm(world, await world.card("Nothing is changed until someone presses Add."))
    await world.state(State.SUBMITTED)
    assert groups_of(world, PHONE) == [None]


async def test_who_is_there_already_is_said_to_be(world: World) -> None:
    await confirm(world, await draft_contact(world, phone="2065550100", group="weekly"))  # Ava
    card = await world.card("WhatCounts says that it was subscribed already.")
    assert "Whether it is in the group weekly, it does not tell." in card.read()
    assert world.whatcounts.realm.contacts["12065550100"].first == "Ava"


async def test_a_group_that_whatcounts_ignores_is_told_on_the_card_and_in_its_thread(world: World) -> None:
    world.whatcounts.faults.next("drop_group", operation=ADD_CONTACT)
    card = await confirm(world, await draft_contact(world, group="weekly"))
    await world.card("But its answer does not name the group weekly: it may be in no group.")
    (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert f"@Olive Park {(await world.row()).id}: But its answer does not name the group" in note.read()


async def test_an_e_mail_with_a_plus_goes_as_a_form(world: World) -> None:
    card = await draft_contact(world, email="jon+shop@mydomain.com", customer_key=None, group="weekly")
    await confirm(world, card)
    await world.state(State.SUBMITTED)
    assert world.whatcounts.realm.contacts[PHONE].email == "jon+shop@mydomain.com"
    assert (asked(world, ADD_CONTACT), asked(world, "addsubscribertosendercode")) == (0, 1)
    (request,) = [one for one in world.whatcounts.requests if one.operation == "addsubscribertosendercode"]
    assert "jon" not in request.target
    await world.card("Added")


async def test_a_group_that_the_answer_to_a_form_cannot_prove_is_said_to_be_unproven(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    card = await draft_contact(world, email="jon+shop@mydomain.com", customer_key=None, group="weekly")
    await confirm(world, card)
    await world.card("Whether it is in the group weekly, WhatCounts does not tell.")


FIELDS = {
    "email": ("jon at mydomain", "That is not an e-mail address."),
    "phone": ("206 555", "Give ten digits"),
    "country": ("u1", "Write the country with two letters"),
    "first_name": ("Jo\u0007n", "control character"),
    "customer_key": ("10\u000742", "control character"),
}


async def test_the_form_says_all_that_is_wrong_at_once_and_keeps_what_was_typed(sqlite_world: World) -> None:
    world = sqlite_world
    await typed(world, "contact")
    view = await submit(world, {name: value for name, (value, _) in FIELDS.items()})
    assert not view.closed
    assert {name for name, (_, said) in FIELDS.items() if said in view.errors.get(name, "")} == {*FIELDS}
    assert {name: view.value(name) for name in FIELDS} == {name: value for name, (value, _) in FIELDS.items()}
    assert await world.rows() == []


async def test_a_customer_key_that_cannot_go_with_the_e_mail_is_told_in_the_form(
    sqlite_world: World,
) -> None:
    await typed(sqlite_world, "contact")
    view = await submit(sqlite_world, JON | {"email": "jon+shop@mydomain.com"})
    assert "takes no customer key" in view.errors["customer_key"]


async def test_an_empty_form_is_told_by_slack_itself(sqlite_world: World) -> None:
    await typed(sqlite_world, "contact")
    view = await submit(sqlite_world, {"country": None})
    assert set(view.errors) == {"email", "phone", "country"}


async def test_a_realm_that_wants_a_customer_key_and_gets_none_leaves_a_doubt(sqlite_world: World) -> None:
    """Its words for that are on no page, so a 500 is no proof that nothing was done."""
    world = sqlite_world
    world.whatcounts.realm.customer_keys = True
    card = await confirm(world, await draft_contact(world, customer_key=None))
    await world.slack.wait_for(lambda: "does not say whether it was done (500)" in card.read())
    assert card.buttons() == ["It Was Added", "It Was Not Added"]
    assert PHONE not in world.whatcounts.realm.contacts


async def test_edit_shows_what_was_decided_and_changes_it(world: World) -> None:
    card = await draft_contact(world)
    await press(world, card, "Edit")
    view = form(world)
    assert view.title == "Edit the contact"
    assert [view.value(name) for name in JON] == ["jon@mydomain.com", PHONE, "Jon", "10442"]
    await submit(world, {"email": "john@mydomain.com", "first_name": None})
    await world.slack.wait_for(lambda: "First name" not in card.read() and "Add" in card.buttons())
    await confirm(world, card)
    await world.state(State.SUBMITTED)
    made = world.whatcounts.realm.contacts[PHONE]
    assert (made.email, made.first) == ("john@mydomain.com", "")


async def test_what_was_cancelled_is_drafted_again_whole(world: World) -> None:
    card = await draft_contact(world, group="weekly")
    await press(world, card, "Cancel")
    await world.card("Cancelled by @Olive Park")
    await press(world, card, "Draft Again", MAX)
    await world.card("Nothing is changed until someone presses Add.")
    first, second = await world.rows()
    kept = ("phone", "email", "first_name", "customer_key", "country", "audience", "sender")
    assert [getattr(second, name) for name in kept] == [getattr(first, name) for name in kept]
    assert second.asked_by == MAX


async def test_a_freeze_holds_it(sqlite_world: World) -> None:
    card = await draft_contact(sqlite_world)
    await typed(sqlite_world, "freeze")
    await confirm(sqlite_world, card)
    await sqlite_world.card("Held: nothing was changed.")
    assert PHONE not in sqlite_world.whatcounts.realm.contacts


async def test_the_same_submit_again_drafts_once(world: World) -> None:
    await draft_contact(world)
    assert "This was answered already" in (await world.slack.replay()).text
    assert len(await world.rows()) == 1


async def test_who_is_no_operator_is_refused(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "contact jon@mydomain.com", ANA)
    assert "You may not use /sms contact, so nothing was done." in read
    assert sqlite_world.slack.view(ANA) is None
    card = await draft_contact(sqlite_world)
    await press(sqlite_world, card, "Edit", ANA)
    await told(sqlite_world, ANA, "You may not press Edit")
    assert sqlite_world.slack.view(ANA) is None


@pytest.mark.parametrize("secret", ["jon@mydomain.com", "10442", PHONE[1:]])
async def test_what_a_person_is_known_by_is_shown_to_nobody(sqlite_world: World, secret: str) -> None:
    world = sqlite_world
    await confirm(world, await draft_contact(world))
    await world.card("Added")
    read = await typed(world, f"show {(await world.row()).id}")
    assert secret not in read + everything_shown(world) + await typed(world, "show")
