"""The doctor on WhatCounts: whether it answers, takes the login, and what it does to odd characters."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from bot.database import DatabaseError
from bot.doctor.line import Line, fail, note, ok
from bot.doctor.times import skew
from bot.encoding import Run, Trial, keep, try_all
from bot.errors import Refused, Unavailable
from bot.whatcounts import PROBES
from bot.wiring import Bot

WAY = "Check WHATCOUNTS_URL, and this machine's way to the internet."
LATER = "Try again in a minute; where it stays so, check WHATCOUNTS_URL."


@dataclass(frozen=True)
class Asked:
    """What came of asking for the stored messages."""

    lines: list[Line]
    skew: float | None


async def login(bot: Bot) -> Asked:
    """Ask both APIs for the stored messages, which changes nothing: either may be closed to us alone."""
    before = bot.now()
    rest, http = await _asked(bot, "rest"), await _asked(bot, "http")
    if rest == http:  # all is well, or all is wrong in one way
        said = rest if isinstance(rest, str) else f"it answers and takes the login; {_counted(rest)}."
        lines = [(fail if isinstance(rest, str) else ok)("WhatCounts", said)]
    else:
        by_form = (
            "texts that no REST address carries" if bot.settings.whatcounts_text_api == "rest" else "texts"
        )
        lines = [
            _apart("REST, by which campaigns go", rest),
            _apart(f"the HTTP API, by which {by_form} go", http),
        ]
    return Asked(lines, skew(bot.whatcounts.date, before, bot.now()))


async def _asked(bot: Bot, api: Literal["rest", "http"]) -> int | str:
    """How many messages are stored; or what is wrong, with the cure."""
    try:
        return len(await bot.whatcounts.messages_by(api))
    except Unavailable as error:
        if getattr(error, "__notes__", ()):  # what it answered
            return f"{error} {LATER}"
        return f"{error} {_why(error)}{WAY}"
    except Refused as error:
        return str(error)


def _why(error: BaseException | None) -> str:
    """What the system said against the connection, at the bottom of it; "" where it said nothing."""
    said = ""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            plain = os.strerror(error.errno or 0) if isinstance(error, ConnectionError) else error.strerror
            said = f"The system says: {plain}. "
        error = error.__cause__ or error.__context__
    return said


def _apart(api: str, found: int | str) -> Line:
    if isinstance(found, int):
        return ok("WhatCounts", f"{api}: it answers and takes the login; {_counted(found)}.")
    return fail("WhatCounts", f"{api}: {found}")


def _counted(count: int) -> str:
    return f"{count} stored {'message' if count == 1 else 'messages'}"


async def encoding_lines(bot: Bot) -> list[Line]:
    """Store a message for each class of odd characters, by each API; keep what arrived. Sends no SMS."""
    run = await try_all(bot.whatcounts, bot.now())
    lines = [_tried(trial) for trial in run.trials]
    lines.append(await _kept(bot, run))
    clean_up = "can be deleted on WhatCounts' own page for SMS messages; its API cannot."
    return [*lines, note("encoding", f"the messages whose names begin with “{run.stamp}” {clean_up}")]


def _tried(trial: Trial) -> Line:
    what = f"{PROBES[trial.kind].what} by {'REST' if trial.by == 'path' else 'the HTTP API'}"
    if trial.has_arrived:
        return ok("encoding", f"{what} arrive unchanged.")
    if trial.stored is None:
        why = trial.reason or "without a word why"
        return note("encoding", f"{what} were not stored ({why}), so they are not trusted.")
    said = f"{what} are changed: {_shown(trial.sample)} became {_shown(trial.stored)}"
    if trial.by == "path":
        return note("encoding", f"{said}, so they are not trusted.")
    return fail("encoding", f"{said}. Leave them out of texts, and ask WhatCounts' support.")


def _shown(text: str) -> str:
    """On one line, whatever it holds."""
    return "“" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + "”"


async def _kept(bot: Bot, run: Run) -> Line:
    if run.problem:
        said = f"the test did not come to its end, and what was known before stays: {run.problem}"
        return fail("encoding", f"{said} Run it again.")
    try:
        await keep(bot, run)
    except DatabaseError as error:
        return fail("encoding", f"the result could not be kept ({error}), and what was known before stays.")
    return ok("encoding", "the result is kept for this address and realm, and trusted from the next start.")
