"""Bare `/sms`: a private menu of what this person may do."""

from __future__ import annotations

import pytest

from tests.steps import GUEST, form, press, submit, told, typed
from tests.world import ANA, OLIVE, OTTO, World


async def test_the_menu_leads_to_a_text(world: World) -> None:
    shown = (await world.slack.command(OLIVE, "")).shown
    assert shown is not None
    assert shown.ephemeral_to == OLIVE
    await press(world, shown, "Send")
    assert form(world).title == "Text one phone"
    await submit(world, {"phone": "2065550100", "text": "Hello"})
    await world.card("Nothing is sent until someone presses Send.")
    assert (await world.row()).channel == "C0SMS"


@pytest.mark.parametrize(
    ("user", "verbs"),
    [
        (
            OLIVE,
            [
                *("Send", "Stop", "Campaign", "Everyone", "Test", "Scheduled", "Show", "History", "Stats"),
                *("Messages", "Create"),
                *("Subscribe", "Bulk", "Contact", "Groups", "Senders", "Status", "Freeze", "Help"),
            ],
        ),
        (
            ANA,
            [
                *("Scheduled", "Show", "History", "Stats", "Messages", "Groups", "Senders", "Status"),
                *("Freeze", "Help"),
            ],
        ),
        (OTTO, ["Help"]),
    ],
)
async def test_it_offers_what_this_person_may_do(sqlite_world: World, user: str, verbs: list[str]) -> None:
    shown = (await sqlite_world.slack.command(user, "")).shown
    assert shown is not None
    assert shown.buttons() == verbs
    assert all(f"{verb}: " in shown.read() for verb in verbs)


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("Scheduled", "Nothing is waiting to be sent."),
        ("Messages", "Messages 1 to 8 of 8"),
        ("Status", "Waiting: nothing."),
        ("Groups", "weekly"),
        ("Senders", "Short code"),
        ("Help", "/sms campaign [message]"),
    ],
)
async def test_its_buttons_answer_privately(sqlite_world: World, button: str, said: str) -> None:
    shown = (await sqlite_world.slack.command(OLIVE, "")).shown
    assert shown is not None
    await press(sqlite_world, shown, button)
    await told(sqlite_world, OLIVE, said)
    assert sqlite_world.slack.messages("C0SMS") == []


@pytest.mark.parametrize(
    ("button", "title"),
    [
        ("Campaign", "Campaign to a group"),
        ("Test", "Test a message"),
        ("Create", "New message"),
        ("Subscribe", "Subscribe a phone"),
        ("Bulk", "A list of phones"),
        ("Contact", "Add a contact"),
        ("Stop", "Stop texting"),
    ],
)
async def test_its_other_buttons_open_their_form(sqlite_world: World, button: str, title: str) -> None:
    shown = (await sqlite_world.slack.command(OLIVE, "")).shown
    assert shown is not None
    await press(sqlite_world, shown, button)
    assert form(sqlite_world).title == title


async def test_a_button_pressed_by_somebody_who_may_not_opens_nothing(sqlite_world: World) -> None:
    shown = (await sqlite_world.slack.command(OLIVE, "")).shown
    assert shown is not None
    await press(sqlite_world, shown, "Campaign", ANA)
    await told(
        sqlite_world,
        ANA,
        "You may not use /sms campaign, so nothing was done. Who can: @Max Weber, @Olive Park.",
    )
    assert sqlite_world.slack.view(ANA) is None


async def test_a_freeze_stands_above_it(sqlite_world: World) -> None:
    await typed(sqlite_world, "freeze", ANA)
    read = await typed(sqlite_world, "")
    assert read.startswith("Sends are frozen by @Ana Silva. Nothing leaves until an admin lifts it, or lets ")


async def test_a_guest_is_offered_help_alone(sqlite_world: World) -> None:
    shown = (await sqlite_world.slack.command(GUEST, "")).shown
    assert shown is not None
    assert shown.buttons() == ["Help"]


async def test_spaces_alone_are_the_menu_too(sqlite_world: World) -> None:
    assert "/sms help shows what can be typed." in await typed(sqlite_world, "   ")
