"""What WhatCounts answers for an opted-out phone is not documented: the bot takes each of four."""

from __future__ import annotations

import pytest

from bot.sends import State
from tests.steps import press, sends_asked, typed
from tests.world import open_world

FINN = "2065550105"  # has opted out of the main line
ENDS = {  # by the HTTP API, by REST
    "500": (State.REFUSED, State.MAYBE_SENT),
    "success_false": (State.REFUSED, State.MAYBE_SENT),
    "empty_array": (State.MAYBE_SENT, State.MAYBE_SENT),
    "silent_ok": (State.SUBMITTED, State.SUBMITTED),
}
WORDS = {
    State.REFUSED: "Not sent.",
    State.MAYBE_SENT: "May have been sent: nobody knows.",
    State.SUBMITTED: "WhatCounts took it; it does not tell whether it is delivered.",
}


@pytest.mark.parametrize("api", ["http", "rest"])
@pytest.mark.parametrize("habit", ENDS)
async def test_it_is_asked_once_says_what_is_known_and_goes_on(
    sqlite_url: str, habit: str, api: str
) -> None:
    end = ENDS[habit][api == "rest"]
    async with open_world(sqlite_url, WHATCOUNTS_TEXT_API=api) as world:
        world.whatcounts.habits.set("opted_out", habit)
        await press(world, await world.draft_text("Hello", FINN), "Send")
        world.pass_time(5)
        await world.state(end)
        assert WORDS[end] in (await world.card(WORDS[end])).read()
        world.pass_time(60)
        assert "WhatCounts answers" in await typed(world, "status")
        assert (sends_asked(world), world.texts()) == (1, [])
