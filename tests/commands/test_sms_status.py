"""`/sms status`: is it alive, and what is waiting."""

from __future__ import annotations

import pytest

from tests.steps import doubtful_text, draft_campaign, held_text, scheduled_text, typed
from tests.world import ANA, OTTO, World


async def test_all_is_well(sqlite_world: World) -> None:
    read = await typed(sqlite_world, "status")
    for part in (
        "Sends are not frozen.",
        "Waiting: nothing.",
        "WhatCounts answers: 8 stored messages.",
        "The scheduled sends are being watched.",
        "America/Los_Angeles (UTC-0",
    ):
        assert part in read


async def test_what_waits_is_counted(world: World) -> None:
    await held_text(world)
    await doubtful_text(world)
    await scheduled_text(world, "Another")
    await draft_campaign(world)
    assert (
        "Waiting: 1 not confirmed yet, 1 scheduled, 1 held until somebody decides,"
        " 1 in doubt until somebody looks in WhatCounts."
    ) in await typed(world, "status")


async def test_a_freeze_is_told_with_who_and_why(sqlite_world: World) -> None:
    await typed(sqlite_world, "freeze wrong <price>", ANA)
    read = await typed(sqlite_world, "status")
    assert "Sends are frozen by @Ana Silva since " in read
    assert "Why: wrong <price>" in read


async def test_whatcounts_down_is_told(sqlite_world: World) -> None:
    await sqlite_world.whatcounts.stop()
    assert "WhatCounts could not be reached." in await typed(sqlite_world, "status")


async def test_whatcounts_slow_is_told_in_time(sqlite_world: World) -> None:
    sqlite_world.whatcounts.faults.always("delay_before", operation="messages", seconds=30)
    assert "WhatCounts is slow to answer." in await typed(sqlite_world, "status")


async def test_a_wrong_password_is_told_without_it(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_world.whatcounts.realm.password = "another"
    secret = sqlite_world.settings.whatcounts_password.get_secret_value()
    read = await typed(sqlite_world, "status")
    assert "the realm or the password is wrong" in read
    assert secret not in read + caplog.text


async def test_an_approver_may_ask_and_an_outsider_may_not(sqlite_world: World) -> None:
    assert "The scheduled sends are being watched." in await typed(sqlite_world, "status", ANA)
    assert "You may not use /sms status" in await typed(sqlite_world, "status", OTTO)


async def test_it_works_in_channels_where_nothing_may_be_sent(channels_world: World) -> None:
    assert "The scheduled sends are being watched." in await typed(
        channels_world, "status", channel="C0RANDOM"
    )


async def test_whatcounts_that_went_down_a_moment_ago_is_told(sqlite_world: World) -> None:
    assert "WhatCounts answers: 8 stored messages." in await typed(sqlite_world, "status")
    await sqlite_world.whatcounts.stop()
    sqlite_world.pass_time(6)
    assert "WhatCounts could not be reached." in await typed(sqlite_world, "status")
