"""`/sms people`: admins see who may do what, add people and user groups, and remove those."""

from __future__ import annotations

import pytest

from bot.sends import State
from sandbox.slack import Message
from tests.steps import form, place_of, submit, typed
from tests.world import ANA, MAX, OLIVE, OTTO, SMS, World, open_world

LEADS = "S0LEADS"


async def listed(world: World, user: str = MAX) -> Message:
    answer = await world.slack.command(user, "people", SMS)
    assert answer.ok and answer.shown
    return answer.shown


async def add(world: World, **values: str) -> None:
    """Max adds somebody."""
    answer = await world.slack.click(MAX, await listed(world), "Add")
    assert answer.ok, answer
    await submit(world, values, MAX)


async def test_the_list_says_who_comes_from_where_and_what_they_may(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_APPROVERS=f"{ANA},{LEADS}", SMS_OPERATORS="*") as world:
        await add(world, role="operator", who=OTTO)
        card = await listed(world)
        assert card.read().splitlines()[:9] == [
            "Operators send:",
            "every full member · from SMS_OPERATORS",
            "@Otto Lind · added by @Max Weber",
            "Remove",
            "Approvers approve what another person asks for:",
            "@Ana Silva · from SMS_APPROVERS",
            "@leads · from SMS_APPROVERS",
            "Admins do both, lift a freeze, change these lists:",
            "@Max Weber · from SMS_ADMINS",
        ]
        assert card.buttons() == ["Remove", "Add"]


async def test_who_is_added_may_at_once_and_who_is_removed_may_not(world: World) -> None:
    assert "You may not use" in await typed(world, "send 2065550100 Hello", OTTO)
    await add(world, role="operator", who=OTTO)
    assert "@Otto Lind is an operator now." in form(world, MAX).read()
    await typed(world, "send 2065550100 Hello", OTTO)
    await world.card("Nothing is sent until someone presses")
    assert "send" in await typed(world, "help", OTTO)
    card = await listed(world)
    answer = await world.slack.click(MAX, card, place_of(card, f"operator {OTTO}"))
    assert answer.ok, answer
    read = await typed(world, "send 2065550100 Again", OTTO)
    assert "You may not use /sms send, so nothing was done. Who can: @Max Weber, @Olive Park." in read
    assert len(await world.rows()) == 1
    happened = await world.bot.database.read(
        lambda c: c.exec_driver_sql("SELECT who, what FROM evidence WHERE send_id IS NULL ORDER BY id").all()
    )
    kept = [tuple(row) for row in happened if row.what != "was refused"]
    assert kept == [(MAX, "made operator"), (MAX, "removed operator")]


async def test_a_user_group_is_added_by_its_mention(sqlite_world: World) -> None:
    world = sqlite_world
    await add(world, role="operator", group="<!subteam^S0LEADS|@leads>")
    assert "@leads is an operator now." in form(world, MAX).read()
    await typed(world, "send 2065550100 Hello", ANA)
    assert (await world.state(State.DRAFT)).asked_by == ANA
    assert "Who can: @Max Weber, @Olive Park, @leads." in await typed(world, "campaign", OTTO)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"who": "Choose a person or name a user group, one of the two."}),
        ({"who": OTTO, "group": LEADS}, {"who": "Choose a person or name a user group, one of the two."}),
        ({"group": "leads"}, {"group": "That is not the id of a user group: it begins with S."}),
    ],
)
async def test_what_is_wrong_is_said_under_its_field(
    sqlite_world: World, values: dict[str, str], errors: dict[str, str]
) -> None:
    await add(sqlite_world, role="approver", **values)
    assert form(sqlite_world, MAX).errors == errors
    assert sqlite_world.bot.people.roles.given == []


async def test_who_comes_from_the_environment_cannot_be_removed(sqlite_world: World) -> None:
    await add(sqlite_world, role="operator", who=OLIVE)
    card = await listed(sqlite_world)
    assert card.buttons() == ["Remove", "Add"]
    await sqlite_world.slack.click(MAX, card, "Remove")
    await typed(sqlite_world, "send 2065550100 Hello", OLIVE)
    assert (await sqlite_world.state(State.DRAFT)).asked_by == OLIVE


async def test_what_another_process_removed_is_known_within_ten_seconds(world: World) -> None:
    await add(world, role="operator", who=OTTO)
    await world.bot.database.write(lambda c: c.exec_driver_sql("DELETE FROM given_role"))
    await world.bot.people.roles.refresh()  # the chore that runs every few seconds
    assert "You may not use" in await typed(world, "send 2065550100 Hello", OTTO)
