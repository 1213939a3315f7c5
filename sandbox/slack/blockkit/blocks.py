"""Blocks, and on which surface each may stand (docs.slack.dev/reference/block-kit/blocks)."""

from __future__ import annotations

from typing import Any

from sandbox.slack.blockkit.elements import ELEMENTS, IMAGE, IN
from sandbox.slack.blockkit.objects import BLOCK_ID, SLACK_FILE, plain, text
from sandbox.slack.blockkit.rich import RICH_TEXT
from sandbox.slack.blockkit.rules import (
    Rule,
    Thing,
    anything,
    flag,
    items,
    kinds,
    number,
    one_of,
    say,
    some_of,
    string,
    url,
    word,
)

_ID: dict[str, Rule] = {"block_id": BLOCK_ID}
CELLS_AT_MOST = 10_000  # characters over all cells of a table


def _elements(block: str) -> Rule:
    return kinds({name: ELEMENTS[name] for name in IN[block]}, f" (not allowed in {block})")


def _table(value: Any, at: str, problems: list[str]) -> None:
    characters = sum(len(_cell_text(cell)) for row in value["rows"] for cell in row)
    if characters > CELLS_AT_MOST:
        say(problems, f"{at}/rows", f"no more than {CELLS_AT_MOST} characters allowed in all cells")
    if len({len(row) for row in value["rows"]}) > 1:
        say(problems, f"{at}/rows", "every row must have the same number of cells")


def _cell_text(cell: Any) -> str:
    if isinstance(cell, list):
        return "".join(_cell_text(each) for each in cell)
    if not isinstance(cell, dict):
        return ""
    return str(cell.get("text", "")) + _cell_text(cell.get("elements", []))


def _title_is_there(value: Any, at: str, problems: list[str]) -> None:
    some_of("title", "rich_text_title")(value, at, problems)
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        say(problems, f"{at}/default_collapsed", "needs is_collapsible")


_CELL = kinds(
    {
        "rich_text": RICH_TEXT,
        "raw_text": Thing({"text": string(CELLS_AT_MOST)}, {}),
        "raw_number": Thing({"value": anything}, {"text": string(1000)}),
    },
    " in a table",
)
_COLUMN = Thing({}, {"align": word("left", "center", "right"), "is_wrapped": flag})
_BUTTONS = kinds({"button": ELEMENTS["button"]}, " (not allowed in card)")
CARD = Thing(
    {},
    _ID
    | {"hero_image": IMAGE, "icon": IMAGE, "title": text(150), "subtitle": text(150), "body": text(200)}
    | {"subtext": text(200), "actions": items(_BUTTONS, 3)},
    some_of("hero_image", "title", "actions", "body"),
)
_TASK = Thing(
    {
        "task_id": string(255),
        "title": string(3000),
        "status": word("pending", "in_progress", "complete", "error"),
    },
    _ID | {"details": RICH_TEXT, "output": RICH_TEXT, "sources": items(anything, 100)},
)

# docs.slack.dev/reference/block-kit/blocks/data-visualization-block: the stricter of its two versions of 2026
_POINT = Thing({"label": string(20), "value": number}, {})
_SERIES = items(Thing({"name": string(20), "data": items(_POINT, 20)}, {}), 6)
_AXES = Thing({"categories": items(string(20), 20)}, {"x_label": string(50), "y_label": string(50)})


def _series_fit(value: Any, at: str, problems: list[str]) -> None:
    names = [one["name"] for one in value["series"]]
    if len(set(names)) < len(names):
        say(problems, f"{at}/series", "every name must be there once")
    wanted = value["axis_config"]["categories"]
    for nth, one in enumerate(value["series"]):
        if sorted(point["label"] for point in one["data"]) != sorted(set(wanted)):
            say(problems, f"{at}/series/{nth}/data", "must have one point for each category")


_XY = Thing({"series": _SERIES, "axis_config": _AXES}, {}, _series_fit)
CHART = kinds(
    {
        "bar": _XY,
        "line": _XY,
        "area": _XY,
        "pie": Thing({"segments": items(Thing({"label": string(20), "value": number}, {}), 6)}, {}),
    },
    " of chart",
)

BLOCKS: dict[str, Rule] = {
    "section": Thing(
        {},
        _ID
        | {
            "text": text(3000),
            "fields": items(text(2000), 10),
            "accessory": _elements("section"),
            "expand": flag,
        },
        some_of("text", "fields"),
    ),
    "header": Thing({"text": plain(150)}, _ID),
    "divider": Thing({}, _ID),
    "context": Thing({"elements": items(_elements("context"), 10)}, _ID),
    "actions": Thing({"elements": items(_elements("actions"), 25)}, _ID),
    "context_actions": Thing({"elements": items(_elements("context_actions"), 5)}, _ID),
    "image": Thing(
        {"alt_text": string(2000)},
        _ID | {"image_url": url(), "slack_file": SLACK_FILE, "title": plain(2000)},
        one_of("image_url", "slack_file"),
    ),
    "input": Thing(
        {"label": plain(2000), "element": _elements("input")},
        _ID | {"hint": plain(2000), "dispatch_action": flag, "optional": flag},
    ),
    "rich_text": RICH_TEXT,
    "markdown": Thing({"text": string(12_000)}, _ID),
    "video": Thing(
        {"alt_text": string(2000), "video_url": url(), "thumbnail_url": url(), "title": plain(200)},
        _ID
        | {"title_url": url(), "description": plain(200), "provider_icon_url": url()}
        | {"provider_name": string(50), "author_name": string(50)},
    ),
    "table": Thing(
        {"rows": items(items(_CELL, 20), 100)}, _ID | {"column_settings": items(_COLUMN, 20, 0)}, _table
    ),
    "alert": Thing(
        {"text": text(200)}, _ID | {"level": word("default", "info", "warning", "error", "success")}
    ),
    "card": CARD,
    "carousel": Thing({"elements": items(kinds({"card": CARD}), 10)}, _ID),
    "task_card": _TASK,
    "plan": Thing({"title": string(3000)}, _ID | {"tasks": items(_TASK, 50, 0)}),
    "data_table": Thing({"caption": anything}, _ID, open=True),
    "data_visualization": Thing({"title": string(50), "chart": CHART}, _ID),
}
_EVERYWHERE = {"section", "actions", "context", "divider", "header", "image", "input", "rich_text", "video"}
_SHOWN = {"table", "data_table", "data_visualization", "card", "container"}
_INSIDE = (_EVERYWHERE | _SHOWN) - {"card", "container", "data_table", "input"}
BLOCKS["container"] = Thing(
    {
        "child_blocks": items(
            kinds({name: BLOCKS[name] for name in _INSIDE}, " (not allowed in container)"), 10
        )
    },
    _ID
    | {"title": plain(150), "rich_text_title": RICH_TEXT, "subtitle": text(150), "icon": IMAGE}
    | {"width": word("narrow", "standard", "wide", "full")}
    | {"is_collapsible": flag, "default_collapsed": flag, "has_header_divider": flag},
    _title_is_there,
)
ON = {
    "message": _EVERYWHERE | _SHOWN | {"markdown", "carousel", "context_actions", "plan", "task_card"},
    "modal": _EVERYWHERE | {"alert", "card"},
    "home": _EVERYWHERE | _SHOWN | {"carousel"},
}


def block(surface: str) -> Rule:
    """Any block that may stand on that surface."""
    return kinds({name: BLOCKS[name] for name in ON[surface]}, f" (not allowed on a {surface})")
