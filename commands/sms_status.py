"""`/sms status`: is it alive, what is waiting."""

from __future__ import annotations

from bot.alarms import open_matters
from bot.blocks import escape, named, section, their_time
from bot.command import Command, Reply
from bot.errors import BotError
from bot.freeze import FUSE
from bot.migrations import step
from bot.moments import account_time
from bot.sends import State
from bot.sends.asking import asking
from bot.version import VERSION
from bot.wiring import Bot

command = Command(
    "status",
    summary="is it alive, and what is waiting",
    order=60,
    works_anywhere=True,
)

WATCHED = "The scheduled sends are being watched."
JUST_NOW = 5.0  # seconds
WAIT = 1.5  # seconds for WhatCounts to answer, of the 3 that Slack gives
WAITING = {
    State.DRAFT: "not confirmed yet",
    State.AWAITING: "waiting for another person's approval",
    State.SCHEDULED: "scheduled",
    State.HELD: "held until somebody decides",
    State.SENDING: "being sent",
    State.MAYBE_SENT: "in doubt until somebody looks in WhatCounts",
}


@command.run
async def status(bot: Bot, reply: Reply) -> None:
    lines = [await _frozen(bot), await _waiting(bot), *await _alarms(bot), await _whatcounts(bot)]
    lines += [_clock(bot), *_slack(bot), await _running(bot)]
    lines += [f"Account's time: {account_time(bot.now(), bot.settings.timezone)}."]
    text = "\n".join(lines)
    await reply(text, [section(line) for line in lines])


async def _frozen(bot: Bot) -> str:
    freeze = await bot.sends.frozen()
    if not freeze.frozen:
        return "Sends are not frozen."
    since = f" since {their_time(freeze.at)}" if freeze.at else ""
    why = f" Why: {escape(freeze.why)}" if freeze.why else ""
    return f"*Sends are frozen* by {named(freeze.by)}{since}.{why}"


async def _waiting(bot: Bot) -> str:
    counts = await bot.sends.counts()
    waiting = [f"{counts[state]} {words}" for state, words in WAITING.items() if counts.get(state)]
    stops = await bot.sends.open_stops()
    failing = f" *Opt-outs that WhatCounts has not taken yet: {stops}.*" if stops else ""
    return "Waiting: " + (", ".join(waiting) if waiting else "nothing") + "." + failing


async def _alarms(bot: Bot) -> list[str]:
    """What needs somebody, and how near the fuse is; nothing where all is well."""
    found = await bot.database.read(asking, bot.now())
    open_now = await bot.database.read(open_matters)
    lines = []
    if open_now:
        channel = bot.settings.alarm_channel
        nobody = "; SMS_ALARM_CHANNEL is not set, so nobody was told"
        told = f"; alarms go to <#{channel}>" if channel else nobody
        lines.append(f"*Needs somebody: {len(open_now)}{told}.* See `/sms scheduled`.")
    if found.failures:
        lines.append(f"Fuse: {found.failures} of {FUSE} texts failed in a row; at {FUSE} all sends freeze.")
    return lines


def _slack(bot: Bot) -> list[str]:
    """In Socket Mode a socket that is closed; another process may have heard this."""
    return ["*Slack's socket is closed here.* Another one is being opened."] if bot.pulse.deaf_since else []


async def _running(bot: Bot) -> str:
    """Which version, on which form of the database, in how many processes."""
    count = await bot.database.processes()
    at = await bot.database.read(step)
    return f"smsops {VERSION}, database at step {at}, {count} process{'es' if count != 1 else ''}."


async def _whatcounts(bot: Bot) -> str:
    try:
        messages = await bot.stored.list(WAIT, JUST_NOW)
    except BotError as error:
        last = bot.whatcounts.answered_at
        when = f" Its last answer: {their_time(last)}." if last else ""
        return f"*WhatCounts does not answer.* {escape(str(error))}{when}"
    last = bot.whatcounts.answered_at
    when = f" Its last answer: {their_time(last)}." if last else ""
    return f"WhatCounts answers: {len(messages)} stored messages.{when}"


def _clock(bot: Bot) -> str:
    seconds = bot.pulse.age()
    late = seconds > 10
    return f"*Nothing has looked at the scheduled sends for {seconds:.0f} s.*" if late else (
        f"{WATCHED} Last look: {seconds:.0f} s ago."
    )
