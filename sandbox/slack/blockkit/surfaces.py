"""Whole messages, modals, Home tabs and lists of options: totals, doubles, demands on the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.slack.blockkit.blocks import block
from sandbox.slack.blockkit.objects import OPTION, OPTION_GROUP, plain
from sandbox.slack.blockkit.rules import Rule, Thing, flag, items, one_of, say, string
from sandbox.slack.record import Json

MOST = {"message": 50, "modal": 100, "home": 100}
MARKDOWN_MOST = 12_000  # over all markdown blocks of a message
ONLY = {"table": 1, "data_visualization": 2}  # at most so many in a message


def message_problems(blocks: Any, attachments: Any = ()) -> list[str]:
    """What Slack refuses in a message's blocks and attachments; [] when all is well."""
    problems: list[str] = []
    _blocks(blocks, "/blocks", "message", problems)
    if not isinstance(attachments, list | tuple):
        say(problems, "/attachments", "must provide an array")
        return problems
    if len(attachments) > 100:
        say(problems, "/attachments", "no more than 100 items allowed")
    for nth, each in enumerate(attachments):
        if isinstance(each, dict) and "blocks" in each:
            _blocks(each["blocks"], f"/attachments/{nth}/blocks", "message", problems)
    return problems


def view_problems(view: Any, surface: str) -> list[str]:
    """What Slack refuses in a view for that surface, "modal" or "home"; [] when all is well."""
    problems: list[str] = []
    if isinstance(view, dict) and view.get("type") != surface:
        say(problems, "/view/type", f"must be {surface}, not {view.get('type')!r}")
        return problems
    _VIEWS[surface](view, "/view", problems)
    return problems


def options_problems(answer: Any) -> list[str]:
    """What Slack refuses in the answer to block_suggestion; [] when all is well (no options at all is)."""
    problems: list[str] = []
    rules: dict[str, Rule] = {"options": items(OPTION, 100, 0), "option_groups": items(OPTION_GROUP, 100, 0)}
    Thing({}, rules, one_of("options", "option_groups"))(answer, "", problems)
    return problems


def _blocks(blocks: Any, at: str, surface: str, problems: list[str]) -> None:
    before = len(problems)
    items(block(surface), MOST[surface], 0)(blocks, at, problems)
    if len(problems) == before:
        _doubles(blocks, at, problems)
        _totals(blocks, at, problems)


def _doubles(blocks: list[Json], at: str, problems: list[str]) -> None:
    seen: set[str] = set()
    for where, each in _all(blocks, at):
        if each.get("block_id") in seen:
            say(problems, f"{where}/block_id", f'block_id "{each["block_id"]}" already exists')
        if "block_id" in each:
            seen.add(each["block_id"])
        ids = [part["action_id"] for part in _parts(each) if isinstance(part, dict) and "action_id" in part]
        for double in sorted({each for each in ids if ids.count(each) > 1}):
            say(problems, where, f'action_id "{double}" already exists')


def _all(blocks: list[Json], at: str) -> Iterator[tuple[str, Json]]:
    for nth, each in enumerate(blocks):
        yield f"{at}/{nth}", each
        yield from _all(each.get("child_blocks", []), f"{at}/{nth}/child_blocks")


def _parts(each: Json) -> list[Any]:
    return [
        *(each.get("elements") or []),
        *(each.get("actions") or []),
        each.get("element"),
        each.get("accessory"),
    ]


def _totals(blocks: list[Json], at: str, problems: list[str]) -> None:
    for kind, most in ONLY.items():
        if sum(each["type"] == kind for each in blocks) > most:
            say(problems, at, f"only {most} {kind} allowed")
    if sum(len(each["text"]) for each in blocks if each["type"] == "markdown") > MARKDOWN_MOST:
        say(problems, at, f"no more than {MARKDOWN_MOST} characters allowed in all markdown blocks")
    focused = [part for _, each in _all(blocks, at) for part in _parts(each) if _focused(part)]
    if len(focused) > 1:
        say(problems, at, "focus_on_load may be set for one element only")


def _focused(part: Any) -> bool:
    return isinstance(part, dict) and bool(part.get("focus_on_load"))


def _surface(surface: str) -> Rule:
    def rule(value: Any, at: str, problems: list[str]) -> None:
        _blocks(value, at, surface, problems)

    return rule


def _submit_is_there(view: Any, at: str, problems: list[str]) -> None:
    if not view.get("submit") and any(each["type"] == "input" for each in view["blocks"]):
        say(problems, at, "missing required field: submit (the view has an input block)")


_COMMON: dict[str, Rule] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_VIEWS: dict[str, Rule] = {
    "modal": Thing(
        {"title": plain(24), "blocks": _surface("modal")},
        _COMMON
        | {"submit": plain(24), "close": plain(24), "clear_on_close": flag, "notify_on_close": flag}
        | {"submit_disabled": flag},
        _submit_is_there,
    ),
    "home": Thing({"blocks": _surface("home")}, _COMMON),
}
