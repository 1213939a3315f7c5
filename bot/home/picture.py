"""The picture of one person's App Home: blocks of a view; pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.blocks import actions, button, context, divider, escape, header, section, their_time
from bot.card.picture import card
from bot.card.receipt import line
from bot.card.words import frozen_banner
from bot.command import Command, Part
from bot.home.calendar import Coming, calendar, first_day, in_words
from bot.home.links import address
from bot.home.mine import Group, waiting_for
from bot.menu import offered, press
from bot.people import READ, Person
from bot.sends import Send
from bot.sends.ahead import COUNTED, Ahead
from bot.settings import Settings

home = Part("home")

View = dict[str, Any]

NO_MEMBER = (
    "This page is for full members of this workspace. Guests and people of other workspaces can read the"
    " cards in their channels, but not use smsops."
)
NO_ROLE = (
    "You hold no role in smsops, so there is nothing to do for you here. An admin gives one with"
    " `/sms people`."
)
NOTHING = "Nothing waits for you."
STALE = "If that is long ago and does not change when you open this tab anew, smsops is not running."


@dataclass(frozen=True)
class Seen:
    """What the picture is made of, beside the settings; `now` gives the day alone."""

    person: Person
    ahead: Ahead
    now: datetime
    coming: Sequence[Coming]  # campaigns that have a row, and those of repeating ones that are not made yet
    workspace: str | None
    channel: str | None  # where the cards of what is sent from here go
    late: int = 0  # seconds for which nothing looked at the sends, where that is long


def picture(seen: Seen, settings: Settings, commands: Mapping[str, Command]) -> list[View]:
    """The blocks, the most important first."""
    person, ahead = seen.person, seen.ahead
    banner = [section(frozen_banner(ahead.freeze))] if ahead.freeze.frozen else []
    if not person.may(READ):
        return [*banner, section(NO_ROLE), *_buttons(seen, settings, commands)]
    return [
        *banner,
        *_waiting(seen, settings),
        *_calendar(seen, settings),
        *_last(seen),
        header("Do something"),
        *_buttons(seen, settings, commands),
        divider(),
        section(_alive(seen)),
    ]


def view(blocks: Sequence[View], channel: str | None, now: datetime) -> View:
    """The view for views.publish: the picture, when it was drawn, and the channel for its buttons."""
    drawn = context(f"Drawn {their_time(now)}, and anew when something changes. {STALE}")
    return {"type": "home", "private_metadata": channel or "", "blocks": [*blocks, drawn]}


def hashed(blocks: Sequence[View], channel: str | None) -> str:
    """The same for the same picture; when it was drawn is not in it."""
    return hashlib.sha256(json.dumps([blocks, channel]).encode()).hexdigest()


def closed() -> list[View]:
    """For who may not use smsops."""
    return [section(NO_MEMBER)]


def _waiting(seen: Seen, settings: Settings) -> list[View]:
    groups = waiting_for(seen.person, seen.ahead, settings)
    if not groups:
        return [header("Waiting for you"), section(NOTHING)]
    return [header("Waiting for you"), *(block for one in groups for block in _group(one, seen.workspace))]


def _group(group: Group, workspace: str | None) -> list[View]:
    many = f"{COUNTED} or more" if group.total >= COUNTED else f"{group.total}"
    left = "Many" if group.total >= COUNTED else group.total - len(group.sends)
    more = [context(f"{left} more: `/sms scheduled`")] if left else []
    head = section(f"*{group.name}: {many}.* {group.what}")
    return [head, *(_listed(one, workspace) for one in group.sends), *more]


def _listed(send: Send, workspace: str | None) -> View:
    """One send, a link to its card, and the button that shows it whole."""
    url = address(send, workspace)
    to = f"\n<{url}|Open its card>" if url else ""
    return section(f"{line(send)}{to}", button("Show", card.id("show"), send.id))


def _calendar(seen: Seen, settings: Settings) -> list[View]:
    zone, first = settings.timezone, first_day(seen.now, settings.timezone)
    texts = seen.ahead.texts
    shut = _blackout(first, settings)
    words = escape(in_words(seen.coming, texts, shut, zone))
    return [
        header("The next two weeks"),
        section(f"{words} Times are those of {zone.key}."),
        calendar(first, seen.coming, texts, shut, zone),
    ]


def _blackout(first: date, settings: Settings) -> list[date]:
    return [day for day in settings.blackout if 0 <= (day - first).days < 14]


def _last(seen: Seen) -> list[View]:
    sends = seen.ahead.last
    lines = [f"{line(one)} · {their_time(one.state_at)}{_to_card(one, seen.workspace)}" for one in sends]
    return [header("What came last"), section("\n".join(lines) or "Nothing has been sent yet.")]


def _to_card(send: Send, workspace: str | None) -> str:
    url = address(send, workspace)
    return f" · <{url}|card>" if url else ""


def _buttons(seen: Seen, settings: Settings, commands: Mapping[str, Command]) -> list[View]:
    """A button for each verb of this person: those that send or change first; and where their cards go."""
    shown = offered(commands, seen.person, seen.ahead.freeze.frozen)
    makes = [one for one in shown if one.makes_cards]
    others = [one for one in shown if not one.makes_cards]
    rows = [("makes", makes), ("others", others)]
    blocks = [actions(name, [press(one) for one in row]) for name, row in rows if row]
    if not makes:
        return blocks
    return [*blocks[:1], _place(seen.channel, settings), *blocks[1:]]


def _place(channel: str | None, settings: Settings) -> View:
    """Where the cards of what is sent from here go: chosen, where there is a choice."""
    if len(settings.channels) == 1:
        return context(f"Cards of what you send from here go to <#{channel}>.")
    said = "Cards of what you send from here go to the channel on the right." if channel else CHOOSE
    box: View = {
        "type": "conversations_select",
        "action_id": home.id("channel"),
        "placeholder": {"type": "plain_text", "text": "Choose a channel"},
        "filter": {
            "include": ["public", "private"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    return section(said, box | ({"initial_conversation": channel} if channel else {})) | {"block_id": "place"}


CHOOSE = "*Choose the channel* where the cards of what you send from here go."


def _alive(seen: Seen) -> str:
    if seen.late:
        return f"*Nothing has looked at the scheduled sends for {seen.late} s.* Tell who runs smsops."
    stops = seen.ahead.open_stops
    failing = f" *Opt-outs that WhatCounts has not taken yet: {stops}.*" if stops else ""
    return f"*At work.* The scheduled sends are being watched.{failing}"
