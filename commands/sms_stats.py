"""`/sms stats [days]`: sends per day, what was stopped, opt-outs, how long it took; in charts and words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

from bot.blocks import actions, ago, button, context, header, section
from bot.charts import bars
from bot.command import Command, Reply
from bot.errors import UsageError
from bot.filters import begin_of
from bot.sends.stats import WHATCOUNTS, Stats
from bot.wiring import Bot

command = Command(
    "stats",
    usage="[days]",
    summary="sends per day, what was stopped and why, opt-outs, how long it took",
    example="`/sms stats 30`",
    order=46,
)

PERIODS = {7: 1, 30: 2, 90: 5}  # days, and how many of them are one bar: Slack's chart has 20 at most
SENDS, STOPPED = "sends", "stopped"
PAGES = {SENDS: "Sends and Opt-Outs", STOPPED: "Stopped, and Times"}
SHOWN = 10  # rules in the chart
TIMES = {
    "under 2 min": timedelta(minutes=2), "2 to 10 min": timedelta(minutes=10),
    "to an hour": timedelta(hours=1), "to a day": timedelta(days=1), "longer": timedelta.max,
}  # fmt: skip


@command.run
async def stats(bot: Bot, words: str, reply: Reply) -> None:
    typed = words.removesuffix("days").strip() or "30"
    if typed not in map(str, PERIODS):
        raise UsageError("The last 7, 30 or 90 days are counted.", command.typed)
    await reply(*await page(bot, int(typed), SENDS))


@command.action("days7")
@command.action("days30")
@command.action("days90")
@command.action("turn")
async def turn(bot: Bot, words: str, reply: Reply) -> None:
    await reply(*await page(bot, *json.loads(words)), replace=True)


async def page(bot: Bot, days: int, what: str) -> tuple[str, list[dict[str, Any]]]:
    """The key numbers in words, and two charts, which is what a message may hold; text and blocks."""
    zone = bot.settings.timezone
    today = bot.now().astimezone(zone).date()
    begins = [begin_of(today - timedelta(days=back), zone) for back in range(days - 1, -2, -1)]
    found = await bot.sends.stats(begins)
    head = f"The last {days} days"
    lines = in_words(found, begins)
    charts = _sends(found, begins, PERIODS[days]) if what == SENDS else _stopped(found)
    other = STOPPED if what == SENDS else SENDS
    presses = [
        button(f"{one} Days", command.id(f"days{one}"), json.dumps([one, what]))
        for one in PERIODS
        if one != days
    ]
    presses += [button(PAGES[other], command.id("turn"), json.dumps([days, other]))]
    note = f"Days are those of {zone.key}, today among them. Submitted is what WhatCounts took."
    blocks = [header(head), section("\n".join(lines)), *charts, context(note), actions("stats", presses)]
    return "\n".join([f"*{head}*", *lines, note]), blocks


def in_words(found: Stats, begins: Sequence[datetime]) -> list[str]:
    """All that the charts show, mrkdwn."""
    texts, campaigns = sum(found.texts), sum(found.campaigns)
    daily = [one + many for one, many in zip(found.texts, found.campaigns, strict=True)]
    many = f"{campaigns} campaign{_s(campaigns)}, {texts} single text{_s(texts)}"
    lines = [f"*Submitted:* {many}.{_most(daily, begins)}"]
    lines += [f"*Refused by WhatCounts, or never reached:* {sum(found.refused)}."]
    lines += [f"*Opt-outs asked for here:* {sum(found.stops)}."]
    rules = ", ".join(f"{_rule(rule)} {count}" for rule, count in _ranked(found)) or "nothing"
    return [*lines, f"*What stopped or held texts:* {rules}.", f"*From draft to submitted:* {_times(found)}"]


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _most(daily: Sequence[int], begins: Sequence[datetime]) -> str:
    if not any(daily):
        return ""
    most = max(daily)
    return f" Most on {_day(begins[daily.index(most)])}: {most}."


def _day(begin: datetime) -> str:
    return f"{begin.day} {begin:%b}"


def _ranked(found: Stats) -> list[tuple[str, int]]:
    return sorted(found.rules.items(), key=lambda one: (-one[1], one[0]))


def _rule(name: str) -> str:
    return "WhatCounts" if name == WHATCOUNTS else name


def _times(found: Stats) -> str:
    if not found.took:
        return "nothing that somebody drafted was submitted."
    seconds = sorted(one.total_seconds() for one in found.took)
    half = ago(timedelta(seconds=median(seconds)))
    if len(seconds) < 2:
        return f"{half}."
    slow = ago(timedelta(seconds=quantiles(seconds, n=10, method="inclusive")[8]))
    return (
        f"half of them within {half}, nine of ten within {slow}; the waiting for a chosen time is in it,"
        " times of repeating campaigns are not."
    )


def _sends(found: Stats, begins: Sequence[datetime], width: int) -> list[dict[str, Any]]:
    starts = range(0, len(found.texts), width)
    labels = [_day(begins[start]) for start in starts]
    per, day = ("day", "Day") if width == 1 else (f"{width} days", "First day")

    def binned(values: Sequence[int]) -> list[int]:
        return [sum(values[start : start + width]) for start in starts]

    left = {"Campaigns": found.campaigns, "Single texts": found.texts, "Refused": found.refused}
    sends = bars(
        f"Sends per {per}", labels, {name: binned(one) for name, one in left.items()}, day, "Sends"
    )
    stops = bars(f"Opt-outs per {per}", labels, {"Opt-outs": binned(found.stops)}, day, "Opt-outs")
    return [sends, stops]


def _stopped(found: Stats) -> list[dict[str, Any]]:
    ranked = _ranked(found)[:SHOWN] or [("nothing", 0)]
    labels = [_rule(rule) for rule, _ in ranked]
    rules = bars("What stopped or held texts", labels, {"Texts": [n for _, n in ranked]}, "Rule", "Texts")
    bounds = list(TIMES.values())
    places = [next(n for n, bound in enumerate(bounds) if one <= bound) for one in found.took]
    counts = [places.count(n) for n in range(len(bounds))]
    times = bars("From draft to submitted", list(TIMES), {"Sends": counts}, "Time", "Sends")
    return [rules, times]
