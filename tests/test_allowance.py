"""Slack's limits by method and channel: what fits goes at once, what is urgent has room, a 429 rests."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.allowance import LIMITS, Allowance, Busy
from tests.test_pace import Clock

EDIT, POST = "chat.update", "chat.postMessage"


def at_once(allowance: Allowance, method: str, channel: str = "", *, urgent: bool = False) -> int:
    """How many calls fit now."""
    return next(n for n in range(1000) if allowance.ask(method, channel, urgent=urgent))


def in_a_minute(allowance: Allowance, clock: Clock, method: str, channel: str = "") -> int:
    """How many calls somebody makes in a minute who makes each as soon as it fits."""
    end, made = clock.now + 60, 0
    while clock.now < end:
        wait = allowance.ask(method, channel)
        made += not wait
        clock.now += wait
    return made


@pytest.mark.parametrize("method", LIMITS)
def test_over_many_minutes_no_method_is_called_more_often_than_slack_takes_it(method: str) -> None:
    clock = Clock()
    allowance, (per_minute, burst) = Allowance(clock=clock), LIMITS[method]
    minutes = [in_a_minute(allowance, clock, method) for _ in range(5)]
    assert minutes[0] <= per_minute + burst
    assert all(per_minute - 1 <= one <= per_minute + 1 for one in minutes[1:])


def test_a_channel_gets_one_message_a_second_and_a_short_burst() -> None:
    clock = Clock()
    allowance = Allowance(clock=clock)
    assert at_once(allowance, POST, "C1", urgent=True) == 5
    assert at_once(allowance, POST, "C2", urgent=True) == 5
    assert allowance.free_in(POST, "C1", urgent=True) == pytest.approx(1)
    clock.now += 3
    assert at_once(allowance, POST, "C1", urgent=True) == 3


def test_what_is_urgent_has_room_when_all_else_has_used_its_own() -> None:
    allowance = Allowance(clock=Clock())
    assert at_once(allowance, EDIT) == 15
    assert allowance.free_in(EDIT) > 0
    assert at_once(allowance, EDIT, urgent=True) == 5


def test_what_was_asked_about_and_refused_uses_nothing() -> None:
    clock = Clock()
    allowance = Allowance(clock=clock)
    at_once(allowance, EDIT)
    assert all(allowance.ask(EDIT) for _ in range(100))
    clock.now += 60
    assert at_once(allowance, EDIT) == 15


def test_a_full_channel_takes_no_room_from_another_one() -> None:
    allowance = Allowance(clock=Clock())
    at_once(allowance, POST, "C1")
    assert all(allowance.ask(POST, "C1") for _ in range(100))
    assert at_once(allowance, POST, "C2") == 4


def test_a_429_rests_its_method_alone_and_for_as_long_as_slack_says() -> None:
    clock = Clock()
    allowance = Allowance(clock=clock)
    allowance.rest(EDIT, 30)
    allowance.rest(EDIT, 5)  # said later, of a call made before
    assert allowance.free_in(EDIT, urgent=True) == 30
    assert not allowance.free_in(POST, "C1")
    clock.now += 30
    assert not allowance.free_in(EDIT)


def test_a_method_without_a_limit_rests_too() -> None:
    allowance = Allowance(clock=Clock())
    assert not allowance.ask("users.info")
    allowance.rest("users.info", 3)
    assert allowance.rests("users.info") == 3


async def test_a_turn_comes_as_soon_as_it_fits() -> None:
    allowance = Allowance(limits={EDIT: (600, 1)})
    began = time.monotonic()
    await asyncio.gather(*(allowance.turn(EDIT) for _ in range(4)))
    assert time.monotonic() - began >= 0.3


async def test_a_turn_that_takes_too_long_is_not_waited_for() -> None:
    allowance = Allowance(clock=Clock())
    allowance.rest(EDIT, 11)
    with pytest.raises(Busy):
        await allowance.turn(EDIT, within=10)
