"""`/sms help`: made from the commands, for the person who asks; and what an unknown verb is told."""

from __future__ import annotations

import pytest

import commands
from tests.steps import ALIEN, GUEST, typed
from tests.world import ANA, MAX, OLIVE, OTTO, World

VERBS = {one.name for one in commands.load()} - {"menu"}
SENDS = {"send", "campaign", "everyone", "test", "create", "subscribe", "bulk", "contact", "stop"}


def verbs(read: str) -> set[str]:
    """The verbs that a help text lists."""
    return {line.split()[1] for line in read.splitlines() if line.startswith("/sms ")}


async def test_an_admin_reads_every_verb(sqlite_world: World) -> None:
    assert verbs(await typed(sqlite_world, "help", MAX)) == VERBS


async def test_everybody_reads_only_what_they_may_do(sqlite_world: World) -> None:
    assert verbs(await typed(sqlite_world, "help", OLIVE)) == VERBS - {"unfreeze", "people"}
    read = await typed(sqlite_world, "help", ANA)
    assert verbs(read) == VERBS - SENDS - {"unfreeze", "people"}
    assert "You approve what another person asks for: its card comes to your direct messages." in read
    read = await typed(sqlite_world, "help", OTTO)
    assert verbs(read) == {"help"}
    assert "You have no role here: you can read the cards, and as a full member press Cancel." in read
    assert "Who can send: @Max Weber, @Olive Park." in read


async def test_the_words_to_type_are_shown_as_they_are_typed(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "help")
    assert "/sms send <phone> <text> one text to one phone" in read


async def test_one_verb_is_explained(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "help SEND")
    assert read.startswith("/sms send <phone> <text> one text to one phone")
    assert "For example: /sms send 206 555 0100 Your order is ready" in read
    assert verbs(read) == {"send"}


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("campaign", "It gets a card first. After Send there is a short time"),
        ("create", "It gets a card first. After Create there is a short time"),
        ("contact", "It gets a card first. After Add there is a short time"),
        ("stop", "It asks once."),
    ],
)
async def test_what_a_verb_makes_is_told_by_the_words_on_its_card(
    sqlite_world: World, verb: str, said: str
) -> None:
    assert said in await typed(sqlite_world, f"help {verb}")


async def test_a_verb_that_makes_nothing_has_no_card(sqlite_world: World) -> None:
    assert "card first" not in await typed(sqlite_world, "help groups")
    assert "Every send gets a card first. After Send" in await typed(sqlite_world, "help")


async def test_a_verb_that_one_may_not_use_says_who_can(sqlite_world: World) -> None:
    assert "You may not use it. Who can: @Max Weber." in await typed(sqlite_world, "help unfreeze")


async def test_help_about_nothing_there_is_says_so_with_a_near_miss(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "help fly")
    assert read.startswith("There is no such verb. /sms help lists what you can type.")
    assert "Did you mean /sms help freeze?" in await typed(sqlite_world, "help freze")


async def test_it_works_right_after_set_up(bare_world: World) -> None:
    assert "send" in verbs(await typed(bare_world, "help", OLIVE))


async def test_it_works_while_whatcounts_is_down(sqlite_world: World) -> None:
    await sqlite_world.whatcounts.stop()
    assert verbs(await typed(sqlite_world, "help", MAX)) == VERBS


@pytest.mark.parametrize("user", [GUEST, ALIEN])
async def test_guests_and_strangers_are_told_that_they_can_only_read(sqlite_world: World, user: str) -> None:
    read = await typed(sqlite_world, "help", user)
    assert verbs(read) == {"help"}
    assert "You have no role here: you can read the cards" in read


@pytest.mark.parametrize(
    ("verb", "meant"),
    [("sned", "send"), ("campain", "campaign"), ("SHEDULED", "scheduled"), ("statuss", "status")],
)
async def test_an_unknown_verb_gets_a_near_miss(sqlite_world: World, verb: str, meant: str) -> None:
    read = await typed(sqlite_world, f"{verb} 2065550100 Hello")
    assert read.startswith(
        f"There is no /sms {verb}. Did you mean /sms {meant}?"
        " /sms help lists what you can type. Nothing was done."
    )
    assert f"You typed:\n/sms {verb} 2065550100 Hello" in read
    assert await sqlite_world.rows() == []


@pytest.mark.parametrize("verb", ["xyzzy", "`*<!here>*`", "&amp;", "☕", "../../etc", "x" * 500])
async def test_an_unknown_verb_like_no_other_is_told_what_there_is(sqlite_world: World, verb: str) -> None:
    answer = await sqlite_world.slack.command(OLIVE, verb)
    assert answer.shown is not None
    assert "/sms help lists what you can type. Nothing was done." in answer.shown.read()
    assert "<!here>" not in answer.body


@pytest.mark.parametrize("words", ["HELP", "  help  ", "Help"])
async def test_a_verb_is_understood_in_any_case(sqlite_world: World, words: str) -> None:
    assert "help" in verbs(await typed(sqlite_world, words))
