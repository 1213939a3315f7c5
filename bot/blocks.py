"""The Block Kit shapes that two or more commands use: values -> dict, view state -> values. Pure.

Limits are those of Slack's Block Kit reference; what a person wrote goes into plain_text or is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.evidence import SMSOPS
from bot.moments import account_time
from bot.text import LIMIT, describe, utf16_units

View = dict[str, Any]

OPTION_TEXT, OPTION_VALUE = 75, 150
FIELDS = 10  # of one section
SPOKEN = 3900  # of a message's top-level text: chat.update refuses more than 4,000 characters


def escape(text: str) -> str:
    """For mrkdwn: Slack asks only for `&`, `<` and `>` to be escaped; no mention survives it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters; an ellipsis says that there is more."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def named(user: str | None) -> str:
    """A mention; smsops itself has none."""
    return "smsops" if user in (None, SMSOPS) else f"<@{user}>"


def plain(text: str) -> View:
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> View:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> View:
    return {"type": "header", "text": plain(shorten(text, 150))}


def section(text: str, accessory: View | None = None) -> View:
    block: View = {"type": "section", "text": mrkdwn(shorten(text, 3000))}
    return block | ({"accessory": accessory} if accessory else {})


def facts(pairs: Iterable[tuple[str, str]]) -> View:
    """Two columns of name and value; the values are mrkdwn, escaped already."""
    return {
        "type": "section",
        "fields": [mrkdwn(shorten(f"*{name}*\n{value}", 2000)) for name, value in pairs],
    }


def all_facts(pairs: Sequence[tuple[str, str]]) -> list[View]:
    """The same of any number: Slack takes ten in one section."""
    return [facts(pairs[at : at + FIELDS]) for at in range(0, len(pairs), FIELDS)]


def divider() -> View:
    return {"type": "divider"}


def context(text: str) -> View:
    return {"type": "context", "elements": [mrkdwn(shorten(text, 3000))]}


def exact(text: str) -> View:
    """A text just as it is, on a ground of its own: no formatting, no emoji names, no links made of it."""
    return {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "text", "text": shorten(text, 3000) or " "}],
            }
        ],
    }


def button(
    label: str, action_id: str, value: str = "", style: str | None = None, confirm: View | None = None
) -> View:
    made: View = {"type": "button", "text": plain(label), "action_id": action_id}
    made |= {"value": value} if value else {}
    made |= {"style": style} if style else {}
    return made | ({"confirm": confirm} if confirm else {})


def actions(block_id: str, buttons: Sequence[View]) -> View:
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def pager(
    of: Callable[[str], str], start: int, total: int, page: int, value: Callable[[int], str] = str
) -> list[View]:
    """The buttons `back` and `next` of a list; `of` makes their ids, `value` what they bring."""
    turns = [("back", "Earlier Page", max(0, start - page))] if start else []
    turns += [("next", "Next Page", start + page)] if start + page < total else []
    return turners([button(label, of(what), value(to)) for what, label, to in turns])


def turners(made: list[View]) -> list[View]:
    """The row of buttons by which a list is turned, where there is any."""
    return [actions("pages", made)] if made else []


def alert(text: str) -> View:
    """A box that stands out; modals only."""
    return {"type": "alert", "level": "error", "text": plain(shorten(text, 200))}


def modal(
    callback_id: str, title: str, blocks: list[View], submit: str | None = None, metadata: str = ""
) -> View:
    made: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "close": plain("Cancel" if submit else "Close"),
        "private_metadata": metadata,
        "blocks": blocks,
    }
    return made | ({"submit": plain(submit)} if submit else {})


def field(name: str, label: str, element: View, hint: str = "", optional: bool = False) -> View:
    """An input; its name is block_id and action_id, so that an error of the form finds it."""
    block: View = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": element | {"action_id": name},
        "optional": optional,
    }
    return block | ({"hint": plain(hint)} if hint else {})


def text_box(
    initial: str = "", placeholder: str = "", lines: bool = False, limit: int = 3000, focus: bool = False
) -> View:
    box: View = {"type": "plain_text_input", "multiline": lines, "max_length": limit}
    box |= {"initial_value": initial[:limit]} if initial else {}
    box |= {"placeholder": plain(placeholder)} if placeholder else {}
    return box | ({"focus_on_load": True} if focus else {})


def option(text: str, value: str, description: str = "") -> View:
    made: View = {"text": plain(shorten(text, OPTION_TEXT)), "value": value}
    return made | ({"description": plain(shorten(description, OPTION_TEXT))} if description else {})


def choice(options: Sequence[View], initial: str | None = None, placeholder: str = "Choose") -> View:
    """A select of at most 100 options; `initial` is a value."""
    chosen = next((one for one in options if one["value"] == initial), None)
    made: View = {"type": "static_select", "options": list(options[:100]), "placeholder": plain(placeholder)}
    return made | ({"initial_option": chosen} if chosen else {})


def checks(pairs: Sequence[tuple[str, str]]) -> View:
    """At most ten checkboxes, of (words, value); none is ticked."""
    return {"type": "checkboxes", "options": [option(words, value) for words, value in pairs[:10]]}


def file_box(filetypes: Sequence[str]) -> View:
    """One file, of these types by its name alone: what is in it is looked at when it is read."""
    return {"type": "file_input", "filetypes": list(filetypes), "max_files": 1}


def cost_line(text: str) -> View:
    """What a text that is being typed comes to, as a line under its field."""
    left = LIMIT - utf16_units(text)
    room = f"{left} left of {LIMIT}" if left >= 0 else f"*{-left} too many*: WhatCounts takes {LIMIT}"
    said = f"{escape(describe(text))} · {room}" if text else f"At most {LIMIT} characters."
    return context(said) | {"block_id": "cost"}


def search_box(initial: str = "", placeholder: str = "Type to search", focus: bool = False) -> View:
    made: View = {"type": "external_select", "min_query_length": 0, "placeholder": plain(placeholder)}
    made |= {"initial_option": option(initial, initial)} if initial and len(initial) <= OPTION_VALUE else {}
    return made | ({"focus_on_load": True} if focus else {})


def time_box(initial: datetime | None = None) -> View:
    made: View = {"type": "datetimepicker"}
    return made | ({"initial_date_time": int(initial.timestamp())} if initial else {})


def person_box(initial: str | None = None, placeholder: str = "Choose a person") -> View:
    made: View = {"type": "users_select", "placeholder": plain(placeholder)}
    return made | ({"initial_user": initial} if initial else {})


def day_box(initial: date | None = None) -> View:
    made: View = {"type": "datepicker", "placeholder": plain("Any day")}
    return made | ({"initial_date": initial.isoformat()} if initial else {})


def hour_box(initial: time | None = None) -> View:
    """A time of day; whose zone it is the field's hint says."""
    made: View = {"type": "timepicker", "placeholder": plain("Any time")}
    return made | ({"initial_time": f"{initial:%H:%M}"} if initial else {})


def values(view: View) -> dict[str, Any]:
    """Field name -> what was chosen or typed; None if empty.

    A text, an option's value, a list of those, a user's id, a day (ISO 8601), a time of day (HH:MM), an aware
    UTC time; of files a list of (id, name, bytes).
    """
    state = view["state"]["values"]
    return {name: _value(element) for block in state.values() for name, element in block.items()}


def _value(element: View) -> Any:
    kind = element["type"]
    if kind in ("static_select", "external_select", "radio_buttons"):
        chosen = element.get("selected_option")
        return chosen["value"] if chosen else None
    if kind == "users_select":
        return element.get("selected_user")
    if kind == "datetimepicker":
        chosen = element.get("selected_date_time")
        return datetime.fromtimestamp(chosen, UTC) if chosen else None
    if kind == "checkboxes":
        return [one["value"] for one in element.get("selected_options") or ()]
    if kind == "file_input":
        given = element.get("files") or ()
        return [(one["id"], one.get("name") or "", one.get("size") or 0) for one in given] or None
    keys = {"users_select": "selected_user", "datepicker": "selected_date", "timepicker": "selected_time"}
    return element.get(keys.get(kind, "value"))


def both_times(at: datetime, zone: ZoneInfo) -> str:
    """A time in the reader's zone (Slack's date element) and in the account's, with its UTC offset."""
    return f"{their_time(at)} · {account_time(at, zone)}"


def their_second(at: datetime) -> str:
    """As `their_time`, with seconds: for what is about to happen, or happened a moment ago."""
    fallback = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time_secs}}|{fallback}>"


def their_time(at: datetime) -> str:
    """mrkdwn that each reader sees in their own zone; the fallback is UTC."""
    return (
        f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}"
        f"|{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"
    )


def ago(span: timedelta) -> str:
    """How long, in the largest unit that says enough: `40 s`, `5 min`, `3 h`, `2 days`."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((172_800, "days"), (7_200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds // {'days': 86_400, 'h': 3_600, 'min': 60}[unit]} {unit}"
    return f"{seconds} s"
