"""Settings that Slack's forms could not show are refused at the start; what just fits can be chosen."""

from __future__ import annotations

import pytest

from tests.steps import form, submit, typed
from tests.test_settings import EVERYTHING, refusal
from tests.world import World, open_world

GROUPS = [f"group {number:03d} ".ljust(75, "x") for number in range(101)]
SENDERS = [f"{20000 + number}={f'line {number} '.ljust(55, 'L')}" for number in range(101)]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SMS_GROUPS", "weekly," + "g" * 76, "75 characters that Slack's forms show"),
        ("SMS_GROUPS", "weekly," + "g" * 160, "75 characters that Slack's forms show"),
        ("SMS_GROUPS", ",".join(GROUPS), "it lists 101; Slack's forms show 100 at most."),
        ("SMS_SENDERS", "2065551212=" + "L" * 56, "55 characters that Slack's forms show"),
        ("SMS_SENDERS", ",".join(SENDERS), "it lists 101; Slack's forms show 100 at most."),
    ],
)
def test_what_a_form_cannot_show_is_refused_in_one_line(name: str, value: str, says: str) -> None:
    said = refusal(EVERYTHING | {name: value})
    assert said.startswith(f"{name}: ") and says in said
    assert len(said.splitlines()) == 1 and len(said) < 200


def test_a_test_phone_that_is_listed_twice_is_named_by_its_place() -> None:
    said = refusal(EVERYTHING | {"SMS_TEST_PHONES": "2065550100,2065550101,(206) 555-0100"})
    assert said.startswith("SMS_TEST_PHONES: ") and "place 3" in said
    assert "555" not in said


@pytest.fixture
def full() -> dict[str, str]:
    return {"SMS_GROUPS": ",".join(GROUPS[:100]), "SMS_SENDERS": ",".join(SENDERS[:100])}


async def test_what_just_fits_is_shown_whole_and_can_be_chosen(sqlite_url: str, full: dict[str, str]) -> None:
    async with open_world(sqlite_url, **full) as world:
        await _choose(world)


async def _choose(world: World) -> None:
    await typed(world, "campaign Spring sale")
    read = form(world).read()
    assert all(group in read for group in GROUPS[:100])
    assert all(f"· {20000 + number}" in read for number in range(100))
    assert (await submit(world, {"group": GROUPS[99], "sender": "20099"})).closed
    row = await world.row()
    assert (row.audience, row.sender) == (GROUPS[99], "20099")
    card = await world.card("Nothing is sent until someone presses Send.")
    assert GROUPS[99] in card.read()
