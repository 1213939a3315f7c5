"""The doctor on WhatCounts: whether it answers, takes the login, and what it does to odd characters."""

from __future__ import annotations

from dataclasses import dataclass

from bot.database import DatabaseError
from bot.doctor.line import Line, fail, note, ok
from bot.doctor.times import skew
from bot.encoding import Run, Trial, keep, try_all
from bot.errors import Refused, Unavailable
from bot.whatcounts import PROBES
from bot.wiring import Bot


@dataclass(frozen=True)
class Asked:
    """What came of asking for the stored messages."""

    line: Line
    skew: float | None


async def login(bot: Bot) -> Asked:
    """Ask for the stored messages, which changes nothing: by REST, whose login the HTTP API shares."""
    before = bot.now()
    try:
        count = len(await bot.whatcounts.messages())
        said = f"it answers and takes the login; {count} stored {'message' if count == 1 else 'messages'}."
        line = ok("WhatCounts", said)
    except Unavailable as error:
        line = fail("WhatCounts", f"{error} Check WHATCOUNTS_URL, and this machine's way to the internet.")
    except Refused as error:
        line = fail("WhatCounts", str(error))
    return Asked(line, skew(bot.whatcounts.date, before, bot.now()))


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
