"""Whether a send needs another person: by its kind, the setting, and what the rules object."""

from __future__ import annotations

import json

import pytest

from bot.approval import needs_person
from bot.sends import Kind, State
from tests.approval.asked import AWAITING
from tests.steps import press, sends_asked
from tests.world import ANA, World

WANT = {
    "none": set[Kind](),
    "everyone": {Kind.EVERYONE},
    "campaign": {Kind.EVERYONE, Kind.CAMPAIGN, Kind.REPEAT},
}
PERSON = {"rule": "repeat", "severity": "person", "sentence": "They had it an hour ago."}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("setting", WANT)
def test_the_setting_says_which_kinds_need_it(kind: Kind, setting: str) -> None:
    assert needs_person(kind, setting) == (kind in WANT[setting])  # type: ignore[arg-type]
    mild = [PERSON | {"severity": severity} for severity in ("notice", "look", "stop")]
    assert needs_person(kind, setting, mild) == (kind in WANT[setting])  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("setting", WANT)
def test_an_objection_of_that_severity_needs_it_whatever_the_kind(kind: Kind, setting: str) -> None:
    assert needs_person(kind, setting, [PERSON])  # type: ignore[arg-type]


async def test_a_text_to_one_phone_that_a_rule_wants_another_person_for(world: World) -> None:
    card = await world.draft_text()
    await world.bot.database.write(
        lambda c: c.exec_driver_sql(f"UPDATE send SET objections = '{json.dumps([PERSON])}'")
    )
    await press(world, card, "Send")
    card = await world.card(AWAITING)
    assert "Needs another person: They had it an hour ago." in card.read()
    world.pass_time(60)
    assert sends_asked(world) == 0
    await press(world, card, "Approve", ANA)
    await world.state(State.SCHEDULED)
    world.pass_time(5)
    row = await world.state(State.SUBMITTED)
    assert (row.approved_by, sends_asked(world)) == (ANA, 1)
