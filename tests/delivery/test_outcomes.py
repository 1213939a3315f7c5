"""What is known after the request decides what the card says, and no request is ever made again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.sends import State
from tests.steps import GROUP_DELAY, scheduled_campaign, scheduled_text, sends_asked
from tests.world import World

TEXT, GROUP = "smssendmessagetophone", "sendMessageToSenderCode"
HANDSETS = {TEXT: 1, GROUP: 3}  # whom a send reaches: one phone; Ava, Ben and Cleo
TAKEN = "WhatCounts took it; it does not tell"
NOBODY_KNOWS = "May have been sent: nobody knows."
NOT_SENT = "Not sent."
BROKE = "The connection to WhatCounts broke before its answer was complete."
UNKNOWN = "WhatCounts answered in a way that is not known"
ERROR = "WhatCounts answered with an error that does not say whether it was sent"
LOGIN = "WhatCounts refused the login"


@dataclass(frozen=True)
class End:
    """How a send ends: its state, what the card says, whether texts arrived."""

    state: State
    words: tuple[str, ...]
    arrives: bool = False


def doubt(words: str, arrives: bool) -> End:
    return End(State.MAYBE_SENT, (NOBODY_KNOWS, words, "Look in WhatCounts"), arrives)


def refusal(words: str) -> End:
    return End(State.REFUSED, (NOT_SENT, words))


SUBMITTED = End(State.SUBMITTED, ("Submitted", TAKEN), arrives=True)
ENDS = {
    "close_before": doubt(BROKE, arrives=False),
    "close_after": doubt(BROKE, arrives=True),
    "reset_before": doubt(BROKE, arrives=False),
    "reset_after": doubt(BROKE, arrives=True),
    "truncate": doubt(BROKE, arrives=True),
    "garbage": doubt(BROKE, arrives=True),
    "error_500": doubt(f"{ERROR} (500)", arrives=True),
    "error_502": doubt(f"{ERROR} (502)", arrives=True),
    "error_503": doubt(f"{ERROR} (503)", arrives=False),
    "error_504": doubt(f"{ERROR} (504)", arrives=True),
    "error_500_unknown": doubt(f"{ERROR} (500)", arrives=True),
    "html_200": doubt(f"{UNKNOWN} (200)", arrives=True),
    "empty_200": doubt(f"{UNKNOWN} (200)", arrives=True),
    "redirect": doubt(f"{UNKNOWN} (307)", arrives=False),
    "throttled_429": refusal("was asked too often. Wait a minute"),
    "unauthorized": refusal(LOGIN),
    "password_echo": refusal(LOGIN),
    "bom": SUBMITTED,
}
OF_A_TEXT = ENDS | {
    "error_500_known": refusal("does not know this sender code"),
    "error_in_200": refusal("does not know this sender code"),
    "failure_with_colons": refusal("Sender code: not enabled: contact support: code 17"),
}
OF_A_CAMPAIGN = ENDS | {
    "error_500_known": refusal("has no message of this name"),
    "error_in_200": refusal("has no message of this name"),
    "failure_with_colons": doubt(f"{ERROR} (500)", arrives=False),  # words of no page, under a 500
    "dto": SUBMITTED,
    "single_object": SUBMITTED,
    "odd_dates": SUBMITTED,
}


async def ends(world: World, operation: str, end: End) -> None:
    """The row, the card, the handsets and the thread say that it ended so, after one request."""
    row = await world.state(end.state)
    card = await world.card(end.words[0])
    for words in end.words:
        assert words in card.read()
        assert words in card.read_aloud()
    assert len(world.texts()) == (HANDSETS[operation] if end.arrives else 0)
    assert sends_asked(world) == 1
    assert (row.attempts, row.card_ts) == (1, card.ts)
    if end.state is State.MAYBE_SENT:
        assert card.buttons() == ["It Was Sent", "It Was Not Sent"]
        (note,) = await world.slack.wait_for(lambda: world.slack.replies(card))
        assert f"{row.id} may have been sent, and smsops will not send it again." in note.read()
    else:
        assert world.slack.replies(card) == []
    await nothing_comes_again(world)


async def nothing_comes_again(world: World) -> None:
    """Whatever time passes and whoever looks, the row stays and no request follows."""
    before = await world.row()
    world.pass_time(3600)
    await world.draft_text("another")  # the loop has gone round
    rows = {row.id: row for row in await world.rows()}
    assert (rows[before.id].state, rows[before.id].revision) == (before.state, before.revision)
    assert sends_asked(world) == 1


@pytest.mark.parametrize("fault", OF_A_TEXT)
async def test_a_text_ends_as_is_known_after(sqlite_world: World, fault: str) -> None:
    sqlite_world.whatcounts.faults.next(fault, operation=TEXT)
    await scheduled_text(sqlite_world)
    sqlite_world.pass_time(5)
    await ends(sqlite_world, TEXT, OF_A_TEXT[fault])


@pytest.mark.parametrize("fault", OF_A_CAMPAIGN)
async def test_a_campaign_ends_as_is_known_after(sqlite_world: World, fault: str) -> None:
    sqlite_world.whatcounts.faults.next(fault, operation=GROUP)
    await scheduled_campaign(sqlite_world)
    sqlite_world.pass_time(GROUP_DELAY)
    await ends(sqlite_world, GROUP, OF_A_CAMPAIGN[fault])


@pytest.mark.parametrize("fault", ["close_after", "error_500_known"])
async def test_a_text_ends_alike_on_both_databases(world: World, fault: str) -> None:
    world.whatcounts.faults.next(fault, operation=TEXT)
    await scheduled_text(world)
    world.pass_time(5)
    await ends(world, TEXT, OF_A_TEXT[fault])


async def all_cards_say(world: World, words: str) -> None:
    def said() -> bool:
        cards = [one for one in world.slack.messages("C0SMS") if one.thread_ts in (None, one.ts)]
        return all(words in one.read() for one in cards)

    await world.slack.wait_for(said, timeout=25)


async def test_an_answer_that_never_comes_is_a_doubt(sqlite_world: World) -> None:
    """15 s each, so all at once: it was carried out or not, a whole answer is missing or half of one."""
    world = sqlite_world
    silent = {"timeout_before": "Spring sale", "timeout_after": "Flash sale", "stall": "Rewards"}
    for fault, message in silent.items():
        world.whatcounts.faults.next(fault, operation=TEXT)
        world.whatcounts.faults.next(fault, operation=GROUP)
        await scheduled_text(world, fault)
        await all_cards_say(world, "Scheduled.")
        await scheduled_campaign(world, message, name=fault)
        await all_cards_say(world, "Scheduled.")
    world.pass_time(GROUP_DELAY)
    await world.whatcounts.wait_for(lambda: sends_asked(world) == 6)
    await all_cards_say(world, NOBODY_KNOWS)
    await all_cards_say(world, "WhatCounts did not answer in time.")
    assert {row.state for row in await world.rows()} == {State.MAYBE_SENT}
    assert len(world.texts()) == 2 * (HANDSETS[TEXT] + HANDSETS[GROUP])
    assert sends_asked(world) == 6


async def test_a_group_that_the_answer_does_not_name_is_an_alarm(world: World) -> None:
    world.whatcounts.faults.next("drop_group", operation=GROUP)
    await scheduled_campaign(world)
    world.pass_time(GROUP_DELAY)
    row = await world.state(State.SUBMITTED)
    card = await world.card("Submitted")
    (alarm,) = await world.slack.wait_for(lambda: world.slack.replies(card))
    assert f"@Olive Park WhatCounts took {row.id}, but its answer names no group" in alarm.read()
    assert "it may have gone to EVERYONE on 2065551212. Look in WhatCounts now." in alarm.read()


async def test_a_slow_answer_is_waited_for_and_the_card_says_so(world: World) -> None:
    world.whatcounts.faults.next("delay_after", operation=TEXT, seconds=1.0)
    await scheduled_text(world)
    world.pass_time(5)
    await world.whatcounts.wait_for(lambda: world.texts())
    world.pass_time(2)
    card = await world.card("Sending. The request is on its way to WhatCounts.")
    assert card.buttons() == []
    await world.card("Submitted")
    assert sends_asked(world) == 1
