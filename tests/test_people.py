"""Who may do what, where: roles by the settings, full members of this workspace only, empty means nobody."""

from __future__ import annotations

import pytest

import commands
from bot.errors import NotAllowed
from bot.sends import State
from tests.steps import ALIEN, GUEST, press, told, typed
from tests.world import ANA, MAX, OLIVE, OTTO, World, open_world

OPEN = {"help", "menu"}
WORDS = {"send": "2065550100 Hello", "test": "Spring sale", "subscribe": "2065550100", "show": "S-000000"}
READS = {"messages", "scheduled", "history", "stats", "show", "status", "freeze", "groups", "senders"}
SENDS = {"send", "campaign", "everyone", "test", "create", "subscribe", "contact", "stop", "bulk"}
MAY = {
    OLIVE: READS | SENDS,
    ANA: READS,
    MAX: READS | SENDS | {"unfreeze", "people"},
    OTTO: set[str](),
    GUEST: set[str](),
    ALIEN: set[str](),
}
STRANGE = "eople of other workspaces can read these cards, but not use them."


@pytest.mark.parametrize("user", MAY)
async def test_every_verb_obeys_those_who_may_and_tells_all_others_why(
    sqlite_world: World, user: str
) -> None:
    verbs = {one.name for one in commands.load()} - OPEN
    assert verbs == MAY[MAX]
    for verb in sorted(verbs):
        read = await typed(sqlite_world, f"{verb} {WORDS.get(verb, '')}", user)
        refused = STRANGE in read or "Who can: " in read
        assert refused == (verb not in MAY[user]), read


@pytest.mark.parametrize("user", [OTTO, GUEST, ALIEN])
async def test_who_is_refused_leaves_no_trace(sqlite_world: World, user: str) -> None:
    words = ["freeze", "unfreeze", *(f"{verb} {WORDS.get(verb, '')}" for verb in sorted(SENDS))]
    for each in words:
        await typed(sqlite_world, each, user)
    assert await sqlite_world.rows() == []
    assert not (await sqlite_world.bot.sends.frozen()).frozen
    assert sqlite_world.slack.view(user) is None
    assert sqlite_world.slack.messages("C0SMS") == []
    assert sqlite_world.whatcounts.requests == []


async def test_a_star_makes_operators_of_full_members_alone(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_OPERATORS="*") as world:
        assert STRANGE in await typed(world, "send 2065550100 Hello", GUEST)
        assert STRANGE in await typed(world, "send 2065550100 Hello", ALIEN, "C0SHARED")
        assert await world.rows() == []
        await typed(world, "send 2065550100 Hello", OTTO)
        card = await world.card("Nothing is sent until someone presses Send.")
        await press(world, card, "Send", GUEST)
        await told(world, GUEST, STRANGE)
        await press(world, card, "Send", OTTO)
        assert (await world.state(State.SCHEDULED)).confirmed_by == OTTO


async def test_empty_means_nobody_but_the_admins(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMS_OPERATORS="", SMS_APPROVERS="") as world:
        read = await typed(world, "send 2065550100 Hello", OLIVE)
        assert "You may not use /sms send, so nothing was done. Who can: @Max Weber." in read
        assert await world.rows() == []
        await typed(world, "send 2065550100 Hello", MAX)
        await world.card("Nothing is sent until someone presses Send.")


async def test_while_slack_does_not_say_who_somebody_is_they_may_do_nothing(sqlite_world: World) -> None:
    sqlite_world.slack.faults.refuse("users.info", "internal_error")
    read = await typed(sqlite_world, "send 2065550100 Hello")
    assert "Slack did not say who you are, so nothing was done." in read
    assert await sqlite_world.rows() == []
    await typed(sqlite_world, "send 2065550100 Hello")
    await sqlite_world.card("Nothing is sent until someone presses Send.")


@pytest.mark.parametrize("down", [True, "closed"])
async def test_while_slack_is_down_a_command_is_answered_in_time(sqlite_world: World, down: bool) -> None:
    sqlite_world.slack.faults.down = down
    assert "Slack did not say who you are, so nothing was done." in await typed(sqlite_world, "status")


async def test_while_slack_hangs_a_command_is_answered_in_time(sqlite_world: World) -> None:
    sqlite_world.slack.faults.hold("users.info")
    assert "Slack did not say who you are, so nothing was done." in await typed(sqlite_world, "status")


async def test_somebody_whom_slack_does_not_know_may_do_nothing(sqlite_world: World) -> None:
    sqlite_world.slack.faults.refuse("users.info", "user_not_found")
    assert STRANGE in await typed(sqlite_world, "send 2065550100 Hello")
    assert await sqlite_world.rows() == []


async def test_slack_is_asked_once_about_each_person(sqlite_world: World) -> None:
    for user in (OLIVE, OLIVE, MAX, OLIVE, MAX):
        await typed(sqlite_world, "status", user)
    assert [one.args["user"] for one in sqlite_world.slack.called("users.info")] == [OLIVE, MAX]


@pytest.mark.parametrize("turns", ["own other own", "other own other"])
async def test_what_is_known_of_somebody_in_one_workspace_says_nothing_in_another(
    sqlite_world: World, turns: str
) -> None:
    people = sqlite_world.bot.people
    own = await people.own_team()
    for team in turns.split():
        if team == "own":
            assert "operator" in (await people.person(OLIVE, own)).roles
        else:
            with pytest.raises(NotAllowed) as refused:
                await people.person(OLIVE, "T0OTHER")
            assert STRANGE in str(refused.value)
