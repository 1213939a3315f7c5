"""People's data: phones, e-mails, names and keys lie in one table, and are masked everywhere else."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.database import metadata
from bot.sends import State
from bot.sends.table import person
from sandbox.slack import Message
from tests.delivery.members import JON, confirm, draft_contact, draft_subscription
from tests.delivery.stops import ask_to_stop, until
from tests.steps import everything_shown, press, submit, submitted_text, typed
from tests.world import World, open_world

STRANGER = "2065550188"  # whom WhatCounts does not know; its refusal names the number
EMAIL = "jon.secret@mydomain.com"
PHONES = ("2065550100", "2065550110", "2065550177", "2065550111", "2065550112", STRANGER)
SECRETS = (*PHONES, "206 555 01", "206-555-01", EMAIL, "jon.secret", "KEY-10442")
NAME = "Jonathanius"  # shown on its card, as the team has to know whom it adds
Table = list[dict[str, Any]]


def every_table(connection: Connection) -> dict[str, Table]:
    """All that each table holds, column by column."""
    return {
        name: [dict(row._mapping) for row in connection.execute(select(table))]
        for name, table in metadata.tables.items()
    }


async def ended(world: World, card: Message) -> None:
    """Until nothing more happens to it by itself."""
    open_states = (State.SCHEDULED, State.SENDING)
    await until(world, lambda row: row.state not in open_states or any(leg.tries for leg in row.legs), 1)


async def subscribed(world: World) -> None:
    await confirm(world, await draft_subscription(world))
    await world.state(State.SUBMITTED)


async def subscribed_a_stranger(world: World) -> None:
    card = await draft_subscription(world)
    world.whatcounts.realm.contacts.pop("12065550110")
    await ended(world, await confirm(world, card))


async def contact_added(world: World, **values: Any) -> None:
    card = await draft_contact(world, email=EMAIL, customer_key="KEY-10442", first_name=NAME, **values)
    await ended(world, await confirm(world, card))


async def contact_added_by_form(world: World) -> None:
    card = await draft_contact(world, email=f"x+{EMAIL}", customer_key=None, first_name=NAME)
    await ended(world, await confirm(world, card))


async def contact_in_vain(world: World) -> None:
    for fault in ("error_500_unknown", "html_200", "close_after", "error_500_known"):
        world.whatcounts.faults.next(fault, operation="addSubscriberToSenderCode")
    world.whatcounts.habits.set("contact_form", "four")  # a 404 page names the address
    await contact_added(world)


async def sent_to_test_phones(world: World) -> None:
    await typed(world, "test Spring sale")
    card = await world.card("Nothing is sent until someone presses Send.")
    await confirm(world, card)
    await world.card("Submitted")


async def stopped(world: World) -> None:
    await ask_to_stop(world, sender="*")
    await world.card("WhatCounts keeps the opt-out")


async def stopped_a_stranger(world: World) -> None:
    await ask_to_stop(world, STRANGER)
    await world.card("Not stopped in WhatCounts yet")


async def texted(world: World) -> None:
    await submitted_text(world)


async def texted_in_vain(world: World) -> None:
    world.whatcounts.realm.opt_out("2065550100")
    card = await world.draft_text()
    await confirm(world, card)
    await ended(world, card)


DEEDS = (
    texted, texted_in_vain, sent_to_test_phones, subscribed, subscribed_a_stranger, contact_added,
    contact_added_by_form, contact_in_vain, stopped, stopped_a_stranger,
)  # fmt: skip


TEXTS = (texted, texted_in_vain, sent_to_test_phones)
CASES = [(deed, "http") for deed in DEEDS] + [(deed, "rest") for deed in TEXTS]


@pytest.mark.parametrize(("deed", "api"), CASES, ids=lambda one: getattr(one, "__name__", one))
async def test_people_lie_in_one_table_and_are_shown_and_logged_nowhere(
    sqlite_url: str, caplog: pytest.LogCaptureFixture, deed: Callable[[World], Awaitable[None]], api: str
) -> None:
    caplog.set_level(logging.INFO)
    async with open_world(sqlite_url, WHATCOUNTS_TEXT_API=api) as world:
        await deed(world)
        await typed(world, "scheduled")
        shown = await typed(world, f"show {(await world.row()).id}")
        tables = await world.bot.database.read(every_table)
    assert tables.pop("person")
    places = {name: str(rows) for name, rows in tables.items()}
    assert NAME not in str(places)
    places |= {"Slack": everything_shown(world) + shown, "log": caplog.text}
    calls = [one for one in world.slack.calls if one.method != "views.open"]  # a form is for operators
    places |= {f"call of {one.method}": str(one.args) for one in calls}
    found = [(place, one) for place, said in places.items() for one in SECRETS if one in said]
    assert found == []
    assert "http" not in places["evidence"]
    assert "/rest/" not in places["evidence"]


async def test_legs_hold_masks(world: World) -> None:
    await stopped(world)
    legs = (await world.row()).legs
    assert {leg.to for leg in legs} == {"•••••••0100"}
    await sent_to_test_phones(world)
    assert [leg.to for leg in (await world.row()).legs] == ["•••••••0111", "•••••••0112"]


async def test_a_later_contact_of_the_same_phone_does_not_change_the_first_record(world: World) -> None:
    await confirm(world, await draft_contact(world))
    await world.slack.wait_for(lambda: "Added" in world.slack.messages("C0SMS")[0].read())
    first = await world.row()
    await draft_contact(world, email="other@mydomain.com", first_name="Another", customer_key="99999")
    second = await world.row()
    assert first.person_id == second.person_id  # one phone, one person
    again = await world.bot.sends.get(first.id)
    assert again
    said = [(one.email, one.first_name, one.customer_key) for one in (again, second)]
    assert said == [
        ("jon@mydomain.com", "Jon", "10442"),
        ("other@mydomain.com", "Another", "99999"),
    ]


async def test_an_edit_of_a_contact_keeps_what_was_said_before_out_of_the_card(sqlite_world: World) -> None:
    world = sqlite_world
    card = await draft_contact(world)
    await press(world, card, "Edit")
    await submit(world, JON | {"email": "john@else.org"})
    await world.slack.wait_for(lambda: "j•••@else.org" in card.read())
    assert "mydomain" not in card.read()


async def test_a_phone_is_one_row_and_what_is_said_of_a_contact_another(world: World) -> None:
    await confirm(world, await draft_contact(world))
    await world.card("Added")
    rows = await world.bot.database.read(lambda c: c.execute(select(person)).all())
    assert [(row.phone, row.email) for row in rows] == [("12065550177", None), (None, "jon@mydomain.com")]


def test_the_person_table_is_the_only_one_with_columns_for_people() -> None:
    named = re.compile("phone|email|first_name|customer_key")
    columns = {f"{table.name}.{one.name}" for table in metadata.tables.values() for one in table.columns}
    found = {one for one in columns if named.search(one)}
    assert found == {"person.phone", "person.email", "person.first_name", "person.customer_key"}
