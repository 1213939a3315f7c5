"""No request without a group leaves but that for everyone, by the rules, the claim and the request."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.requests import ask_whatcounts
from bot.errors import Refused
from bot.rules.audience import firewall
from bot.sends import TO_MANY, Kind
from tests.sends.desk import CAMPAIGN, DUE, TEXT, Desk
from tests.test_rules import facts
from tests.test_rules_of_kinds import SENDS
from tests.world import World

GROUPS = (None, "", " ", "weekly", "vip", "Weekly", "weekly ", "staff")


@given(st.none() | st.text() | st.sampled_from(GROUPS))
def test_the_rules_let_no_campaign_pass_without_its_group_and_no_group_beside_everyone(
    group: str | None,
) -> None:
    campaign, everyone = (replace(SENDS[kind], audience=group) for kind in (Kind.CAMPAIGN, Kind.EVERYONE))
    for at_look in (True, False):
        assert (firewall(facts(campaign, at_look=at_look)) is None) == (group in ("weekly", "vip"))
        assert (firewall(facts(everyone, at_look=at_look)) is None) == (group is None)


async def test_the_claim_takes_none_whatever_stands_in_the_row(desk: Desk) -> None:
    taken = set()
    for kind in Kind:
        for group in GROUPS:
            looked = await desk.looked(CAMPAIGN if kind in TO_MANY else TEXT)
            await desk.change(looked.id, kind=kind, audience=group)
            if await desk.sends.claim(DUE, looked.id):
                taken.add((kind, group))
    assert {group for kind, group in taken if kind is Kind.CAMPAIGN} == {"weekly"}
    assert {group for kind, group in taken if kind is Kind.EVERYONE} == {None}


async def test_the_request_names_a_group_or_is_that_for_everyone(sqlite_world: World) -> None:
    world = sqlite_world
    for kind in TO_MANY:
        for group in GROUPS:
            world.whatcounts.journal.clear()
            names = {"message": "Spring sale", "campaign": "Spring", "description": None}
            with suppress(Refused):
                await ask_whatcounts(world.bot, replace(SENDS[kind], audience=group, **names))
            posts = [one for one in world.whatcounts.requests if one.method == "POST"]
            if kind is Kind.EVERYONE:
                assert len(posts) == (group is None)
                assert not any("groupname" in one.target.casefold() for one in posts)
            else:
                assert len(posts) == bool(group and group.strip())
                assert all("groupName=" in one.target for one in posts)
