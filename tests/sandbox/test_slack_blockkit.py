"""Block Kit's limits and places: what Slack takes passes, what it refuses is named with its pointer."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.blockkit import message_problems, view_problems

Json = dict[str, Any]


def plain(text: str = "x", n: int = 1) -> Json:
    return {"type": "plain_text", "text": text * n}


def mrkdwn(n: int = 1) -> Json:
    return {"type": "mrkdwn", "text": "x" * n}


def section(**more: Any) -> Json:
    return {"type": "section", "text": plain(), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def asked(element: Json | None = None, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element or {"type": "plain_text_input"}, **more}


def option(n: int = 1, text: Json | None = None) -> Json:
    return {"text": text or plain(), "value": "v" * n}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": [option()], **more}


def rich(*leaves: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


def table(rows: int, cells: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * cells] * rows}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks), **more}


CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
IMAGE = {"type": "image", "image_url": "https://a.example/a.png", "alt_text": "a"}

GOOD: list[Json] = [
    section(fields=[mrkdwn(2000)] * 10, accessory=button(), expand=True),
    section(text=mrkdwn(3000), accessory=IMAGE),
    {"type": "section", "fields": [plain()]},
    {"type": "header", "text": plain(n=150)},
    {"type": "divider", "block_id": "d" * 255},
    {"type": "context", "elements": [mrkdwn(), plain(), IMAGE]},
    actions(
        *[button(action_id=str(n), value="v" * 2000, style="primary", confirm=CONFIRM) for n in range(25)]
    ),
    actions(
        {"type": "overflow", "options": [option()]},
        {"type": "datetimepicker", "initial_date_time": 1_800_000_000},
    ),
    actions(select(initial_option=option(), placeholder=plain(n=150))),
    actions({"type": "radio_buttons", "options": [option(text=mrkdwn())] * 10}),
    IMAGE | {"title": plain()},
    rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U0ANA"}),
    rich({"type": "date", "timestamp": 1_700_000_000, "format": "{time}", "fallback": "10:00"}),
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]}],
    },
    {"type": "markdown", "text": "# x"},
    table(100, 20),
    asked(),
]

BAD: list[tuple[Json | list[Json], str, str]] = [
    ({}, "missing required field: type", "/blocks/0"),
    ({"type": "sektion"}, "unsupported type: sektion", "/blocks/0"),
    ({"type": ["section"]}, "unsupported type", "/blocks/0"),
    ({"type": "section"}, "at least one of text, fields", "/blocks/0"),
    (section(text="x"), "must provide an object", "/blocks/0/text"),
    (section(text=plain("")), "must be more than 0 characters", "/blocks/0/text/text"),
    (section(text=mrkdwn(3001)), "must be less than 3001 characters", "/blocks/0/text/text"),
    (section(fields=[plain()] * 11), "no more than 10 items", "/blocks/0/fields"),
    (section(fields=[mrkdwn(2001)]), "must be less than 2001", "/blocks/0/fields/0/text"),
    (section(accessory={"type": "plain_text_input"}), "not allowed in section", "/blocks/0/accessory"),
    (section(accessory={"type": "datetimepicker"}), "not allowed in section", "/blocks/0/accessory"),
    (section(colour="red"), "invalid additional property: colour", "/blocks/0"),
    (section(block_id="b" * 256), "must be less than 256", "/blocks/0/block_id"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn", "/blocks/0/text"),
    ({"type": "header", "text": plain(n=151)}, "must be less than 151", "/blocks/0/text/text"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10 items", "/blocks/0/elements"),
    ({"type": "context", "elements": [button()]}, "not allowed in context", "/blocks/0/elements/0"),
    ({"type": "context", "elements": []}, "no fewer than 1 items", "/blocks/0/elements"),
    (actions(*[button()] * 26), "no more than 25 items", "/blocks/0/elements"),
    (actions({"type": "plain_text_input"}), "not allowed in actions", "/blocks/0/elements/0"),
    (actions(button(text=mrkdwn())), "unsupported type: mrkdwn", "/blocks/0/elements/0/text"),
    (actions(button(text=plain(n=76))), "must be less than 76", "/blocks/0/elements/0/text/text"),
    (actions(button(value="v" * 2001)), "must be less than 2001", "/blocks/0/elements/0/value"),
    (actions(button(value=7)), "must be a string", "/blocks/0/elements/0/value"),
    (actions(button(style="secondary")), "must be one of primary, danger", "/blocks/0/elements/0/style"),
    (actions(button(url="here")), "must be a valid URL", "/blocks/0/elements/0/url"),
    (actions(button(action_id="a" * 256)), "must be less than 256", "/blocks/0/elements/0/action_id"),
    (
        actions(button(confirm=CONFIRM | {"deny": plain(n=31)})),
        "less than 31",
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    (actions(button(confirm={"title": plain()})), "missing required field", "/blocks/0/elements/0/confirm"),
    (actions(button(action_id="a"), button(action_id="a")), 'action_id "a" already exists', "/blocks/0"),
    ([section(block_id="b"), section(block_id="b")], 'block_id "b" already exists', "/blocks/1/block_id"),
    (actions(select(options=[option()] * 101)), "no more than 100 items", "/blocks/0/elements/0/options"),
    (actions(select(options=[])), "no fewer than 1 items", "/blocks/0/elements/0/options"),
    (actions({"type": "static_select"}), "exactly one of options, option_groups", "/blocks/0/elements/0"),
    (actions(select(options=[option(151)])), "less than 151", "/blocks/0/elements/0/options/0/value"),
    (
        actions(select(options=[option(text=plain(n=76))])),
        "less than 76",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        actions(select(options=[option(text=mrkdwn())])),
        "unsupported type",
        "/blocks/0/elements/0/options/0/text",
    ),
    (actions(select(initial_option=option(2))), "must exactly match", "/blocks/0/elements/0/initial_option"),
    (actions(select(placeholder=plain(n=151))), "less than 151", "/blocks/0/elements/0/placeholder/text"),
    (
        actions({"type": "overflow", "options": [option()] * 6}),
        "no more than 5",
        "/blocks/0/elements/0/options",
    ),
    (
        actions({"type": "checkboxes", "options": [option()] * 11}),
        "no more than 10",
        "/blocks/0/elements/0/options",
    ),
    (
        actions({"type": "datepicker", "initial_date": "1.2.2026"}),
        "YYYY-MM-DD",
        "/blocks/0/elements/0/initial_date",
    ),
    (
        actions({"type": "datetimepicker", "initial_date_time": 1}),
        "between",
        "/blocks/0/elements/0/initial_date_time",
    ),
    (asked(button()), "not allowed in input", "/blocks/0/element"),
    (asked(label=mrkdwn()), "unsupported type", "/blocks/0/label"),
    (asked(hint=plain(n=2001)), "less than 2001", "/blocks/0/hint/text"),
    (
        asked({"type": "plain_text_input", "max_length": 3001}),
        "between 1 and 3000",
        "/blocks/0/element/max_length",
    ),
    (
        asked({"type": "plain_text_input", "min_length": 9, "max_length": 8}),
        "less than or equal",
        "/min_length",
    ),
    (asked({"type": "number_input"}), "is_decimal_allowed", "/blocks/0/element"),
    (IMAGE | {"alt_text": ""}, "more than 0", "/blocks/0/alt_text"),
    ({"type": "image", "alt_text": "a"}, "exactly one of image_url, slack_file", "/blocks/0"),
    (rich({"type": "bold", "text": "x"}), "unsupported type: bold", "/blocks/0/elements/0/elements/0"),
    (rich({"type": "text", "text": ""}), "more than 0", "/blocks/0/elements/0/elements/0/text"),
    (
        {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
        "unsupported type: text",
        "/blocks/0/elements/0",
    ),
    ({"type": "markdown", "text": "x" * 12_001}, "less than 12001", "/blocks/0/text"),
    ([{"type": "markdown", "text": "x" * 7_000}] * 2, "12000 characters", "/blocks"),
    ([table(1, 1)] * 2, "only 1 table", "/blocks"),
    (table(101, 1), "no more than 100", "/blocks/0/rows"),
    (table(1, 21), "no more than 20", "/blocks/0/rows/0"),
    (table(10, 11, "x" * 100), "10000 characters", "/blocks/0/rows"),
    ({"type": "alert", "text": plain()}, "not allowed on a message", "/blocks/0"),
    ([section()] * 51, "no more than 50 items", "/blocks"),
]

BAD_MODALS: list[tuple[Json, str, str]] = [
    (modal(asked()), "missing required field: submit", "/view"),
    (modal(section(), title=plain(n=25)), "less than 25", "/view/title/text"),
    (modal(section(), title=mrkdwn()), "unsupported type", "/view/title"),
    (modal(section(), submit=plain(n=25)), "less than 25", "/view/submit/text"),
    (modal(section(), close=plain(n=25)), "less than 25", "/view/close/text"),
    (modal(section(), private_metadata="x" * 3001), "less than 3001", "/view/private_metadata"),
    (modal(section(), private_metadata={}), "must be a string", "/view/private_metadata"),
    (modal(section(), callback_id="x" * 256), "less than 256", "/view/callback_id"),
    (modal(*[section()] * 101), "no more than 100", "/view/blocks"),
    (modal({"type": "markdown", "text": "x"}), "not allowed on a modal", "/view/blocks/0"),
    (modal(table(1, 1)), "not allowed on a modal", "/view/blocks/0"),
    (modal({"type": "alert", "text": plain(), "level": "bad"}), "must be one of", "/view/blocks/0/level"),
    (modal(section(), sumbit=plain()), "invalid additional property: sumbit", "/view"),
    ({"type": "modal", "blocks": []}, "missing required field: title", "/view"),
    ({"type": "home", "blocks": []}, "must be modal", "/view/type"),
    (
        modal(*[asked({"type": "plain_text_input", "focus_on_load": True})] * 2, submit=plain()),
        "focus_on_load",
        "/view/blocks",
    ),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block)[:60])
def test_what_slack_takes_passes(block: Json) -> None:
    assert message_problems([block]) == []


@pytest.mark.parametrize(("blocks", "what", "where"), BAD, ids=lambda value: str(value)[:60])
def test_what_slack_refuses_is_named(blocks: Json | list[Json], what: str, where: str) -> None:
    problems = message_problems(blocks if isinstance(blocks, list) else [blocks])
    assert any(what in problem and f"{where}]" in problem for problem in problems), problems


@pytest.mark.parametrize(("view", "what", "where"), BAD_MODALS, ids=lambda value: str(value)[:60])
def test_a_wrong_modal_is_named(view: Json, what: str, where: str) -> None:
    problems = view_problems(view, "modal")
    assert any(what in problem and f"{where}]" in problem for problem in problems), problems


def test_views_that_slack_takes_pass() -> None:
    alert = {"type": "alert", "text": plain(), "level": "error"}
    full = modal(asked(), alert, submit=plain(), close=plain(), notify_on_close=True, external_id="e")
    assert view_problems(full, "modal") == []
    assert view_problems({"type": "home", "blocks": [section(), table(1, 1)]}, "home") == []


def test_alerts_are_for_modals_only() -> None:
    assert (
        "not allowed on a home" in view_problems({"type": "home", "blocks": [{"type": "alert"}]}, "home")[0]
    )


@pytest.mark.parametrize("nonsense", [None, "x", 7, {}, [None], ["x"], [[]]], ids=str)
def test_nonsense_is_a_problem_and_no_crash(nonsense: Any) -> None:
    assert message_problems(nonsense) and view_problems(nonsense, "modal")


def test_blocks_of_attachments_are_checked_too() -> None:
    assert "/attachments/0/blocks/0" in message_problems([], [{"blocks": [{"type": "header"}]}])[0]
