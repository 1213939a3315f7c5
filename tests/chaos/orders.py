"""What the team decides just before the storm: texts and campaigns, confirmed, each due at its time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from bot.sends import Ask, Content, Kind, Send, Sends
from bot.wiring import utc_now
from sandbox.slack import Slack
from sandbox.slack.world import BOT_USER, Channel
from sandbox.whatcounts import WhatCountsEmulator
from tests.world import OLIVE

SENDER, GROUP = "2065551212", "weekly"
CAMPAIGN_EVERY = 10  # the others are one-off texts
LEAD = 1.0  # seconds from the confirmation to the first
CARDS_A_CHANNEL = 5  # as many as Slack takes at once


def channel_of(number: int) -> str:
    """The channel of the n-th send: a channel takes one post a second, a team has many."""
    return f"C0STORM{number // CARDS_A_CHANNEL}"


def open_channels(slack: Slack, count: int) -> None:
    """The channels for so many sends."""
    for name in {channel_of(number) for number in range(count)}:
        slack.world.channels[name] = Channel(name, name.lower(), {OLIVE, BOT_USER})


async def draft(sends: Sends, whatcounts: WhatCountsEmulator, count: int) -> list[Send]:
    """So many drafts, ready to be confirmed."""
    for number in range(0, count, CAMPAIGN_EVERY):  # the same one twice would want a second look
        whatcounts.realm.add_message(_sale(number), f"{_sale(number)} is on. Reply STOP to opt out")
    return [await _ready(sends, whatcounts, number) for number in range(count)]


async def _ready(sends: Sends, whatcounts: WhatCountsEmulator, number: int) -> Send:
    content = _content(number)
    text = content.text or whatcounts.realm.message(content.message or "").text
    drafted = await sends.get(await sends.draft(Ask(OLIVE, utc_now()), content, channel_of(number)))
    assert drafted
    await sends.prepared(utc_now(), drafted, text, [], None)  # or the bot was first
    prepared = await sends.get(drafted.id)
    assert prepared and prepared.prepared_at
    return prepared


async def confirm(sends: Sends, drafts: Sequence[Send], seconds: float, random: Random) -> datetime:
    """Confirm them all, each due at its time in so many seconds from now; returns the last of these times."""
    delays = sorted(timedelta(seconds=LEAD + random.uniform(0, seconds)) for _ in drafts)
    now = utc_now()
    for one, delay in zip(drafts, delays, strict=True):
        assert await sends.confirm(Ask(OLIVE, now), one.id, one.revision, delay)
    return now + delays[-1]


def _sale(number: int) -> str:
    return f"Sale {number}"


def _content(number: int) -> Content:
    if number % CAMPAIGN_EVERY == 0:
        names = {"audience": GROUP, "message": _sale(number), "campaign": _sale(number)}
        return Content(Kind.CAMPAIGN, SENDER, **names)
    return Content(Kind.SEND, SENDER, phone=f"1206555{2000 + number}", text=f"Text {number}")


def name_on_the_wire(send: Send) -> str:
    """What no other send has, among the values of its request."""
    return send.wire_campaign if send.kind is Kind.CAMPAIGN else send.text or ""
