"""What a person reads: Block Kit and mrkdwn turned into plain lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from sandbox.slack.record import Json

Names = Mapping[str, str]
INTERACTIVE_IN = {"actions": "elements", "context_actions": "elements", "container": "child_blocks"}
_ENTITY = re.compile(r"<([^<>\n]*)>")
_MARKS = [re.compile(rf"(?<![\w{m}])\{m}(?=\S)([^{m}\n]+?)(?<=\S)\{m}(?![\w{m}])") for m in "*_~"]
_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)


def mrkdwn(text: str, names: Names) -> str:
    """The text as Slack shows it: names for ids, labels for links, fallbacks for dates; the marks of bold and
    italic are gone, as they are for a reader (docs.slack.dev/messaging/formatting-message-text)."""
    shown, last = "", 0
    for code in _CODE.finditer(text):
        shown += _marked(text[last : code.start()], names) + _entities(code[1] or code[2], names)
        last = code.end()
    return shown + _marked(text[last:], names)


def _marked(text: str, names: Names) -> str:
    for mark in _MARKS:
        text = mark.sub(r"\1", text)
    return _entities(text, names)


def _entities(text: str, names: Names) -> str:
    return unescape(_ENTITY.sub(lambda found: _entity(found[1], names), text))


def _entity(inner: str, names: Names) -> str:
    target, bar, label = inner.partition("|")
    if target[:1] in ("@", "#"):
        return names.get(target[1:], target[0] + (label or target[1:]))
    if target.startswith("!subteam^"):
        group = target.removeprefix("!subteam^")
        return names.get(group, label or f"@{group}")
    if target.startswith("!") and not bar:
        return "@" + target[1:].split("^")[0]
    return label if bar else target


def text_of(value: Json | None, names: Names) -> str:
    """A text object (plain_text or mrkdwn) as it is read; '' for None."""
    if not value:
        return ""
    text = str(value.get("text", ""))
    return mrkdwn(text, names) if value.get("type") == "mrkdwn" else text


def lines(blocks: list[Json], names: Names) -> list[str]:
    """All that is read in these blocks, from top to bottom, one piece of text each."""
    return [line for block in blocks for line in _block(block, names) if line]


def _block(block: Json, names: Names) -> Iterator[str]:
    kind = block.get("type")
    if kind == "rich_text":
        yield rich_text(block, names).rstrip("\n")
    elif kind == "table":
        for row in block.get("rows", []):
            yield " | ".join(_cell(cell, names) for cell in row)
    elif kind == "markdown":
        yield str(block.get("text", ""))
    else:
        yield from _plain_block(block, names)


def _plain_block(block: Json, names: Names) -> Iterator[str]:
    for key in ("title", "label", "text"):
        if isinstance(block.get(key), dict):
            yield text_of(block[key], names)
    for field in block.get("fields", []):
        yield text_of(field, names)
    for element in _elements(block):
        yield from _element(element, names)
    yield from lines(block.get("child_blocks", []), names)
    yield str(block.get("alt_text", "")) if block.get("type") == "image" else ""
    yield text_of(block.get("hint"), names)


def _elements(block: Json) -> list[Json]:
    single = [block[key] for key in ("accessory", "element") if key in block]
    return [*single, *block.get("elements", []), *(block.get("actions") or [])]


def _element(element: Json, names: Names) -> Iterator[str]:
    if element.get("type") in ("mrkdwn", "plain_text"):
        yield text_of(element, names)
        return
    yield text_of(element.get("text"), names)
    yield text_of(element.get("placeholder"), names)
    yield str(element.get("alt_text", ""))
    for option in element.get("options", []):
        yield text_of(option.get("text"), names)
        yield text_of(option.get("description"), names)


def rich_text(block: Json, names: Names) -> str:
    """A rich_text block or one of its parts as it is read."""
    parts = block.get("elements")
    if parts is None:
        return _leaf(block, names)
    ends = {"rich_text_list": "\n", "rich_text": "\n"}
    return ends.get(str(block.get("type")), "").join(rich_text(part, names) for part in parts)


def _leaf(leaf: Json, names: Names) -> str:
    kind = leaf.get("type")
    if kind == "user":
        return names.get(leaf["user_id"], "@" + leaf["user_id"])
    if kind == "channel":
        return names.get(leaf["channel_id"], "#" + leaf["channel_id"])
    if kind == "emoji":
        return f":{leaf['name']}:"
    if kind == "broadcast":
        return f"@{leaf['range']}"
    if kind == "date":
        return str(leaf.get("fallback", leaf.get("timestamp")))
    return str(leaf.get("text") or leaf.get("url") or "")


def _cell(cell: Json, names: Names) -> str:
    return rich_text(cell, names) if cell.get("type") == "rich_text" else str(cell.get("text", ""))


def actionable(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) that a person can act on, in order."""
    for block in blocks:
        for element in _elements(block):
            if "action_id" in element:
                yield block, element
        yield from actionable(block.get("child_blocks", []))


def buttons(blocks: list[Json]) -> list[str]:
    """The labels of all buttons, in order."""
    return [
        str(e["text"]["text"]) for _, e in actionable(blocks) if e["type"] in ("button", "workflow_button")
    ]


def find(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """The (block, element) whose label, action_id or block_id is `name`; LookupError says what is there."""
    everything = list(actionable(blocks))
    for key in (_label, _action_id, _block_id):
        found = [pair for pair in everything if key(*pair) == name]
        if len(found) > 1:
            raise LookupError(f"{name!r} is there {len(found)} times: name it by its block_id or action_id")
        if found:
            return found[0]
    there = ", ".join(f"{_label(*pair) or '-'} ({_action_id(*pair)})" for pair in everything)
    raise LookupError(f"nothing here is called {name!r}; there is: {there or 'nothing to act on'}")


def _label(_block: Json, element: Json) -> str:
    return str(element.get("text", {}).get("text", "")) if element["type"] == "button" else ""


def _action_id(_block: Json, element: Json) -> str:
    return str(element["action_id"])


def _block_id(block: Json, _element: Json) -> str:
    return str(block["block_id"])


def confirm_of(blocks: list[Json], name: str) -> dict[str, str] | None:
    """The question that Slack asks before this element acts (title, text, confirm, deny), or None."""
    confirm = find(blocks, name)[1].get("confirm")
    return (
        {key: str(value["text"]) for key, value in confirm.items() if isinstance(value, dict)}
        if confirm
        else None
    )
