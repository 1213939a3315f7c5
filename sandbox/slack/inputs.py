"""What people put into inputs: the documented shape of each state, and what Slack's client checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from sandbox.slack import reading
from sandbox.slack.record import Json

# element type -> (key in the state, key of the initial value); docs.slack.dev/reference/views#state
SHAPES = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
MANY = {kind for kind, (key, _) in SHAPES.items() if key.endswith("s") and kind != "radio_buttons"}
CHOOSING = {"static_select", "external_select", "radio_buttons", "overflow"}
CHOOSING_MANY = {"checkboxes", "multi_static_select", "multi_external_select"}
Values = dict[str, dict[str, Json]]
REQUIRED = "Please complete this required field."


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) that holds a value; an overflow acts, and holds none."""
    return ((b, e) for b, e in reading.actionable(blocks) if e["type"] in SHAPES and e["type"] != "overflow")


def initial(blocks: list[Json]) -> Values:
    """state.values of untouched blocks."""
    values: Values = {}
    for block, element in stateful(blocks):
        key, start = SHAPES[element["type"]]
        nothing: list[Json] | None = [] if element["type"] in MANY else None
        state = {"type": element["type"], key: element.get(start, nothing)}
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def told_at(block: Json, element: Json) -> set[str]:
    """When what is typed here is told to the app, in the words of dispatch_action_config; empty: never."""
    if not block.get("dispatch_action"):
        return set()
    return set(element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"]))


def carried(blocks: list[Json], before: Values) -> Values:
    """state.values after an update: what was typed stays where block_id, action_id and type are the same."""
    values = initial(blocks)
    for block_id, actions in values.items():
        for action_id, fresh in actions.items():
            old = before.get(block_id, {}).get(action_id)
            if old and old["type"] == fresh["type"]:
                actions[action_id] = old
    return values


def state_of(element: Json, value: Any, offered: list[Json]) -> Json:
    """The state of `element` after a person gave `value`; LookupError for what the screen does not offer.

    A choice is named by its option's value, its text, or the option; `offered` are the options on the screen.
    """
    kind = element["type"]
    key, _ = SHAPES[kind]
    if kind in CHOOSING:
        value = None if value is None else chosen(value, offered)
    elif kind in CHOOSING_MANY:
        value = [chosen(each, offered) for each in _several(value)]
    elif kind == "file_input":
        value = [_file(each, offered) for each in _several(value)]
    elif kind in MANY:
        value = _several(value)
    elif kind in ("datepicker", "timepicker") and value:
        (date if kind == "datepicker" else time).fromisoformat(value)
    elif kind == "datetimepicker" and value is not None:
        value = int(value)
    elif key == "value":
        value = str(value) if value not in (None, "") else None
    return {"type": kind, key: value}


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def chosen(value: Any, offered: list[Json]) -> Json:
    """The option on offer with that value or text; LookupError when it is not on offer."""
    for option in offered:
        if value == option or value in (option.get("value"), option["text"]["text"]):
            return {key: option[key] for key in ("text", "value", "description") if key in option}
    there = ", ".join(repr(option.get("value")) for option in offered)
    raise LookupError(f"{value!r} is not on offer; there is: {there or 'nothing'}")


def _file(value: Any, offered: list[Json]) -> Json:
    """The file with that id; LookupError for one that this person did not give."""
    found = next((one for one in offered if value in (one["id"], one)), None)
    if found is None:
        raise LookupError(f"there is no file {value!r}")
    return found


def options_in(element: Json) -> list[Json]:
    """The options that an element brings along, out of its groups too."""
    groups = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *groups]


def complaints(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack's client says under the fields before it sends anything: block_id -> sentence."""
    found = {}
    for block, element in stateful(blocks):
        if block["type"] == "input":
            value = values[block["block_id"]][element["action_id"]].get(SHAPES[element["type"]][0])
            if said := _complaint(block, element, value):
                found[block["block_id"]] = said
    return found


def _complaint(block: Json, element: Json, value: Any) -> str | None:
    if value in (None, "", []):
        return None if block.get("optional") else REQUIRED
    kind = element["type"]
    if kind == "file_input":
        return _unfit_files(element, value)
    if kind == "plain_text_input":
        return _wrong_length(element, str(value))
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Must be a valid email."
    if kind == "url_text_input" and not re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", value):
        return "Must be a valid URL."
    return _wrong_number(element, str(value)) if kind == "number_input" else None


def _unfit_files(element: Json, files: list[Json]) -> str | None:
    """docs.slack.dev, file input element: how many, and of which types, by their names alone."""
    most, types = element.get("max_files", 10), element.get("filetypes")
    if len(files) > most:
        return f"You can add up to {most} file{'s' * (most > 1)}."
    unfit = [one["name"] for one in files if types and one["filetype"] not in types]
    return f"This file type is not supported: {unfit[0]}." if unfit else None


def _wrong_length(element: Json, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"This must be at least {least} characters."
    return f"This must be no more than {most} characters." if len(value) > most else None


def _wrong_number(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Must be a number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Must be at least {element['min_value']}."
    over = "max_value" in element and float(value) > float(element["max_value"])
    return f"Must be at most {element['max_value']}." if over else None


def read(state: Json) -> str:
    """What a person sees in a filled element; '' when it is empty."""
    value = state.get(SHAPES[state["type"]][0])
    several = value if isinstance(value, list) else [value]
    return ", ".join(_shown(each) for each in several if each is not None)


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "text" in value:
        return str(value["text"]["text"])
    return str(value["name"] if isinstance(value, dict) and "name" in value else value)
