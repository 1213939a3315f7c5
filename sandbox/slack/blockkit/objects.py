"""Composition objects: texts, options, confirm dialogs, filters (Slack's reference: composition-objects)."""

from __future__ import annotations

from sandbox.slack.blockkit.rules import Rule, Thing, flag, items, kinds, some_of, string, url, word

BLOCK_ID = ACTION_ID = string(255)


def plain(most: int, least: int = 1) -> Rule:
    """A plain_text object."""
    return kinds({"plain_text": Thing({"text": string(most, least)}, {"emoji": flag})}, " (plain_text only)")


def text(most: int) -> Rule:
    """A plain_text or mrkdwn object."""
    some = {"text": string(most)}
    return kinds({"plain_text": Thing(some, {"emoji": flag}), "mrkdwn": Thing(some, {"verbatim": flag})})


CONFIRM = Thing(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": word("primary", "danger")},
)
OPTION = Thing({"text": plain(75), "value": string(150)}, {"description": plain(75)})
MARKED_OPTION = Thing({"text": text(75), "value": string(150)}, {"description": text(75)})
OVERFLOW_OPTION = Thing({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": url()})
OPTIONS = items(OPTION, 100)
OPTION_GROUP = Thing({"label": plain(75), "options": OPTIONS}, {})
OPTION_GROUPS = items(OPTION_GROUP, 100)
DISPATCH = Thing(
    {},
    {"trigger_actions_on": items(word("on_enter_pressed", "on_character_entered"), 2)},
    some_of("trigger_actions_on"),
)
FILTER = Thing(
    {},
    {
        "include": items(word("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
SLACK_FILE = Thing({}, {"id": string(255), "url": url()}, some_of("id", "url"))
