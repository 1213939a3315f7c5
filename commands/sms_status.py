"""`/sms status`: is it alive, what is waiting."""

from __future__ import annotations

from bot.blocks import escape, named, section, their_time
from bot.command import Command, Reply
from bot.errors import BotError
from bot.moments import account_time
from bot.sends import State
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
    State.SCHEDULED: "scheduled",
    State.HELD: "held until somebody decides",
    State.SENDING: "being sent",
    State.MAYBE_SENT: "in doubt until somebody looks in WhatCounts",
}


@command.run
async def status(bot: Bot, reply: Reply) -> None:
    lines = [await _frozen(bot), await _waiting(bot), await _whatcounts(bot), _clock(bot)]
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


async def _whatcounts(bot: Bot) -> str:
    try:
        messages = await bot.stored.list(WAIT, JUST_NOW)
    except BotError as error:
        return f"*WhatCounts does not answer.* {escape(str(error))}"
    return f"WhatCounts answers: {len(messages)} stored messages."


def _clock(bot: Bot) -> str:
    seconds = bot.pulse.age()
    late = seconds > 10
    return f"*Nothing has looked at the scheduled sends for {seconds:.0f} s.*" if late else WATCHED
