"""Block elements, and in which block each may stand (docs.slack.dev/reference/block-kit/block-elements)."""

from __future__ import annotations

from typing import Any

from sandbox.slack.blockkit.objects import (
    ACTION_ID,
    CONFIRM,
    DISPATCH,
    FILTER,
    MARKED_OPTION,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    OVERFLOW_OPTION,
    SLACK_FILE,
    plain,
    text,
)
from sandbox.slack.blockkit.rich import RICH_TEXT
from sandbox.slack.blockkit.rules import (
    Rule,
    Thing,
    anything,
    both,
    flag,
    items,
    one_of,
    say,
    string,
    url,
    whole,
    word,
)

_ID: dict[str, Rule] = {"action_id": ACTION_ID}
_ASKS: dict[str, Rule] = _ID | {"confirm": CONFIRM, "focus_on_load": flag}
_HINTED: dict[str, Rule] = _ASKS | {"placeholder": plain(150)}
_TYPED: dict[str, Rule] = _ID | {
    "dispatch_action_config": DISPATCH,
    "focus_on_load": flag,
    "placeholder": plain(150),
}
_SEVERAL: dict[str, Rule] = _HINTED | {"max_selected_items": whole(1, 100)}
_STYLE = word("primary", "danger")
_DAY = string(10, pattern=r"\d{4}-\d{2}-\d{2}", like="a date as YYYY-MM-DD")
_HOUR = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d", like="a time as HH:mm")
_IDS = items(string(255), 100, 0)


def _lengths(value: Any, at: str, problems: list[str]) -> None:
    if value.get("min_length", 0) > value.get("max_length", 3000):
        say(problems, f"{at}/min_length", "must be less than or equal to max_length")


def _initial_fits(value: Any, at: str, problems: list[str]) -> None:
    groups = [option for group in value.get("option_groups", []) for option in group["options"]]
    offered = [*value.get("options", []), *groups]
    for name in ("initial_option", "initial_options"):
        given = value.get(name, [])
        for option in given if isinstance(given, list) else [given]:
            if option not in offered:
                say(problems, f"{at}/{name}", "must exactly match one of the provided options")


_CHOICES = both(one_of("options", "option_groups"), _initial_fits)
_STATIC: dict[str, Rule] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_MARKED = items(MARKED_OPTION, 10)

IMAGE = Thing(
    {"alt_text": string(2000)},
    {"image_url": url(), "slack_file": SLACK_FILE},
    one_of("image_url", "slack_file"),
)
ELEMENTS: dict[str, Rule] = {
    "image": IMAGE,
    "button": Thing(
        {"text": plain(75)},
        _ID
        | {
            "value": string(2000),
            "url": url(),
            "style": _STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        }
        | {"agent_prompt": string(4000), "agent_prompt_display": anything, "visible_to_user_ids": _IDS},
    ),
    "workflow_button": Thing(
        {"text": plain(75), "workflow": anything}, _ID | {"style": _STYLE, "accessibility_label": string(75)}
    ),
    "overflow": Thing({"options": items(OVERFLOW_OPTION, 5)}, _ID | {"confirm": CONFIRM}),
    "checkboxes": Thing({"options": _MARKED}, _ASKS | {"initial_options": _MARKED}, _initial_fits),
    "radio_buttons": Thing({"options": _MARKED}, _ASKS | {"initial_option": MARKED_OPTION}, _initial_fits),
    "static_select": Thing({}, _HINTED | _STATIC | {"initial_option": OPTION}, _CHOICES),
    "external_select": Thing({}, _HINTED | {"initial_option": OPTION, "min_query_length": whole(0, 100)}),
    "users_select": Thing({}, _HINTED | {"initial_user": string(255)}),
    "conversations_select": Thing(
        {},
        _HINTED
        | {"initial_conversation": string(255), "default_to_current_conversation": flag}
        | {"response_url_enabled": flag, "filter": FILTER},
    ),
    "channels_select": Thing({}, _HINTED | {"initial_channel": string(255), "response_url_enabled": flag}),
    "multi_static_select": Thing({}, _SEVERAL | _STATIC | {"initial_options": items(OPTION, 100)}, _CHOICES),
    "multi_external_select": Thing(
        {}, _SEVERAL | {"initial_options": items(OPTION, 100), "min_query_length": whole(0, 100)}
    ),
    "multi_users_select": Thing({}, _SEVERAL | {"initial_users": _IDS}),
    "multi_conversations_select": Thing(
        {},
        _SEVERAL | {"initial_conversations": _IDS, "default_to_current_conversation": flag, "filter": FILTER},
    ),
    "multi_channels_select": Thing({}, _SEVERAL | {"initial_channels": _IDS}),
    "datepicker": Thing({}, _HINTED | {"initial_date": _DAY}),
    "timepicker": Thing({}, _HINTED | {"initial_time": _HOUR, "timezone": string(100)}),
    "datetimepicker": Thing({}, _ASKS | {"initial_date_time": whole(10**9, 10**10 - 1)}),
    "plain_text_input": Thing(
        {},
        _TYPED
        | {"initial_value": string(3000, 0), "multiline": flag}
        | {"min_length": whole(0, 3000), "max_length": whole(1, 3000)},
        _lengths,
    ),
    "email_text_input": Thing({}, _TYPED | {"initial_value": string(3000)}),
    "url_text_input": Thing({}, _TYPED | {"initial_value": string(3000)}),
    "number_input": Thing(
        {"is_decimal_allowed": flag},
        _TYPED | {name: string(100) for name in ("initial_value", "min_value", "max_value")},
    ),
    "rich_text_input": Thing(
        {}, _TYPED | {"initial_value": RICH_TEXT, "min_lines": whole(1, 100), "max_lines": whole(1, 100)}
    ),
    "file_input": Thing({}, _ID | {"filetypes": items(string(255), 100), "max_files": whole(1, 10)}),
    "feedback_buttons": Thing({"positive_button": anything, "negative_button": anything}, _ID),
    "icon_button": Thing(
        {"icon": string(100), "text": plain(75)},
        _ID
        | {
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": _IDS,
        },
    ),
    "plain_text": text(3000),
    "mrkdwn": text(3000),
}
_SELECTS = ["static_select", "external_select", "users_select", "conversations_select", "channels_select"]
_PICKED = [
    *_SELECTS,
    *(f"multi_{each}" for each in _SELECTS),
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
]
_WRITTEN = [
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
]
IN = {
    "actions": [*_PICKED, "button", "datetimepicker", "overflow", "workflow_button", "rich_text_input"],
    "section": [*_PICKED, "button", "overflow", "workflow_button", "image"],
    "input": [*_PICKED, *_WRITTEN, "datetimepicker"],
    "context": ["image", "plain_text", "mrkdwn"],
    "context_actions": ["feedback_buttons", "icon_button"],
}
