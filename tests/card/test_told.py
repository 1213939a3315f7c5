"""What did we last tell these people: the last texts with their age, and how this one differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card.told import difference, likeness
from sandbox.slack import Message
from sandbox.slack.record import Json
from tests.steps import submitted_text
from tests.world import World

SALE = "Tidewater Coffee: 20 percent off all beans until Sunday"


async def after(world: World, *texts: str) -> None:
    """These left, to the same phone."""
    for text in texts:
        await submitted_text(world, text)
        world.pass_time(3600)


def styled(card: Message, style: str) -> list[str]:
    """What stands struck through, or bold, in the comparison."""
    found: list[Json] = [one for one in card.blocks if one["type"] == "rich_text"]
    leaves = [leaf for one in found for part in one["elements"] for leaf in part["elements"]]
    return [leaf["text"].strip() for leaf in leaves if leaf.get("style", {}).get(style)]


async def test_the_card_shows_the_last_texts_with_their_age(world: World) -> None:
    await after(world, "Hello", "How are you?", "Where are you?", "See you")
    card = await world.draft_text("Sleep well")
    read = card.read()
    shown = read.partition("Last texts to them:\n")[2].splitlines()[:4]
    for line, (text, age) in zip(
        shown, [("See you", "60 min"), ("Where are you?", "2 h"), ("How are you?", "3 h")], strict=False
    ):
        assert f"{age} before this: {text} (S-" in line
    assert "Hello" not in read
    assert "It has little in common with these." in read


async def test_a_word_that_changed_is_struck_through_and_the_new_one_is_bold(sqlite_world: World) -> None:
    await after(sqlite_world, "Hello", SALE)
    card = await sqlite_world.draft_text(SALE.replace("20", "30"))
    assert (styled(card, "strike"), styled(card, "bold")) == (["20"], ["30"])
    assert "what is struck through is gone, what is bold is new" in card.read()
    assert "gone: “20”, new: “30”" in card.read_aloud()


async def test_the_nearest_of_them_is_compared(sqlite_world: World) -> None:
    await after(sqlite_world, SALE, "Something that is not like it in any way")
    card = await sqlite_world.draft_text(SALE + " noon")
    assert styled(card, "bold") == ["noon"]


async def test_the_same_text_is_said_to_be_the_same(sqlite_world: World) -> None:
    await after(sqlite_world, SALE)
    first = (await sqlite_world.row()).id
    card = await sqlite_world.draft_text(SALE)
    assert f"These are the words that they got as {first}, " in card.read()
    assert f"These are the words that they got as {first}, " in card.read_aloud()
    assert styled(card, "bold") == []


async def test_to_somebody_new_there_is_nothing_to_compare(sqlite_world: World) -> None:
    card = await sqlite_world.draft_text("Hello")
    assert "Last text to them: none by smsops" in card.read()
    assert "in common" not in card.read()


async def test_once_it_has_left_the_card_compares_no_more(sqlite_world: World) -> None:
    await after(sqlite_world, "Hello", SALE)
    card = await submitted_text(sqlite_world, SALE.replace("20", "30"))
    await sqlite_world.slack.wait_for(lambda: not styled(card, "bold"))
    assert "Last text to them: " in card.read()


@pytest.mark.parametrize(
    ("before", "now", "parts"),
    [
        ("a b c", "a b c", [("same", "a b c")]),
        ("a b c", "a x c", [("same", "a "), ("gone", "b "), ("new", "x "), ("same", "c")]),
        ("a b", "b", [("gone", "a "), ("same", "b")]),
        ("a\nb", "a b", [("same", "a b")]),
    ],
)
def test_the_difference_of_two_texts(before: str, now: str, parts: list[tuple[str, str]]) -> None:
    assert difference(before, now) == parts


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_word_is_lost_in_a_difference(before: str, now: str) -> None:
    parts = difference(before, now)
    assert " ".join(said for how, said in parts if how != "gone").split() == now.split()
    gone_and_same = [said for how, said in parts if how != "new"]
    assert len(" ".join(gone_and_same).split()) == len(before.split())
    assert 0 <= likeness(before, now) <= 1
