"""`python -m tests.crash.launch serve`: the real bot, which kills itself (SIGKILL) once, at a named point.

KILL_AT names the point, KILL_ONCE a file: whoever comes first to the point makes it and dies; others live on.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import bot.__main__ as program
import bot.delivery.loop
import bot.migrations
import bot.sends.cards
import bot.sends.watches
import bot.sends.work
import bot.wiring
from bot.database import DatabaseError
from bot.sends import Sends
from bot.sends.leaving import Claims

Method = Callable[..., Awaitable[Any]]

# A point is a method of `Sends`, before it or after what it did was committed.
BEFORE = {
    "before the claim": "claim_all",
    "after the answer, before it is written": "outcome",
    "after the answer to one request of several, before it is written": "came_of_leg",
    "after the card was posted, before it is recorded": "card_drawn",
    "after Slack took the edit, before it is recorded": "card_drawn",
    "after Slack took the note, before it is recorded": "note_posted",
    "before the draft is written": "draft",
    "before what was prepared is written": "prepared",
    "before it is held": "hold",
    "before the confirmation is written": "confirm",
    "after Slack booked the alarm, before it is recorded": "watch_booked",
    "after Slack took the alarm away, before it is recorded": "watch_closed",
    "before a correction's campaign is drafted": "follow",
    "before a time of a repeating campaign is made": "make",
    "before a time of a repeating campaign is scheduled": "occur",
}
AFTER = {
    "after the claim, before the request": "claim_all",
    "after the outcome is written, before the card": "outcome",
    "after the card was claimed for drawing": "take_card",
    "after the card was claimed for an edit": "take_card",
    "after the note was claimed": "take_notes",
    "after the alarm was claimed": "take_watches",
    "after a correction was written, before the answer to Slack": "correct",
    "after a correction's campaign was drafted": "follow",
    "after a time of a repeating campaign was made": "make",
    "after a time of a repeating campaign was scheduled": "occur",
    "after the draft was written, before the answer to Slack": "draft",
    "after what was prepared was written, before the card": "prepared",
    "after it was held, before the card": "hold",
    "after what a dead process was sending was put in doubt": "abandon",
    "after the confirmation was written, before the answer to Slack": "confirm",
    "after the look was written": "looked",
    "after a stop was written, before the answer to Slack": "stop",
    "after what came of one request of several was written": "came_of_leg",
}
OF_AN_EDIT = ("after Slack took the edit, before it is recorded", "after the card was claimed for an edit")
LOST = "after the claim, its commit was not confirmed"  # not killed: the database's answer is lost
MIGRATING = "after the steps of the migration, before their commit"
POINTS = [*BEFORE, *AFTER, LOST, MIGRATING]


def is_first() -> bool:
    """Whether this is the one that the point is for; never twice over all processes and starts."""
    try:
        os.close(os.open(os.environ["KILL_ONCE"], os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def kill() -> None:
    if is_first():
        os.kill(os.getpid(), signal.SIGKILL)


def dies_before(method: Method) -> Method:
    @functools.wraps(method)
    async def wrapped(store: Sends, about: Any, *args: Any, **named: Any) -> Any:
        if is_meant(about):
            kill()
        return await method(store, about, *args, **named)

    return wrapped


def dies_after(method: Method) -> Method:
    """Only where it did something: a lost race is no point."""

    @functools.wraps(method)
    async def wrapped(*args: Any, **named: Any) -> Any:
        done = await method(*args, **named)
        if has_done(done) and is_meant(done):
            kill()
        return done

    return wrapped


def has_done(done: Any) -> bool:
    """Whether it did something; of several processes that ask for one claim the others get none."""
    return bool(done.sends if isinstance(done, Claims) else done)


def is_meant(about: Any) -> bool:
    """Whether it is about an edit of a card, where the point is one of an edit."""
    return os.environ["KILL_AT"] not in OF_AN_EDIT or about.card_ts is not None


def answer_is_lost(method: Method) -> Method:
    @functools.wraps(method)
    async def wrapped(*args: Any) -> Any:
        done = await method(*args)
        if has_done(done) and is_first():
            raise DatabaseError("OperationalError")
        return done

    return wrapped


def prepare(point: str) -> None:
    """Put the trap where KILL_AT says."""
    if point == MIGRATING:
        upgrade = bot.migrations._upgrade

        def upgrade_and_die(connection: Any) -> None:
            upgrade(connection)
            kill()

        bot.migrations._upgrade = upgrade_and_die
        return
    wrap = answer_is_lost if point == LOST else dies_before if point in BEFORE else dies_after
    name = "claim_all" if point == LOST else (BEFORE | AFTER)[point]
    setattr(Sends, name, wrap(getattr(Sends, name)))


if __name__ == "__main__":
    if os.environ.get("KILL_AT"):
        prepare(os.environ["KILL_AT"])
    bot.sends.work.RETRY_AFTER = timedelta(seconds=1)
    bot.delivery.loop.CHORES_EVERY = 0.5  # a dead process is noticed at the next tick, not after ten seconds
    bot.wiring.SLACK_SECONDS = 4  # given up before another may draw
    bot.sends.cards.DRAW_HOLDS = timedelta(seconds=5)
    bot.sends.watches.HOLDS = timedelta(seconds=5)
    sys.exit(program.main())
